import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type AcceleratorFacts,
  allAccelerators,
  computeFormat,
} from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';
import {
  anyLayout,
  anyStep,
  buildLayout,
  buildStep,
  COEFFICIENTS,
  DEEPSEEK_V3,
  deviceOf,
  LLAMA_8B,
  modelOf,
  tokenModels,
} from './build-for-tests.ts';
import { type StepTime, secondsOf, stepTime, stepWork } from './step-time.ts';
import type { ParallelLayout, TrainingStep } from './training-layout.ts';

const MODELS = tokenModels();
const anyModel = fc.constantFrom(...MODELS);

describe('time of a training step', () => {
  it('is the sum of its parts, each a number and none negative, of every model on every device', () => {
    const devices = allAccelerators().filter(({ memoryGib }) => memoryGib > 0);
    for (const model of MODELS)
      for (const precision of ['bf16', 'fp8'] as const)
        for (const layout of LAYOUTS) {
          const work = stepWork(model, buildStep({ precision }), layout);
          for (const device of devices)
            if (computeFormat(device, precision) !== null)
              checkParts(secondsOf(work, device, COEFFICIENTS), model, device);
        }
  });

  it('is so whatever the step and the layout are', () => {
    const device = deviceOf('GB200');
    fc.assert(
      fc.property(anyModel, anyStep, anyLayout, (model, step, layout) => {
        checkParts(stepTime(model, step, device, layout, COEFFICIENTS), model, device);
      }),
      { numRuns: 300 },
    );
  });

  it('idles for (p − 1)/v micro-batches in a pipeline: (p − 1)/(v·m) of its work', () => {
    // Narayanan et al., arXiv:2104.04473, section 2.2.
    for (const [pipelineParallel, virtualStages, globalBatch] of [
      [4, 1, 32],
      [8, 2, 64],
      [16, 4, 16],
    ] as const) {
      const time = timeOf(LLAMA_8B, { pipelineParallel, virtualStages }, { globalBatch });
      const share = (pipelineParallel - 1) / (virtualStages * globalBatch);
      isAbout(time.bubble / workOf(time), share);
    }
  });

  it('has no exchange that its layout has no partner for', () => {
    const alone = timeOf(LLAMA_8B);
    for (const part of ['tensor', 'experts', 'stages', 'bubble', 'weights', 'scale'] as const)
      assert.equal(alone[part], 0, part);
    assert.ok(timeOf(LLAMA_8B, { tensorParallel: 2 }).tensor > 0);
    assert.ok(timeOf(LLAMA_8B, { pipelineParallel: 2 }).stages > 0);
    assert.ok(timeOf(LLAMA_8B, { dataParallel: 2, zeroStage: 1 }).weights > 0);
    assert.ok(timeOf(DEEPSEEK_V3, { expertParallel: 8, dataParallel: 8 }).experts > 0);
    assert.equal(timeOf(LLAMA_8B, { expertParallel: 8, dataParallel: 8 }).experts, 0);
  });

  it('grows with data parallelism at the same batch of each device only by exchanges', () => {
    fc.assert(
      fc.property(anyModel, anyLayout, fc.constantFrom(2, 4, 16), (model, layout, times) => {
        const own = (dataParallel: number): StepTime => {
          const step = buildStep({ globalBatch: 8 * dataParallel });
          return stepTime(model, step, deviceOf('H100'), { ...layout, dataParallel }, COEFFICIENTS);
        };
        const [few, many] = [own(8), own(8 * times)];
        isAbout(workOf(many), workOf(few));
        isAbout(many.bubble, few.bubble);
        assert.ok(many.weights >= few.weights * (1 - 1e-9));
        assert.ok(many.optimizer <= few.optimizer);
      }),
    );
  });

  it('never shrinks on a device of half the peak, half the memory rate, links or network', () => {
    const device = deviceOf('B200');
    const half = Object.entries(device.peak).map(([format, peak]) => [format, peak / 2]);
    const slower = [
      { peak: Object.fromEntries(half) as typeof device.peak },
      { memoryBytesPerS: device.memoryBytesPerS / 2 },
      { linkBytesPerS: device.linkBytesPerS / 2 },
      { networkBytesPerS: device.networkBytesPerS / 2 },
    ];
    fc.assert(
      fc.property(
        anyModel,
        anyStep,
        anyLayout,
        fc.constantFrom(...slower),
        (model, step, layout, parts) => {
          const fast = stepTime(model, step, device, layout, COEFFICIENTS).total;
          const slow = stepTime(model, step, { ...device, ...parts }, layout, COEFFICIENTS).total;
          assert.ok(slow >= fast * (1 - 1e-9), `${slow} after ${fast}`);
        },
      ),
    );
  });

  it('never shrinks by computing activations again, nor by longer sequences', () => {
    fc.assert(
      fc.property(anyModel, anyStep, anyLayout, (model, step, layout) => {
        const device = deviceOf('H100');
        const of = (some: Partial<TrainingStep>, recompute: ParallelLayout['recompute']) =>
          stepTime(model, { ...step, ...some }, device, { ...layout, recompute }, COEFFICIENTS)
            .total;
        const kept = of({}, 'none');
        assert.ok(of({}, 'full') >= kept * (1 - 1e-9));
        assert.ok(of({ sequenceLength: 2 * step.sequenceLength }, 'none') >= kept * (1 - 1e-9));
      }),
    );
  });

  it('computed again costs a third of the products, half of them where weights are frozen', () => {
    const ratio = (method: TrainingStep['method']): number =>
      timeOf(LLAMA_8B, { recompute: 'full' }, { method }).products /
      timeOf(LLAMA_8B, {}, { method }).products;
    // All but the output layer, 7 % of the products of Llama 3.1 8B, is multiplied once more.
    assert.ok(ratio('full') > 1.29 && ratio('full') < 4 / 3, `${ratio('full')}`);
    assert.ok(ratio('lora') > 1.43 && ratio('lora') < 1.5, `${ratio('lora')}`);
  });
});

const LAYOUTS: readonly ParallelLayout[] = [
  buildLayout({ dataParallel: 16, zeroStage: 3 }),
  buildLayout({ tensorParallel: 8, dataParallel: 4, zeroStage: 1, recompute: 'full' }),
  buildLayout({
    tensorParallel: 2,
    pipelineParallel: 4,
    virtualStages: 2,
    expertParallel: 8,
    dataParallel: 8,
    zeroStage: 1,
  }),
];

function timeOf(
  id: string,
  layout: Partial<ParallelLayout> = {},
  step: Partial<TrainingStep> = {},
): StepTime {
  const model: Architecture = modelOf(id);
  return stepTime(model, buildStep(step), deviceOf('H100'), buildLayout(layout), COEFFICIENTS);
}

/** Of all micro-batches, with their exchanges. */
function workOf(time: StepTime): number {
  const { products, attention, elementwise, launches, tensor, experts, stages } = time;
  return products + attention + elementwise + launches + tensor + experts + stages;
}

function checkParts(time: StepTime, model: Architecture, device: AcceleratorFacts): void {
  let sum = 0;
  for (const name in time) {
    const seconds = time[name as keyof StepTime];
    if (!(seconds >= 0 && seconds < Infinity))
      assert.fail(`${model.name} on ${device.name}: ${name} takes ${seconds} s`);
    if (name !== 'total') sum += seconds;
  }
  if (!(time.total > 0 && Math.abs(sum / time.total - 1) < 1e-9))
    assert.fail(`${model.name} on ${device.name}: the parts are ${sum} of ${time.total} s`);
}

function isAbout(value: number, expected: number): void {
  assert.ok(Math.abs(value - expected) <= 1e-9 * Math.abs(expected), `${value} for ${expected}`);
}
