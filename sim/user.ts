import { charge, type Micros, rateFromUsd } from '../src/base/money.ts';
import { HOUR_MS, SECOND_MS } from '../src/base/time.ts';
import type { RunKey, RunRequest } from '../src/ports/store.ts';
import { buildPlan, buildTask, buildTaskFile } from '../src/spec/build-for-tests.ts';
import type { NewEvent } from '../src/spec/event.ts';
import type { PlanAllocation } from '../src/spec/plan.ts';
import type { Task, TaskFile } from '../src/spec/task.ts';
import { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import { ELSEWHERE, HOME } from './places.ts';
import { FOREVER, POOL } from './provider.ts';

/** What somebody will do with one run. */
export type Errand = {
  readonly key: RunKey;
  readonly request: RunRequest;
  readonly launchAfterMs: number;
  /** After the launch; null for never. */
  readonly stopAfterMs: number | null;
  /** After the launch, its first task is hauled elsewhere; null for never. */
  readonly moveAfterMs: number | null;
};

const RUNS_MAX = 2;
const LINES_MAX = 3;
const NODES_MAX = 3;

/** One or two runs of one to three tasks each: gangs, chains, retries, stops at any moment. */
export function drawErrands(
  seed: number,
  { pool, budgets }: Pick<Faults, 'pool' | 'budgets'>,
): readonly Errand[] {
  const chance = new Chance(seed, 'user');
  return Array.from({ length: chance.int(1, RUNS_MAX) }, (_, index) => {
    const stopAfterMs = chance.is(0.4) ? chance.int(0, 15 * SECOND_MS) : null;
    const runId = `run_${index + 1}`;
    return {
      key: { tenantId: 'default', runId },
      request: drawRequest(chance, { runId, isStopped: stopAfterMs !== null, pool, budgets }),
      launchAfterMs: chance.int(0, 5 * SECOND_MS),
      stopAfterMs,
      moveAfterMs: !budgets && chance.is(0.2) ? chance.int(0, 10 * SECOND_MS) : null,
    };
  });
}

type Line = {
  readonly run: string;
  readonly retries: number;
  readonly needs: readonly number[];
  readonly checkpoint: boolean;
  readonly budgetMicros: Micros | null;
};

type Drawn = Pick<Faults, 'pool' | 'budgets'> & {
  readonly runId: string;
  readonly isStopped: boolean;
};

function drawRequest(chance: Chance, drawn: Drawn): RunRequest {
  const { runId, pool } = drawn;
  const count = chance.int(1, LINES_MAX);
  const plan = buildPlan(Array.from({ length: count }, (_, task) => drawLine(chance, task, pool)));
  const lines = plan.allocations.map((line, index) => drawTask(chance, { line, index, drawn }));
  return { taskText: `${runId} ${JSON.stringify(lines)}`, baseDir: '/', envs: {}, plan };
}

function drawLine(chance: Chance, task: number, pool: number | null): Partial<PlanAllocation> {
  const taken = { pool: POOL, cpusMilli: 1000, memoryMib: 0, gpusByName: {} };
  return {
    task,
    provider: HOME,
    place: HOME,
    offerId: HOME,
    reserves: pool === null ? null : taken,
    count: chance.int(1, NODES_MAX),
    nanosPerHour: rateFromUsd(chance.int(1, 100_000_000) / 1e6),
    billingIncrementS: chance.one([0.1, 1, 60, 3600]),
    billingMinimumS: chance.one([0, 0, 60]),
  };
}

/** With a budget for less than a minute some tasks go on until that stops them. */
function drawTask(
  chance: Chance,
  { line, index, drawn }: { line: PlanAllocation; index: number; drawn: Drawn },
): Line {
  const needs = index > 0 && chance.is(0.5) ? [index - 1] : [];
  const isBudgeted = drawn.budgets && chance.is(0.7) && line.nanosPerHour > rateFromUsd(1);
  const ms = chance.int(1, 60) * SECOND_MS * line.count;
  const budgetMicros = isBudgeted ? charge(line.nanosPerHour, { of: ms, per: HOUR_MS }) : null;
  const isEndless = (drawn.isStopped || isBudgeted) && chance.is(0.3);
  const run = isEndless ? FOREVER : 'true';
  return { run, retries: chance.int(0, 2), needs, checkpoint: chance.is(0.5), budgetMicros };
}

/** Reads what `drawRequest` wrote: parsing YAML is not what is simulated. */
export function readLines(text: string): TaskFile {
  const lines = JSON.parse(text.slice(text.indexOf(' '))) as readonly Line[];
  return buildTaskFile(
    lines.map(taskOf),
    lines.map(({ needs }) => needs),
  );
}

function taskOf({ run, retries, checkpoint, budgetMicros }: Line): Task {
  const goal = { ...buildTask().goal, budgetMicros };
  const kept = { path: 'ckpt', intervalMs: null, sizeBytes: null };
  return buildTask({ run, retries, goal, checkpoint: checkpoint ? kept : null });
}

/** The wish to haul the first task elsewhere, at another price. */
export function moveOf({ request }: Errand): NewEvent {
  const line = request.plan.allocations[0]!;
  const there = { provider: ELSEWHERE, place: ELSEWHERE, offerId: ELSEWHERE, reserves: null };
  const moved = { ...line, ...there, nanosPerHour: rateFromUsd(1.5) };
  const data = { move: 1, allocation: 0, line: moved, reason: 'the user asked for it' };
  return { type: 'move.requested', data };
}
