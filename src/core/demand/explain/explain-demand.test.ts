import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GIB } from '../../../base/units.ts';
import { buildTask } from '../../../spec/build-for-tests.ts';
import type { Serving, Task } from '../../../spec/task.ts';
import { buildModel, buildServing, buildTraining } from '../build-for-tests.ts';
import { estimateDemand } from '../estimate-demand.ts';
import { explainDemand } from './explain-demand.ts';
import type { Explained } from './explained.ts';
import { reckon } from './reckon-for-tests.ts';

const LLAMA = buildModel({ id: 'meta-llama/Llama-3.1-8B' });
/** Those whose formula is all there is to them. */
const EXACT = new Set([
  'attention',
  'cache',
  'communication',
  'elementwise',
  'engine',
  'interference',
  'launches',
  'waiting',
]);

describe('the arithmetic of a service', () => {
  const dense = serviceOf('meta-llama/Llama-3.1-70B', { ttftMs: 2000 });
  const routed = serviceOf('deepseek-ai/DeepSeek-V3', { precision: 'fp8' });
  for (const [what, task] of [
    ['a dense model', dense],
    ['experts', routed],
  ] as const) {
    const all = everyLayout(task);

    it(`gives the tokens a second of each replica that fits: ${what}`, () => {
      const fitting = all.filter(({ fits }) => fits);
      assert.ok(fitting.length > 10);
      for (const { results, tokensPerSecond, accelerator } of fitting) {
        const [speed] = results;
        assertClose(speed!.value, tokensPerSecond!.mid, accelerator);
        assert.ok(Math.abs(reckon(speed!.formula) / speed!.value - 1) < 0.02, speed!.formula);
      }
    });

    it(`adds up, line by line, with numbers and a source in each: ${what}`, () => {
      for (const { time, memory, memoryBytes, accelerator } of all) {
        const bytes = memory.reduce((sum, line) => sum + line.bytes.mid, 0);
        assertClose(bytes, memoryBytes.mid, accelerator);
        for (const { lines, seconds } of time)
          assertClose(
            lines.reduce((sum, line) => sum + line.seconds, 0),
            seconds,
            accelerator,
          );
        for (const line of [...memory, ...time.flatMap(({ lines }) => lines)]) {
          assert.match(line.formula, /\d/, `${accelerator} ${line.name}`);
          assert.ok(line.source.length > 10, line.name);
        }
      }
    });

    it(`can be reckoned from its lines, where they tell all: ${what}`, () => {
      for (const { time, accelerator } of all)
        for (const { name, formula, seconds } of time.flatMap(({ lines }) => lines))
          if (EXACT.has(name))
            assert.ok(
              Math.abs(reckon(formula) / seconds - 1) < 0.02,
              `${accelerator}: ${name} = ${formula} is ${seconds}`,
            );
    });
  }

  it('is of as many requests as the memory holds, which fit into it', () => {
    const [explained] = explain(dense, 'H100:4');
    assert.ok(explained!.requests!.atOnce > 1);
    assert.ok(explained!.memoryBytes.high <= explained!.usableBytes);
    const cache = explained!.memory.find(({ name }) => name === 'key-value cache')!;
    assert.ok(cache.formula.startsWith(`${explained!.requests!.atOnce} sequences × 768 tokens`));
  });

  it('tells which of the limits a single request breaks, with its time', () => {
    const [explained] = explain(serviceOf(LLAMA.id!, { ttftMs: 5 }), 'H100:1');
    assert.equal(explained!.fits, false);
    assert.match(explained!.unfit!, /time to first token of \d+ ms; asked are 5$/);
    assert.equal(explained!.requests!.atOnce, 1);
    assert.equal(explained!.time.length, 2);
  });

  it('of a mix is told for each size, and adds up to the speed of the mix', () => {
    const size = { outputTokens: 200, throughput: null };
    const sizes = [
      { share: 0.7, inputTokens: 100, ...size },
      { share: 0.3, inputTokens: 4000, ...size },
    ];
    const mix = { sizes, concurrency: null, utilizationMax: 1, latency: 'mean' } as const;
    const task = serviceOf(LLAMA.id!, { mix });
    const explained = explain(task, 'H100:1');
    assert.deepEqual(
      explained.map(({ requests }) => [requests!.share, requests!.inputTokens]),
      [
        [0.7, 100],
        [0.3, 4000],
      ],
    );
    const whole = explained.at(-1)!.results.find(({ name }) => name === 'tokens/s of the mix')!;
    assertClose(whole.value, layoutOf(task, 'H100', 1).tokensPerSecond!.mid, 'the mix');
    assert.ok(Math.abs(reckon(whole.formula) / whole.value - 1) < 0.02, whole.formula);
  });

  it('of a batch of requests goes on to its hours', () => {
    const task = serviceOf(LLAMA.id!, { requestsPerSecond: null, requests: 100_000 });
    const [explained] = explain(task, 'H100:8');
    const { hours, tokensPerSecond, dataParallel } = layoutOf(task, 'H100', 8);
    assert.equal(explained!.layout.dataParallel, dataParallel);
    const values = Object.fromEntries(explained!.results.map((one) => [one.name, one.value]));
    assertClose(values['tokens/s']!, tokensPerSecond!.mid, 'all replicas');
    assertClose(values['hours']!, hours!.mid, 'hours');
  });
});

describe('what is explained of a task', () => {
  const training = buildTask({ model: LLAMA, training: buildTraining() });

  it('is the layout of the least device time, or the devices that are asked for', () => {
    const [first] = explain(training);
    const { layouts } = estimateDemand(training);
    const least = layouts
      .filter(({ fits }) => fits)
      .toSorted(
        (one, other) => one.devices * one.hours!.mid - other.devices * other.hours!.mid,
      )[0]!;
    assert.equal(first!.accelerator, least.accelerator);
    const [asked] = explain(training, 'h100:16');
    assert.deepEqual([asked!.accelerator, asked!.devices], ['H100', 16]);
    assert.deepEqual(asked!.layout.training, layoutOf(training, 'H100', 16).training);
  });

  it('says why devices are too small, and how many of them would do', () => {
    const [explained] = explain(training, 'H100:1');
    assert.match(
      explained!.unfit!,
      /^needs up to \d+ GiB of each H100, which has 80 GiB for it; \d × H100 would do$/,
    );
    assert.deepEqual(explained!.time, []);
  });

  it('where nothing fits is the memory of the leanest layout, and what would hold it', () => {
    const shape = { layers: 300, hidden: 131_072, heads: 1024, vocab: 128_256 };
    const model = buildModel({ params: 1e14, ...shape });
    const [explained] = explain(
      buildTask({ model, training: buildTraining({ globalBatch: 8, tokens: 1e10 }) }),
    );
    assert.equal(explained!.fits, false);
    assert.ok(explained!.memory.length > 3);
    const [, gib] = /as many devices of (\d+) GiB would do$/.exec(explained!.unfit!)!;
    assert.ok(Number(gib) * GIB > explained!.memoryBytes.high);
  });

  it('is nothing where the task states what it needs', () => {
    assert.deepEqual(explain(buildTask()), []);
  });
});

function serviceOf(id: string, parts: Partial<Serving>): Task {
  return buildTask({ kind: 'serve', model: buildModel({ id }), serving: buildServing(parts) });
}

function explain(task: Task, on?: string): readonly Explained[] {
  const [accelerator, devices] = on?.split(':') ?? [];
  const wanted = accelerator === undefined ? null : { accelerator, devices: Number(devices) };
  return explainDemand(task, estimateDemand(task), { on: wanted, models: new Map() });
}

/** Of the layouts of every device, one after another. */
function everyLayout(task: Task): readonly Explained[] {
  const demand = estimateDemand(task);
  return demand.layouts.flatMap((on) => explainDemand(task, demand, { on, models: new Map() }));
}

function layoutOf(task: Task, accelerator: string, devices: number) {
  const { layouts } = estimateDemand(task);
  return layouts.find((one) => one.accelerator === accelerator && one.devices === devices)!;
}

function assertClose(one: number, other: number, what: string): void {
  assert.ok(Math.abs(one / other - 1) < 1e-9, `${what}: ${one} is not ${other}`);
}
