import type { ChoiceWork, Limits, Problem } from '../model/problem.ts';
import type { Prices } from './bound-prices.ts';
import {
  leastNanoSeconds,
  leastRate,
  type Ranges,
  type Scope,
  startsOf,
  type TaskLeastOf,
} from './bound-scope.ts';
import { NANO_SECONDS_PER_MICRO, roundHalfEven } from './read-line.ts';

/*
 * Problem: the least that one task of kind choice costs, once all that couples has a price.
 * Method: the least of its options, each exactly as it is billed.
 * Complexity: O(options).
 */

const MICROSECONDS_PER_HOUR = 3_600_000_000n;

/** The end of the only task is the end of all. */
export function isAlone({ tasks }: Problem): boolean {
  return tasks.length === 1 && tasks[0]!.work.kind === 'choice';
}

type Option = { readonly index: number; readonly machines: number; readonly grains: bigint };

export const choiceLeast: TaskLeastOf<ChoiceWork> = (scope, { index, work }, prices) => {
  const options = work.options.flatMap((option, at) => {
    const { machines } = option;
    const grains = optionGrains(scope, { index, option }, prices);
    return grains === null ? [] : [{ index: at, machines, grains }];
  });
  let sorted: typeof options | undefined;
  return (ranges) => {
    if (ranges.size === 0) return leastOf(options);
    sorted ??= options.toSorted((a, b) => (a.grains < b.grains ? -1 : 1));
    return sorted.find((option) => isAllowed(option, ranges))?.grains ?? null;
  };
};

function leastOf(options: readonly Option[]): bigint | null {
  let least: bigint | null = null;
  for (const { grains } of options) if (least === null || grains < least) least = grains;
  return least;
}

/** What an option costs in grains, whenever it begins; null where it cannot be. */
function optionGrains(
  scope: Scope,
  { index, option }: { readonly index: number; readonly option: ChoiceWork['options'][number] },
  prices: Prices,
): bigint | null {
  const { problem, windows, caps } = scope;
  const starts = startsOf(windows[index]!, option);
  const offer = problem.offers[option.offer];
  if (offer === undefined || starts === null || option.machines > caps[option.offer]!) return null;
  const nanoSeconds = leastNanoSeconds(offer, option.hours, starts) * BigInt(option.machines);
  const billed = roundHalfEven(nanoSeconds, NANO_SECONDS_PER_MICRO);
  const micros = billed + BigInt(option.extraMicros);
  const rate = leastRate(offer, starts.from) * option.machines;
  const limits = [problem.limits, problem.tasks[index]!.limits];
  if (limits.some((limit) => exceeds({ micros, rate }, limit))) return null;
  const machines = BigInt(option.machines);
  const microseconds = BigInt(Math.floor(option.hours * 3.6e9));
  const ofHours = (prices.ofHour[option.offer]! * machines * microseconds) / MICROSECONDS_PER_HOUR;
  const time = isAlone(problem) ? prices.ofTime(starts.from + option.hours * 3600) : 0n;
  return prices.micros(micros) + prices.ofMachine[option.offer]! * machines + ofHours + time;
}

/** The budget or the hourly cost is not enough for it alone. */
function exceeds(
  { micros, rate }: { readonly micros: bigint; readonly rate: number },
  { budgetMicros, nanosPerHourMax }: Limits,
): boolean {
  const isDear = budgetMicros !== null && micros > BigInt(budgetMicros);
  return isDear || (nanosPerHourMax !== null && rate > nanosPerHourMax);
}

/** Exactly one is chosen: where one must be, no other can. */
function isAllowed({ index, machines }: Option, ranges: Ranges): boolean {
  for (const [option, { atLeast, atMost }] of ranges) {
    if (option === index ? machines < atLeast || machines > atMost : atLeast > 0) return false;
  }
  return true;
}
