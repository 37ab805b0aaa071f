import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Layout } from '../../../spec/demand.ts';
import { acceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { buildModel } from '../build-for-tests.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import { exactly } from '../interval.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { type StepTime, stepTime } from '../training/step-time.ts';
import type { TrainingRun } from '../training/training-layouts.ts';
import { trainingModel } from '../training/training-model.ts';
import { trainingCoefficients } from '../training/training-priors.ts';
import { explainTraining } from './explain-training.ts';
import { reckon } from './reckon-for-tests.ts';

/** What of a step's time each line is a part of. */
const PARTS: Readonly<Record<string, keyof StepTime>> = {
  products: 'products',
  'products of experts': 'products',
  'output layer': 'products',
  operands: 'products',
  casts: 'products',
  'widened weights': 'products',
  attention: 'attention',
  elementwise: 'elementwise',
  launches: 'launches',
  tensor: 'tensor',
  experts: 'experts',
  stages: 'stages',
  bubble: 'bubble',
  weights: 'weights',
  optimizer: 'optimizer',
  scale: 'scale',
};

describe('the arithmetic of a step, however it is split', () => {
  it('has each part of its time in lines of its own, which can be reckoned', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(anyPlace(), ({ id, run, layout }) => {
        const model = resolveModel(buildModel({ id }));
        const device = acceleratorFacts().find(({ name }) => name === layout.accelerator)!;
        const [step] = explainTraining(model, run, { layout, device }).time;
        const { microBatch, ...split } = layout.training!;
        const { tensorParallel, dataParallel } = layout;
        const whole = stepTime(
          model,
          { ...run, globalBatch: run.globalBatch!, microBatch },
          device,
          { ...split, tensorParallel, dataParallel, sequenceParallel: tensorParallel > 1 },
          trainingCoefficients(fittedOf(trainingModel).coefficients, device.generation),
        );
        const parts = Object.fromEntries(Object.keys(whole).map((part) => [part, 0]));
        for (const { name, seconds, formula } of step!.lines) {
          met.add(name);
          parts[PARTS[name]!]! += seconds;
          const off = Math.abs(reckon(formula) - seconds);
          assert.ok(off <= 0.02 * seconds || off <= 0.01 * whole.total, `${name} = ${formula}`);
        }
        parts['total'] = step!.seconds;
        for (const [part, seconds] of Object.entries(whole))
          assert.ok(Math.abs(parts[part]! - seconds) <= 1e-9 * whole.total, part);
      }),
      { numRuns: 300, seed: 7 },
    );
    assert.deepEqual([...met].toSorted(), Object.keys(PARTS).toSorted());
  });
});

type Place = { readonly id: string; readonly run: TrainingRun; readonly layout: Layout };

/** On devices of unlike makers, whether or not it would fit. */
function anyPlace(): fc.Arbitrary<Place> {
  const split = fc.record({
    pipelineParallel: fc.constantFrom(1, 2, 8),
    virtualStages: fc.constantFrom(1, 2, 4),
    contextParallel: fc.constantFrom(1, 2),
    expertParallel: fc.constantFrom(1, 2, 8, 32),
    zeroStage: fc.constantFrom(0, 1, 2, 3),
    recompute: fc.constantFrom('none', 'selective', 'full'),
    microBatch: fc.constantFrom(1, 4),
  } as const);
  return fc
    .record({
      id: fc.constantFrom(
        'meta-llama/Llama-3.1-8B',
        'mistralai/Mistral-7B-v0.1',
        'mistralai/Mixtral-8x7B-v0.1',
        'deepseek-ai/DeepSeek-V3',
      ),
      method: fc.constantFrom('pretrain', 'full', 'lora', 'qlora'),
      precision: fc.constantFrom('fp32', 'tf32', 'bf16', 'fp16', 'fp8'),
      accelerator: fc.constantFrom('V100', 'A100', 'H100', 'B200', 'MI300X', 'Gaudi3'),
      tensorParallel: fc.constantFrom(1, 2, 8, 16),
      dataParallel: fc.constantFrom(1, 8, 64),
      training: split,
    } as const)
    .map(({ id, method, precision, accelerator, tensorParallel, dataParallel, training }) => {
      const { pipelineParallel, contextParallel } = training;
      const devices = tensorParallel * dataParallel * pipelineParallel * contextParallel;
      const run = { method, precision, sequenceLength: 4096, globalBatch: 512, tokens: 1e9 };
      const layout = {
        accelerator,
        acceleratorMemoryGib: 80,
        devices,
        tensorParallel,
        dataParallel,
        training,
        memoryBytesPerDevice: exactly(0),
        fits: true,
        hours: null,
        tokensPerSecond: null,
      };
      return { id, run, layout };
    });
}
