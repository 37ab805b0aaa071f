import { roundUp } from './round-up.ts';
import { type FoundCover, searchCovers } from './search-covers.ts';
import { tightenCaps } from './tighten-caps.ts';

/*
 * Problem: min Σ cost·n, Σ units·n ≥ need, 0 ≤ n ≤ cap, n whole: a bounded covering knapsack.
 * Method: the linear relaxation buys in order of cost per unit up to a break item, whose price of
 * a unit is λ. An item whose reduced cost |cost − λ·units| is more than what a solution loses
 * against the relaxation has its relaxed count in every solution that loses less; the others, the
 * core, are solved by dynamic programming over the need that is left. The core grows until
 * what is found proves itself. Before it grows beyond a few items, caps are tightened, and a search
 * is tried, which is faster where a few machines do all the work.
 * Complexity: O(n log n + need left × Σ_core log cap), for a core of a few dozen items.
 * Reference: Balas and Zemel, An algorithm for large zero-one knapsack problems (Oper. Res. 28,
 * 1980); Pisinger, A minimal algorithm for the bounded knapsack problem (INFORMS JoC 12, 2000).
 */

/** Arrays by item; costs and units are not negative, units and caps whole. */
export type CoverItems = {
  readonly costs: Float64Array;
  readonly units: Float64Array;
  readonly caps: Float64Array;
};

export type PricedCover = {
  readonly cost: number;
  /** No cover costs less; the same as the cost where the core has proven it. */
  readonly bound: number;
  /** What the linear relaxation costs, and its price of a unit of work. */
  readonly relaxed: number;
  readonly price: number;
  /** What is bought: of which item, how often. */
  readonly bought: readonly (readonly [item: number, count: number])[];
};

export type CoverEffort = {
  /** Cells of the table; beyond it the best known cover and bound are given. */
  readonly cellsMax: number;
  /** (cost − bound) / cost that is good enough. */
  readonly gap: number;
};

/** How many items the core has at first; later, in what is left of all. */
const CORE_FIRST = 12;
const CORE_LATER = [24, 72, 216, 648, Infinity];
/** Machines of a cover that a search is likely to find the best one of. */
const FEW = 30;
/** Nodes of a search before a table is filled instead: about a millisecond. */
const NODES_MAX = 30_000;
const NOTHING: PricedCover = { cost: 0, bound: 0, relaxed: 0, price: 0, bought: [] };

/** Null when all items together do not cover the need. */
export function coverAtPrices(
  items: CoverItems,
  need: number,
  effort: CoverEffort,
): PricedCover | null {
  if (need <= 0) return NOTHING;
  const relaxed = relaxCover(items, need);
  if (relaxed === null) return null;
  const start = { ...roundUp(items, relaxed), bound: relaxed.value };
  const isOfFew = start.bought.reduce((sum, [, count]) => sum + count, 0) <= FEW;
  const rough = isOfFew
    ? start
    : growCore(items, relaxed, { ...effort, start, sizes: [CORE_FIRST] });
  if (isEnough(rough, effort.gap)) return pricedCover(rough, relaxed);
  const open = { ...items, caps: openCaps(items, relaxed, rough.cost) };
  const tight = { ...items, caps: tightenCaps(open, need) };
  const closer = relaxCover(tight, need)!;
  const given = { need, cost: rough.cost, nodesMax: NODES_MAX };
  const found = searchCovers(tight, closer.order, given);
  if (found !== undefined) {
    const best = found ?? rough;
    return pricedCover({ ...best, bound: best.cost }, relaxed);
  }
  const fine = growCore(tight, closer, { ...effort, start: rough, sizes: CORE_LATER });
  return pricedCover(fine, relaxed);
}

/** Without items of which even one makes every cover as dear as one that is known. */
function openCaps(items: CoverItems, relaxed: Relaxed, known: number): Float64Array {
  const caps = new Float64Array(items.caps.length);
  const losses = lossesOf(items, relaxed);
  relaxed.order.forEach((i, at) => {
    const isOpen = at <= relaxed.breakAt || losses[at]! < known - relaxed.value;
    if (isOpen) caps[i] = items.caps[i]!;
  });
  return caps;
}

type Proven = Bought & { readonly bound: number };

function isEnough({ cost, bound }: Proven, gap: number): boolean {
  return cost - bound <= gap * cost;
}

function pricedCover({ cost, bound, bought }: Proven, { value, price }: Relaxed): PricedCover {
  return { cost, bound: Math.min(bound, cost), relaxed: value, price, bought };
}

/** A larger core each time, until it is large enough, or good enough. */
function growCore(
  items: CoverItems,
  relaxed: Relaxed,
  given: CoverEffort & { readonly start: Proven; readonly sizes: readonly number[] },
): Proven {
  const { cellsMax, gap, sizes, start } = given;
  let best: Proven = {
    ...start,
    bound: Math.max(start.bound, Math.min(start.cost, relaxed.value)),
  };
  const losses = lossesOf(items, relaxed);
  const sorted = losses.slice().sort();
  for (const size of sizes) {
    if (isEnough(best, gap)) break;
    const lossMax = best.cost - relaxed.value;
    const loss = Math.min(lossMax, sorted[size] ?? Infinity);
    const core = coreOf(items, relaxed, { losses, loss });
    if (core.cells > cellsMax) break;
    const found = solveCore(items, core);
    if (found !== null && found.cost < best.cost) best = { ...found, bound: best.bound };
    // All that could be cheaper was open.
    const proven = loss === lossMax ? best.cost : Math.min(best.cost, relaxed.value + loss);
    best = { ...best, bound: Math.max(best.bound, proven) };
  }
  return best;
}

export type Relaxed = {
  /** In order of cost per unit; those before the break are bought as often as they can be. */
  readonly order: Int32Array;
  readonly breakAt: number;
  readonly price: number;
  readonly value: number;
  /** What the break item must still cover, and what all before it cost. */
  readonly left: number;
  readonly spent: number;
};

type Bought = FoundCover;

/** Null when all items together do not cover the need. */
export function relaxCover({ costs, units, caps }: CoverItems, need: number): Relaxed | null {
  const usable: number[] = [];
  for (let i = 0; i < costs.length; i++) if (units[i]! > 0 && caps[i]! > 0) usable.push(i);
  const rates = new Float64Array(costs.length);
  for (const i of usable) rates[i] = costs[i]! / units[i]!;
  const order = Int32Array.from(usable).sort((a, b) => rates[a]! - rates[b]! || a - b);
  let [left, spent] = [need, 0];
  for (let at = 0; at < order.length; at++) {
    const i = order[at]!;
    if (units[i]! * caps[i]! >= left) {
      const price = rates[i]!;
      return { order, breakAt: at, price, value: spent + price * left, left, spent };
    }
    left -= units[i]! * caps[i]!;
    spent += costs[i]! * caps[i]!;
  }
  return null;
}

/** What one machine off the relaxed count costs more than the relaxation. */
function lossesOf({ costs, units }: CoverItems, { order, price }: Relaxed): Float64Array {
  const losses = new Float64Array(order.length);
  order.forEach((i, at) => {
    losses[at] = Math.abs(costs[i]! - price * units[i]!);
  });
  return losses;
}

type Core = {
  readonly need: number;
  readonly spent: number;
  readonly fixed: (readonly [number, number])[];
  /** Some copies of an item each. */
  readonly stages: readonly { readonly item: number; readonly copies: number }[];
  readonly cells: number;
};

/** What is open to a solution that loses less than this. */
function coreOf(
  { costs, units, caps }: CoverItems,
  { order, breakAt, left, spent }: Relaxed,
  { losses, loss }: { readonly losses: Float64Array; readonly loss: number },
): Core {
  const fixed: (readonly [number, number])[] = [];
  const open: number[] = [];
  let [need, paid] = [left, spent];
  for (let at = 0; at < order.length; at++) {
    const i = order[at]!;
    if (losses[at]! >= loss && at !== breakAt) {
      if (at < breakAt) fixed.push([i, caps[i]!]);
      continue;
    }
    open.push(i);
    if (at >= breakAt) continue;
    need += units[i]! * caps[i]!;
    paid -= costs[i]! * caps[i]!;
  }
  open.sort((a, b) => units[b]! - units[a]!);
  const stages = open.flatMap((item) => {
    const sizes: { item: number; copies: number }[] = [];
    let rest = Math.min(caps[item]!, Math.ceil(need / units[item]!));
    for (let copies = 1; rest > 0; copies *= 2) {
      sizes.push({ item, copies: Math.min(copies, rest) });
      rest -= copies;
    }
    return sizes;
  });
  return { need, spent: paid, fixed, stages, cells: need * stages.length };
}

/** best[w] is the least cost of covering w; marks tell which stages it takes. */
function solveCore({ costs, units }: CoverItems, core: Core): Bought | null {
  const { need, stages } = core;
  const best = new Float64Array(need + 1).fill(Infinity);
  best[0] = 0;
  const marks = new Uint8Array(stages.length * (need + 1));
  let after = stages.reduce((sum, { item, copies }) => sum + copies * units[item]!, 0);
  stages.forEach(({ item, copies }, stage) => {
    const size = copies * units[item]!;
    after -= size;
    const row = marks.subarray(stage * (need + 1), (stage + 1) * (need + 1));
    fillStage(
      { best, row },
      { size, price: copies * costs[item]!, least: Math.max(1, need - after) },
    );
  });
  if (best[need] === Infinity) return null;
  const counts = new Map<number, number>(core.fixed);
  let left = need;
  for (let stage = stages.length - 1; stage >= 0; stage--) {
    if (marks[stage * (need + 1) + left] === 0) continue;
    const { item, copies } = stages[stage]!;
    counts.set(item, (counts.get(item) ?? 0) + copies);
    left = Math.max(0, left - copies * units[item]!);
  }
  return { cost: core.spent + best[need]!, bought: [...counts] };
}

/** Needs below the least cannot be what later stages leave over. */
function fillStage(
  { best, row }: { readonly best: Float64Array; readonly row: Uint8Array },
  { size, price, least }: { readonly size: number; readonly price: number; readonly least: number },
): void {
  const low = Math.max(least, size);
  for (let left = best.length - 1; left >= low; left--) {
    const other = best[left - size]! + price;
    if (other >= best[left]!) continue;
    best[left] = other;
    row[left] = 1;
  }
  for (let left = Math.min(size - 1, best.length - 1); left >= least; left--) {
    if (price >= best[left]!) continue;
    best[left] = price;
    row[left] = 1;
  }
}
