import type { PlacePrices } from '../model/place-proof.ts';
import type { Messages } from './messages.ts';
import type { Kept, Placement } from './placement.ts';

/*
 * Problem: messages are in floating point; what they prove must be exact.
 * Method: each is rounded to a whole number of parts of a micro-dollar. What is left of every cost
 * above its least (the reduced cost) is then exact, as all numbers stay below 2^53.
 * Complexity: O(pairs × places²).
 */

export type Reduced = {
  readonly prices: PlacePrices;
  /** In parts of a micro-dollar: the sum of all least costs. */
  readonly bound: number;
  /** The placement, with what its costs are above the least, in the same parts. */
  readonly left: Placement;
};

/** Numbers stay this far below 2^53. */
const LARGEST = 2 ** 49;
const PER_MAX = 1024;

export function reduce({ placement, ofLow, ofHigh }: Messages): Reduced {
  const per = partsOf(placement);
  const rounded = (all: readonly Float64Array[]) =>
    all.map((values) => values.map((value) => Math.round(value * per)));
  const [low, high] = [rounded(ofLow), rounded(ofHigh)];
  const nodes = placement.nodes.map((node) => ({
    ...node,
    costs: node.costs.map((cost) => cost * per),
  }));
  const pairs = placement.pairs.map((pair, index) => {
    add(nodes[pair.low]!.costs, low[index]!);
    add(nodes[pair.high]!.costs, high[index]!);
    return {
      ...pair,
      costs: leftOfPair(pair.costs, { low: low[index]!, high: high[index]!, per }),
    };
  });
  let bound = 0;
  for (const { costs } of [...nodes, ...pairs]) bound += takeLeast(costs);
  return { prices: pricesOf(placement, { low, high, per }), bound, left: { nodes, pairs } };
}

/** The bound in micro-dollars: costs are whole, so that it may be rounded up. */
export function boundMicros({ bound, prices: { per } }: Reduced): number {
  return Math.ceil(bound / per);
}

/** What a choice with this place costs above the bound at least, for each place of each node. */
export function surcharges({ left: { nodes, pairs } }: Reduced): readonly Float64Array[] {
  const extra = nodes.map(({ costs }) => costs.slice());
  for (const { low, high, costs } of pairs) {
    const [rows, columns] = leastOfLines(costs, extra[high]!.length);
    add(extra[low]!, rows);
    add(extra[high]!, columns);
  }
  return extra;
}

/** The places that an answer cheaper than `value` may use: none of another could be part of one. */
export function worthwhile(reduced: Reduced, value: number): Kept {
  const slack = slackOf(reduced, value);
  return surcharges(reduced).map((values) =>
    [...values.keys()].filter((place) => values[place]! <= slack),
  );
}

/** What may be spent above the bound to be cheaper than `value`. */
export function slackOf({ bound, prices: { per } }: Reduced, value: number): number {
  return (value - 1) * per - bound;
}

function partsOf({ nodes, pairs }: Placement): number {
  let most = 0;
  for (const { costs } of [...nodes, ...pairs]) {
    let largest = 0;
    for (const cost of costs) if (cost > largest && cost !== Infinity) largest = cost;
    most += largest;
  }
  let per = PER_MAX;
  while (per > 1 && most * per > LARGEST) per /= 2;
  return per;
}

function leftOfPair(
  costs: Float64Array,
  { low, high, per }: { readonly low: Float64Array; readonly high: Float64Array; per: number },
): Float64Array {
  const left = new Float64Array(costs.length);
  for (let row = 0, at = 0; row < low.length; row++) {
    for (let column = 0; column < high.length; column++, at++) {
      left[at] = costs[at]! * per - low[row]! - high[column]!;
    }
  }
  return left;
}

function takeLeast(values: Float64Array): number {
  let smallest = Infinity;
  for (const value of values) if (value < smallest) smallest = value;
  for (let at = 0; at < values.length; at++) values[at]! -= smallest;
  return smallest;
}

function leastOfLines(
  values: Float64Array,
  width: number,
): readonly [rows: Float64Array, columns: Float64Array] {
  const rows = new Float64Array(values.length / width).fill(Infinity);
  const columns = new Float64Array(width).fill(Infinity);
  for (let row = 0, at = 0; row < rows.length; row++) {
    for (let column = 0; column < width; column++, at++) {
      const value = values[at]!;
      if (value < rows[row]!) rows[row] = value;
      if (value < columns[column]!) columns[column] = value;
    }
  }
  return [rows, columns];
}

function add(to: Float64Array, values: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at]! += values[at]!;
}

function pricesOf(
  { nodes, pairs }: Placement,
  { low, high, per }: { low: readonly Float64Array[]; high: readonly Float64Array[]; per: number },
): PlacePrices {
  const named = (node: number, values: Float64Array): Readonly<Record<string, number>> =>
    Object.fromEntries(
      nodes[node]!.places.flatMap((place, index) =>
        values[index] === 0 ? [] : [[place, values[index]!]],
      ),
    );
  return {
    per,
    pairs: pairs.map((pair, index) => ({
      from: nodes[pair.low]!.task,
      to: nodes[pair.high]!.task,
      ofFrom: named(pair.low, low[index]!),
      ofTo: named(pair.high, high[index]!),
    })),
  };
}
