import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AcceleratorFacts, acceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { PRIOR_MEMORY } from '../memory/memory-coefficients.ts';
import { trainingMemory } from '../memory/training-memory.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import {
  buildQuestion,
  COEFFICIENTS,
  DEEPSEEK_V3,
  deviceOf,
  LLAMA_8B,
  MIXTRAL,
  modelOf,
} from './build-for-tests.ts';
import { candidateLayouts } from './candidate-layouts.ts';
import {
  laddersOf,
  memoryTask,
  searchLayouts,
  type TrainingAnswer,
  type TrainingQuestion,
} from './search-layouts.ts';
import { stepTime } from './step-time.ts';
import type { ParallelLayout } from './training-layout.ts';

/** A question, the numbers of devices that it is asked for, and the kinds of them. */
const GRID: readonly {
  readonly question: TrainingQuestion;
  readonly counts: readonly number[];
  readonly kinds: readonly AcceleratorFacts[];
}[] = [
  {
    question: buildQuestion(modelOf(LLAMA_8B), { globalBatch: 128 }),
    counts: [1, 3, 8, 64],
    kinds: acceleratorFacts(),
  },
  {
    question: buildQuestion(modelOf(LLAMA_8B), { method: 'qlora', globalBatch: 8 }),
    counts: [1, 2, 8],
    kinds: acceleratorFacts(),
  },
  {
    question: buildQuestion(modelOf(LLAMA_8B), { sequenceLength: 131_072, globalBatch: 16 }),
    counts: [16, 64],
    kinds: ['A100-80GB', 'H200', 'tpu-v5p'].map((name) => deviceOf(name)),
  },
  {
    question: buildQuestion(modelOf('meta-llama/Llama-3.1-70B'), { globalBatch: 256 }),
    counts: [16, 128],
    kinds: ['A100', 'H100', 'MI300X', 'GB200', 'L40S'].map((name) => deviceOf(name)),
  },
  {
    question: buildQuestion(modelOf(MIXTRAL), { method: 'lora', globalBatch: 64 }),
    counts: [8, 32],
    kinds: ['A100-80GB', 'H100', 'RTX4090'].map((name) => deviceOf(name)),
  },
  {
    question: buildQuestion(modelOf(DEEPSEEK_V3), { globalBatch: 1024 }),
    counts: [256],
    kinds: ['H100', 'GB200', 'H200'].map((name) => deviceOf(name)),
  },
];

/** So much slower than the fastest may be what needs less memory. */
const SLACK = 1 / 0.99 + 1e-9;

describe('the layout that is found', () => {
  it('is as fast, but for 1 %, as any that fits, and none fits where none is found', () => {
    for (const { question, counts, kinds } of GRID)
      for (const devices of counts) {
        const all = everyLayout(question, devices);
        for (const device of kinds) {
          const fastest = fastestOf(all, question, device);
          const found = search(question, devices, device);
          const what = `${question.model.name} on ${devices} × ${device.name}`;
          const seconds = found?.time?.total ?? Infinity;
          assert.ok(seconds <= fastest * SLACK, `${what}: ${seconds} s, and ${fastest} s can be`);
          assert.equal(seconds === Infinity, fastest === Infinity, what);
        }
      }
  });

  it('fits, and takes the time and the memory that it says', () => {
    const { question } = GRID[3]!;
    for (const name of ['A100-80GB', 'H200', 'MI300X']) {
      const device = deviceOf(name);
      const { layout, microBatch, memory, time } = search(question, 64, device)!;
      assert.ok(memory.high <= usableBytes(device));
      const step = { ...question.step, microBatch };
      assert.deepEqual(time, stepTime(question.model, step, device, layout, COEFFICIENTS));
      const task = memoryTask(question, layout, microBatch);
      assert.deepEqual(memory, trainingMemory(question.model, task, layout, PRIOR_MEMORY).total);
    }
  });

  it('is the leanest where none fits: everything sharded and computed again', () => {
    const question = buildQuestion(modelOf('meta-llama/Llama-3.1-405B'), { globalBatch: 64 });
    const found = search(question, 8, deviceOf('T4'))!;
    assert.equal(found.time, null);
    assert.equal(found.layout.recompute, 'full');
    assert.equal(found.microBatch, 1);
    for (const { memory, layout } of everyLayout(question, 8))
      if (layout.tensorParallel <= deviceOf('T4').domain)
        assert.ok(memory >= found.memory.high * (1 - 1e-9));
  });

  it('is none where the batch has less than a sequence for each replica', () => {
    const question = buildQuestion(modelOf(LLAMA_8B), { globalBatch: 1 });
    assert.equal(search(question, 4096, deviceOf('H100')), null);
  });

  it('has tensor parallelism within fast links only', () => {
    const question = buildQuestion(modelOf('meta-llama/Llama-3.1-70B'), { globalBatch: 64 });
    for (const domain of [1, 2, 4, 8]) {
      const found = search(question, 64, deviceOf('H100', { domain }));
      assert.ok(found!.layout.tensorParallel <= domain);
    }
  });
});

function search(
  question: TrainingQuestion,
  devices: number,
  device: AcceleratorFacts,
): TrainingAnswer | null {
  return searchLayouts(laddersOf(question, devices, PRIOR_MEMORY), device, COEFFICIENTS);
}

type Possible = {
  readonly layout: ParallelLayout;
  readonly microBatch: number;
  /** Bytes, of the high end. */
  readonly memory: number;
};

/** Every candidate with every way to keep states and activations, without any bound. */
function everyLayout(question: TrainingQuestion, devices: number): readonly Possible[] {
  const { model, step } = question;
  const space = { model, devices, domain: Math.min(16, devices), ...step };
  return candidateLayouts(space).flatMap(({ layout: split, microBatches }) => {
    const isAlone = split.dataParallel * split.contextParallel === 1;
    const stages = isAlone ? [0] : split.pipelineParallel === 1 ? [1, 3] : [1];
    return (stages as (0 | 1 | 3)[]).flatMap((zeroStage) =>
      (['none', 'full'] as const).flatMap((recompute) =>
        microBatches.map((microBatch) => {
          const layout = { ...split, zeroStage, recompute };
          const task = memoryTask(question, layout, microBatch);
          const memory = trainingMemory(model, task, layout, PRIOR_MEMORY).total.high;
          return { layout, microBatch, memory };
        }),
      ),
    );
  });
}

function fastestOf(
  all: readonly Possible[],
  { model, step }: TrainingQuestion,
  device: AcceleratorFacts,
): number {
  const usable = usableBytes(device);
  const times = all
    .filter(({ layout, memory }) => layout.tensorParallel <= device.domain && memory <= usable)
    .map(
      ({ layout, microBatch }) =>
        stepTime(model, { ...step, microBatch }, device, layout, COEFFICIENTS).total,
    );
  return Math.min(...times);
}
