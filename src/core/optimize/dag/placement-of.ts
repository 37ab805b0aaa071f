import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { hireCost } from '../../match/hire-cost.ts';
import type { ChoiceWork, Problem, ProblemOffer, ProblemTask } from '../model/problem.ts';
import {
  type Coupling,
  couplingsOf,
  type Hired,
  type Rates,
  ratesOf,
  regionOf,
  zoneOf,
} from './couplings.ts';
import { eliminationOrder } from './elimination-order.ts';
import type { Choice, Pair, Placement, PlaceNode } from './placement.ts';
import { quickChoice } from './quick-choice.ts';
import { isInTime, type Window, windowsOf } from './windows.ts';

/*
 * Problem: a pipeline has hundreds of options for each task, in far fewer places.
 * Method: transfers and tasks that lie apart know an option by its place alone, so that of the
 * options in one place only the cheapest matters. Of the places, those count in which a task costs
 * no more above its least than a choice that is found at once costs above the least of all tasks:
 * with any other, a choice is dearer than that one. Both reductions are exact.
 * Complexity: O(options + pairs × places²), of the places that are left.
 */

export type Placed = {
  readonly placement: Placement;
  /** The choice that was found at once; null where it is none. */
  readonly start: Choice | null;
};

type Pricing = {
  /** What each second counts, of a task or of data on their way. */
  readonly microsPerSecond: number;
  readonly read: PricesRead;
};

/** What does not depend on limits, nor on what time counts: read once for many placements. */
export type PricesRead = {
  readonly rates: Rates;
  /** What each option of a list costs to hire, in micro-dollars. */
  readonly microsOf: (options: ChoiceWork['options']) => Float64Array;
};

export function pricesRead(problem: Problem): PricesRead {
  const known = new Map<ChoiceWork['options'], Float64Array>();
  const microsOf = (options: ChoiceWork['options']): Float64Array => {
    const micros =
      known.get(options) ??
      Float64Array.from(options, (option) => {
        return hireCost(problem.offers[option.offer]!, option) + option.extraMicros;
      });
    known.set(options, micros);
    return micros;
  };
  return { rates: ratesOf(problem), microsOf };
}

/**
 * Of a choice task's options, the cheapest in each place; and what each pair of places costs: whole
 * numbers all.
 */
export function placementOf(
  problem: Problem,
  { microsPerSecond = 0, read = pricesRead(problem) }: Partial<Pricing> = {},
): Placed {
  const pricing = { microsPerSecond, read, windows: windowsOf(problem) };
  const alike = new Map<ProblemTask['work']['options'], HiredNode>();
  const all = problem.tasks.map((task, index) => {
    if (pricing.windows !== null || !isPlain(problem, index)) {
      return nodeOf(problem, index, pricing);
    }
    const known = alike.get(task.work.options) ?? nodeOf(problem, index, pricing);
    alike.set(task.work.options, known);
    return { ...known, task: index };
  });
  return placed(all, { couplings: couplingsOf(problem, read.rates, microsPerSecond) });
}

/**
 * What is left of the places of tasks, and a choice of them. `order`: of the tasks; where there is
 * none, one in which each has few neighbours before it. `slack`: what a task may cost above its
 * least; where there is none, what the choice that is found at once costs above the least of all.
 */
export function placed(
  all: readonly HiredNode[],
  given: {
    readonly couplings: readonly Coupling[];
    readonly order?: readonly number[];
    readonly slack?: number;
  },
): Placed {
  const { couplings } = given;
  const order = given.order ?? shallowOrder(all, couplings);
  const quick = quickChoice(
    all.map(({ hired }) => hired),
    { couplings, order },
  );
  const ofQuick = quick.cost - all.reduce((sum, { costs }) => sum + Math.min(...costs), 0);
  const slack = given.slack ?? ofQuick;
  const nodes = all.map((node) => narrowed(node, slack));
  const ranks = new Map(order.map((task, rank) => [task, rank]));
  const placement = {
    nodes: order.map((task) => nodes[task]!),
    pairs: pairsOf({ nodes, couplings, ranks }),
  };
  if (quick.cost === Infinity) return { placement, start: null };
  const start = order.map((task) => nodes[task]!.hired.indexOf(quick.hired[task]!));
  return { placement, start: start.includes(-1) ? null : start };
}

/** Backwards: each node then has few neighbours before it, on a tree only one. */
function shallowOrder(
  all: readonly HiredNode[],
  couplings: readonly Coupling[],
): readonly number[] {
  const ofTasks = couplings.map(({ from, to }) => ({
    low: Math.min(from, to),
    high: Math.max(from, to),
  }));
  const sizes = all.map(({ places }) => places.length);
  return eliminationOrder(sizes, ofTasks).nodes.toReversed();
}

/** Nothing but its options says what its places are: tasks that share these share those. */
function isPlain({ tasks, apart }: Problem, index: number): boolean {
  const { budgetMicros, nanosPerHourMax } = tasks[index]!.limits;
  const isFree = budgetMicros === null && nanosPerHourMax === null;
  return isFree && !apart.some(({ tasks: own }) => own.includes(index));
}

/** Without the places that cost more above the least than all may. */
function narrowed({ task, hired, places, options, costs }: HiredNode, slack: number): HiredNode {
  const least = Math.min(...costs);
  const kept = [...costs.keys()].filter((place) => costs[place]! - least <= slack);
  return {
    task,
    hired: kept.map((place) => hired[place]!),
    places: kept.map((place) => places[place]!),
    options: kept.map((place) => options[place]!),
    costs: Float64Array.from(kept, (place) => costs[place]!),
  };
}

/** The options that a choice of places means, of each task. */
export function chosenBy(
  { tasks }: Problem,
  { nodes }: Placement,
  choice: Choice,
): readonly number[] {
  const chosen = tasks.map(() => 0);
  for (const [node, { task, options }] of nodes.entries()) chosen[task] = options[choice[node]!]!;
  return chosen;
}

/** How the places of a task are named: by zone where it must not share one, else by region. */
export function placeNamer({ apart }: Problem, task: number): (offer: ProblemOffer) => string {
  const isByZone = apart.some(({ by, tasks }) => by === 'zone' && tasks.includes(task));
  return isByZone ? zoneOf : regionOf;
}

function nodeOf(
  problem: Problem,
  index: number,
  { microsPerSecond, read, windows }: Pricing & { readonly windows: readonly Window[] | null },
): HiredNode {
  const task = problem.tasks[index]!;
  const nameOf = placeNamer(problem, index);
  const keyOf = nameOf === zoneOf ? zoneOf : null;
  const best = new Map<string | number, Hired & { readonly option: number }>();
  const options = task.work.kind === 'choice' ? task.work.options : [];
  const microsOf = read.microsOf(options);
  for (const [option, chosen] of options.entries()) {
    const offer = problem.offers[chosen.offer]!;
    const micros = microsOf[option]!;
    if (!isAllowed(task, { offer, machines: chosen.machines, micros })) continue;
    if (windows !== null && !isInTime(chosen, windows[index]!)) continue;
    const cost = micros + Math.round(microsPerSecond * chosen.hours * SECONDS_PER_HOUR);
    const region = read.rates.regionOfOffer[chosen.offer]!;
    const place = keyOf === null ? region : keyOf(offer);
    const known = best.get(place);
    if (known !== undefined && known.cost <= cost) continue;
    best.set(place, { option, cost, micros, offer, region });
  }
  const hired = [...best.values()];
  return {
    task: index,
    places: hired.map(({ offer }) => nameOf(offer)),
    options: hired.map(({ option }) => option),
    costs: Float64Array.from(hired, ({ cost }) => cost),
    hired,
  };
}

/** With what is hired in each place. */
export type HiredNode = PlaceNode & { readonly hired: readonly Hired[] };

export function isAllowed(
  { limits }: ProblemTask,
  line: { readonly offer: ProblemOffer; readonly machines: number; readonly micros: number },
): boolean {
  const { offer, machines, micros } = line;
  return (
    machines <= (offer.available ?? Infinity) &&
    micros <= (limits.budgetMicros ?? Infinity) &&
    machines * offer.nanosPerHour <= (limits.nanosPerHourMax ?? Infinity)
  );
}

type Built = {
  readonly nodes: readonly HiredNode[];
  readonly couplings: readonly Coupling[];
  readonly ranks: ReadonlyMap<number, number>;
};

/** One table for each two tasks that are coupled, however often. */
function pairsOf({ nodes, couplings, ranks }: Built): readonly Pair[] {
  const pairs = new Map<string, Pair>();
  for (const coupling of couplings) {
    const { from, to } = coupling;
    const isForward = ranks.get(from)! < ranks.get(to)!;
    const [lowTask, highTask] = isForward ? [from, to] : [to, from];
    const [rows, columns] = [nodes[lowTask]!.hired, nodes[highTask]!.hired];
    const costs = isForward
      ? costsOf(coupling, rows, columns)
      : turned(costsOf(coupling, columns, rows), rows.length);
    const key = `${lowTask} ${highTask}`;
    const known = pairs.get(key);
    if (known !== undefined) addTo(known.costs, costs);
    else pairs.set(key, { low: ranks.get(lowTask)!, high: ranks.get(highTask)!, costs });
  }
  return [...pairs.values()];
}

function costsOf(
  { costOf, costsOf: all }: Coupling,
  sources: readonly Hired[],
  sinks: readonly Hired[],
): Float64Array {
  if (all !== undefined) return all(sources, sinks);
  const costs = new Float64Array(sources.length * sinks.length);
  let at = 0;
  for (const source of sources) for (const sink of sinks) costs[at++] = costOf(source, sink);
  return costs;
}

function addTo(to: Float64Array, costs: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at]! += costs[at]!;
}

/** Its columns as rows; `columns`: how many it has. */
function turned(costs: Float64Array, columns: number): Float64Array {
  const rows = costs.length / columns;
  const made = new Float64Array(costs.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) made[column * rows + row] = costs[at++]!;
  }
  return made;
}
