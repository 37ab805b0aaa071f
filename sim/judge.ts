import { isDeepStrictEqual } from 'node:util';
import type { BoughtMachine } from '../src/adapters/drivers/fake/ledger.ts';
import { asEpochMs, type EpochMs } from '../src/base/time.ts';
import { readBill } from '../src/core/monitor/bill.ts';
import { foldEvents } from '../src/core/monitor/fold-run.ts';
import type { Store } from '../src/ports/store.ts';
import type { RunEvent } from '../src/spec/event.ts';
import type { PlanAllocation } from '../src/spec/plan.ts';
import type { Errand } from './user.ts';
import type { AckedEvent } from './witness.ts';

const PAGE = 10_000;

/** All that one run has left behind: what was asked, remembered, acknowledged, and bought. */
type Case = {
  readonly errand: Errand;
  readonly events: readonly RunEvent[];
  readonly machines: readonly BoughtMachine[];
};

/** What is wrong with a world that has come to rest, by the provider's ledger; best nothing. */
export async function judge(world: {
  readonly store: Store;
  readonly machines: readonly BoughtMachine[];
  readonly errands: readonly Errand[];
  readonly acked: readonly AckedEvent[];
  readonly now: EpochMs;
}): Promise<readonly string[]> {
  const breaks: string[] = [];
  for (const errand of world.errands) {
    const { key } = errand;
    const events = await world.store.pageEvents(key, 0, PAGE);
    const { run } = await world.store.readRun(key);
    const machines = world.machines.filter(({ ref }) => ref.runId === key.runId);
    const one = { errand, events, machines };
    if (run.state !== 'ended') breaks.push(`${key.runId} is ${run.state} and never ends`);
    if (!isDeepStrictEqual(foldEvents(events), run)) breaks.push(`${key.runId}: rows ≠ log`);
    breaks.push(...lostWrites(one, world.acked), ...falseBills(one, world.now));
    breaks.push(...overlaps(one), ...falseSuccess(one, run.outcome), ...reruns(one));
  }
  return breaks;
}

function lostWrites({ errand, events }: Case, acked: readonly AckedEvent[]): readonly string[] {
  const { runId } = errand.key;
  const kept = countBy(events.map(({ type, data }) => JSON.stringify([type, data])));
  const own = acked.filter((one) => one.runId === runId).map(({ event }) => event);
  // Launching twice under one id gives the run that exists: the second writes nothing.
  const told = countBy(own.map(({ type, data }) => JSON.stringify([type, data])));
  return [...told]
    .filter(([event, count]) => {
      const wanted = event.startsWith('["run.created"') ? 1 : count;
      return (kept.get(event) ?? 0) < wanted;
    })
    .map(([event]) => `${runId}: an acknowledged write is lost: ${event}`);
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The bill of the log against one made here, in exact fractions, from the ledger. */
function falseBills({ errand, events, machines }: Case, now: EpochMs): readonly string[] {
  const { runId } = errand.key;
  const { plan } = errand.request;
  const bill = readBill(events, { runId, now, plannedMicros: null, estimated: false });
  const due = machines.reduce(
    (sum, machine) => sum + dueMicros(machine, plan.allocations[machine.ref.allocation]!, now),
    0n,
  );
  if (BigInt(bill.costMicros) === due) return [];
  return [`${runId} is billed ${bill.costMicros} micro-dollars; the ledger says ${due}`];
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
  const own = machines.filter(({ ref }) => ref.allocation === allocation);
  return [...Map.groupBy(own, ({ ref }) => ref.attempt).values()].map((gang) => ({
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
