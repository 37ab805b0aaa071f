import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { Offer } from '../../../spec/offer.ts';

/*
 * Problem: a catalog has thousands of machines, and a mix needs a handful of kinds.
 * Method: a machine is left out where so many of another one, of which there is no end, do at least
 * as much of every size of request for no more money. Whatever uses the one can use the others
 * instead: the cheapest mix costs the same. Only where cost is all that counts.
 * Complexity: O(candidates × those that are left).
 * Reference: dominance of items in unbounded knapsacks: Martello and Toth, Knapsack Problems (1990),
 * section 3.6.1.
 */

const NANOS_PER_MICRO = 1000;

/** Those of a mix of requests that none of the others beats, in their order. */
export function unbeatenCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  const sorted = candidates.toSorted(
    (a, b) => valueOf(b) - valueOf(a) || a.offer.nanosPerHour - b.offer.nanosPerHour,
  );
  const kept = new Set<Candidate>();
  for (const one of sorted) {
    let isBeaten = false;
    for (const other of kept) {
      isBeaten = beats(other, one);
      if (isBeaten) break;
    }
    if (!isBeaten) kept.add(one);
  }
  return candidates.filter((one) => kept.has(one));
}

/** Requests for a dollar: what is good at all sizes beats most of the others. */
function valueOf({ offer, serves }: Candidate): number {
  const speed = serves!.requestsPerSecond.reduce((sum, each) => sum + each, 0);
  return speed / Math.max(1, offer.nanosPerHour);
}

/** Whether some machines of the first do for no more money what one of the second does. */
export function beats(better: Candidate, worse: Candidate): boolean {
  if (!isEndless(better.offer) || !isBilledWhole(better)) return false;
  if (!isBilledAlike(better.offer, worse.offer)) return false;
  let machines = 1;
  for (const [size, need] of worse.serves!.requestsPerSecond.entries()) {
    if (need > 0) {
      machines = Math.max(machines, Math.ceil(need / better.serves!.requestsPerSecond[size]!));
    }
  }
  return machines * better.offer.nanosPerHour <= worse.offer.nanosPerHour;
}

function isEndless({ available, paid }: Offer): boolean {
  return available === null && paid === undefined;
}

/** Bills of it are whole micro-dollars, so that rounding takes nothing away nor adds anything. */
function isBilledWhole({ offer, hours: served }: Candidate): boolean {
  const { nanosPerHour, billingIncrementS } = offer;
  const hours = served?.mid ?? 1;
  const isWholeTime = Number.isInteger(hours) && SECONDS_PER_HOUR % billingIncrementS === 0;
  return isWholeTime && nanosPerHour % NANOS_PER_MICRO === 0;
}

function isBilledAlike(one: Offer, other: Offer): boolean {
  return (
    other.billingIncrementS % one.billingIncrementS === 0 &&
    one.billingMinimumS <= other.billingMinimumS
  );
}
