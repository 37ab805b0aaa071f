import type { Candidate } from '../../spec/match.ts';
import { dearestRate } from './dearest-rate.ts';
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

/** Machines and hours whose price stays within that, and that come to an end. */
export const TOO_LARGE: Requirement<Candidate> = {
  code: 'too-large',
  distance: (way) => {
    const isLarge = isTooLarge(usdPerHourOf(way), way.hours?.high ?? 0);
    return isLarge || neverEnds(way) ? ONE_STEP : PASSES;
  },
  words: (way) => {
    const asked = { usdPerHour: usdPerHourOf(way), hours: way.hours?.high ?? 0 };
    return { ...tooLargeWords(asked), ...(neverEnds(way) ? NEVER_ENDS : {}) };
  },
};

function usdPerHourOf(way: Candidate): number {
  return (dearestRate(way) / NANOS_PER_USD) * way.machines;
}

/** So much longer than its work that nobody would wait for it. */
const HARDLY_EVER = 20;

/** Work that an interruption loses whole, so often that it hardly gets anywhere. */
function neverEnds({ spotRun }: Candidate): boolean {
  return spotRun !== undefined && spotRun.hours >= HARDLY_EVER * spotRun.workHours;
}

const NEVER_ENDS = {
  reason: 'on spot it would hardly ever come to its end before it is interrupted',
  need: null,
  fix: 'checkpoint: {path: …}, or goal: {spot: allow} without use_spot',
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
