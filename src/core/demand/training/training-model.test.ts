import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import type { MeasuredWork, Quantity } from '../calibration/measurement.ts';
import { readOne } from '../calibration/rows-for-tests.ts';
import { isClose } from '../memory/gpt-for-tests.ts';
import { trainingModel } from './training-model.ts';
import { TRAINING_PRIORS } from './training-priors.ts';

const PRIORS = Object.fromEntries(TRAINING_PRIORS.map(({ name, mid }) => [name, mid]));

/** An 8B GPT of sequences of 2,048 on 64 A100, TP4 PP2 DP8, 512 sequences in passes of 2. */
const { work: GPT } = readOne({});

describe('what a training’s source does not say', () => {
  it('of its micro-batch is as many tokens as keep products wide: 16,384', () => {
    const alone = layoutOf({ tensorParallel: 1, pipelineParallel: 1, dataParallel: 64 });
    const work = { ...GPT, layout: alone };
    assert.equal(speedOf({ ...work, microBatch: null }), speedOf({ ...work, microBatch: 8 }));
    assert.notEqual(speedOf({ ...work, microBatch: null }), speedOf({ ...work, microBatch: 1 }));
  });

  it('of its micro-batch is one sequence in a pipeline, which more passes keep busy', () => {
    const work = { ...GPT, microBatch: null };
    assert.equal(speedOf(work), speedOf({ ...GPT, microBatch: 1 }));
  });

  it('of its batch is enough to fill the pipeline four times', () => {
    const filled = speedOf({ ...GPT, globalBatch: null });
    assert.equal(filled, speedOf({ ...GPT, globalBatch: 8 * 2 * 4 * 2 }));
    assert.ok(filled < speedOf(GPT));
  });

  it('of its layout is data parallelism, with sharded weights where they are many', () => {
    const all = { ...GPT, layout: layoutOf(null), microBatch: 1 };
    const parts = { tensorParallel: 1, pipelineParallel: 1, dataParallel: 64 } as const;
    const stated = { ...all, layout: layoutOf({ ...parts, zeroStage: 3, recompute: 'none' }) };
    assert.equal(speedOf(all), speedOf(stated));
    const whole = { ...all, layout: layoutOf({ ...parts, zeroStage: 1, recompute: 'none' }) };
    assert.notEqual(speedOf(all), speedOf(whole));
  });

  it('of its layout is the fastest that fits where the batch is smaller than the devices are many', () => {
    const few = { ...GPT, layout: layoutOf(null), microBatch: null, globalBatch: 16 };
    const each = speedOf(few) / 64;
    const usual = speedOf({ ...few, globalBatch: 512 }) / 64;
    assert.ok(each > 0.2 * usual && each < usual, `${each} of ${usual} tokens/s`);
  });

  it('of its sequence parallelism is that of its tensor parallelism', () => {
    const layout = (sequenceParallel: boolean | null) => ({ ...GPT.layout, sequenceParallel });
    assert.equal(
      speedOf({ ...GPT, layout: layout(null) }),
      speedOf({ ...GPT, layout: layout(true) }),
    );
    assert.ok(speedOf({ ...GPT, layout: layout(false) }) < speedOf(GPT));
  });
});

describe('what a training’s source says', () => {
  it('of block-scaled formats of 4 bits is computed in them', () => {
    const on = { ...GPT, device: findAccelerator('B200')!, precision: 'fp8' as const };
    assert.ok(speedOf({ ...on, operands: 'nvfp4' }) > 1.1 * speedOf({ ...on, operands: 'mxfp8' }));
  });

  it('of its tokens makes hours: those of its steps, and what a run takes over them', () => {
    const hours = valueOf({ ...GPT, tokens: 1e12 }, 'training-hours');
    const steps = (1e12 / speedOf(GPT) / 3600) * 64;
    assert.ok(isClose(hours, PRIORS['run']! * steps, 1e-9));
  });
});

describe('a training that nothing can be said of', () => {
  for (const [what, parts, quantity, reason] of [
    ['on an unknown device', { device: null }, 'training-tokens', /no known accelerator/],
    ['without a sequence length', { sequenceLength: null }, 'training-tokens', /sequences/],
    ['with replicas that have no sequence', { globalBatch: 4 }, 'training-tokens', /less than a/],
    ['in hours without tokens', { tokens: null }, 'training-hours', /how many tokens/],
    [
      'of images',
      { model: { ...GPT.model, sample: { macs: 1e9, activations: 1e6 } } },
      'training-tokens',
      /no transformer/,
    ],
  ] as const) {
    it(`${what} is refused with the reason`, () => {
      const predictor = trainingModel.predictor({ ...GPT, ...parts }, quantity);
      assert.ok(typeof predictor === 'string', 'it gives a prediction');
      assert.match(predictor, reason);
    });
  }

  it('where no layout shares so small a batch', () => {
    const tiny = { ...GPT, layout: layoutOf(null), globalBatch: 1, devices: 4096 };
    assert.match(String(trainingModel.predictor(tiny, 'training-tokens')), /so small a batch/);
  });
});

function layoutOf(parts: Partial<MeasuredWork['layout']> | null): MeasuredWork['layout'] {
  return {
    tensorParallel: null,
    pipelineParallel: null,
    virtualStages: null,
    contextParallel: null,
    expertParallel: null,
    dataParallel: null,
    sequenceParallel: null,
    zeroStage: null,
    recompute: null,
    ...parts,
  };
}

function speedOf(work: MeasuredWork): number {
  return valueOf(work, 'training-tokens');
}

function valueOf(work: MeasuredWork, quantity: Quantity): number {
  const predictor = trainingModel.predictor(work, quantity);
  assert.ok(typeof predictor !== 'string', String(predictor));
  return predictor(PRIORS);
}
