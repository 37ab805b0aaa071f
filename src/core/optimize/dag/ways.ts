import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { hireCost } from '../../match/hire-cost.ts';
import type { ChoiceWork, Problem } from '../model/problem.ts';
import { type Hired, ratesOf } from './couplings.ts';
import { isAllowed, placeNamer } from './placement-of.ts';
import { isInTime, windowsOf } from './windows.ts';

/*
 * Problem: with a deadline, more than the cheapest option of a task in each place counts.
 * Method: the options that no other in the same place beats in cost, hours and start.
 * Complexity: O(options × those of a place that are left), after sorting.
 */

/** An option, by what counts of it. */
export type Way = Hired & {
  /** Its index in the task. */
  readonly option: number;
  readonly place: string;
  readonly seconds: number;
  /** It begins no earlier, in seconds from now. */
  readonly startS: number;
};

/** Of each task, the cheapest first; none that is too slow, or dearer than the task may be. */
export function waysOf(problem: Problem): readonly (readonly Way[])[] {
  const { regionOfOffer } = ratesOf(problem);
  const windows = windowsOf(problem);
  return problem.tasks.map((task, index) => {
    const nameOf = placeNamer(problem, index);
    const { options } = task.work as ChoiceWork;
    const ways = options.flatMap((chosen, option): readonly Way[] => {
      const offer = problem.offers[chosen.offer]!;
      const micros = hireCost(offer, chosen) + chosen.extraMicros;
      if (!isAllowed(task, { offer, machines: chosen.machines, micros })) return [];
      if (windows !== null && !isInTime(chosen, windows[index]!)) return [];
      return [
        {
          offer,
          region: regionOfOffer[chosen.offer]!,
          cost: micros,
          micros,
          option,
          place: nameOf(offer),
          seconds: chosen.hours * SECONDS_PER_HOUR,
          startS: chosen.startS,
        },
      ];
    });
    return unbeaten(ways);
  });
}

function unbeaten(ways: readonly Way[]): readonly Way[] {
  const left = new Map<string, Way[]>();
  const sorted = ways.toSorted((a, b) => a.micros - b.micros || a.seconds - b.seconds);
  return sorted.filter((way) => {
    const others = left.get(way.place) ?? [];
    const isBeaten = others.some((one) => one.seconds <= way.seconds && one.startS <= way.startS);
    if (!isBeaten) left.set(way.place, [...others, way]);
    return !isBeaten;
  });
}
