/*
 * Problem: whether so many machines of each option can carry all buckets of requests, each shared
 * out as one likes; and where one more machine relieves most.
 * Method: buckets begin where a machine's price times its load is least; then what exceeds an
 * option's machines is moved along the path that takes the least room elsewhere. A start at prices
 * has no cycle that gains, and paths of the highest gain make none, so that it ends with as much
 * moved as can be.
 * Complexity: O(buckets × options) a path.
 * Reference: Onaga, Dynamic programming of optimum flows in lossy communication nets (1966), as in
 * Ahuja, Magnanti, Orlin, Network Flows (1993), chapter 15 (generalized flows).
 */

/** Of each option, the machines that it would need for each bucket alone; infinite where it cannot. */
export type Loads = readonly Float64Array[];

export type Shared = {
  /** Of each option, of each bucket. */
  readonly shares: readonly Float64Array[];
  /** Machines' worth of each option. */
  readonly load: Float64Array;
};

/** What cannot be moved: one unit of it would take so many machines of each option. */
export type Stuck = { readonly relief: Float64Array };

const EPSILON = 1e-9;
/** Far more than are ever needed: floating point must not turn in circles. */
const PATHS_MAX = 2_000;

/** Every bucket at the option where its load costs least; null when one has none. */
export function sharedAtPrices(loads: Loads, prices: Float64Array): Shared | null {
  const buckets = loads[0]?.length ?? 0;
  const shares = loads.map(() => new Float64Array(buckets));
  const load = new Float64Array(loads.length);
  for (let bucket = 0; bucket < buckets; bucket++) {
    let [best, least] = [-1, Infinity];
    for (const [option, own] of loads.entries()) {
      const cost = prices[option]! * own[bucket]!;
      if (cost < least || (best < 0 && own[bucket]! < Infinity)) [best, least] = [option, cost];
    }
    if (best < 0) return null;
    shares[best]![bucket] = 1;
    load[best]! += loads[best]![bucket]!;
  }
  return { shares, load };
}

export function copyShared({ shares, load }: Shared): Shared {
  return { shares: shares.map((own) => own.slice()), load: load.slice() };
}

/** Moves what exceeds the machines to where there is room; null when all fits. */
export function moveExcess(loads: Loads, shared: Shared, machines: Float64Array): Stuck | null {
  for (let path = 0; path < PATHS_MAX; path++) {
    const from = shared.load.findIndex((load, option) => load > machines[option]! + EPSILON);
    if (from < 0) return null;
    const tree = pathsFrom(loads, shared, from);
    const to = cheapestRoom(shared.load, machines, tree.cost);
    if (to < 0) return { relief: tree.cost };
    push(loads, shared, { machines, from, to, tree });
  }
  return { relief: new Float64Array(loads.length).fill(1) };
}

type Tree = {
  /** Load that arrives at each option for one unit that leaves the first. */
  readonly cost: Float64Array;
  readonly before: Int32Array;
  /** What moves on the last step. */
  readonly bucket: Int32Array;
};

/** Bellman and Ford with products instead of sums. */
function pathsFrom(loads: Loads, { shares }: Shared, from: number): Tree {
  const options = loads.length;
  const cost = new Float64Array(options).fill(Infinity);
  const before = new Int32Array(options).fill(-1);
  const bucket = new Int32Array(options).fill(-1);
  cost[from] = 1;
  let isChanged = true;
  for (let round = 0; isChanged && round < options; round++) {
    isChanged = false;
    for (let option = 0; option < options; option++) {
      if (cost[option] === Infinity) continue;
      const [own, mine] = [shares[option]!, loads[option]!];
      for (let item = 0; item < own.length; item++) {
        if (own[item]! <= EPSILON || mine[item] === 0) continue;
        const each = cost[option]! / mine[item]!;
        for (let other = 0; other < options; other++) {
          const arrives = each * loads[other]![item]!;
          if (arrives >= cost[other]! * (1 - EPSILON)) continue;
          [cost[other], before[other], bucket[other]] = [arrives, option, item];
          isChanged = true;
        }
      }
    }
  }
  return { cost, before, bucket };
}

function cheapestRoom(load: Float64Array, machines: Float64Array, cost: Float64Array): number {
  let [best, least] = [-1, Infinity];
  for (let option = 0; option < load.length; option++) {
    if (load[option]! >= machines[option]! - EPSILON || cost[option]! >= least) continue;
    [best, least] = [option, cost[option]!];
  }
  return best;
}

function push(
  loads: Loads,
  { shares, load }: Shared,
  {
    machines,
    from,
    to,
    tree: { cost, before, bucket },
  }: {
    readonly machines: Float64Array;
    readonly from: number;
    readonly to: number;
    readonly tree: Tree;
  },
): void {
  let moved = Math.min(load[from]! - machines[from]!, (machines[to]! - load[to]!) / cost[to]!);
  for (let at = to; at !== from; at = before[at]!) {
    const [source, item] = [before[at]!, bucket[at]!];
    const there = shares[source]![item]! * loads[source]![item]!;
    moved = Math.min(moved, there / cost[source]!);
  }
  for (let at = to; at !== from; at = before[at]!) {
    const [source, item] = [before[at]!, bucket[at]!];
    const share = Math.min(shares[source]![item]!, (moved * cost[source]!) / loads[source]![item]!);
    shares[source]![item]! -= share;
    shares[at]![item]! += share;
    load[source]! -= share * loads[source]![item]!;
    load[at]! += share * loads[at]![item]!;
  }
}
