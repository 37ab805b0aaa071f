import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AcceleratorDeclaration } from '../../spec/accelerator-declaration.ts';
import { buildTask } from '../../spec/build-for-tests.ts';
import type { Layout } from '../../spec/demand.ts';
import type { Task } from '../../spec/task.ts';
import { acceleratorFacts } from './accelerators/accelerator-facts.ts';
import { acceleratorsFor } from './accelerators/accelerators-for.ts';
import { buildModel, buildServing, buildTraining } from './build-for-tests.ts';
import { estimateDemand } from './estimate-demand.ts';
import { explainDemand } from './explain/explain-demand.ts';
import { measuredDemand } from './measured/measured-demand.ts';
import { readOwnMeasurement } from './measured/read-own-measurement.ts';

const LLAMA = buildModel({ id: 'meta-llama/Llama-3.1-8B' });
const RESNET = buildModel({ id: 'resnet50' });
const MIX = {
  sizes: [
    { share: 0.5, inputTokens: 512, outputTokens: 256, throughput: null },
    { share: 0.5, inputTokens: 4096, outputTokens: 64, throughput: null },
  ],
  concurrency: null,
  utilizationMax: 1,
  latency: 'mean' as const,
};

const TASKS: Readonly<Record<string, Partial<Task>>> = {
  'a training': { model: LLAMA, training: buildTraining({ method: 'lora' }) },
  'a service': { kind: 'serve', model: LLAMA, serving: buildServing({ tpotMs: 50 }) },
  'a mix of requests': { kind: 'serve', model: LLAMA, serving: buildServing({ mix: MIX }) },
  'a batch of requests': {
    kind: 'batch',
    model: LLAMA,
    serving: buildServing({ requestsPerSecond: null, requests: 1e6 }),
  },
  'a batch of images': {
    kind: 'batch',
    model: RESNET,
    serving: buildServing({ requestsPerSecond: null, requests: 1e8 }),
  },
};

/** Layouts of a task on each of the parts that it declares, in their order. */
function layoutsOn(task: Partial<Task>, ...accelerators: AcceleratorDeclaration[]) {
  const { layouts } = estimateDemand(buildTask({ ...task, accelerators }));
  return accelerators.map(({ name }) => layouts.filter((one) => one.accelerator === name));
}

describe('the estimate of a task that declares accelerators', () => {
  for (const [what, task] of Object.entries(TASKS)) {
    it(`has the layouts of a known part on one that is like it and nothing else: ${what}`, () => {
      const { layouts } = estimateDemand(buildTask(task));
      const known = acceleratorFacts().map(({ name }) => name);
      const own = layoutsOn(task, ...known.map((like, at) => ({ name: `Own-${at}`, like })));
      for (const [at, like] of known.entries()) {
        const expected = layouts.filter(({ accelerator }) => accelerator === like);
        assert.deepEqual(own[at]!.map(named(like)), expected, like);
      }
      assert.ok(own.flat().length > 0);
    });

    it(`is never slower with twice the arithmetic and memory bandwidth: ${what}`, () => {
      const part = fc.record({
        kind: fc.constantFrom('gpu' as const, 'tpu' as const, 'npu' as const),
        memoryGib: fc.integer({ min: 24, max: 300 }),
        bandwidth: fc.integer({ min: 100, max: 20_000 }),
        rate: fc.integer({ min: 10, max: 10_000 }),
        like: fc.constantFrom(undefined, 'H100', 'tpu-v6e', 'MI300X', 'A100'),
      });
      fc.assert(
        fc.property(part, ({ bandwidth, rate, like, ...rest }) => {
          const base = like === undefined ? rest : { ...rest, like };
          const times = (factor: number): AcceleratorDeclaration => ({
            ...base,
            name: `X${factor}`,
            memoryBytesPerS: factor * bandwidth * 1e9,
            tflops: { bf16: factor * rate },
          });
          const [one, two] = layoutsOn(task, times(1), times(2));
          assert.equal(one!.length, two!.length);
          for (const [at, slow] of one!.entries()) {
            const [before, after] = [speedOf(slow), speedOf(two![at]!)];
            assert.ok(Number.isFinite(before));
            // A training's layout may give a hundredth of its speed for less memory.
            assert.ok(after >= 0.99 * before, `${after} of ${before} on ${slow.devices}`);
          }
        }),
        { numRuns: 5 },
      );
    });
  }

  it('has the layouts of a known part for training on images, too', () => {
    const task = { model: RESNET, training: buildTraining({ samples: 1e8, globalBatch: 256 }) };
    const [own] = layoutsOn(task, { name: 'Own', like: 'T4' });
    const { layouts } = estimateDemand(buildTask(task));
    const expected = layouts.filter(({ accelerator }) => accelerator === 'T4');
    assert.deepEqual(own!.map(named('T4')), expected);
  });

  it('lists them after the known ones, which stay as they were', () => {
    const task = TASKS['a training']!;
    const known = estimateDemand(buildTask(task)).layouts;
    const accelerators = [{ name: 'XPU-9', tflops: { bf16: 900 } }];
    const { layouts } = estimateDemand(buildTask({ ...task, accelerators }));
    assert.deepEqual(layouts.slice(0, known.length), known);
    assert.ok(layouts.slice(known.length).every(({ accelerator }) => accelerator === 'XPU-9'));
    assert.equal(acceleratorsFor(buildTask()), acceleratorFacts());
  });

  it('says in its notes, and where a layout is explained, what is inherited', () => {
    const accelerators = [{ name: 'XPU-9', like: 'H100', tflops: { bf16: 900 } }];
    for (const parts of Object.values(TASKS)) {
      const task = buildTask({ ...parts, accelerators });
      const demand = estimateDemand(task);
      const words = /^XPU-9 is as declared, else as H100: memory 80 GiB, /;
      assert.match(demand.notes.at(-1)!, words);
      const on = { accelerator: 'xpu-9', devices: 1 };
      for (const one of explainDemand(task, demand, { on, models: new Map() })) {
        assert.equal(one.accelerator, 'XPU-9');
        assert.match(one.inherited!, words);
      }
    }
  });

  it('fails for a wrong declaration also where nothing is laid out', () => {
    const accelerators = [{ name: 'XPU-9', like: 'Q9' }];
    assert.throws(() => estimateDemand(buildTask({ accelerators })), /is like "Q9"/);
  });

  it('learns from a measurement on a declared part, and most of its own layouts', () => {
    const accelerators = [{ name: 'XPU-9', like: 'H100' }];
    const training = buildTraining({ globalBatch: 64 });
    const task = buildTask({ model: LLAMA, training, accelerators });
    const own = readOwnMeasurement(['step_time=4s'], 'xpu-9:8', acceleratorsFor(task));
    const [before, after] = [estimateDemand(task), measuredDemand(task, own)];
    const moved = (name: string): number => {
      const at = before.layouts.findIndex((one) => one.accelerator === name && one.devices === 8);
      return Math.abs(Math.log(speedOf(after.layouts[at]!) / speedOf(before.layouts[at]!)));
    };
    assert.match(after.notes[0]!, /^measured on 8 × XPU-9: step time 4 s, estimated /);
    assert.ok(moved('XPU-9') > moved('H100') && moved('H100') > moved('A100-80GB'));
  });
});

function named(accelerator: string): (layout: Layout) => Layout {
  return (layout) => ({ ...layout, accelerator });
}

/** Of its tokens, images or requests a second; 0 where it does not fit. */
function speedOf({ fits, tokensPerSecond, samplesPerSecond }: Layout): number {
  return fits ? (tokensPerSecond ?? samplesPerSecond)!.mid : 0;
}
