import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GIB } from '../../../base/units.ts';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import type { MeasuredLayout, MeasuredWork, Quantity } from '../calibration/measurement.ts';
import { gpt, isClose } from './gpt-for-tests.ts';
import { PRIOR_MEMORY } from './memory-coefficients.ts';
import { leastMemory, measuredMemory, memoryModel } from './memory-model.ts';

const LAYOUT: MeasuredLayout = {
  tensorParallel: 1,
  pipelineParallel: 1,
  virtualStages: 1,
  contextParallel: 1,
  expertParallel: 1,
  dataParallel: 1,
  sequenceParallel: null,
  zeroStage: null,
  recompute: null,
};

describe('bytes of measured work', () => {
  it('are those of the papers for states, activations and cache', () => {
    const layers = { layers: 96, hidden: 12_288, heads: 96, vocab: 51_200 };
    const layout = { ...LAYOUT, tensorParallel: 8, pipelineParallel: 8, virtualStages: 3 };
    const run = work({
      model: gpt(layers),
      layout: { ...layout, sequenceParallel: true, recompute: 'selective' },
    });
    // Korthikanti et al., arXiv:2205.05198, figure 1: GPT-3.
    assert.ok(isClose(predicted(run, 'model-states') / GIB, 45.5625, 0.001));
    assert.ok(isClose(predicted(run, 'activations') / GIB, 12.3516, 0.001));
    assert.equal(predicted(run, 'cache-per-token'), 4_718_592);
    // Rajbhandari et al., arXiv:1910.02054, figure 1: 7.5B on 64 devices.
    const zero = { ...LAYOUT, dataParallel: 64, zeroStage: 2 } as const;
    const small = work({ model: gpt({ ...layers, params: 7.5e9 }), devices: 64, layout: zero });
    assert.ok(isClose(predicted(small, 'model-states') / 1e9, 16.6, 0.005));
  });

  it('need what a source may leave out: sentences say what', () => {
    assert.match(reason(work({ microBatch: null })), /micro-batch is not stated/);
    assert.match(reason(work({ sequenceLength: null })), /sequence length is not stated/);
    const unknown = { ...LAYOUT, tensorParallel: null };
    assert.match(reason(work({ devices: 8, layout: unknown })), /layout is not stated/);
    const served = work({ kind: 'infer', inputTokens: null, sequenceLength: null });
    assert.match(reason(served), /length of a request is not stated/);
    assert.match(
      reason(work({ kind: 'infer', device: findAccelerator('Hailo-8')! })),
      /on the chip/,
    );
  });

  it('are at least those with all activations computed again, where that is not stated', () => {
    const run = work({ microBatch: 64 });
    const [least, plain] = [leastMemory(run), measuredMemory(run)];
    assert.ok(typeof least !== 'string' && typeof plain !== 'string');
    assert.ok(least.total.mid < plain.total.mid / 2);
  });

  it('of engines that let requests wait are those of one request', () => {
    const served = work({ kind: 'infer', inputTokens: 1000, outputTokens: 100, concurrency: 256 });
    const all = predicted(served, 'peak-memory');
    assert.ok(predicted({ ...served, engine: 'vllm' }, 'peak-memory') < all / 2);
  });

  it('follow the coefficients', () => {
    const predictor = memoryModel.predictor(work({}), 'peak-memory');
    assert.ok(typeof predictor === 'function');
    assert.ok(predictor({ ...PRIOR_MEMORY, slack: 1.2 }) > 1.1 * predictor(PRIOR_MEMORY));
  });
});

function predicted(run: MeasuredWork, quantity: Quantity): number {
  const predictor = memoryModel.predictor(run, quantity);
  assert.ok(typeof predictor === 'function', String(predictor));
  return predictor(PRIOR_MEMORY);
}

function reason(run: MeasuredWork): string {
  const predictor = memoryModel.predictor(run, 'peak-memory');
  assert.ok(typeof predictor === 'string');
  return predictor;
}

function work(parts: Partial<MeasuredWork>): MeasuredWork {
  return {
    kind: 'train',
    model: gpt({ layers: 24, hidden: 2048, heads: 16, vocab: 50_257 }),
    precision: 'fp16',
    weightBytes: null,
    operands: null,
    device: findAccelerator('A100-80GB')!,
    devices: 1,
    method: 'pretrain',
    sequenceLength: 2048,
    globalBatch: null,
    microBatch: 1,
    tokens: null,
    layout: LAYOUT,
    inputTokens: null,
    outputTokens: null,
    concurrency: null,
    engine: null,
    ...parts,
  };
}
