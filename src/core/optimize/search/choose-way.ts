import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { Goal } from '../../../spec/task.ts';
import { wayCost } from '../../match/hire-cost.ts';

/** What a candidate is compared by: less is better, in the order given. */
export type Merit = {
  readonly micros: number;
  readonly hours: number;
  /** Of all its machines. */
  readonly nanosPerHour: number;
  readonly id: string;
};

/** The best candidate; ties fall to the other measure, then the price, then the name. */
export function bestWay(candidates: readonly Candidate[], goal: Goal): Candidate {
  let best = candidates[0]!;
  let bestMerit = meritOf(best);
  for (const candidate of candidates) {
    const merit = meritOf(candidate);
    if (compareMerit(merit, bestMerit, goal) >= 0) continue;
    best = candidate;
    bestMerit = merit;
  }
  return best;
}

/** Where no time is known, cost and time are the same for all, and the price an hour decides. */
export function meritOf(way: Candidate): Merit {
  const { offer, machines, hours, startS = 0 } = way;
  return {
    micros: hours === null ? 0 : wayCost(way, hours.mid),
    hours: startS / SECONDS_PER_HOUR + (hours?.mid ?? 0),
    nanosPerHour: offer.nanosPerHour * machines,
    id: offer.id,
  };
}

/** Negative when the first is better by the goal. */
export function compareMerit(one: Merit, other: Merit, { minimize }: Goal): number {
  const cost = one.micros - other.micros;
  const time = one.hours - other.hours;
  const first = minimize === 'time' ? time || cost : cost || time;
  if (first !== 0) return first;
  const price = one.nanosPerHour - other.nanosPerHour;
  return price === 0 ? Number(one.id > other.id) - Number(one.id < other.id) : price;
}
