import { HOUR_MS, SECOND_MS } from '../../../base/time.ts';
import type { Interval } from '../../../spec/demand.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { Offer } from '../../../spec/offer.ts';
import type { SpotRun } from '../../../spec/spot-run.ts';
import type { Task } from '../../../spec/task.ts';
import { INLINE_PROVIDER } from '../../match/inline-provider.ts';
import { type ExpectedSpotRun, expectedSpotRun } from './expected-spot-run.ts';
import { type SpotLife, spotLife } from './spot-life.ts';
import { spotTermsOf } from './spot-terms.ts';

/** The longest that is told of a task which hardly ever ends: matching refuses it as too large. */
const HOURS_MAX = 1e12;

/**
 * How the ways of a task on spot are expected to go: their hours, waits included, what is paid of
 * them at which price, and how often they are interrupted. Ways on demand are as they were.
 * `interruptions` multiplies the hazard; 0 for spot that is never taken away.
 */
export function spotPricing(
  task: Task,
  offers: readonly Offer[],
  interruptions = 1,
): (way: Candidate) => Candidate {
  let life: SpotLife | undefined;
  const twinOf = twins(task, offers);
  return (way) => {
    if (!way.offer.spot || interruptions === 0 || task.kind === 'serve') return way;
    if (way.throughput === null && way.hours === null) return way;
    life ??= spotLife(spotTermsOf(task, interruptions));
    const isStepped = way.offer.laterPrices !== undefined;
    const twin = isStepped ? null : twinOf(way);
    const expected =
      way.throughput === null ? wholeWay(way, { task, life, twin }) : sharedWay(way, task, life);
    return isStepped ? waitsPaid(expected) : expected;
  };
}

/** At which of several prices its hours are paid nobody knows: all of them are taken as paid. */
function waitsPaid(way: Candidate): Candidate {
  const { spotRun: _, ...hired } = way;
  return hired;
}

type Given = { readonly task: Task; readonly life: SpotLife; readonly twin: Offer | null };

function wholeWay(way: Candidate, given: Given): Candidate {
  const { low, mid, high } = way.hours!;
  const expected = runOf(way.offer, mid, given);
  const spotRun = told(expected, mid, given.twin);
  if (low === mid && mid === high) {
    return {
      ...way,
      hours: { low: expected.hours, mid: expected.hours, high: expected.hours },
      spotRun,
    };
  }
  const [least, most] = [low, high].map((hours) => runOf(way.offer, hours, given).hours);
  const hours: Interval = {
    low: Math.min(least!, expected.hours),
    mid: expected.hours,
    high: Math.max(most!, expected.hours),
  };
  return { ...way, hours, spotRun };
}

/** By the deadline; where none of its ways is in time, as it would go without one. */
function runOf(offer: Offer, hours: number, { task, life, twin }: Given): ExpectedSpotRun {
  const { deadlineMs } = task.goal;
  const job = {
    workMs: hours * HOUR_MS,
    spotNanosPerHour: offer.nanosPerHour,
    onDemandNanosPerHour: twin?.nanosPerHour ?? null,
  };
  const limitH = (deadlineMs ?? Infinity) / HOUR_MS;
  const inTime = expectedSpotRun({ ...job, deadlineMs }, life);
  // The last digit of a sum that uses all of the time is not to make it late.
  if (inTime !== null) return { ...inTime, hours: Math.min(inTime.hours, limitH) };
  const run = expectedSpotRun({ ...job, deadlineMs: null }, life);
  return run === null || run.hours > HOURS_MAX ? NEVER : run;
}

const NEVER: ExpectedSpotRun = {
  costUsd: Infinity,
  hours: HOURS_MAX,
  spotHours: HOURS_MAX,
  onDemandHours: 0,
  preemptions: 0,
  checkpointEveryMs: null,
};

function told(expected: ExpectedSpotRun, workHours: number, twin: Offer | null): SpotRun {
  const { hours, spotHours, onDemandHours, preemptions, checkpointEveryMs } = expected;
  return {
    hours,
    workHours,
    spotHours,
    onDemandHours,
    onDemand: twin === null ? null : termsOf(twin),
    preemptions,
    checkpointEveryS: secondsOf(checkpointEveryMs),
  };
}

function termsOf(twin: Offer): NonNullable<SpotRun['onDemand']> {
  const { id, place, nanosPerHour, billingIncrementS, billingMinimumS } = twin;
  return { offerId: id, place, nanosPerHour, billingIncrementS, billingMinimumS };
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / SECOND_MS);
}

/**
 * Work that machines share has no hours yet: a machine does less in each hour that is paid for.
 * Under a deadline, which counts hours and not waits, the waits are taken as paid for too.
 */
function sharedWay(way: Candidate, { work, goal, checkpoint }: Task, life: SpotLife): Candidate {
  const isByHour = work !== null && 'units' in work && work.per === 'hour';
  if (!isByHour || life.checkpoints === null) return way;
  const { keptHours, everyMs } = life.checkpoints;
  const paidHours = life.upHours + (goal.deadlineMs === null ? 0 : life.downHours);
  const workHours = keptHours / paidHours;
  const throughput = Number((way.throughput! * workHours).toPrecision(6));
  const preemptions = 1 / paidHours;
  const checkpointEveryS = checkpoint === null ? null : secondsOf(everyMs);
  const parts = { hours: 1, workHours, spotHours: 1, onDemandHours: 0, onDemand: null };
  return { ...way, throughput, spotRun: { ...parts, preemptions, checkpointEveryS } };
}

/** By a spot offer, the cheapest way to hire the same machine on demand in its region. */
function twins(task: Task, offers: readonly Offer[]): (way: Candidate) => Offer | null {
  const { goal, resources } = task;
  const isSpotOnly = goal.spot === 'require' || resources.every(({ spot }) => spot === true);
  if (isSpotOnly) return () => null;
  const most = Math.max(...resources.map(({ maxNanosPerHour }) => maxNanosPerHour ?? Infinity));
  let byMachine: ReadonlyMap<string, Offer> | undefined;
  return ({ offer, machines }) => {
    byMachine ??= cheapestOf(offers.filter(({ spot, paid }) => !spot && paid === undefined));
    const twin = byMachine.get(machineKey(offer));
    return twin === undefined || twin.nanosPerHour * machines > most ? null : twin;
  };
}

function cheapestOf(offers: readonly Offer[]): ReadonlyMap<string, Offer> {
  const cheapest = new Map<string, Offer>();
  for (const offer of offers) {
    const key = machineKey(offer);
    const known = cheapest.get(key);
    if (known === undefined || offer.nanosPerHour < known.nanosPerHour) cheapest.set(key, offer);
  }
  return cheapest;
}

/** Offers that a task states itself have names of their own; the machine is what they say of it. */
function machineKey(offer: Offer): string {
  const { provider, region, instance, accelerator, acceleratorCount, launchable } = offer;
  const machine =
    provider === INLINE_PROVIDER ? [offer.vcpus, offer.memoryGib] : [instance, launchable];
  return [provider, region, accelerator, acceleratorCount, ...machine].join(' ');
}
