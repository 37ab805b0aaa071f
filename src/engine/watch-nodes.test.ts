import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { KedgeError } from '../base/errors.ts';
import { asEpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts';
import { type LaunchView, nodeKey } from '../core/launch/launch-view.ts';
import { buildSample } from '../core/monitor/build-for-tests.ts';
import { foldRun } from '../core/monitor/fold-run.ts';
import type { Driver } from '../ports/driver.ts';
import type { Claim } from '../ports/store.ts';
import { buildPlan, buildTask, buildTaskFile } from '../spec/build-for-tests.ts';
import type { NewEvent } from '../spec/event.ts';
import type { Run, RunNode } from '../spec/run.ts';
import type { NodeSeries, Sample } from '../spec/sample.ts';
import type { Task } from '../spec/task.ts';
import { NodeWatch } from './watch-nodes.ts';

setFlagsFromString('--enable-experimental-regexp-engine');

const KEY = { tenantId: 'default', runId: 'run_1' };
const CLAIM: Claim = { ...KEY, token: 1, expiresAt: asEpochMs(HOUR_MS), strikes: 0 };
const ID = { allocation: 0, attempt: 1, rank: 0 };
const price = { nanosPerHour: 0 as never, billingIncrementS: 1, billingMinimumS: 0 };

/** A run of one node, looked at as the engine does; its driver says what a test lets it say. */
class Bench {
  now = 0;
  readonly written: { readonly atMs: number; readonly series: readonly NodeSeries[] }[] = [];
  readonly sampledAt: number[] = [];
  readonly #store = new Map<string, NodeSeries>();
  readonly #task: Task;
  readonly #sample: (second: number) => Partial<Sample> | null;
  readonly #log: () => string;
  run: Run;
  watch: NodeWatch;

  constructor(options: {
    readonly task?: Partial<Task>;
    readonly sample: (second: number) => Partial<Sample> | null;
    readonly log?: () => string;
  }) {
    this.#task = buildTask(options.task);
    this.#sample = options.sample;
    this.#log = options.log ?? (() => '');
    this.run = [
      { type: 'run.created' as const, data: { name: 'x' } },
      {
        type: 'attempt.created' as const,
        data: { allocation: 0, attempt: 1, place: 'local', move: 0 },
      },
      { type: 'node.starting' as const, data: { ...ID, token: 't' } },
      {
        type: 'node.running' as const,
        data: { ...ID, token: 't', ...price, startedAt: asEpochMs(0) },
      },
    ].reduce<Run | null>((run, event) => this.#fold(run, event), null)!;
    this.watch = this.another();
  }

  /** As of another server, or of this one after a restart. */
  another(): NodeWatch {
    const store = {
      readSamples: async () => [...this.#store.values()],
      writeSamples: async (_: unknown, series: readonly NodeSeries[]) => {
        this.written.push({ atMs: this.now, series });
        for (const one of series) this.#store.set(nodeKey(one), one);
      },
    };
    return new NodeWatch({ store, drivers: new Map([['local', this.#driver() as Driver]]) });
  }

  #driver(): Partial<Driver> {
    return {
      sample: async (requests) => {
        this.sampledAt.push(this.now);
        return requests.map(() => {
          const parts = this.#sample(this.now / SECOND_MS);
          return parts && buildSample({ at: asEpochMs(this.now), ...parts });
        });
      },
      readLog: async (_ref, { offset, maxBytes }) => {
        const all = new TextEncoder().encode(this.#log());
        const bytes = all.subarray(offset, offset + maxBytes);
        return { bytes, nextOffset: offset + bytes.length, ended: false };
      },
    };
  }

  async look(): Promise<readonly NewEvent[]> {
    const [node] = this.run.nodes as [RunNode];
    const isLive = node.state === 'running';
    const seen = { state: 'running' as const, startedAt: asEpochMs(0) };
    const view: LaunchView = {
      run: this.run,
      plan: buildPlan([{ hours: 1 }]),
      file: buildTaskFile([this.#task]),
      observed: new Map(isLive ? [[nodeKey(node), seen]] : []),
      absences: new Map(),
      now: asEpochMs(this.now),
    };
    const events = await this.watch.look(CLAIM, view);
    for (const event of events) this.run = this.#fold(this.run, event);
    return events;
  }

  /** Looks several times a second for so long. */
  async go(seconds: number): Promise<readonly NewEvent[]> {
    const told: NewEvent[] = [];
    for (const until = this.now + seconds * SECOND_MS; this.now < until; this.now += 250) {
      told.push(...(await this.look()));
    }
    return told;
  }

  end(): void {
    const how = { outcome: 'succeeded' as const, exitCode: 0, reason: 'done' };
    const data = { ...ID, ...how, endedAt: asEpochMs(this.now) };
    this.run = this.#fold(this.run, { type: 'node.ended', data });
  }

  #fold(run: Run | null, event: NewEvent): Run {
    const where = { ...KEY, seq: 1, schemaVersion: 1 as const, actor: 'engine' };
    return foldRun(run, { ...event, ...where, at: asEpochMs(this.now) });
  }
}

const busy = (second: number) => ({ cpuMs: second * 1000, memoryBytes: 1e9 });

describe('the watch over nodes', () => {
  it('samples at most every two seconds, however often the engine looks', async () => {
    const bench = new Bench({ sample: busy });
    await bench.go(20);
    assert.deepEqual(
      bench.sampledAt,
      Array.from({ length: 10 }, (_, index) => index * 2000),
    );
    const [series] = await bench.watch.seriesOf(KEY);
    assert.deepEqual([series!.count, series!.cpuMeanCores], [10, 1]);
  });

  it('writes what it has at most every twenty seconds, and at the end of the node', async () => {
    const bench = new Bench({ sample: busy });
    await bench.go(65);
    assert.equal(bench.written.length, 3);
    bench.end();
    await bench.look();
    await bench.look();
    assert.equal(bench.written.length, 4);
    assert.equal(bench.written.at(-1)!.series[0]!.count, 33);
  });

  it('goes on after a restart of the server with what the store has, and no jump', async () => {
    const bench = new Bench({ sample: busy });
    await bench.go(41);
    bench.watch = bench.another();
    await bench.go(20);
    const [series] = await bench.watch.seriesOf(KEY);
    assert.deepEqual([series!.firstAt, series!.cpuPeakCores, series!.cpuMeanCores], [0, 1, 1]);
    assert.ok(series!.count >= 30, `${series!.count}`);
  });

  it('tells what is in memory before what is in the store', async () => {
    const bench = new Bench({ sample: busy });
    await bench.go(30);
    const [series] = await bench.watch.seriesOf(KEY);
    assert.equal(series!.lastAt, 28_000);
    assert.equal(bench.written.at(-1)!.series[0]!.lastAt, 20_000);
    const other = await bench.another().seriesOf(KEY);
    assert.equal(other[0]!.lastAt, 20_000);
  });

  it('does without a place that cannot tell, and without one that fails', async () => {
    const silent = new Bench({ sample: () => null });
    assert.deepEqual(await silent.go(10), []);
    assert.deepEqual(await silent.watch.seriesOf(KEY), []);
    const failing = new Bench({
      sample: () => {
        throw new KedgeError('driver.no-reply', 'no');
      },
    });
    assert.deepEqual(await failing.go(10), []);
  });

  it('tells an alarm once, and once that it is over', async () => {
    const sample = (second: number) => ({ cpuMs: Math.max(0, second - 400) * 1000 });
    const bench = new Bench({ sample });
    const told = await bench.go(500);
    assert.deepEqual(
      told.map(({ type }) => type),
      ['alarm.raised', 'alarm.cleared'],
    );
    assert.match((told[0]!.data as { reason: string }).reason, /no output and no CPU for 5m/);
  });

  it('sees a deadline at risk by the progress that the output tells, against the plan', async () => {
    let second = 0;
    const bench = new Bench({
      task: {
        progress: { regex: 'step (\\d+)/(\\d+)' },
        goal: { ...buildTask().goal, deadlineMs: 90 * MINUTE_MS },
      },
      sample: (now) => {
        second = now;
        return { ...busy(now), logBytes: Math.floor(now) * 20 };
      },
      // Planned for one hour, and on its way to two.
      log: () => Array.from({ length: second }, (_, step) => `step ${step}/7200\r`).join(''),
    });
    const told = await bench.go(60);
    assert.deepEqual(
      told.map(({ type, data }) => [type, (data as { kind: string }).kind]),
      [['alarm.raised', 'deadline']],
    );
    assert.deepEqual(bench.run.alarms[0]!.attempt, null);
  });
});
