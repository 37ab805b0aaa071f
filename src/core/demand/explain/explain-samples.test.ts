import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildTask } from '../../../spec/build-for-tests.ts';
import type { Layout } from '../../../spec/demand.ts';
import type { Serving, Task, Training } from '../../../spec/task.ts';
import { buildModel, buildServing, buildTraining } from '../build-for-tests.ts';
import { estimateDemand } from '../estimate-demand.ts';
import { explainDemand } from './explain-demand.ts';
import type { Explained } from './explained.ts';
import { reckon } from './reckon-for-tests.ts';

/** Between them: every family that counts samples, trained and answering. */
const TASKS: readonly [what: string, task: Task][] = [
  ['a network, trained', trained('resnet50', { samples: 115e6, globalBatch: 2048 })],
  ['a network in fp32, trained', trained('resnet50', { samples: 1e6, precision: 'fp32' })],
  ['a vision transformer, answering', answered('google/vit-base-patch16-224', {})],
  ['an encoder, trained', trained('bert-large-uncased', { sequenceLength: 128 })],
  ['an encoder in int8, answering', answered('bert-base-uncased', { precision: 'int8' })],
  ['diffusion, trained', trained('stable-diffusion-2-base', { globalBatch: 96 })],
  ['a recommender, answering', answered('mlcommons/dlrm', {})],
  ['an encoder with a decoder, trained', trained('t5-large', { globalBatch: 128 })],
  ['an encoder with a decoder, answering', answered('openai/whisper-large-v3', {})],
];

describe('the arithmetic of images and texts', () => {
  for (const [what, task] of TASKS) {
    const both = everyLayout(task);
    const fitting = both.filter(([{ fits }]) => fits);

    it(`adds up to the memory of each layout: ${what}`, () => {
      for (const [layout, { memory, memoryBytes }] of both) {
        assert.deepEqual(memoryBytes, layout.memoryBytesPerDevice);
        const lines = memory.reduce((sum, { bytes }) => sum + bytes.mid, 0);
        assertClose(lines, memoryBytes.mid, place(layout));
      }
    });

    it(`gives the samples a second and the hours of each layout that fits: ${what}`, () => {
      assert.ok(fitting.length > 10, `${fitting.length}`);
      for (const [layout, { time, results, samplesPerSecond, hours }] of fitting) {
        const [step] = time;
        const lines = step!.lines.reduce((sum, { seconds }) => sum + seconds, 0);
        assertClose(lines, step!.seconds, place(layout));
        const values = Object.fromEntries(results.map((one) => [one.name, one.value]));
        assertClose(values['samples/s']!, layout.samplesPerSecond!.mid, place(layout));
        assertClose(values['hours']!, layout.hours!.mid, place(layout));
        assert.deepEqual([samplesPerSecond, hours], [layout.samplesPerSecond, layout.hours]);
      }
    });

    it(`can be reckoned from its lines, as far as three digits go: ${what}`, () => {
      for (const [layout, { memory, time, results }] of fitting) {
        for (const { name, bytes, formula } of memory)
          if (name !== 'fragmentation')
            assertNear(reckon(formula), bytes.mid, { whole: 0, what: `${name} = ${formula}` });
        for (const { seconds: whole, lines } of time)
          for (const { name, seconds, formula } of lines)
            assertNear(reckon(formula), seconds, { whole, what: `${name} = ${formula}` });
        for (const { value, formula } of results)
          assertNear(reckon(formula), value, { whole: 0, what: place(layout) });
      }
    });

    it(`names numbers and a source in every line: ${what}`, () => {
      for (const [, { memory, time, results }] of both)
        for (const line of [...memory, ...time.flatMap(({ lines }) => lines), ...results]) {
          assert.match(line.formula, /\d/, line.name);
          assert.ok(line.source.length > 10, line.name);
        }
    });
  }
});

describe('how samples are passed', () => {
  it('is told with what the model counts, how many at once, and how many times an update', () => {
    const network = explain(TASKS[0]![1], 'A100:2');
    assert.deepEqual(network.samples, {
      what: 'image',
      tokens: null,
      atOnce: 256,
      passes: 4,
      trains: true,
    });
    assert.equal(network.time[0]!.of, 'step');
    const text = explain(answered('bert-base-uncased', { inputTokens: 128 }), 'A100:2');
    assert.deepEqual(text.samples, {
      what: 'sequence',
      tokens: 128,
      atOnce: 256,
      passes: 1,
      trains: false,
    });
    assert.equal(text.time[0]!.of, 'batch');
  });

  it('of what answers holds neither gradients nor optimizer', () => {
    const names = explain(answered('bert-base-uncased', {}), 'A100:1').memory.map(
      ({ name }) => name,
    );
    assert.deepEqual(names, ['weights', 'layer at work', 'fragmentation', 'context']);
  });

  it('says what would do where not even one sample fits', () => {
    const small = explain(trained('google-t5/t5-11b', { sequenceLength: 512 }), 'T4:8');
    assert.equal(small.fits, false);
    assert.deepEqual([small.time, small.results], [[], []]);
    assert.equal('samplesPerSecond' in small, false);
    assert.match(small.unfit!, /^needs up to \d+ GiB of each T4, which has \d+ GiB for it; /);
    assert.match(small.unfit!, /\d × \w+ would do$/);
    assert.equal(small.samples!.atOnce, 1);
  });
});

function trained(id: string, parts: Partial<Training>): Task {
  const training = buildTraining({ tokens: null, samples: 1e7, sequenceLength: null, ...parts });
  return buildTask({ model: buildModel({ id }), training });
}

function answered(id: string, parts: Partial<Serving>): Task {
  const serving = buildServing({ requestsPerSecond: null, requests: 1e7, ...parts });
  return buildTask({ kind: 'batch', model: buildModel({ id }), serving });
}

function explain(task: Task, on: string): Explained {
  const [accelerator, devices] = on.split(':') as [string, string];
  const wanted = { accelerator, devices: Number(devices) };
  const [one, another] = explainDemand(task, estimateDemand(task), {
    on: wanted,
    models: new Map(),
  });
  assert.equal(another, undefined);
  return one!;
}

/** Of every third device, each with all its numbers. */
function everyLayout(task: Task): readonly [Layout, Explained][] {
  const demand = estimateDemand(task);
  const kinds = [...new Set(demand.layouts.map(({ accelerator }) => accelerator))];
  const chosen = new Set(kinds.filter((_, index) => index % 3 === 0));
  return demand.layouts
    .filter(({ accelerator }) => chosen.has(accelerator))
    .map((layout) => {
      const [one] = explainDemand(task, demand, { on: layout, models: new Map() });
      return [layout, one!];
    });
}

function place({ accelerator, devices }: Layout): string {
  return `${devices} × ${accelerator}`;
}

function assertClose(one: number, other: number, what: string): void {
  assert.ok(Math.abs(one / other - 1) < 1e-9, `${what}: ${one} is not ${other}`);
}

/** A difference of two large numbers loses digits; not more of the whole than shows. */
function assertNear(
  one: number,
  other: number,
  { whole, what }: { readonly whole: number; readonly what: string },
): void {
  const off = Math.abs(one - other);
  assert.ok(off <= 0.02 * other || off <= 0.005 * whole, `${what}: ${one} is not ${other}`);
}
