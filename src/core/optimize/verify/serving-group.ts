/*
 * Problem: the least, over whole y in a range, of cost·y − (the most that y machines earn), where
 * they earn worth_b · x_b with shares 0 ≤ x_b ≤ 1 and Σ load_b · x_b ≤ y: a fractional knapsack.
 * Method: earnings are concave in y, so that the least is beside the y where the next machine earns
 * its cost. Whatever a unit of load is taken to be worth (its density d ≥ 0), earnings are at most
 * d·y + Σ_b max(0, worth_b − d·load_b): a line. Floating point picks the lines that touch at the
 * least; whole numbers multiply them out, so that a bad pick is a worse bound, never a wrong one.
 * Only where it is beyond doubt of which sign worth_b − d·load_b is, floating point may say so.
 * Complexity: O(buckets), by selection in place of sorting.
 * Reference: Dantzig, Discrete-Variable Extremum Problems (1957); Balas, Zemel, An Algorithm for
 * Large Zero-One Knapsack Problems (1980) for the selection.
 */

/** Money is in parts of 2^-40 of a micro-dollar, machines in parts of 2^-60. */
const MONEY_BITS = 40;
const LOAD_BITS = 60;
const LOAD_UNIT = 2 ** LOAD_BITS;

/** Money rounded down; `numerator` and `denominator` are micro-dollars between them. */
export function moneyFloor(numerator: bigint, denominator: bigint): bigint {
  return (numerator << BigInt(MONEY_BITS)) / denominator;
}

/** Whole micro-dollars that are no less. */
export function microsCeil(money: bigint): bigint {
  return -(-money >> BigInt(MONEY_BITS));
}

/** money × factor, rounded down or up: a factor ≥ 0 in floating point is a whole number of 2^-60. */
export function timesFloor(money: bigint, factor: number): bigint {
  return (money * loadFloor(factor)) >> BigInt(LOAD_BITS);
}

export function timesCeil(money: bigint, factor: number): bigint {
  return -((-money * BigInt(Math.ceil(factor * LOAD_UNIT))) >> BigInt(LOAD_BITS));
}

/** Machines, rounded down: to take a bucket for lighter than it is bounds from below. */
export function loadFloor(machines: number): bigint {
  return BigInt(Math.floor(machines * LOAD_UNIT));
}

/** Machines of a group: at least, at most; Infinity for no end. */
export type Range = { readonly least: number; readonly most: number };

/** Whole numbers, and about the same in floating point: each to a part in 2^52. */
export type Amounts = { readonly exact: readonly bigint[]; readonly rough: Float64Array };

export function amountsOf(exact: readonly bigint[]): Amounts {
  return { exact, rough: Float64Array.from(exact, Number) };
}

export type GroupCosts = {
  /** Money for one machine, with what it takes of pools and offers. */
  readonly cost: bigint;
  /** Buckets of which the group takes any. */
  readonly takes: readonly number[];
  /** By bucket, machines that take all of it; of any amount where the group takes none. */
  readonly loads: Amounts;
  /** Money for all of each bucket. */
  readonly worths: Amounts;
};

/** Money: the least of cost minus earnings over whole machines in the range. */
export function leastOfGroup(costs: GroupCosts, { least, most }: Range): bigint {
  const densities = densitiesOf(costs);
  const cost = Number(costs.cost);
  let worthwhile = 0;
  for (const bucket of costs.takes) {
    if (densities[bucket]! >= cost / LOAD_UNIT) worthwhile += costs.loads.rough[bucket]!;
  }
  const turn = Math.floor(worthwhile / LOAD_UNIT);
  // Below the turn lines fall, so that they are lowest at the upper end of their range; above it they rise.
  const falling = (at: number): bigint =>
    lineAt(costs, { at, density: densityAt(costs, densities, at), rises: false });
  const rising = (at: number): bigint =>
    lineAt(costs, { at, density: densityAt(costs, densities, at), rises: true });
  if (turn < least) return rising(least);
  if (turn >= most) return falling(most);
  const [below, above] = [falling(turn), rising(turn + 1)];
  return below < above ? below : above;
}

/** What each bucket earns a unit of load. */
function densitiesOf({ takes, loads, worths }: GroupCosts): Float64Array {
  const densities = new Float64Array(loads.rough.length);
  for (const bucket of takes) {
    densities[bucket] = worths.rough[bucket]! / Math.max(loads.rough[bucket]!, 1);
  }
  return densities;
}

/** What the next unit of load earns when so many machines are full, those that earn most first. */
function densityAt(
  { takes, loads }: GroupCosts,
  densities: Float64Array,
  machines: number,
): number {
  let left = machines * LOAD_UNIT;
  let some = takes;
  while (some.length > 0) {
    const pivot = densities[some[some.length >> 1]!]!;
    const [above, below]: [number[], number[]] = [[], []];
    let [loadAbove, load] = [0, 0];
    for (const bucket of some) {
      const own = loads.rough[bucket]!;
      if (densities[bucket]! >= pivot) load += own;
      if (densities[bucket]! > pivot) {
        above.push(bucket);
        loadAbove += own;
      } else if (densities[bucket]! < pivot) {
        below.push(bucket);
      }
    }
    if (left > load) {
      left -= load;
      some = below;
    } else {
      if (left > loadAbove || above.length === 0) return pivot;
      some = above;
    }
  }
  return 0;
}

/** Beyond what rounding can do to a product of two amounts. */
const CLEARLY = 1 + 1e-12;

/**
 * The line's value at so many machines. One that is to bound all fewer machines must not rise
 * (density ≥ cost), one for all more must not fall.
 */
function lineAt(
  { cost, takes, loads, worths }: GroupCosts,
  {
    at,
    density,
    rises,
  }: { readonly at: number; readonly density: number; readonly rises: boolean },
): bigint {
  const picked = BigInt(Math.round(density * LOAD_UNIT));
  const isUsable = rises ? picked <= cost : picked >= cost;
  const slope = isUsable ? picked : cost;
  const rough = Number(slope) / LOAD_UNIT;
  let [worth, load] = [0n, 0n];
  for (const bucket of takes) {
    // None that earns anything is left out, and none that loses is counted: both are a lower bound's.
    const [earned, spent] = [worths.rough[bucket]!, loads.rough[bucket]! * rough];
    if (earned * CLEARLY < spent) continue;
    const [own, weight] = [worths.exact[bucket]!, loads.exact[bucket]!];
    if (earned <= spent * CLEARLY && own << BigInt(LOAD_BITS) <= slope * weight) continue;
    worth += own;
    load += weight;
  }
  const surplus = (worth << BigInt(LOAD_BITS)) - slope * load;
  return (cost - slope) * BigInt(at) + (-surplus >> BigInt(LOAD_BITS));
}
