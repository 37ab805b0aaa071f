import { assert } from '../../../base/assert.ts';
import { asMicros, type Micros } from '../../../base/money.ts';
import type { BottleneckPrice, RouteCertificate, RouteProblem } from '../routes/route-problem.ts';
import { machineLimits } from './verify-routes.ts';

/*
 * Problem: what no route of a problem costs less than, proven by prices for time.
 * Method: the value of a cheapest tree at these prices, in whole numbers: by subsets of
 * destinations with Dijkstra's rule in between, or by charges for cuts; searchers do it otherwise.
 * Complexity: O(3^k n + 2^k n²) with k destinations, ten at most; O(k n³) for charges.
 * Reference: Erickson, Monma, Veinott, Send-and-split method (1987); Wong, A dual ascent approach
 * for Steiner tree problems on a directed graph (1984).
 */

/** Exactly of / per. */
type Ratio = { readonly of: bigint; readonly per: bigint };

/** Prices of links are taken in so many parts of a nano-dollar, rounded down. */
const PARTS = 1000;

/** All routes, or those without a region on the way, or those with one or more. */
type Kind = 'all' | 'straight' | 'relayed';
type Prices = readonly BottleneckPrice[];

/**
 * What no route costs less than, before each line of its bill is rounded to a micro-dollar. At the
 * certificate's prices for time, any trees cost at least what the cheapest one does, and any time at
 * least what is left of the price of the machines of all ends. Regions on the way cost theirs too:
 * of all routes, for the shortest time, once for all that passes them; of routes that have any, one
 * of them as an end does.
 */
export function routeBound(problem: RouteProblem, certificate: RouteCertificate): Micros {
  const { all, straight, relayed } = certificate;
  const [ofAll, ofStraight, ofRelayed] = [
    boundOfKind(problem, { kind: 'all', prices: all }),
    boundOfKind(problem, { kind: 'straight', prices: straight }),
    boundOfKind(problem, { kind: 'relayed', prices: relayed }),
  ];
  assert(ofAll !== null && ofRelayed !== null, 'a destination has no way');
  const either = ofStraight === null || ofRelayed < ofStraight ? ofRelayed : ofStraight;
  return asMicros(Number(either > ofAll ? either : ofAll));
}

/** In micro-dollars; null where there is no such route. */
function boundOfKind(
  problem: RouteProblem,
  { kind, prices }: { readonly kind: Kind; readonly prices: Prices },
): bigint | null {
  const { machines, destinations, source, bytes, withinS } = problem;
  const paid = paidBy(prices);
  const ends = new Set([source, ...destinations]);
  const rent = BigInt(machines.perRegion) * BigInt(machines.nanosPerHour);
  const shortest = shortestTime(problem);
  const charge = perGigabyte(rent * shortest.of, shortest.per * 3600n, bytes);
  const extra = { all: charge, straight: Infinity, relayed: 0 }[kind];
  const costs = pricedLinks(problem, prices, { ends, extra });
  const tree = treeFloor(costs, problem);
  if (tree === Infinity) return null;
  const left = rent * BigInt(ends.size + (kind === 'relayed' ? 1 : 0)) - paid;
  assert(left >= 0n || withinS !== null, 'time without an end costs no more than its machines');
  const time = left >= 0n ? shortest : limitOf(withinS!);
  const nanos = (BigInt(tree) * BigInt(bytes)) / BigInt(PARTS * 1e9);
  const rest = floorDivide(left * time.of, time.per * 3600n);
  return floorDivide(nanos + rest, 1000n);
}

function paidBy(prices: Prices): bigint {
  return prices.reduce((sum, { nanosPerHour }) => {
    const isPrice = Number.isSafeInteger(nanosPerHour) && nanosPerHour >= 0;
    assert(isPrice, 'prices are whole, not negative');
    return sum + BigInt(nanosPerHour);
  }, 0n);
}

/** What egress alone costs at least, whatever the time. */
export function egressFloor(problem: RouteProblem): Micros {
  const costs = pricedLinks(problem, [], { ends: new Set(), extra: 0 });
  const tree = treeFloor(costs, problem);
  assert(tree < Infinity, 'a destination has no way');
  return asMicros(Number((BigInt(tree) * BigInt(problem.bytes)) / BigInt(PARTS * 1e12)));
}

function limitOf(withinS: number): Ratio {
  return { of: BigInt(Math.ceil(withinS * 1e6)), per: 1_000_000n };
}

function floorDivide(of: bigint, per: bigint): bigint {
  return of >= 0n ? of / per : -((-of + per - 1n) / per);
}

/** Of so many nano-dollars for all bytes, what a gigabyte has, in PARTS, rounded down. */
function perGigabyte(of: bigint, per: bigint, bytes: number): number {
  return Number((of * BigInt(PARTS) * 1_000_000_000n) / (per * BigInt(bytes)));
}

/** All the data leaves the source and enters each destination, over all the links there are. */
function shortestTime(problem: RouteProblem): Ratio {
  const { network, source, destinations, machines, bytes } = problem;
  const size = network.regions.length;
  const over = BigInt(machines.gridMachines);
  const speeds = destinations.flatMap((destination) => {
    const ends = [
      machineLimits(problem, source).leaving,
      machineLimits(problem, destination).entering,
    ];
    let [leaving, entering] = [0n, 0n];
    for (let region = 0; region < size; region++) {
      leaving += BigInt(network.kilobitsPerSecond[source * size + region]!);
      entering += BigInt(network.kilobitsPerSecond[region * size + destination]!);
    }
    const capped = ends.filter((limit) => limit !== null).map((limit) => limit * over);
    return [leaving, entering, ...capped];
  });
  const slowest = speeds.reduce((least, speed) => (speed < least ? speed : least));
  return {
    of: BigInt(bytes) * 8n * over,
    per: slowest * 1000n * BigInt(machines.perRegion),
  };
}

/** Prices of links in PARTS of nano-dollars a gigabyte, with those of the bottlenecks they load. */
function pricedLinks(
  problem: RouteProblem,
  prices: Prices,
  { ends, extra }: { readonly ends: ReadonlySet<number>; readonly extra: number },
): Float64Array {
  const { network, machines } = problem;
  const size = network.regions.length;
  const costs = network.nanosPerGigabyte.map((price, link) => {
    return price * PARTS + (ends.has(link % size) ? 0 : extra);
  });
  for (const { at, from, to, nanosPerHour } of prices) {
    const isLink = at === 'link';
    const { leaving, entering } = machineLimits(problem, at === 'egress' ? from : to);
    const ofRegion = at === 'egress' ? leaving : entering;
    const kilobits = isLink ? BigInt(network.kilobitsPerSecond[from * size + to]!) : ofRegion;
    assert(kilobits !== null && kilobits > 0n, 'a price for what limits nothing');
    const over = isLink ? BigInt(machines.gridMachines) : 1n;
    const seconds = { of: 8_000_000n * over, per: kilobits * BigInt(machines.perRegion) };
    const added = Number(
      (BigInt(nanosPerHour) * seconds.of * BigInt(PARTS)) / (seconds.per * 3600n),
    );
    for (let other = 0; other < size; other++) {
      if (isLink) costs[from * size + to]! += other === 0 ? added : 0;
      else costs[at === 'egress' ? from * size + other : other * size + to]! += added;
    }
  }
  return costs;
}

/** With more destinations the subsets are too many, and a charge for each of some cuts must do. */
const SUBSETS_MAX = 10;

/** What no tree costs less than: sums of whole numbers below 2^53, which are exact. */
function treeFloor(costs: Float64Array, problem: RouteProblem): number {
  const isExact = problem.destinations.length <= SUBSETS_MAX;
  const total = isExact ? cheapestTree(costs, problem) : chargedCuts(costs, problem);
  assert(total === Infinity || Number.isSafeInteger(total), 'a cheapest tree has a whole price');
  return total;
}

/**
 * The cheapest tree by subsets of destinations: joined where both parts meet, then carried back
 * over the links by Dijkstra's rule.
 */
function cheapestTree(
  costs: Float64Array,
  { network, source, destinations }: RouteProblem,
): number {
  const size = network.regions.length;
  // Of no destination: nothing.
  const best = [new Float64Array(size)];
  for (let subset = 1; subset < 2 ** destinations.length; subset++) {
    const row = new Float64Array(size).fill(Infinity);
    for (const [index, end] of destinations.entries()) if (subset === 2 ** index) row[end] = 0;
    for (let part = (subset - 1) & subset; part > subset - part; part = (part - 1) & subset) {
      const [one, other] = [best[part]!, best[subset - part]!];
      for (let at = 0; at < size; at++) row[at] = Math.min(row[at]!, one[at]! + other[at]!);
    }
    carryBack(row, costs, size);
    best.push(row);
  }
  return best.at(-1)![source]!;
}

/**
 * Sets that have a destination and not the source, the smallest first, each charge what its
 * cheapest entrance has left (Wong's dual ascent). Every tree enters every such set, and pays for
 * each entrance at least what was charged for it.
 */
function chargedCuts(costs: Float64Array, { network, source, destinations }: RouteProblem): number {
  const size = network.regions.length;
  const left = costs.slice();
  let total = 0;
  const cuts = new Map(destinations.map((end) => [end, behind(end)]));
  while (cuts.size > 0) {
    const sizes = [...cuts].map(([end, cut]) => ({ end, cut }));
    const { end, cut } = sizes.reduce((one, other) =>
      other.cut.size < one.cut.size ? other : one,
    );
    const entrances = [...cut].flatMap((to) =>
      network.regions.flatMap((_, from) => (cut.has(from) ? [] : [from * size + to])),
    );
    const charge = entrances.reduce((least, link) => Math.min(least, left[link]!), Infinity);
    if (charge === Infinity) return Infinity;
    for (const link of entrances) left[link]! -= charge;
    total += charge;
    const next = behind(end);
    if (next.has(source)) cuts.delete(end);
    else cuts.set(end, next);
  }
  return total;

  /** Whatever leads to it over links that are paid for. */
  function behind(end: number): ReadonlySet<number> {
    const found = new Set([end]);
    for (const to of found)
      for (let from = 0; from < size; from++) if (left[from * size + to] === 0) found.add(from);
    return found;
  }
}

function carryBack(row: Float64Array, costs: Float64Array, size: number): void {
  const open = new Set(Array.from({ length: size }, (_, at) => at));
  while (open.size > 0) {
    let nearest = -1;
    for (const at of open) if (nearest < 0 || row[at]! < row[nearest]!) nearest = at;
    open.delete(nearest);
    for (const from of open) {
      row[from] = Math.min(row[from]!, costs[from * size + nearest]! + row[nearest]!);
    }
  }
}
