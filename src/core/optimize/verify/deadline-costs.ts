import type { TimeProof, TimeView } from '../model/place-proof.ts';
import type { Problem } from '../model/problem.ts';
import { type DagCosts, optionsAt } from './dag-costs.ts';
import { inTimeOf } from './dag-windows.ts';
import { regionOf, routesFrom } from './read-transfer.ts';
import { BOUND_TOLERANCE } from './tolerance.ts';

/*
 * Problem: what places cost when a deadline has a price, for the checker.
 * Method: whatever way from task to task the price is put on, an answer in time takes no longer on
 * it than until its deadline: the price of all its seconds is no more than that of the deadline's.
 * Times are whole milliseconds, those of tasks rounded down and those of deadlines up.
 * Complexity: O(options + pairs × places²).
 */

const MS_PER_S = 1000;
const BITS_PER_BYTE = 8;
const EXACT = 2 ** 51;

export type TimedOption = {
  readonly micros: number;
  readonly ms: number;
  readonly startMs: number;
};

export type TimedWait = {
  readonly from: number;
  readonly to: number;
  /** By the places of both. */
  readonly msBetween: (from: number, to: number) => number;
};

export type TimedCosts = {
  readonly costs: DagCosts;
  /** Of each task and place. */
  readonly options: readonly (readonly (readonly TimedOption[])[])[];
  readonly waits: readonly TimedWait[];
  readonly deadlinesMs: readonly number[];
};

export function timedCosts(problem: Problem, costs: DagCosts): TimedCosts {
  const inTime = inTimeOf(problem);
  return {
    costs,
    options: costs.places.map((places, task) =>
      optionsAt(problem, task, places).map((own) =>
        undominated(own.filter(({ option }) => inTime === null || inTime(task, option))),
      ),
    ),
    waits: waitsOf(problem, costs),
    deadlinesMs: problem.tasks.map(({ limits }) => {
      const deadline = Math.min(limits.deadlineS ?? Infinity, problem.limits.deadlineS ?? Infinity);
      return Math.ceil(deadline * MS_PER_S * (1 + BOUND_TOLERANCE * problem.tasks.length)) + 1;
    }),
  };
}

export type PricedCosts = {
  /** Parts of a micro-dollar in which prices of places are. */
  readonly per: number;
  /** Prices of time are parts a millisecond, times this. */
  readonly scale: number;
  /** Of each task's milliseconds, of its end, and of each wait. */
  readonly ofTasks: readonly number[];
  readonly ofEnds: readonly number[];
  readonly ofWaits: readonly number[];
  /** Of so many milliseconds at a price: micro-dollars of which `per` parts are whole. */
  readonly micros: (price: number, ms: number) => number;
  readonly costs: DagCosts;
};

/** Null where a number is not whole, or too large to be added without an error. */
export function pricedCosts(
  { costs, options, waits, deadlinesMs }: TimedCosts,
  { time, prices: { per } }: TimeView,
): PricedCosts | null {
  const scale = time.per / per;
  const isPlain = Number.isInteger(Math.log2(per)) && Number.isSafeInteger(scale) && per >= 1;
  const priced = isPlain && scale >= 1 ? pricesOf(time, { waits, deadlinesMs }) : null;
  if (priced === null) return null;
  const { ofTasks, ofWaits } = priced;
  const micros = (price: number, ms: number): number =>
    price === 0 ? 0 : Math.floor((price * ms) / scale) / per;
  const places = costs.places.map((all, task) =>
    all.map((place, at) => {
      const ways = options[task]![at]!.map((one) => one.micros + micros(ofTasks[task]!, one.ms));
      return { ...place, micros: Math.min(...ways) };
    }),
  );
  const pairs = costs.pairs.map((pair) => {
    const own = [...waits.entries()].filter(
      ([index, { from, to }]) =>
        ofWaits[index]! > 0 && Math.min(from, to) === pair.from && Math.max(from, to) === pair.to,
    );
    const timeBetween = (low: number, high: number): number =>
      own.reduce((sum, [index, { from, msBetween }]) => {
        const ms = from === pair.from ? msBetween(low, high) : msBetween(high, low);
        return sum + micros(ofWaits[index]!, ms);
      }, 0);
    if (own.length === 0) return pair;
    const timed = pair.micros.map((row, low) =>
      row.map((cost, high) => cost + timeBetween(low, high)),
    );
    return { ...pair, micros: timed };
  });
  return { per, scale, micros, ...priced, costs: { places, pairs } };
}

type Prices = {
  readonly ofTasks: readonly number[];
  readonly ofWaits: readonly number[];
  readonly ofEnds: readonly number[];
};

/** Ways of tasks that do not wait for each other, or that end whenever they like, have no price. */
function pricesOf(
  { ways }: TimeProof,
  { waits, deadlinesMs }: Pick<TimedCosts, 'waits' | 'deadlinesMs'>,
): Prices | null {
  const [ofTasks, ofEnds] = [deadlinesMs.map(() => 0), deadlinesMs.map(() => 0)];
  const ofWaits = waits.map(() => 0);
  for (const { tasks, price } of ways) {
    const last = tasks.at(-1) ?? -1;
    const steps = tasks
      .slice(1)
      .map((to, at) => waits.findIndex((wait) => wait.from === tasks[at] && wait.to === to));
    if (!Number.isSafeInteger(price) || price < 0) return null;
    if (steps.includes(-1) || !Number.isFinite(deadlinesMs[last] ?? Infinity)) continue;
    for (const task of tasks) ofTasks[task]! += price;
    for (const step of steps) ofWaits[step]! += price;
    ofEnds[last]! += price;
  }
  const latest = Math.max(1, ...deadlinesMs.filter(Number.isFinite));
  const total = ofEnds.reduce((sum, one) => sum + one, 0);
  return total * latest <= EXACT ? { ofTasks, ofWaits, ofEnds } : null;
}

function waitsOf(problem: Problem, { places }: DagCosts): readonly TimedWait[] {
  const routes = routesFrom(problem);
  const largest = new Map<string, { from: number; to: number; gigabytes: number }>();
  const needs = problem.tasks.flatMap((task, to) =>
    task.needs.map((from) => ({ from, to, gigabytes: 0 })),
  );
  for (const one of [...needs, ...problem.transfers]) {
    const key = `${one.from} ${one.to}`;
    if (one.gigabytes >= (largest.get(key)?.gigabytes ?? 0)) largest.set(key, one);
  }
  const names = [...new Set(places.flat().map(({ offer }) => regionOf(offer)))];
  const indices = new Map(names.map((name, index) => [name, index]));
  const speeds = names.map((from) =>
    names.map((to) =>
      from === to ? null : (routes.get(from)?.get(to)?.gigabitsPerSecond ?? null),
    ),
  );
  const regions = places.map((own) => own.map(({ offer }) => indices.get(regionOf(offer))!));
  return [...largest.values()].map(({ from, to, gigabytes }) => ({
    from,
    to,
    msBetween: (source, sink) => {
      const speed = speeds[regions[from]![source]!]![regions[to]![sink]!] ?? null;
      return speed === null ? 0 : Math.floor(((gigabytes * BITS_PER_BYTE) / speed) * MS_PER_S);
    },
  }));
}

type Read = ReturnType<typeof optionsAt>[number][number];

/** Of one place: what another there beats in cost, time and start goes. */
function undominated(options: readonly Read[]): readonly TimedOption[] {
  const kept: TimedOption[] = [];
  const timed = options.map(({ option, micros }) => ({
    micros,
    ms: Math.floor(option.hours * 3600 * MS_PER_S),
    startMs: Math.floor(option.startS * MS_PER_S),
  }));
  for (const one of timed.toSorted((a, b) => a.micros - b.micros || a.ms - b.ms)) {
    if (kept.some(({ ms, startMs }) => ms <= one.ms && startMs <= one.startMs)) continue;
    kept.push(one);
  }
  return kept;
}
