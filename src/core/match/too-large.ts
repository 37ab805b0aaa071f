import type { Candidate } from '../../spec/match.ts';
import { ONE_STEP, PASSES, type Requirement, type Words } from './requirement.ts';

/**
 * What Kedge reckons with at most, far above any task and far below the end of exact integers: a
 * mistyped unit is told as one instead of planned.
 */
export const COST_USD_MAX = 100e6;
export const USD_PER_HOUR_MAX = 1e6;

/** Of one machine; the largest models known have taken some ten million. */
const HOURS_MAX = 1e8;
const NANOS_PER_USD = 1e9;

/** Machines and hours whose price stays within that. */
export const TOO_LARGE: Requirement<Candidate> = {
  code: 'too-large',
  distance: ({ offer, machines, hours }) => {
    const hourly = (offer.nanosPerHour / NANOS_PER_USD) * machines;
    return isTooLarge(hourly, hours?.high ?? 0) ? ONE_STEP : PASSES;
  },
  words: ({ offer, machines, hours }) =>
    tooLargeWords({
      usdPerHour: (offer.nanosPerHour / NANOS_PER_USD) * machines,
      hours: hours?.high ?? 0,
    }),
};

export function isTooLarge(usdPerHour: number, hours: number): boolean {
  if (hours > HOURS_MAX) return true;
  return usdPerHour > USD_PER_HOUR_MAX || usdPerHour * Math.max(1, hours) > COST_USD_MAX;
}

export function tooLargeWords(asked: {
  readonly usdPerHour: number;
  readonly hours: number;
}): Words {
  const { usdPerHour, hours } = asked;
  const have = Number((usdPerHour * Math.max(1, hours)).toPrecision(3));
  return {
    reason: `it would take ${Number(hours.toPrecision(3))} h and cost $${have}; Kedge reckons up to $${COST_USD_MAX} and $${USD_PER_HOUR_MAX} an hour`,
    have,
    need: COST_USD_MAX,
    fix: 'look for a wrong unit in work, training or num_nodes',
  };
}
