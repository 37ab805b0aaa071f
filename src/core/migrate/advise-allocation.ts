import { type EpochMs, formatDuration, HOUR_MS } from '../../base/time.ts';
import type { AllocationAdvice, Fitted, Measured } from '../../spec/advice.ts';
import type { Interval } from '../../spec/demand.ts';
import type { Candidate } from '../../spec/match.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import { type Changeover, type Proposal, proposeMove } from './propose-move.ts';

export type AllocationNow = {
  readonly allocation: number;
  readonly here: PlanAllocation;
  /** The way in which it runs now; null when its offer is for hire no more. */
  readonly way: Candidate | null;
  /** All that carries what is left of it, its own offer too. */
  readonly candidates: readonly Candidate[];
  readonly hoursLeft: Interval | null;
  readonly measured: Measured | null;
  readonly fitted: Fitted | null;
  readonly changeover: Changeover;
  readonly notBefore: EpochMs | null;
  readonly now: EpochMs;
  readonly lineOf: (candidate: Candidate) => PlanAllocation;
};

/**
 * Keep or move one allocation that runs, for the rest of its task. Nothing moves before the last
 * move has paid for itself. O(candidates).
 */
export function adviseAllocation(at: AllocationNow): AllocationAdvice {
  const { allocation, here, hoursLeft, measured, fitted, notBefore } = at;
  const { proposal, reason } = decide(at);
  const move = proposal.kind === 'move' ? proposal : null;
  return {
    allocation,
    taskName: here.taskName,
    here,
    hoursLeft: hoursLeft?.mid ?? null,
    measured,
    fitted,
    action: proposal.kind,
    reason,
    to: move === null ? null : at.lineOf(move.to),
    savesMicros: move?.savesMicros ?? null,
    savesNanosPerHour: move?.savesNanosPerHour ?? null,
    paybackHours: move?.paybackHours ?? null,
    notBefore,
  };
}

function decide(at: AllocationNow): { readonly proposal: Proposal; readonly reason: string } {
  const { here, notBefore, now } = at;
  const stay = ownWay(at);
  const others = at.candidates
    .filter(({ offer }) => offer.id !== here.offerId)
    .map((other) => leftOn(other, at));
  const proposal = proposeMove(stay, others, at.changeover);
  if (proposal.kind === 'keep') return { proposal, reason: proposal.reason };
  const reason = `${proposal.to.offer.id} leaves less to pay`;
  if (notBefore === null || notBefore <= now) return { proposal, reason };
  const wait = formatDuration(notBefore - now);
  const kept = `${reason}, and its last move has not paid for itself for another ${wait}`;
  return { proposal: { kind: 'keep', reason: kept }, reason: kept };
}

/** What runs is paid at the price at which it was hired. */
function ownWay({ here, way, hoursLeft }: AllocationNow): Candidate {
  const { offerId: id, place, provider, region, zone, instance, nanosPerHour } = here;
  const { billingIncrementS, billingMinimumS } = here;
  const known = way?.offer ?? {
    accelerator: here.accelerator,
    acceleratorCount: here.acceleratorCount,
    acceleratorMemoryGib: null,
    vcpus: null,
    memoryGib: null,
    spot: here.spot,
    available: null,
    estimated: here.estimated,
    launchable: here.launchable,
    source: here.source,
    asOf: here.asOf,
  };
  const own = { id, place, provider, region, zone, instance, nanosPerHour };
  const offer = { ...known, ...own, billingIncrementS, billingMinimumS };
  const throughput = way?.throughput ?? null;
  return { offer, machines: here.count, hours: hoursLeft, throughput };
}

/** Another way to do what is left: as many machines as do the same work, and their time for it. */
function leftOn(other: Candidate, { way, here, hoursLeft }: AllocationNow): Candidate {
  if (hoursLeft === null) return { ...other, hours: null };
  const share = (factor: number): Interval => ({
    low: hoursLeft.low * factor,
    mid: hoursLeft.mid * factor,
    high: hoursLeft.high * factor,
  });
  const own = way?.throughput ?? null;
  if (own !== null && other.throughput !== null) {
    const work = here.count * own;
    const machines = Math.max(1, Math.ceil(work / other.throughput));
    return { ...other, machines, hours: share(work / (machines * other.throughput)) };
  }
  const isKnown = way !== null && way.hours !== null && other.hours !== null && way.hours.mid > 0;
  return { ...other, hours: isKnown ? share(other.hours!.mid / way.hours!.mid) : hoursLeft };
}

/**
 * How long a move takes to pay for itself, from the prices of both places and the time that it
 * took; ms. One to a dearer place was somebody's wish: it is left alone for a day.
 */
export function paybackMs(
  prices: { readonly from: PlanAllocation; readonly to: PlanAllocation },
  tookMs: number,
): number {
  const stay = prices.from.nanosPerHour * prices.from.count;
  const leave = prices.to.nanosPerHour * prices.to.count;
  if (leave >= stay) return PAYBACK_MS_OF_A_WISH;
  return Math.max(PAYBACK_MS_MIN, (tookMs * (stay + leave)) / (stay - leave));
}

const PAYBACK_MS_OF_A_WISH = 24 * HOUR_MS;
/** However fast it was: prices of spot machines change by the hour. */
const PAYBACK_MS_MIN = HOUR_MS / 4;
