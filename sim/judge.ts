import { isDeepStrictEqual } from 'node:util';
import type { BoughtMachine } from '../src/adapters/drivers/fake/ledger.ts';
import { isForgotten } from '../src/adapters/drivers/fake/virtual-machine.ts';
import { asEpochMs, type EpochMs } from '../src/base/time.ts';
import { nodeKey, nodeRef } from '../src/core/launch/launch-view.ts';
import { readBill } from '../src/core/monitor/bill.ts';
import { foldEvents } from '../src/core/monitor/fold-run.ts';
import type { Store } from '../src/ports/store.ts';
import type { RunEvent } from '../src/spec/event.ts';
import { lineOf } from '../src/spec/place-of-attempt.ts';
import type { PlanAllocation } from '../src/spec/plan.ts';
import type { Run } from '../src/spec/run.ts';
import type { Places } from './places.ts';
import { type Errand, readLines } from './user.ts';
import type { AckedEvent } from './witness.ts';

const PAGE = 10_000;

/** All that one run has left behind: what was asked, remembered, acknowledged, and bought. */
type Case = {
  readonly errand: Errand;
  readonly run: Run;
  readonly events: readonly RunEvent[];
  readonly machines: readonly BoughtMachine[];
};

/** What is wrong with a world that has come to rest, by the provider's ledger; best nothing. */
export async function judge(world: {
  readonly store: Store;
  readonly places: Places;
  readonly errands: readonly Errand[];
  readonly acked: readonly AckedEvent[];
  /** The run that may be quarantined. */
  readonly poisonedRunId: string | null;
  readonly now: EpochMs;
}): Promise<readonly string[]> {
  const breaks: string[] = [];
  for (const errand of world.errands) {
    const { key } = errand;
    const events = await world.store.pageEvents(key, 0, PAGE);
    const { run } = await world.store.readRun(key);
    const machines = world.places.machines().filter(({ ref }) => ref.runId === key.runId);
    const one = { errand, run, events, machines };
    if (run.state !== 'ended') breaks.push(`${key.runId} is ${run.state} and never ends`);
    if (!isDeepStrictEqual(foldEvents(events), run)) breaks.push(`${key.runId}: rows ≠ log`);
    breaks.push(...lostWrites(one, world.acked), ...falseBills(one, world.now));
    const isQuarantined = events.some(({ type }) => type === 'run.quarantined');
    if (isQuarantined && key.runId !== world.poisonedRunId) {
      breaks.push(`${key.runId} was quarantined, and is not poisoned`);
    }
    breaks.push(...overBudget(one, world.now), ...(await lostCheckpoints(one, world.places)));
    breaks.push(...overlaps(one), ...falseSuccess(one, run.outcome), ...reruns(one));
  }
  return breaks;
}

function lostWrites({ errand, events }: Case, acked: readonly AckedEvent[]): readonly string[] {
  const { runId } = errand.key;
  const kept = countBy(events.map(({ type, data }) => canonical([type, data])));
  const own = acked.filter((one) => one.runId === runId).map(({ event }) => event);
  // Launching twice under one id gives the run that exists: the second writes nothing.
  const told = countBy(own.map(({ type, data }) => canonical([type, data])));
  return [...told]
    .filter(([event, count]) => {
      const wanted = event.startsWith('["run.created"') ? 1 : count;
      return (kept.get(event) ?? 0) < wanted;
    })
    .map(([event]) => `${runId}: an acknowledged write is lost: ${event}`);
}

/** Whatever order the fields were written in. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    const isRecord = typeof part === 'object' && part !== null && !Array.isArray(part);
    return isRecord ? Object.fromEntries(Object.entries(part).toSorted()) : part;
  });
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/**
 * The bill of the log against one made here, in exact fractions, from the ledger. When a machine
 * was forgotten only the ledger knows: those are left out on both sides.
 */
function falseBills(one: Case, now: EpochMs): readonly string[] {
  const { runId } = one.errand.key;
  const { plan } = one.errand.request;
  const forgotten = one.machines.filter(wasForgotten).map(({ ref }) => nodeKey(ref));
  const machines = one.machines.filter(({ ref }) => !forgotten.includes(nodeKey(ref)));
  const events = one.events.filter((event) => !isOf(event, forgotten));
  const bill = readBill(events, { runId, now, plannedMicros: null, estimated: false });
  const due = machines.reduce(
    (sum, machine) => sum + dueMicros(machine, lineOf(one.run, plan, machine.ref), now),
    0n,
  );
  if (BigInt(bill.costMicros) === due) return [];
  return [`${runId} is billed ${bill.costMicros} micro-dollars; the ledger says ${due}`];
}

/** No task costs more than its budget; by the ledger. */
function overBudget({ errand, run, machines }: Case, now: EpochMs): readonly string[] {
  const { runId } = errand.key;
  const { plan, taskText } = errand.request;
  return readLines(taskText).tasks.flatMap(({ goal }, task) => {
    if (goal.budgetMicros === null) return [];
    const due = machines
      .filter(({ ref }) => plan.allocations[ref.allocation]!.task === task)
      .reduce((sum, one) => sum + dueMicros(one, lineOf(run, plan, one.ref), now), 0n);
    if (due <= BigInt(goal.budgetMicros)) return [];
    return [`${runId}/${task} has cost ${due} of a budget of ${goal.budgetMicros} micro-dollars`];
  });
}

/** Where a task went on, or would, there its checkpoint is, whole. */
async function lostCheckpoints(one: Case, places: Places): Promise<readonly string[]> {
  const { errand, run } = one;
  const [first] = readLines(errand.request.taskText).tasks;
  const last = run.attempts.findLast(({ allocation }) => allocation === 0);
  const before = run.attempts.filter(({ allocation, move }) => allocation === 0 && move === 0);
  // What has never run at home has written none there.
  if (first!.checkpoint === null || last === undefined || before.length === 0) return [];
  const line = lineOf(run, errand.request.plan, last);
  const lost: string[] = [];
  for (let rank = 0; rank < line.count; rank++) {
    const keepers = await places.keepersOf(nodeRef(run, { allocation: 0, attempt: 1, rank }));
    if (keepers.includes(line.provider)) continue;
    // Turned away there, it goes on where it was.
    if (last.outcome !== 'succeeded' && keepers.length > 0) continue;
    lost.push(`${run.runId}: the checkpoint of node ${rank} is not at ${line.provider}`);
  }
  return lost;
}

function isOf({ type, data }: RunEvent, nodes: readonly string[]): boolean {
  return (type === 'node.running' || type === 'node.ended') && nodes.includes(nodeKey(data));
}

function wasForgotten({ end }: BoughtMachine): boolean {
  return end !== null && isForgotten(end);
}

const NANOS_PER_MICRO_HOUR = 1000n * 3_600_000n;

function dueMicros(machine: BoughtMachine, line: PlanAllocation, now: EpochMs): bigint {
  if (machine.startedAt === null) return 0n;
  const used = BigInt((machine.end?.endedAt ?? now) - machine.startedAt);
  const increment = BigInt(Math.round(line.billingIncrementS * 1000));
  const minimum = BigInt(Math.round(line.billingMinimumS * 1000));
  const rounded = ((used + increment - 1n) / increment) * increment;
  const product = BigInt(line.nanosPerHour) * (rounded > minimum ? rounded : minimum);
  const [whole, rest] = [product / NANOS_PER_MICRO_HOUR, product % NANOS_PER_MICRO_HOUR];
  const twice = 2n * rest;
  const up = twice > NANOS_PER_MICRO_HOUR || (twice === NANOS_PER_MICRO_HOUR && whole % 2n === 1n);
  return up ? whole + 1n : whole;
}

/** An attempt is placed only when nothing of the one before it lives. */
function overlaps({ machines }: Case): readonly string[] {
  return machines.flatMap((later) =>
    machines
      .filter(({ ref }) => ref.allocation === later.ref.allocation)
      .filter(({ ref }) => ref.attempt < later.ref.attempt)
      .filter(({ end }) => end === null || end.endedAt > later.boughtAt)
      .map(({ ref }) => `${later.ref.token} was bought while ${ref.token} lived`),
  );
}

type Attempt = { readonly machines: readonly BoughtMachine[]; readonly succeeded: boolean };

function attemptsOf({ errand, machines }: Case, allocation: number): readonly Attempt[] {
  const { count } = errand.request.plan.allocations[allocation]!;
  // One that was forgotten may have been bought anew under its token.
  const own = machines.filter((one) => one.ref.allocation === allocation && !wasForgotten(one));
  const byAttempt = [...Map.groupBy(own, ({ ref }) => ref.attempt)].toSorted(([a], [b]) => a - b);
  return byAttempt.map(([, gang]) => ({
    machines: gang,
    succeeded:
      gang.length === count && gang.every(({ end }) => end?.how === 'exited' && end.exitCode === 0),
  }));
}

function linesOf({ errand }: Case): readonly number[] {
  return errand.request.plan.allocations.map((_, line) => line);
}

/** What has finished is not run again (fault 10). */
function reruns(one: Case): readonly string[] {
  return linesOf(one).flatMap((line) => {
    const attempts = attemptsOf(one, line);
    const done = attempts.findIndex(({ succeeded }) => succeeded);
    if (done === -1 || done === attempts.length - 1) return [];
    return [`${one.errand.key.runId}/${line} was run again after it had succeeded`];
  });
}

function falseSuccess(one: Case, outcome: string | null): readonly string[] {
  if (outcome !== 'succeeded') return [];
  return linesOf(one)
    .filter((line) => !attemptsOf(one, line).some(({ succeeded }) => succeeded))
    .map((line) => `${one.errand.key.runId}/${line} is said to have succeeded, and did not`);
}

/** Most machines that lived at the same moment. */
export function mostAtOnce(machines: readonly BoughtMachine[]): number {
  const changes = machines.flatMap(({ boughtAt, end }) => [
    { at: boughtAt, by: 1 },
    { at: end?.endedAt ?? asEpochMs(Number.MAX_SAFE_INTEGER), by: -1 },
  ]);
  let [now, most] = [0, 0];
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
