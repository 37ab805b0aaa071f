import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isClose } from '../memory/gpt-for-tests.ts';
import {
  buildScope,
  COEFFICIENTS,
  DEEPSEEK_V3,
  deviceOf,
  MIXTRAL,
  modelOf,
} from './build-for-tests.ts';
import { computeSeconds } from './compute-seconds.ts';
import { computeWork } from './compute-work.ts';
import { trainingFlops } from './training-flops.ts';

const TRAFFIC_FREE = { ...COEFFICIENTS, traffic: 0, casts: 0 };

describe('arithmetic of a micro-batch', () => {
  it('is 6 FLOPs of each parameter that a token passes, as the task’s FLOPs count them', () => {
    for (const id of ['meta-llama/Llama-3.1-70B', MIXTRAL, DEEPSEEK_V3]) {
      const scope = buildScope({ model: modelOf(id) });
      const { dense, routed, head } = computeWork(scope);
      const flops = (dense.flops + routed.flops + head.flops) / scope.tokens;
      const { weights } = trainingFlops(scope.model, scope.step);
      assert.ok(isClose(flops, weights, 0.001), `${id}: ${flops} of ${weights}`);
    }
  });

  it('of attention is 3.5 times its causal half, which is half of what PaLM counts', () => {
    // Dao, arXiv:2307.08691, section 3.1: its backward pass takes 2.5 times its forward one.
    const scope = buildScope();
    const { attention } = trainingFlops(scope.model, scope.step);
    assert.ok(isClose(computeWork(scope).attention / scope.tokens, (attention / 3) * 3.5, 1e-9));
  });

  it('of layers with a window looks no further back', () => {
    const { layers, ...model } = buildScope().model;
    const windowed = { ...model, layers, window: { layers, tokens: 512 } };
    const near = computeWork(buildScope({ model: windowed })).attention;
    const far = computeWork(buildScope()).attention;
    assert.ok(isClose(far / near, 2048 / 512, 1e-9), `${far / near}`);
  });

  it('of narrow heads takes longer for the same FLOPs', () => {
    const { model } = buildScope();
    const narrow = { ...model, heads: 2 * model.heads, headDim: model.headDim / 2 };
    const ratio =
      computeWork(buildScope({ model: narrow })).attention / computeWork(buildScope()).attention;
    assert.ok(isClose(ratio, Math.SQRT2, 1e-9));
  });

  it('whose scores pass memory computes all of them, and reads and writes each many times', () => {
    const { step, model, tokens } = buildScope();
    const written = computeWork(buildScope({ step: { ...step, writesScores: true } }));
    const fused = computeWork(buildScope());
    assert.ok(isClose(written.attention / fused.attention, (2 * 3) / 3.5, 1e-9));
    const scores = model.layers * tokens * step.sequenceLength * model.heads;
    assert.ok(isClose((written.bytes - fused.bytes) / scores, 13 + 19, 1e-9));
  });

  it('of heads that tensor cores cannot read takes longer where scores pass memory', () => {
    const { model, step } = buildScope();
    const attention = (headDim: number, writesScores: boolean): number => {
      const heads = (model.heads * model.headDim) / headDim;
      const odd = { model: { ...model, heads, headDim }, step: { ...step, writesScores } };
      return computeWork(buildScope(odd)).attention;
    };
    assert.ok(attention(108, true) > 10 * attention(104, true));
    assert.ok(attention(108, false) < 1.1 * attention(104, false));
  });

  it('of encoders predicts 15 % of the words', () => {
    const { model } = buildScope();
    const encoder = computeWork(buildScope({ model: { ...model, family: 'encoder' } }));
    assert.ok(isClose(encoder.head.flops / computeWork(buildScope()).head.flops, 0.15, 1e-9));
  });

  it('splits the output layer over interleaved stages, and else has the last one’s', () => {
    const head = (virtualStages: number): number =>
      computeWork(buildScope({ layout: { pipelineParallel: 4, virtualStages } })).head.flops;
    assert.ok(isClose(head(1) / head(2), 4, 1e-9));
  });

  it('moves no activations of the whole width less without sequence parallelism', () => {
    const bytes = (sequenceParallel: boolean): number =>
      computeWork(buildScope({ layout: { tensorParallel: 8, sequenceParallel } })).bytes;
    assert.ok(bytes(false) > 2 * bytes(true), `${bytes(false)} for ${bytes(true)}`);
  });

  it('moves copies of tokens that are as narrow as their experts', () => {
    const model = modelOf(MIXTRAL);
    const narrow = { ...model, expertParams: model.expertParams / 4 };
    const [whole, less] = [model, narrow].map((one) => computeWork(buildScope({ model: one })));
    assert.ok(less!.bytes < whole!.bytes);
  });
});

describe('seconds of a micro-batch', () => {
  it('are its FLOPs at what the device reaches, where nothing else takes time', () => {
    const scope = buildScope({ coefficients: TRAFFIC_FREE });
    const { dense, head } = computeWork(scope);
    const { peak, ceiling } = scope.device;
    const seconds = (dense.flops + head.flops) / (peak.bf16 * ceiling * TRAFFIC_FREE.products);
    assert.ok(isClose(computeSeconds(scope).products, seconds, 1e-9));
  });

  it('are those of the next wider format that the device has', () => {
    const on = (name: string, precision: 'fp4' | 'fp8' | 'bf16'): number =>
      computeSeconds(buildScope({ device: deviceOf(name), step: { precision } })).products;
    assert.equal(on('A100', 'fp8'), on('A100', 'bf16'));
    assert.equal(on('H100', 'fp4'), on('H100', 'fp8'));
    assert.ok(on('B200', 'fp4') < on('B200', 'fp8'));
    assert.ok(on('H100', 'fp8') < on('H100', 'bf16'));
    // The V100 has no bf16: its fp16 stands for it.
    assert.ok(Number.isFinite(on('V100', 'bf16')));
  });

  it('of fp8 keep the output layer in 16 bits', () => {
    const { model } = buildScope();
    const time = (vocab: number, precision: 'fp8' | 'bf16'): number => {
      const scope = { model: { ...model, vocab }, coefficients: TRAFFIC_FREE, step: { precision } };
      // Of the layers, the parameters must stay the same.
      const matmulParams = model.matmulParams + (vocab - model.vocab) * model.hidden;
      return computeSeconds(buildScope({ ...scope, model: { ...scope.model, matmulParams } }))
        .products;
    };
    const more = (precision: 'fp8' | 'bf16'): number => time(2e5, precision) - time(1e5, precision);
    assert.ok(isClose(more('fp8'), more('bf16'), 1e-6));
  });

  it('of QLoRA widen each weight for each product', () => {
    const scope = (method: 'lora' | 'qlora') => buildScope({ step: { method } });
    const [lora, qlora] = [scope('lora'), scope('qlora')];
    const longer = computeSeconds(qlora).products - computeSeconds(lora).products;
    // Forward and backward, written in 16 bits.
    const bytes = 2 * 2 * lora.model.matmulParams;
    assert.ok(isClose(longer, bytes / lora.device.memoryBytesPerS, 0.001));
  });

  it('of launches do not depend on the size of the micro-batch', () => {
    const of = (microBatch: number) => computeSeconds(buildScope({ step: { microBatch } }));
    assert.equal(of(1).launches, of(8).launches);
    assert.ok(isClose(of(8).attention / of(1).attention, 8, 1e-9));
    // The weights are read once for all of it.
    assert.ok(of(8).products < 8 * of(1).products);
  });
});
