import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildScope, DEEPSEEK_V3, LLAMA_8B, LLAMA_70B } from './build-for-tests.ts';
import { decodeSeconds, requestCacheBytes, weightBytesPerRank } from './decode-seconds.ts';
import { priorServingCoefficients } from './serving-coefficients.ts';

const SHEET = { ...priorServingCoefficients(), memory: 1 };

describe('a step of decoding', () => {
  it('is the sum of its parts', () => {
    const time = decodeSeconds(buildScope({ model: DEEPSEEK_V3, tensorParallel: 8 }), 64, 2048);
    const { total, ...parts } = time;
    const sum = Object.values(parts).reduce((all, part) => all + part, 0);
    assert.ok(Math.abs(sum - total) < 1e-12);
  });

  it('reads every weight of a rank once: 16 GB of Llama 8B in bf16 at 3.35 TB/s are 4.5 ms', () => {
    const scope = buildScope({
      model: LLAMA_8B,
      precision: 'bf16',
      tensorParallel: 1,
      coefficients: SHEET,
    });
    const { weights } = decodeSeconds(scope, 1, 1);
    // The input embedding is looked up: 1.05 of 16.06 GB.
    assert.ok(Math.abs(weights - 15.01e9 / 3.35e12) < 1e-5, `${weights} s`);
  });

  it('reads of experts what the batch reaches: E·(1−(1−k/E)^B)', () => {
    const scope = buildScope({ model: DEEPSEEK_V3, tensorParallel: 8, coefficients: SHEET });
    const { params, expertParams, embeddingParams, vocab, hidden } = DEEPSEEK_V3;
    const outside = params - expertParams - embeddingParams + 2 * vocab * hidden;
    for (const batch of [1, 8, 64]) {
      const { weights } = decodeSeconds(scope, batch, 1);
      const reached = 1 - (1 - 8 / 256) ** batch;
      const expected = (outside + expertParams * reached) / 8 / 3.35e12;
      assert.ok(Math.abs(weights - expected) < 1e-6, `batch ${batch}: ${weights} s`);
    }
  });

  it('waits for the fullest of the ranks that whole experts lie on', () => {
    const parts = { model: DEEPSEEK_V3, tensorParallel: 8 } as const;
    const split = decodeSeconds(buildScope(parts), 16, 1);
    const whole = decodeSeconds(buildScope({ ...parts, expertParallel: 8 }), 16, 1);
    assert.ok(whole.weights > split.weights);
    const all = 100_000;
    const full = decodeSeconds(buildScope(parts), all, 1).weights;
    const fullWhole = decodeSeconds(buildScope({ ...parts, expertParallel: 8 }), all, 1).weights;
    assert.ok(Math.abs(fullWhole / full - 1) < 1e-9, 'a batch that reaches all loads all alike');
  });

  it('of one request passes all stages, and reads no less for groups without a request', () => {
    const one = decodeSeconds(buildScope(), 1, 1000);
    const staged = decodeSeconds(buildScope({ pipelineParallel: 4 }), 1, 1000);
    assert.equal(staged.weights, one.weights);
    assert.equal(staged.cache, one.cache);
    const parts = { model: DEEPSEEK_V3, tensorParallel: 1, expertParallel: 8 } as const;
    const grouped = buildScope({ ...parts, dataParallel: 8 });
    assert.equal(decodeSeconds(grouped, 1, 1000).cache, decodeSeconds(grouped, 8, 1000).cache);
    assert.ok(decodeSeconds(grouped, 1, 1).weights < decodeSeconds(grouped, 8, 1).weights);
  });

  it('is bound by arithmetic where all heads share what is read, as latents', () => {
    // 128 heads times 4·576 operations for each number of 576·1 byte: 512 a byte; an H100 has 118.
    const scope = buildScope({ model: DEEPSEEK_V3, tensorParallel: 1 });
    const { cache } = decodeSeconds(scope, 8, 4096);
    const flops = 4 * 8 * 4096 * 61 * 128 * 576;
    assert.ok(Math.abs(cache - flops / scope.attentionRate) < 1e-12);
    assert.ok(cache > (8 * requestCacheBytes(scope, 4096)) / scope.cacheRate);
  });

  it('never gets shorter by more requests, a longer context or a slower memory', () => {
    const batches = fc.integer({ min: 1, max: 512 });
    const contexts = fc.integer({ min: 1, max: 100_000 });
    const models = fc.constantFrom(LLAMA_8B, LLAMA_70B, DEEPSEEK_V3);
    const ranks = fc.constantFrom(1, 2, 4, 8);
    fc.assert(
      fc.property(models, ranks, batches, contexts, (model, tensorParallel, batch, context) => {
        const parts = { model, tensorParallel, expertParallel: tensorParallel } as const;
        const scope = buildScope(parts);
        const { total } = decodeSeconds(scope, batch, context);
        assert.ok(decodeSeconds(scope, batch + 1, context).total >= total * (1 - 1e-9));
        assert.ok(decodeSeconds(scope, batch, context + 1).total >= total);
        const slower = buildScope({ ...parts, accelerator: 'H100-PCIe' });
        assert.ok(decodeSeconds(slower, batch, context).total > total);
        assert.ok(total * 3.35e12 >= (batch * requestCacheBytes(scope, context)) / scope.groups);
      }),
    );
  });
});

describe('the cache on a rank', () => {
  it('is split by heads, and copied once there are more ranks than heads', () => {
    const of = (tensorParallel: number) => requestCacheBytes(buildScope({ tensorParallel }), 1000);
    assert.equal(of(1), 2 * 80 * 8 * 128 * 1000);
    assert.equal(of(8), of(1) / 8);
    assert.equal(of(16), of(8));
  });

  it('has latents whole on each rank, and ends at a window', () => {
    const latent = (tensorParallel: number) =>
      requestCacheBytes(buildScope({ model: DEEPSEEK_V3, tensorParallel }), 1000);
    assert.equal(latent(8), latent(1));
    const window = { layers: 40, tokens: 100 };
    const windowed = requestCacheBytes(buildScope({ model: { ...LLAMA_70B, window } }), 1000);
    assert.equal(windowed, (requestCacheBytes(buildScope(), 1000) * (1000 + 100)) / 2000);
  });
});

describe('the weights on a device', () => {
  it('are all of them, split: 70 GB in fp8 and embeddings in 16 bits, over four', () => {
    const bytes = weightBytesPerRank(buildScope());
    assert.ok(Math.abs(bytes - (70.55e9 + LLAMA_70B.embeddingParams) / 4) < 1e6);
  });

  it('of ranks with requests of their own are copied but for the experts', () => {
    const parts = { model: DEEPSEEK_V3, tensorParallel: 1, expertParallel: 16 } as const;
    const one = weightBytesPerRank(buildScope({ ...parts, expertParallel: 1 }));
    const many = weightBytesPerRank(buildScope({ ...parts, dataParallel: 16 }));
    const saved = (DEEPSEEK_V3.expertParams * 15) / 16;
    assert.ok(Math.abs(one - many - saved) < 1);
  });
});
