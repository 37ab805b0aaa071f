import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GIB } from '../../../base/units.ts';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import { buildModel } from '../build-for-tests.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { gpt, isClose } from './gpt-for-tests.ts';
import { cacheBytes, cacheBytesPerToken } from './kv-cache.ts';
import { LLAMA_CPP_PASS, type ServingLoad, servingMemory } from './serving-memory.ts';
import { usableBytes } from './usable-memory.ts';
import { modelWeightBytes } from './weight-bytes.ts';

const ALONE = { tensorParallel: 1, pipelineParallel: 1, expertParallel: 1 };
const HALF: ServingLoad = {
  weightBytes: { layers: 2, tables: 2 },
  cacheWidth: 2,
  sequences: 1,
  tokens: 1024,
  passTokens: 1024,
  engine: 'usual',
  hasContext: true,
};

describe('the key-value cache', () => {
  it('takes the published bytes of a token', () => {
    // 2·layers·kv heads·head dim·2 B of each config.json; DeepSeek-V3: arXiv:2505.09343, table 1.
    const published = {
      'meta-llama/Llama-2-7b-hf': 524_288,
      'meta-llama/Llama-2-70b-hf': 327_680,
      'meta-llama/Meta-Llama-3-8B': 131_072,
      'meta-llama/Llama-3.1-405B': 516_096,
      'Qwen/Qwen2.5-7B': 57_344,
      'mistralai/Mixtral-8x7B-v0.1': 131_072,
      'google/gemma-2-9b': 344_064,
      'deepseek-ai/DeepSeek-V3': 70_272,
    };
    for (const [id, bytes] of Object.entries(published))
      assert.equal(cacheBytesPerToken(known(id), 2), bytes, id);
  });

  it('of layers with a window stops growing there', () => {
    const gemma = known('google/gemma-2-9b');
    const of = (tokens: number): number => cacheBytes(gemma, { count: 1, tokens, width: 2 }, ALONE);
    assert.equal(of(4096), 4096 * 344_064);
    assert.equal(of(8192) - of(4096), (4096 * 344_064) / 2);
  });

  it('splits by heads until they run out, and latents not at all', () => {
    const of = (id: string, tensorParallel: number): number =>
      cacheBytes(known(id), { count: 4, tokens: 100, width: 2 }, { ...ALONE, tensorParallel });
    const llama = 'meta-llama/Meta-Llama-3-8B';
    assert.equal(of(llama, 8), of(llama, 1) / 8);
    assert.equal(of(llama, 16), of(llama, 8));
    assert.equal(of('deepseek-ai/DeepSeek-V3', 1), 400 * 70_272);
    assert.equal(of('deepseek-ai/DeepSeek-V3', 8), 400 * 70_272);
  });
});

describe('weights that are served', () => {
  it('take the bytes of their format, scales included, tables in 16 bits', () => {
    const llama = gpt({ layers: 10, hidden: 1000, heads: 10, vocab: 1000, params: 101e6 });
    const layers = 100e6;
    assert.equal(modelWeightBytes(llama, 'bf16'), 2 * 101e6);
    assert.equal(modelWeightBytes(llama, 'fp32'), 4 * 101e6);
    assert.equal(modelWeightBytes(llama, 'fp8'), layers + 2e6);
    assert.equal(modelWeightBytes(llama, 'nf4'), (4.127 / 8) * layers + 2e6);
    assert.equal(modelWeightBytes(llama, 'nvfp4'), (4.5 / 8) * layers + 2e6);
    assert.ok(modelWeightBytes(llama, 'int4') < 0.53 * layers + 2e6);
  });
});

describe('memory of a replica', () => {
  it('is near the published peaks of FasterTransformer', () => {
    // github.com/NVIDIA/FasterTransformer, docs/gpt_guide.md: GiB on an A100 of 80 GB, fp16.
    const large = gpt({ layers: 32, hidden: 4096, heads: 32, vocab: 51_200 });
    const small = gpt({ layers: 24, hidden: 1024, heads: 16, vocab: 51_200 });
    const of = (candidate: typeof large, sequences: number, input: number, output: number) => {
      const tokens = { tokens: input + output, passTokens: sequences * input };
      return servingMemory(candidate, { ...HALF, sequences, ...tokens }, ALONE).total.mid / GIB;
    };
    assert.ok(isClose(of(large, 1, 128, 8), 15.55, 0.08));
    assert.ok(isClose(of(large, 8, 512, 32), 18.72, 0.08));
    assert.ok(isClose(of(large, 64, 512, 32), 41.84, 0.08));
    assert.ok(isClose(of(small, 64, 512, 32), 8.67, 0.08));
  });

  it('decides as llama.cpp did: what fits which card, and how many', () => {
    // github.com/XiongjieDai/GPU-Benchmarks-on-LLM-Inference: 8B F16 (14.96 GiB) ran on a 4080 and
    // not on 12 GB; 70B Q4_K_M (39.59 GiB) on 48 GB and two 3090, not on 32 GB; 70B F16 on six 3090.
    const fits = (id: string, bytes: number, name: string, devices = 1): boolean => {
      const llama = known(id);
      const weight = bytes / llama.params;
      const load: ServingLoad = {
        ...HALF,
        weightBytes: { layers: weight, tables: weight },
        passTokens: LLAMA_CPP_PASS,
        engine: 'llama.cpp',
      };
      const { total } = servingMemory(llama, load, { ...ALONE, pipelineParallel: devices });
      return total.high <= usableBytes(findAccelerator(name)!);
    };
    const small = 'meta-llama/Meta-Llama-3-8B';
    const large = 'meta-llama/Meta-Llama-3-70B';
    assert.ok(fits(small, 14.96 * GIB, 'RTX 4080'));
    assert.ok(!fits(small, 14.96 * GIB, 'RTX 4070 Ti'));
    assert.ok(fits(large, 39.59 * GIB, 'RTX A6000'));
    assert.ok(fits(large, 39.59 * GIB, 'RTX 3090', 2));
    assert.ok(!fits(large, 39.59 * GIB, 'RTX 5000 Ada'));
    assert.ok(fits(large, 131.4 * GIB, 'RTX 3090', 6));
    assert.ok(fits(large, 39.59 * GIB, 'M1 Max 64GB'));
    assert.ok(!fits(small, 14.96 * GIB, 'M1 8GB'));
    assert.ok(fits(small, 4.58 * GIB, 'M1 8GB'));
    assert.ok(fits(large, 131.4 * GIB, 'M2 Ultra 192GB'));
  });

  it('never grows with more devices, nor shrinks with more sequences or longer ones', () => {
    const llama = known('meta-llama/Meta-Llama-3-70B');
    const load = fc.record({
      sequences: fc.integer({ min: 1, max: 512 }),
      tokens: fc.integer({ min: 1, max: 131_072 }),
      passTokens: fc.integer({ min: 1, max: 8192 }),
    });
    fc.assert(
      fc.property(load, fc.constantFrom(2, 4, 8), (parts, tensorParallel) => {
        const of = (more: Partial<ServingLoad>, parallel: number): number =>
          servingMemory(
            llama,
            { ...HALF, ...parts, ...more },
            { ...ALONE, tensorParallel: parallel },
          ).total.mid;
        const now = of({}, tensorParallel);
        assert.ok(of({}, 2 * tensorParallel) <= now);
        assert.ok(of({ sequences: parts.sequences + 1 }, tensorParallel) >= now);
        assert.ok(of({ tokens: 2 * parts.tokens }, tensorParallel) >= now);
      }),
    );
  });
});

describe('memory that a program can have', () => {
  it('is what devices show', () => {
    // nvidia-smi: a T4 15,360 MiB, an L40S 46,068 MiB (aiconfigurator); llama.cpp on
    // an M1 of 8 GB 5,461 MiB, on one of 64 GB three quarters.
    const gib = (name: string): number => usableBytes(findAccelerator(name)!) / GIB;
    assert.equal(gib('T4'), 15);
    assert.ok(isClose(gib('L40S'), 46_068 / 1024, 0.001));
    assert.equal(gib('M1 Max 64GB'), 48);
    assert.ok(isClose(gib('M1 8GB'), 5461 / 1024, 0.001));
    assert.ok(gib('H100') > 79 && gib('H100') < 79.2);
  });
});

function known(id: string) {
  return resolveModel(buildModel({ id }));
}
