import type { BoundTree, Duals, ProblemCertificate } from '../model/answer.ts';
import type { Problem, ProblemOffer, ServingWork } from '../model/problem.ts';
import type { Fraction } from '../model/task-problem.ts';
import { billedS, NANO_SECONDS_PER_MICRO } from './read-line.ts';
import {
  type Amounts,
  amountsOf,
  leastOfGroup,
  loadFloor,
  microsCeil,
  moneyFloor,
  type Range,
  timesCeil,
  timesFloor,
} from './serving-group.ts';
import { BOUND_LOAD_TOLERANCE, BOUND_TOLERANCE, ROUNDED_AWAY_MICROS_MAX } from './tolerance.ts';

/*
 * Problem: which cost no answer to a GPU mix is below, by the prices (duals) that came with it.
 * Method: Lagrangian duality. Whatever the worth p_b of each bucket and the prices of pools and
 * offers, an answer costs at least Σ_b p_b − what the limits are worth + Σ_k the least over
 * whole machines y of [their cost − the most that they earn by shares of buckets worth p_b]
 * (serving-group.ts). Of a tree the lowest leaf counts. All in whole numbers, rounded towards a
 * lower bound, and for loads as much lighter as an answer may be over its own.
 * Complexity: O(kinds × buckets) a leaf.
 * Reference: Geoffrion, Lagrangean Relaxation for Integer Programming (1974).
 */

/** Options that nothing tells apart: the same price, terms, throughputs and pools. */
type Group = {
  readonly options: readonly number[];
  readonly offer: ProblemOffer;
  /** Of one machine: nano-dollars × seconds. */
  readonly nanoSeconds: bigint;
  readonly takes: readonly number[];
  readonly loads: Amounts;
  readonly most: number;
};

type Judged = {
  readonly problem: Problem;
  readonly work: ServingWork;
  readonly groups: readonly Group[];
};

/**
 * Micro-dollars that no answer to a problem with one serving task costs less than: 0 where the
 * certificate proves nothing, null where this is no such problem, or no such certificate. A split
 * on an option is on the machines of its whole group. What the budget is worth is left out: it
 * never makes the cheapest answer dearer.
 */
export function servingBound(problem: Problem, certificate: ProblemCertificate): number | null {
  const { tasks, objective } = problem;
  const [task, ...others] = tasks;
  const tree = treeOf(certificate);
  const isMix = task?.work.kind === 'serving' && others.length === 0;
  if (!isMix || objective.minimize !== 'cost' || tree === null) return null;
  const work = task.work as ServingWork;
  const judged = { problem, work, groups: groupsOf(problem, work) };
  const ranges = judged.groups.map(({ most }) => ({ least: 0, most }));
  const least = leastOfTree(judged, tree, ranges);
  return least === null || least <= 0n ? 0 : asBilled(judged.groups, least);
}

function treeOf(certificate: ProblemCertificate): BoundTree | null {
  if (certificate.proof === 'duals') return { duals: certificate.duals };
  return certificate.proof === 'tree' ? certificate.tree : null;
}

/** The lowest leaf; null where something in the tree has no meaning. */
function leastOfTree(judged: Judged, tree: BoundTree, ranges: readonly Range[]): bigint | null {
  if ('duals' in tree) return leastOfLeaf(judged, tree.duals, ranges);
  const { task, option, at } = tree.split;
  const index = judged.groups.findIndex(({ options }) => options.includes(option));
  if (index < 0 || task !== 0 || !Number.isSafeInteger(at)) return null;
  const { least, most } = ranges[index]!;
  const halves: readonly (readonly [Range, BoundTree])[] = [
    [{ least, most: Math.min(most, at) }, tree.atMost],
    [{ least: Math.max(least, at + 1), most }, tree.more],
  ];
  let lowest: bigint | null = null;
  for (const [range, half] of halves) {
    if (range.least > range.most) continue;
    const bound = leastOfTree(judged, half, ranges.with(index, range));
    if (bound === null) return null;
    if (lowest === null || bound < lowest) lowest = bound;
  }
  return lowest;
}

/** What the prices prove for machines in these ranges, as money; null for what is no price. */
function leastOfLeaf(
  { problem, work, groups }: Judged,
  duals: Duals,
  ranges: readonly Range[],
): bigint | null {
  const prices = pricesOf(problem, work, duals);
  if (prices === null) return null;
  const { pools, offers, worths } = prices;
  const earned = amountsOf(worths);
  let bound = worths.reduce((sum, worth) => sum + worth, 0n);
  problem.pools.forEach(({ limit }, pool) => {
    bound -= timesCeil(pools[pool]!, limit * (1 + BOUND_TOLERANCE));
  });
  for (const [offer, price] of offers) {
    const { available } = problem.offers[offer]!;
    if (available === null && price > 0n) return null;
    bound -= price * BigInt(available ?? 0);
  }
  groups.forEach((group, index) => {
    const own = moneyFloor(group.nanoSeconds, NANO_SECONDS_PER_MICRO);
    const taken = group.offer.uses.reduce((sum, { pool, amount }) => {
      const each = problem.pools[pool]!.per === 'machine' ? amount : amount * work.hours;
      return sum + timesFloor(pools[pool]!, each * (1 - BOUND_TOLERANCE));
    }, 0n);
    const { offer } = work.options[group.options[0]!]!;
    const cost = own + taken + (offers.get(offer) ?? 0n);
    const { takes, loads } = group;
    bound += leastOfGroup({ cost, takes, loads, worths: earned }, ranges[index]!);
  });
  return bound;
}

type Prices = {
  readonly pools: readonly bigint[];
  readonly offers: ReadonlyMap<number, bigint>;
  readonly worths: readonly bigint[];
};

/** Null where one is missing, negative or no number. */
function pricesOf({ pools, offers }: Problem, { rates }: ServingWork, duals: Duals): Prices | null {
  const buckets = duals.tasks[0] ?? [];
  const all = [...duals.pools, ...duals.offers.map(({ price }) => price), ...buckets];
  const isWhole =
    all.every(isPrice) &&
    duals.pools.length === pools.length &&
    buckets.length === rates.length &&
    duals.offers.every(({ offer }) => offers[offer] !== undefined);
  if (!isWhole) return null;
  return {
    pools: duals.pools.map(moneyOf),
    offers: new Map(duals.offers.map(({ offer, price }) => [offer, moneyOf(price)])),
    // What nobody asks for needs no machine, and is worth nothing.
    worths: buckets.map((worth, bucket) => (rates[bucket]! > 0 ? moneyOf(worth) : 0n)),
  };
}

function isPrice({ of, per }: Fraction): boolean {
  return Number.isSafeInteger(of) && Number.isSafeInteger(per) && of >= 0 && per > 0;
}

function moneyOf({ of, per }: Fraction): bigint {
  return moneyFloor(BigInt(of), BigInt(per));
}

/** An offer that several options want is no part of a group, since they share what there is of it. */
function groupsOf({ offers }: Problem, work: ServingWork): readonly Group[] {
  const { options, rates, hours } = work;
  const wanted = Map.groupBy(options, ({ offer }) => offer);
  const groups = Map.groupBy(options.keys(), (option) => {
    const { offer, throughputs } = options[option]!;
    const { nanosPerHour, laterPrices, billingIncrementS, billingMinimumS, uses } = offers[offer]!;
    const alone = wanted.get(offer)!.length > 1 ? offer : null;
    const terms = [nanosPerHour, laterPrices, billingIncrementS, billingMinimumS];
    return JSON.stringify([terms, uses, throughputs, alone]);
  });
  return [...groups.values()].map((members) => {
    const { offer: index, throughputs } = options[members[0]!]!;
    const offer = offers[index]!;
    const available = members.map((option) => offers[options[option]!.offer]!.available);
    const cheapest = Math.min(
      offer.nanosPerHour,
      ...offer.laterPrices.map(({ nanosPerHour }) => nanosPerHour),
    );
    const takes = [...rates.keys()].filter(
      (bucket) => rates[bucket]! > 0 && throughputs[bucket]! > 0,
    );
    return {
      options: members,
      offer,
      nanoSeconds: BigInt(cheapest) * BigInt(Math.floor(billedS(offer, hours))),
      takes,
      loads: amountsOf(
        rates.map((rate, bucket) => {
          const load = rate / throughputs[bucket]! / (1 + BOUND_LOAD_TOLERANCE);
          return loadFloor(throughputs[bucket]! > 0 ? load : 0);
        }),
      ),
      most: available.reduce<number>((sum, one) => sum + (one ?? Infinity), 0),
    };
  });
}

/**
 * Whole micro-dollars that a bill as low as that comes to: a multiple of what all machines' prices
 * are multiples of. Where a line can be rounded, each option may save what a checker lets pass.
 */
function asBilled(groups: readonly Group[], least: bigint): number {
  // Who hires what is of no use pays more than without it.
  const useful = groups.filter(({ most, takes }) => most > 0 && takes.length > 0);
  const costs = useful.map(({ nanoSeconds }) => nanoSeconds);
  const isRounded = costs.some((cost) => cost % NANO_SECONDS_PER_MICRO !== 0n);
  if (isRounded) {
    const options = useful.reduce((sum, group) => sum + group.options.length, 0);
    return Math.max(0, Number(microsCeil(least)) - Math.ceil(options * ROUNDED_AWAY_MICROS_MAX));
  }
  const granule = costs.reduce(greatestCommonDivisor, 0n) / NANO_SECONDS_PER_MICRO;
  const micros = microsCeil(least);
  return Number(granule === 0n ? micros : ((micros + granule - 1n) / granule) * granule);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [big, small] = [a, b];
  while (small > 0n) [big, small] = [small, big % small];
  return big;
}
