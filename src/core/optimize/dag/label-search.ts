import { isInLimit } from './answer-of.ts';
import type { Messages } from './messages.ts';
import type { Pair } from './placement.ts';
import type { TimePrices } from './time-prices.ts';
import type { Timed } from './timed.ts';
import type { Way } from './ways.ts';

/*
 * Problem: the cheapest way of each task such that all end in time.
 * Method: task by task, none before one that it waits for, all that were chosen so far (labels). Of
 * those with the open tasks in the same places, one that costs no more and has each of them end no
 * later makes the other needless. So does a bound: what it cost, what is still to come by the
 * messages of the placement with time priced, and that price of when its open tasks end.
 * Complexity: O(labels × ways); on chains and on trees towards the last task few, where the price of
 * time is right; exponential in the tasks that are open at once.
 * Reference: label setting with dominance and completion bounds: Dumitrescu, Boland, Improved
 * preprocessing, labeling and scaling algorithms for the weight-constrained shortest path problem
 * (Networks 42, 2003).
 */

/** What is left of a task: its ways, each with the index of its place in the placement. */
export type LabelNode = {
  readonly task: number;
  readonly ways: readonly Way[];
  readonly placeOfWay: readonly number[];
};

export type LabelLimits = {
  /** Only what costs less than this is looked for. */
  readonly value: number;
  /** Labels that are kept of each task; of more, those with the lowest bounds. */
  readonly width: number;
  readonly isOver: () => boolean;
};

export type Labelled = {
  /** The way of each node; null where nothing cheaper was found. */
  readonly chosen: readonly Way[] | null;
  readonly cost: number;
  /** Nothing was left out but what cannot be cheaper. */
  readonly isWhole: boolean;
};

type Label = {
  readonly cost: number;
  /** By each view: what the ends of open tasks count, and what is to come of open pairs at least. */
  readonly ahead: readonly number[];
  readonly bound: number;
  readonly way: number;
  readonly endS: number;
  readonly before: Label | null;
  /** Of open nodes, in order: their way and when they end. */
  readonly ways: readonly number[];
  readonly ends: readonly number[];
};

/** So many times the width are made before those that are needless go. */
const MADE_EACH = 20;
/** What floating point may add to a bound, in micro-dollars; costs are whole. */
const NOISE = 0.01;

/** `nodes` in the order of the placement, which is that of `timed`. */
export function searchLabels(given: LabelScope, { value, width, isOver }: LabelLimits): Labelled {
  const steps = stepsOf(given);
  let labels: readonly Label[] = [START];
  let isWhole = true;
  for (const step of steps) {
    let made: Label[] = [];
    for (const label of labels) {
      if (isOver()) isWhole = false;
      for (const way of isOver() ? [] : step.ways.keys()) {
        const next = extend(label, way, { step, most: value - 1 + NOISE });
        if (next !== null) made.push(next);
      }
      if (made.length > width * MADE_EACH) made = nearest(undominated(made, step));
    }
    labels = nearest(undominated(made, step));
  }
  const best = labels.reduce<Label | null>(
    (one, other) => (one === null || other.cost < one.cost ? other : one),
    null,
  );
  if (best === null) return { chosen: null, cost: Infinity, isWhole };
  const chosen: Way[] = [];
  let label: Label | null = best;
  for (const { ways } of steps.toReversed()) {
    chosen.unshift(ways[label!.way]!);
    label = label!.before;
  }
  return { chosen, cost: best.cost, isWhole };

  function nearest(all: readonly Label[]): Label[] {
    if (all.length <= width) return [...all];
    isWhole = false;
    return all.toSorted((a, b) => a.bound - b.bound).slice(0, width);
  }
}

const START: Label = {
  cost: 0,
  ahead: [],
  bound: -Infinity,
  way: -1,
  endS: 0,
  before: null,
  ways: [],
  ends: [],
};

export type LabelScope = {
  readonly timed: Timed;
  readonly nodes: readonly LabelNode[];
  readonly pairs: readonly Pick<Pair, 'low' | 'high'>[];
  /** What is ahead, with dearer and with cheaper time: the highest of the bounds counts. */
  readonly views: readonly View[];
  /** Of each task, in seconds from now: the latest end with which those that wait can be in time. */
  readonly latestS: readonly number[];
};

export type View = {
  readonly prices: TimePrices;
  /** Of each pair and each place of its low node: what is to come of it at least. */
  readonly outs: readonly Float64Array[];
  /** Of each node: what all nodes and pairs after it cost at least. */
  readonly rests: readonly number[];
};

/** The view of messages over the very places of the nodes, or over more. */
export function viewOf(
  prices: TimePrices,
  messages: Messages,
  places: readonly (readonly string[])[],
): View {
  const { nodes, pairs } = messages.placement;
  return {
    prices,
    outs: pairs.map(({ low }, pair) => {
      const out = outOf(messages, pair);
      return Float64Array.from(places[low]!, (place) => out[nodes[low]!.places.indexOf(place)]!);
    }),
    rests: restsOf(messages),
  };
}

/** One task, and how it hangs together with the open ones before it. */
type Step = {
  readonly ways: readonly Way[];
  readonly placeOfWay: readonly number[];
  readonly latestS: number;
  /** Open before: by position in a label. */
  readonly waits: readonly InWait[];
  readonly pairs: readonly InPair[];
  /** By each view. */
  readonly views: readonly {
    /** Of a second of the task, and of the waits for it. */
    readonly price: number;
    readonly waits: readonly number[];
    /** Of each place, what is to come of the pairs that it opens. */
    readonly opens: Float64Array;
    /** Of each pair that ends here, and each place of its other end. */
    readonly outs: readonly Float64Array[];
    /** What all nodes and pairs that are not begun cost at least, less the price of the deadlines. */
    readonly rest: number;
  }[];
  /** Positions before that stay open, and whether the node itself is open. */
  readonly stays: readonly number[];
  readonly isOpen: boolean;
  /** Of open ones after: whether their place, and whether their end still matters. */
  readonly placesOf: readonly (((way: number) => number) | null)[];
  readonly hasEnd: readonly boolean[];
};

type InWait = { readonly at: number; readonly seconds: Between };
type InPair = {
  readonly at: number;
  readonly micros: Between;
  /** Of each way of the other end. */
  readonly placeOfWay: readonly number[];
};
type Between = (from: number, to: number) => number;

/** Used again and again: most ways come to nothing. */
const scratch: number[] = [];

/** Null where it is too late, or too dear. */
function extend(
  label: Label,
  at: number,
  { step, most }: { readonly step: Step; readonly most: number },
): Label | null {
  const way = step.ways[at]!;
  const place = step.placeOfWay[at]!;
  let start = way.startS;
  for (const { at: open, seconds } of step.waits) {
    start = Math.max(start, label.ends[open]! + seconds(label.ways[open]!, at));
  }
  const endS = start + way.seconds;
  if (!isInLimit(endS, step.latestS)) return null;
  let cost = label.cost + way.micros;
  for (const { at: open, micros } of step.pairs) cost += micros(label.ways[open]!, at);
  if (cost === Infinity) return null;
  let bound = -Infinity;
  for (let view = 0; view < step.views.length; view++) {
    const { price, waits, opens, outs, rest } = step.views[view]!;
    let own = (label.ahead[view] ?? 0) + price * endS + opens[place]!;
    for (let one = 0; one < waits.length; one++) {
      own -= waits[one]! * label.ends[step.waits[one]!.at]!;
    }
    for (let one = 0; one < outs.length; one++) {
      const { at: open, placeOfWay } = step.pairs[one]!;
      own -= outs[one]![placeOfWay[label.ways[open]!]!]!;
    }
    if (cost + own + rest > most) return null;
    bound = Math.max(bound, cost + own + rest);
    scratch[view] = own;
  }
  const ahead = scratch.slice(0, step.views.length);
  const ways = step.stays.map((open) => label.ways[open]!);
  const ends = step.stays.map((open) => label.ends[open]!);
  if (step.isOpen) {
    ways.push(at);
    ends.push(endS);
  }
  return { cost, ahead, bound, way: at, endS, before: label, ways, ends };
}

function undominated(labels: readonly Label[], { placesOf, hasEnd }: Step): readonly Label[] {
  const groups = new Map<string, Label[]>();
  for (const label of labels.toSorted((a, b) => a.cost - b.cost)) {
    const key = label.ways.map((way, at) => placesOf[at]?.(way) ?? '').join(' ');
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    const isBeaten = group.some(({ ends }) =>
      ends.every((end, at) => !hasEnd[at] || end <= label.ends[at]!),
    );
    if (!isBeaten) group.push(label);
  }
  return [...groups.values()].flat();
}

function stepsOf({ timed, nodes, pairs, views, latestS }: LabelScope): readonly Step[] {
  const ranks = new Map(nodes.map(({ task }, rank) => [task, rank]));
  const waits = timed.waits.map((wait, index) => ({
    ...wait,
    low: ranks.get(wait.from)!,
    high: ranks.get(wait.to)!,
    index,
  }));
  const lastPair = nodes.map((_, rank) => lastOf(pairs, rank));
  const lastWait = nodes.map((_, rank) => lastOf(waits, rank));
  const isOpenAfter = (one: number, rank: number): boolean =>
    lastPair[one]! > rank || lastWait[one]! > rank;
  let open: readonly number[] = [];
  return nodes.map(({ task, ways, placeOfWay }, rank): Step => {
    const before = open;
    const kept = before.filter((one) => isOpenAfter(one, rank));
    const isOpen = isOpenAfter(rank, rank);
    open = isOpen ? [...kept, rank] : kept;
    const incoming = waits.filter(({ high }) => high === rank);
    const closing = [...pairs.entries()].filter(([, { high }]) => high === rank);
    return {
      ways,
      placeOfWay,
      latestS: latestS[task]!,
      waits: incoming.map(({ low, secondsBetween }) => ({
        at: before.indexOf(low),
        seconds: remembered(secondsBetween, { from: nodes[low]!.ways, to: ways }),
      })),
      pairs: closing.map(([, { low }]) => ({
        at: before.indexOf(low),
        micros: remembered(microsBetween(timed, nodes[low]!.task, task), {
          from: nodes[low]!.ways,
          to: ways,
        }),
        placeOfWay: nodes[low]!.placeOfWay,
      })),
      views: views.map(({ prices, outs, rests }) => {
        const opens = new Float64Array(Math.max(-1, ...placeOfWay) + 1);
        for (const [pair, { low }] of pairs.entries()) if (low === rank) addTo(opens, outs[pair]!);
        return {
          price: prices.ofTasks[task]!,
          waits: incoming.map(({ index }) => prices.ofWaits[index]!),
          opens,
          outs: closing.map(([pair]) => outs[pair]!),
          rest: rests[rank]! - prices.credit,
        };
      }),
      stays: kept.map((one) => before.indexOf(one)),
      isOpen,
      placesOf: open.map((one) =>
        lastPair[one]! > rank ? (way) => nodes[one]!.placeOfWay[way]! : null,
      ),
      hasEnd: open.map((one) => lastWait[one]! > rank),
    };
  });
}

function lastOf(all: readonly { readonly low: number; readonly high: number }[], rank: number) {
  return all.reduce((last, { low, high }) => (low === rank ? Math.max(last, high) : last), -1);
}

/** What a pair costs beyond what its high end bears, for each place of its low end. */
function outOf({ placement, ofHigh }: Messages, pair: number): Float64Array {
  const { low, costs } = placement.pairs[pair]!;
  const borne = ofHigh[pair]!;
  const out = new Float64Array(placement.nodes[low]!.places.length).fill(Infinity);
  for (let row = 0, at = 0; row < out.length; row++) {
    for (let column = 0; column < borne.length; column++, at++) {
      const left = costs[at]! - borne[column]!;
      if (left < out[row]!) out[row] = left;
    }
  }
  return out;
}

/** Of each node: what all nodes and pairs after it cost at least. */
function restsOf({ placement, ofLow, ofHigh, costs }: Messages): readonly number[] {
  const least = costs.map((own) => Math.min(...own));
  for (const [pair, { low, costs: both }] of placement.pairs.entries()) {
    const [rows, columns] = [ofLow[pair]!, ofHigh[pair]!];
    let smallest = Infinity;
    for (let row = 0, at = 0; row < rows.length; row++) {
      for (let column = 0; column < columns.length; column++, at++) {
        const left = both[at]! - rows[row]! - columns[column]!;
        if (left < smallest) smallest = left;
      }
    }
    least[low]! += smallest;
  }
  let sum = 0;
  return least
    .toReversed()
    .map((one) => (sum += one) - one)
    .toReversed();
}

/** What two tasks cost together, without time. */
function microsBetween({ couplings }: Timed, low: number, high: number) {
  const own = couplings.filter(
    ({ from, to }) => (from === low && to === high) || (from === high && to === low),
  );
  return (one: Way, other: Way): number =>
    own.reduce(
      (sum, { from, costOf }) => sum + (from === low ? costOf(one, other) : costOf(other, one)),
      0,
    );
}

/** The same by indices of ways, each pair reckoned once. */
function remembered(
  between: (from: Way, to: Way) => number,
  { from, to }: { readonly from: readonly Way[]; readonly to: readonly Way[] },
): Between {
  const known = new Float64Array(from.length * to.length).fill(Number.NaN);
  return (one, other) => {
    const at = one * to.length + other;
    if (Number.isNaN(known[at]!)) known[at] = between(from[one]!, to[other]!);
    return known[at]!;
  };
}

function addTo(to: Float64Array, values: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at]! += values[at]!;
}
