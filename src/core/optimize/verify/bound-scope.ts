import type { Problem, ProblemOffer } from '../model/problem.ts';
import { carbonCounts, type Prices } from './bound-prices.ts';
import { billedS, machineNanoSeconds } from './read-line.ts';
import { BOUND_TOLERANCE } from './tolerance.ts';
import { type Window, windowsOf } from './windows.ts';

/** What bounds of tasks need to know of the problem, whatever the prices. */
export type Scope = {
  readonly problem: Problem;
  readonly windows: readonly Window[];
  /** How many machines of each offer there can be; infinite for any number. */
  readonly caps: readonly number[];
};

/** How many machines of an option a part of a search allows: both ends are whole. */
export type Range = { readonly atLeast: number; readonly atMost: number };

/** Of the options that are restricted at all. */
export type Ranges = ReadonlyMap<number, Range>;

export const ANY: Range = { atLeast: 0, atMost: Infinity };
export const NO_RANGES: Ranges = new Map();

/**
 * The least that a task costs at some prices, in grains, by the options that are restricted;
 * null where it cannot be done.
 */
export type TaskLeast = (ranges: Ranges) => bigint | null;

export type TaskLeastOf<Work> = (
  scope: Scope,
  task: { readonly index: number; readonly work: Work },
  prices: Prices,
) => TaskLeast;

export function scopeOf(problem: Problem): Scope {
  const caps = problem.offers.map((offer) => capOf(problem, offer));
  return { problem, caps, windows: windowsOf(problem, (offer) => caps[offer] ?? 0) };
}

/** By what is available and what pools of machines allow, all for one task. */
function capOf({ pools, objective }: Problem, offer: ProblemOffer): number {
  if (carbonCounts(objective) && offer.gramsPerHour === null) return 0;
  const byPools = offer.uses.flatMap(({ pool, amount }) => {
    const limits = pools[pool];
    if (limits?.per !== 'machine' || amount === 0) return [];
    return [Math.floor((limits.limit * (1 + BOUND_TOLERANCE)) / amount)];
  });
  return Math.min(offer.available ?? Infinity, ...byPools);
}

/** Seconds from now between which a line of so many hours can begin; null where it does not fit. */
export function startsOf(
  { earliestS, deadlineS }: Window,
  { hours, startS }: { readonly hours: number; readonly startS: number },
): { readonly from: number; readonly to: number } | null {
  const from = Math.max(earliestS, startS);
  const to = deadlineS * (1 + BOUND_TOLERANCE) - hours * 3600 * (1 - 1e-15);
  return from > to ? null : { from, to };
}

/**
 * The least nano-dollars × seconds of one machine, whenever it starts. The cost is a chain of
 * straight pieces over the start: least at an end, or where a step of the price meets an end of
 * what is billed.
 */
export function leastNanoSeconds(
  offer: ProblemOffer,
  hours: number,
  starts: { readonly from: number; readonly to: number },
): bigint {
  const costAt = (startS: number): bigint => machineNanoSeconds(offer, { hours, startS });
  const [from, to] = [Math.floor(starts.from), Math.floor(starts.to)];
  let least = costAt(from);
  if (offer.laterPrices.length === 0) return least;
  const billed = billedS(offer, hours);
  const steps = offer.laterPrices.flatMap(({ fromS }) => {
    const step = Math.ceil(fromS);
    return [step, step - billed];
  });
  for (const startS of [...steps, to]) {
    if (startS <= from || startS > to || startS === Infinity) continue;
    const cost = costAt(startS);
    if (cost < least) least = cost;
  }
  return least;
}

/** The lowest price from some second on. */
export function leastRate(offer: ProblemOffer, fromS: number): number {
  const { laterPrices } = offer;
  const later = laterPrices.map(({ nanosPerHour }) => nanosPerHour);
  const isOver = laterPrices[0] !== undefined && laterPrices[0].fromS <= Math.floor(fromS);
  return isOver ? Math.min(...later) : Math.min(offer.nanosPerHour, ...later);
}
