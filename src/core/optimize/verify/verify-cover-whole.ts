import type { DivisibleWork } from '../model/problem.ts';
import type { Prices } from './bound-prices.ts';
import { leastNanoSeconds, type Scope, startsOf } from './bound-scope.ts';
import { floorOf, GRAINS } from './grains.ts';
import { type Item, leastBySearch } from './least-by-search.ts';
import { NANO_SECONDS_PER_MICRO } from './read-line.ts';
import { BOUND_TOLERANCE } from './tolerance.ts';

/*
 * Problem: the least that one task of divisible work in whole machines costs, at prices of what it
 * shares with others: min Σ cost·n, Σ units·n ≥ need, n whole, n ≤ cap. A price of a unit of work
 * would bound it too, but not as well: what whole machines do too much of is left out there.
 * Method: bought in order of cost per unit, fractions allowed, work costs λ in the end. Every whole
 * answer costs that much more as its regrets say: what it buys that is dearer than λ, does not buy
 * that is cheaper, and does too much. Answers of little regret differ from the fractional one
 * in few options; a table of the least regret for each amount of work finds the best of
 * those, and all others have more. All in whole numbers, costs rounded down. Options are left out
 * beforehand that others can always stand in for; and where a few machines do all the work, a search
 * is over before a table is filled.
 * Complexity: O(n log n + work left open × Σ log cap) for the options left open; where that is too
 * much, what has been proven so far.
 * Reference: Dembo and Hammer, A reduction algorithm for knapsack problems (Methods of Operations
 * Research 36, 1980); Kellerer, Pferschy, Pisinger, Knapsack Problems (2004), sections 5.4 and 7.2.
 */

const CELLS_MAX = 4e7;
/** Of a search that is tried before a table: a few milliseconds. */
const NODES_MAX = 50_000;
const SCALE_MAX = 1e6;
/** What floating point may take off a decimal fraction. */
const NOISE = 1e-12;
/** Products of costs and units stay exact in floating point below this. */
const EXACT_MAX = 2 ** 51;
/** What regrets are looked for first, as a part of the cost; and how that grows. */
const REGRET_FIRST = 2 ** -12;
const REGRET_STEP = 16;
const REGRET_JUMP = 64;
const HALVINGS = 12;

/** In grains; null where the work cannot be done. */
export function wholeCoverLeast(
  scope: Scope,
  task: { readonly index: number; readonly work: DivisibleWork },
  prices: Prices,
): bigint | null {
  const { options } = task.work;
  const { need, units } = wholeWork(task.work);
  if (need <= 0) return 0n;
  const grains = options.map((option) => machineGrains(scope, { ...task, option }, prices));
  const usable = options.flatMap(({ offer }, option): Usable[] => {
    const [cost, each] = [grains[option]!, Math.min(need, units[option]!)];
    const cap = each > 0 ? Math.min(scope.caps[offer] ?? 0, Math.ceil(need / each)) : 0;
    return cost === null || cap <= 0 ? [] : [{ grains: cost, units: each, cap }];
  });
  const { unit, most } = unitOf(usable, need);
  const items = usable.map(({ grains: cost, ...item }) => ({
    ...item,
    cost: wholeUnits(cost, { unit, most }),
  }));
  const least = leastOf(items, need);
  return least === null ? null : floorOf(BigInt(least.of) * unit, BigInt(least.per));
}

/** In units so small that all are whole as far as six decimals tell; machines do no less, needs are no more. */
export function wholeWork({ units, options }: DivisibleWork) {
  const all = [units, ...options.map(({ throughput }) => throughput)];
  const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) <= value * NOISE;
  let scale = 1;
  while (scale < SCALE_MAX && !all.every((one) => isWhole(one * scale))) scale *= 10;
  const least = units * scale * (1 - BOUND_TOLERANCE);
  return {
    need: Math.ceil(least * (1 - NOISE)),
    units: options.map(({ throughput }) => Math.ceil(throughput * scale * (1 - NOISE))),
  };
}

/** What one machine costs at the prices; null where it cannot be hired in time. */
export function machineGrains(
  { problem, windows }: Scope,
  { index, option }: { readonly index: number; readonly option: DivisibleWork['options'][number] },
  prices: Prices,
): bigint | null {
  const offer = problem.offers[option.offer];
  const starts = startsOf(windows[index]!, { hours: 1, startS: 0 });
  if (offer === undefined || starts === null) return null;
  const nanoSeconds = leastNanoSeconds(offer, 1, starts);
  const isWhole = offer.laterPrices.length === 0 && nanoSeconds % NANO_SECONDS_PER_MICRO === 0n;
  const grains =
    prices.cost(nanoSeconds) +
    prices.ofMachine[option.offer]! +
    prices.ofHour[option.offer]! -
    (isWhole ? 0n : prices.roundedAway);
  return grains > 0n ? grains : 0n;
}

/** What a machine costs and does of what is needed, and how many there are. */
export type Usable = { readonly grains: bigint; readonly units: number; readonly cap: number };

export type Units = {
  /** Grains that a cost is counted in, so that no product or sum below is inexact. */
  readonly unit: bigint;
  /** What a cheapest cover costs at most, in grains: dearer is as dear as this. */
  readonly most: bigint;
};

/** By a cover that buys in order of cost per unit. */
export function unitOf(usable: readonly Usable[], need: number): Units {
  const rateOf = ({ grains, units }: Usable): number => Number(grains) / units;
  let [left, most, largest] = [need, 0n, 1];
  for (const item of usable.toSorted((a, b) => rateOf(a) - rateOf(b))) {
    largest = Math.max(largest, item.units);
    if (left <= 0) continue;
    const count = Math.min(item.cap, Math.ceil(left / item.units));
    left -= count * item.units;
    most += BigInt(count) * item.grains;
  }
  const unit = (most * BigInt(largest)) / BigInt(EXACT_MAX) + 1n;
  const fine = GRAINS / 1024n;
  return { unit: unit > fine ? unit : fine, most };
}

export function wholeUnits(grains: bigint, { unit, most }: Units): number {
  return Number((grains < most ? grains : most) / unit);
}

/**
 * The same items without what no cheapest answer needs: an item of which those that cost no more and
 * do no less can do all the work by themselves, even where it is used as well.
 */
function worthwhile(items: readonly Item[], need: number): readonly Item[] {
  const ranked = items.toSorted((a, b) => a.cost - b.cost || b.units - a.units);
  return ranked.flatMap((item, rank) => {
    let left = Math.ceil(need / item.units);
    for (let other = 0; other < rank && left > 0; other++) {
      if (ranked[other]!.units >= item.units) left -= ranked[other]!.cap;
    }
    return left > 0 ? [{ ...item, cap: Math.min(item.cap, left) }] : [];
  });
}

/** of / per; null where the items do not cover the need. */
export function leastOf(
  all: readonly Item[],
  need: number,
): { readonly of: number; readonly per: number } | null {
  const sorted = worthwhile(all, need).toSorted((a, b) => a.cost * b.units - b.cost * a.units);
  const searched = leastBySearch(sorted, need, NODES_MAX);
  if (searched !== null) return searched === Infinity ? null : { of: searched, per: 1 };
  let [at, left, spent] = [0, need, 0];
  for (; at < sorted.length; at++) {
    const { cost, units, cap } = sorted[at]!;
    if (units * cap >= left) break;
    left -= units * cap;
    spent += cost * cap;
  }
  const last = sorted[at];
  if (last === undefined) return null;
  const fractional = spent * last.units + last.cost * left;
  const regretOf = ({ cost, units }: Item): number => cost * last.units - last.cost * units;
  const table = { sorted, at, left, regretOf, over: last.cost };
  let [proven, regret] = [0, Math.ceil(fractional * REGRET_FIRST)];
  for (;;) {
    const core = coreOf(table, regret);
    if (core === null) {
      const [most, within] = largestCore(table, { low: proven, high: regret });
      if (within !== null) proven = Math.min(most, leastRegret(within, table.over));
      break;
    }
    const found = leastRegret(core, table.over);
    proven = Math.min(regret, found);
    if (found <= regret) break;
    // What was found is the most that can be needed.
    regret = found <= regret * REGRET_JUMP ? found : regret * REGRET_STEP;
  }
  return { of: fractional + proven, per: last.units };
}

type Table = {
  readonly sorted: readonly Item[];
  /** Of the last item that is bought, and how much is left for it. */
  readonly at: number;
  readonly left: number;
  readonly regretOf: (item: Item) => number;
  /** Regret of a unit of work too much. */
  readonly over: number;
};

/** The options whose regret is below a limit: what they may be bought in, for how much work. */
type Core = {
  readonly packets: readonly { readonly units: number; readonly regret: number }[];
  readonly need: number;
  /** Of buying nothing of them. */
  readonly regret: number;
};

/** Null where a table of it had too many cells. */
function coreOf({ sorted, at, left, regretOf }: Table, limit: number): Core | null {
  let [need, regret] = [left, 0];
  const packets = sorted.flatMap(({ units, cap, ...item }, index) => {
    const own = regretOf({ units, cap, ...item });
    if (Math.abs(own) >= limit && index !== at) return [];
    if (index < at) {
      need += units * cap;
      regret -= own * cap;
    }
    return packetsOf(units, own, cap);
  });
  return packets.length * need > CELLS_MAX ? null : { packets, need, regret };
}

/** Between a limit that is small enough and one that is not: about the largest that is. */
function largestCore(
  table: Table,
  { low, high }: { readonly low: number; readonly high: number },
): readonly [limit: number, core: Core | null] {
  let best: readonly [number, Core | null] = [low, null];
  let above = high;
  for (let step = 0; step < HALVINGS; step++) {
    const limit = Math.ceil((best[0] + above) / 2);
    const core = coreOf(table, limit);
    if (core === null) above = limit;
    else best = [limit, core];
  }
  return best;
}

/** Of answers that leave all other options alone. */
function leastRegret({ packets, need, regret: all }: Core, over: number): number {
  const least = new Float64Array(need).fill(Infinity);
  least[0] = all;
  let done = Infinity;
  for (const { units, regret: own } of packets) {
    for (let work = Math.max(0, need - units); work < need; work++) {
      done = Math.min(done, least[work]! + own + over * (work + units - need));
    }
    for (let work = need - 1; work >= units; work--) {
      const other = least[work - units]! + own;
      if (other < least[work]!) least[work] = other;
    }
  }
  return done;
}

/** Any number up to the cap is a sum of some of 1, 2, 4, … and a rest. */
function packetsOf(
  units: number,
  regret: number,
  cap: number,
): readonly { readonly units: number; readonly regret: number }[] {
  const packets: { units: number; regret: number }[] = [];
  let left = cap;
  for (let size = 1; left > 0; size *= 2) {
    const taken = Math.min(size, left);
    left -= taken;
    packets.push({ units: units * taken, regret: regret * taken });
  }
  return packets;
}
