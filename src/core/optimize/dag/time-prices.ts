import type { Coupling, Hired } from './couplings.ts';
import type { HiredNode } from './placement-of.ts';
import type { Timed } from './timed.ts';
import type { Way } from './ways.ts';

/*
 * Problem: a deadline as a price of time, so that places can be compared by one number.
 * Method: the price of the deadline's seconds is shared by the ways from task to task that lead to
 * it, as a flow: whatever comes into a task leaves it. An answer that ends in time takes no longer on
 * any of them, so that its cost with the price of all its seconds, less that of the deadline's, is
 * no more than its cost.
 * Complexity: O(ways + paths × tasks).
 * Reference: Handler, Zang (Networks 10, 1980) for one way; Fondahl's and Kelley's time–cost
 * trade-off (Operations Research 9, 1961) has the flow as its dual.
 */

/** Tasks of which each waits for the one before, and what a millisecond of theirs counts. */
export type PricedWay = {
  readonly tasks: readonly number[];
  /** Micro-dollars a millisecond. */
  readonly price: number;
};

export type TimePrices = {
  /** Micro-dollars a second: of each task, each wait, and of the end of each task. */
  readonly ofTasks: Float64Array;
  readonly ofWaits: Float64Array;
  readonly ofEnds: Float64Array;
  /** Micro-dollars of all seconds until the deadlines. */
  readonly credit: number;
};

const MS_PER_S = 1000;

export function timePrices({ waits, deadlinesS }: Timed, priced: readonly PricedWay[]): TimePrices {
  const [ofTasks, ofEnds] = [
    new Float64Array(deadlinesS.length),
    new Float64Array(deadlinesS.length),
  ];
  const ofWaits = new Float64Array(waits.length);
  for (const { tasks, price } of priced) {
    for (const [at, task] of tasks.entries()) {
      ofTasks[task]! += price * MS_PER_S;
      const wait = waits.findIndex(({ from, to }) => from === tasks[at - 1] && to === task);
      if (wait >= 0) ofWaits[wait]! += price * MS_PER_S;
    }
    ofEnds[tasks.at(-1)!]! += price * MS_PER_S;
  }
  const credit = ofEnds.reduce((sum, price, task) => {
    return price === 0 ? sum : sum + price * deadlinesS[task]!;
  }, 0);
  return { ofTasks, ofWaits, ofEnds, credit };
}

/** Of each task and place the way that is cheapest with the price of its time. */
export function nodesAt(
  { ways }: Pick<Timed, 'ways'>,
  { ofTasks }: TimePrices,
): readonly HiredNode[] {
  return ways.map((own, task) => {
    const best = new Map<string, Way>();
    for (const way of own) {
      const cost = way.micros + ofTasks[task]! * way.seconds;
      if (cost >= (best.get(way.place)?.cost ?? Infinity)) continue;
      best.set(way.place, { ...way, cost });
    }
    const hired = [...best.values()];
    return {
      task,
      hired,
      places: hired.map(({ place }) => place),
      options: hired.map(({ option }) => option),
      costs: Float64Array.from(hired, ({ cost }) => cost),
    };
  });
}

/** With the price of the time that data are on their way. */
export function couplingsAt(
  { couplings, waits }: Timed,
  { ofWaits }: TimePrices,
): readonly Coupling[] {
  const slow = waits.flatMap(({ from, to, gigabytes, secondsBetween }, wait): Coupling[] => {
    const price = ofWaits[wait]!;
    if (price === 0 || gigabytes === 0) return [];
    const costOf = (source: Hired, sink: Hired): number => price * secondsBetween(source, sink);
    return [{ from, to, costOf }];
  });
  return [...couplings, ...slow];
}
