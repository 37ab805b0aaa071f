import { rateFromUsd } from '../src/base/money.ts';
import { SECOND_MS } from '../src/base/time.ts';
import type { RunKey, RunRequest } from '../src/ports/store.ts';
import { buildPlan, buildTask, buildTaskFile } from '../src/spec/build-for-tests.ts';
import type { TaskFile } from '../src/spec/task.ts';
import { Chance } from './chance.ts';
import { FOREVER } from './provider.ts';

/** What somebody will do with one run. */
export type Errand = {
  readonly key: RunKey;
  readonly request: RunRequest;
  readonly launchAfterMs: number;
  /** After the launch; null for never. */
  readonly stopAfterMs: number | null;
};

const RUNS_MAX = 2;
const LINES_MAX = 3;
const NODES_MAX = 3;

/** One or two runs of one to three tasks each: gangs, chains, retries, stops at any moment. */
export function drawErrands(seed: number): readonly Errand[] {
  const chance = new Chance(seed, 'user');
  return Array.from({ length: chance.int(1, RUNS_MAX) }, (_, index) => {
    const stopAfterMs = chance.is(0.4) ? chance.int(0, 15 * SECOND_MS) : null;
    return {
      key: { tenantId: 'default', runId: `run_${index + 1}` },
      request: drawRequest(chance, stopAfterMs !== null),
      launchAfterMs: chance.int(0, 5 * SECOND_MS),
      stopAfterMs,
    };
  });
}

type Line = { readonly run: string; readonly retries: number; readonly needs: readonly number[] };

function drawRequest(chance: Chance, isStopped: boolean): RunRequest {
  const lines = Array.from({ length: chance.int(1, LINES_MAX) }, (_, index): Line => {
    const needs = index > 0 && chance.is(0.5) ? [index - 1] : [];
    const run = isStopped && chance.is(0.3) ? FOREVER : 'true';
    return { run, retries: chance.int(0, 2), needs };
  });
  const plan = buildPlan(
    lines.map((_, task) => ({
      task,
      provider: 'fake',
      place: 'fake',
      offerId: 'fake',
      count: chance.int(1, NODES_MAX),
      nanosPerHour: rateFromUsd(chance.int(1, 100_000_000) / 1e6),
      billingIncrementS: chance.one([0.1, 1, 60, 3600]),
      billingMinimumS: chance.one([0, 0, 60]),
    })),
  );
  return { taskText: JSON.stringify(lines), baseDir: '/', envs: {}, plan };
}

/** Reads what `drawRequest` wrote: parsing YAML is not what is simulated. */
export function readLines(text: string): TaskFile {
  const lines = JSON.parse(text) as readonly Line[];
  return buildTaskFile(
    lines.map(({ run, retries }) => buildTask({ run, retries })),
    lines.map(({ needs }) => needs),
  );
}
