/*
 * Problem: the least, over whole y in a range, of cost·y − (the most that y machines earn), where
 * they earn worth_b · x_b with shares 0 ≤ x_b ≤ 1 and Σ load_b · x_b ≤ y: a fractional knapsack.
 * Method: earnings are concave in y, so that the least is beside the y where the next machine earns
 * its cost. Whatever a unit of load is taken to be worth (its density d ≥ 0), earnings are at most
 * d·y + Σ_b max(0, worth_b − d·load_b): a line. Floating point picks the lines that touch at the
 * least; whole numbers multiply them out, so that a bad pick is a worse bound, never a wrong one.
 * Complexity: O(buckets × log buckets).
 * Reference: Dantzig, Discrete-Variable Extremum Problems (1957).
 */

/** Money is in parts of 2^-40 of a micro-dollar, machines in parts of 2^-60. */
const MONEY_BITS = 40;
const LOAD_BITS = 60;
const MONEY_UNIT = 2 ** MONEY_BITS;
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

export type GroupCosts = {
  /** Money for one machine, with what it takes of pools and offers. */
  readonly cost: bigint;
  /** Of each bucket, machines that take all of it; null where the group takes none. */
  readonly loads: readonly (bigint | null)[];
  /** Money for all of each bucket. */
  readonly worths: readonly bigint[];
};

/** Money: the least of cost minus earnings over whole machines in the range. */
export function leastOfGroup(costs: GroupCosts, { least, most }: Range): bigint {
  const steps = stepsOf(costs);
  const cost = Number(costs.cost) / MONEY_UNIT;
  const worthwhile = steps.reduce(
    (sum, { load, density }) => (density >= cost ? sum + load : sum),
    0,
  );
  const turn = Math.floor(worthwhile);
  // Below the turn lines fall, so that they are lowest at the upper end of their range; above it they rise.
  const falling = (at: number): bigint =>
    lineAt(costs, { at, density: densityAt(steps, at), rises: false });
  const rising = (at: number): bigint =>
    lineAt(costs, { at, density: densityAt(steps, at), rises: true });
  if (turn < least) return rising(least);
  if (turn >= most) return falling(most);
  const [below, above] = [falling(turn), rising(turn + 1)];
  return below < above ? below : above;
}

/** Buckets in floating point, those that earn most a unit of load first. */
type Step = { readonly load: number; readonly density: number };

function stepsOf({ loads, worths }: GroupCosts): readonly Step[] {
  const steps = loads.flatMap((exact, bucket): readonly Step[] => {
    if (exact === null || worths[bucket] === 0n) return [];
    const load = Number(exact) / LOAD_UNIT;
    return [{ load, density: Number(worths[bucket]) / MONEY_UNIT / Math.max(load, 1 / LOAD_UNIT) }];
  });
  return steps.toSorted((a, b) => b.density - a.density);
}

/** What the next unit of load earns when so many machines are full. */
function densityAt(steps: readonly Step[], machines: number): number {
  let left = machines;
  for (const { load, density } of steps) {
    left -= load;
    if (left <= 0) return density;
  }
  return 0;
}

/**
 * The line's value at so many machines. One that is to bound all fewer machines must not rise
 * (density ≥ cost), one for all more must not fall.
 */
function lineAt(
  { cost, loads, worths }: GroupCosts,
  {
    at,
    density,
    rises,
  }: { readonly at: number; readonly density: number; readonly rises: boolean },
): bigint {
  const picked = BigInt(Math.round(density * MONEY_UNIT));
  const isUsable = rises ? picked <= cost : picked >= cost;
  const slope = isUsable ? picked : cost;
  let surplus = 0n;
  loads.forEach((load, bucket) => {
    if (load === null) return;
    const beyond = (worths[bucket]! << BigInt(LOAD_BITS)) - slope * load;
    if (beyond > 0n) surplus += beyond;
  });
  return (cost - slope) * BigInt(at) + (-surplus >> BigInt(LOAD_BITS));
}
