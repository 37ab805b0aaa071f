import type { TimeView } from '../model/place-proof.ts';
import type { Problem } from '../model/problem.ts';
import { applyPrices, borneByPair, type Left } from './bound-by-places.ts';
import type { DagCosts } from './dag-costs.ts';
import {
  type PricedCosts,
  pricedCosts,
  type TimedCosts,
  type TimedOption,
  timedCosts,
} from './deadline-costs.ts';

/*
 * Problem: what a pipeline with deadlines costs at least, for the checker.
 * Method: from the last task back, each when all that wait for it are placed, and all ways to go on
 * from there: what was spent, and how late each open task may begin. Of two with the open tasks in
 * the same places, the dearer one that leaves no more time goes; so does what cannot be below the
 * value to be judged, by prices of places and of time. (The searcher goes forwards, and in floating
 * point.) Where there are too many, the lowest bound of them is what is proven.
 * Complexity: O(states × options); exponential in the tasks that are open at once.
 */

/** States after one task, beyond which none is looked at further. */
const STATES_MAX = 60_000;
const MADE_MAX = 600_000;

type Judged = { readonly costs: DagCosts; readonly value: number; readonly left: Left };

type State = {
  /** Micro-dollars, and those that no answer with it is below. */
  readonly spent: number;
  readonly bound: number;
  /** Of open tasks, in the order in which they were placed. */
  readonly places: readonly number[];
  readonly latestMs: readonly number[];
};

/** Micro-dollars that nothing in time is below. */
export function boundByDeadlines(
  problem: Problem,
  { costs, value, left: all }: Judged,
  views: readonly TimeView[],
): number {
  const timed = timedCosts(problem, costs);
  let [left, options, bound] = [all, timed.options, 0];
  const priced: { readonly of: PricedCosts; readonly view: TimeView }[] = [];
  for (const view of views) {
    const of = pricedCosts(timed, view);
    if (of === null) continue;
    const credit = creditOf(timed, of, [...problem.tasks.keys()]);
    const most = value + credit / of.per;
    left = nearTheLeast(of, { left, slack: most });
    const found = applyPrices(view.prices, { costs: of.costs, value: most, left });
    if (found === null) continue;
    bound = Math.max(bound, Math.ceil((found.bound - credit) / of.per));
    if (bound >= value) return bound;
    left = found.left;
    options = nearTheBest(of, options, most - found.bound / of.per);
    priced.push({ of, view });
  }
  const states = new States({ ...timed, options }, { priced, left, value });
  return Math.max(bound, states.least(orderOf(problem, timed)));
}

/** Without what costs so much more than the best in its place. */
function nearTheBest(
  { costs, ofTasks, micros }: PricedCosts,
  options: TimedCosts['options'],
  slack: number,
): TimedCosts['options'] {
  return options.map((places, task) =>
    places.map((ways, at) => {
      const least = costs.places[task]![at]!.micros;
      return ways.filter((way) => {
        return !(way.micros + micros(ofTasks[task]!, way.ms) - least > slack);
      });
    }),
  );
}

/** Without the places in which a task costs more above its least than all may above theirs. */
function nearTheLeast(
  { costs }: PricedCosts,
  { left, slack }: { readonly left: Left; readonly slack: number },
): Left {
  const least = left.map((places, task) =>
    places.reduce((most, place) => Math.min(most, costs.places[task]![place]!.micros), Infinity),
  );
  const spare = slack - least.reduce((sum, one) => sum + one, 0);
  return left.map((places, task) =>
    places.filter((place) => !(costs.places[task]![place]!.micros - least[task]! > spare)),
  );
}

/** Parts of a micro-dollar: of the deadlines of these tasks. */
function creditOf(
  { deadlinesMs }: TimedCosts,
  { ofEnds, scale }: PricedCosts,
  tasks: readonly number[],
): number {
  return tasks.reduce((sum, task) => {
    const price = ofEnds[task]!;
    return price === 0 ? sum : sum + Math.ceil((price * deadlinesMs[task]!) / scale);
  }, 0);
}

/** Last ones first; of those of which all that wait are there, the one that leaves fewest open. */
function orderOf({ tasks }: Problem, { waits, costs }: TimedCosts): readonly number[] {
  const links = [...waits, ...costs.pairs];
  const placed: number[] = [];
  const isPlaced = tasks.map(() => false);
  const openWith = (task: number): number =>
    [...placed, task].filter((one) =>
      links.some(
        ({ from, to }) =>
          (from === one && to !== task && !isPlaced[to]) ||
          (to === one && from !== task && !isPlaced[from]),
      ),
    ).length;
  while (placed.length < tasks.length) {
    const ready = [...tasks.keys()].filter(
      (task) => !isPlaced[task] && waits.every(({ from, to }) => from !== task || isPlaced[to]),
    );
    // In a circle, nothing can be done: any order does.
    const some = ready.length > 0 ? ready : [isPlaced.indexOf(false)];
    const next = some.reduce((a, b) => (openWith(b) < openWith(a) ? b : a));
    placed.push(next);
    isPlaced[next] = true;
  }
  return placed;
}

type Ahead = {
  readonly of: PricedCosts;
  readonly borne: ReturnType<typeof borneByPair>;
  /** What each task, and each pair, then costs at least: parts of a micro-dollar. */
  readonly leastOfTasks: readonly number[];
  readonly leastOfPairs: readonly number[];
};

function aheadOf(of: PricedCosts, { prices }: TimeView, left: Left): Ahead {
  const { per, costs } = of;
  const borne = borneByPair(prices, { costs, left });
  const ofTasks = left.map((places, task) =>
    Float64Array.from(places, (place) => costs.places[task]![place]!.micros * per),
  );
  const leastOfPairs = costs.pairs.map(({ from, to, micros }, index) => {
    const { ofFrom, ofTo } = borne[index]!;
    for (let at = 0; at < ofFrom.length; at++) ofTasks[from]![at]! += ofFrom[at]!;
    for (let at = 0; at < ofTo.length; at++) ofTasks[to]![at]! += ofTo[at]!;
    let least = Infinity;
    for (const [row, one] of left[from]!.entries()) {
      for (const [column, other] of left[to]!.entries()) {
        least = Math.min(least, micros[one]![other]! * per - ofFrom[row]! - ofTo[column]!);
      }
    }
    return least;
  });
  return { of, borne, leastOfTasks: ofTasks.map((own) => Math.min(...own)), leastOfPairs };
}

/** Of tasks and pairs of which nothing is placed. */
function restOf(
  { of: { costs }, leastOfTasks, leastOfPairs }: Ahead,
  isLeft: (task: number) => boolean,
): number {
  const tasks = leastOfTasks.reduce((sum, one, task) => (isLeft(task) ? sum + one : sum), 0);
  return costs.pairs.reduce((sum, { from, to }, index) => {
    return isLeft(from) && isLeft(to) ? sum + leastOfPairs[index]! : sum;
  }, tasks);
}

class States {
  readonly #timed: TimedCosts;
  readonly #left: Left;
  readonly #value: number;
  readonly #views: readonly Ahead[];

  constructor(
    timed: TimedCosts,
    given: {
      readonly priced: readonly { readonly of: PricedCosts; readonly view: TimeView }[];
      readonly left: Left;
      readonly value: number;
    },
  ) {
    const { priced, left, value } = given;
    this.#timed = timed;
    this.#left = left;
    this.#value = value;
    this.#views = priced.map(({ of, view }) => aheadOf(of, view, left));
  }

  /** Micro-dollars. */
  least(order: readonly number[]): number {
    let states: readonly State[] = [{ spent: 0, bound: 0, places: [], latestMs: [] }];
    let open: readonly number[] = [];
    for (const [rank, task] of order.entries()) {
      const step = this.#stepOf(order, rank, open);
      const made: State[] = [];
      for (const state of states) {
        made.push(...this.#before(state, task, step));
        if (made.length > MADE_MAX) return this.#lowest(states);
      }
      open = step.open;
      states = undominated(made, step.matters);
      if (states.length > STATES_MAX) return this.#lowest(states);
    }
    return states.reduce((least, { spent }) => Math.min(least, spent), this.#value);
  }

  #lowest(states: readonly State[]): number {
    return states.reduce((least, { bound }) => Math.min(least, bound), this.#value);
  }

  /** What a task does to states: `before` are the open tasks of these. */
  #stepOf(order: readonly number[], rank: number, before: readonly number[]): Step {
    const { waits, costs } = this.#timed;
    const isLeft = (task: number): boolean => order.indexOf(task) > rank;
    const isTimed = (task: number): boolean =>
      waits.some(({ from, to }) => to === task && isLeft(from));
    const isPaired = (task: number): boolean =>
      costs.pairs.some(
        ({ from, to }) => (from === task && isLeft(to)) || (to === task && isLeft(from)),
      );
    const open = [...before, order[rank]!].filter((task) => isTimed(task) || isPaired(task));
    return {
      waits: waits.flatMap(({ from, to, msBetween }) => {
        const at = before.indexOf(to);
        return from === order[rank] && at >= 0 ? [{ at, msBetween }] : [];
      }),
      pairs: costs.pairs.flatMap(({ from, to, micros }) => {
        const task = order[rank]!;
        const at = before.indexOf(from === task ? to : from);
        return (from === task || to === task) && at >= 0
          ? [{ at, micros, isFrom: from === task }]
          : [];
      }),
      before,
      open,
      matters: open.map((task) => ({ place: isPaired(task), time: isTimed(task) })),
      views: this.#views.map((view) => ({
        per: view.of.per,
        scale: view.of.scale,
        rest:
          restOf(view, isLeft) -
          creditOf(this.#timed, view.of, [...costs.places.keys()].filter(isLeft)),
        ahead: open.map((task) => this.#ahead(view, task, isLeft)),
        prices: open.map((task) =>
          waits.reduce((sum, { from, to }, index) => {
            return to === task && isLeft(from) ? sum + view.of.ofWaits[index]! : sum;
          }, 0),
        ),
      })),
    };
  }

  /** Parts: of each place of a task, by its number, what its pairs with tasks to come cost at least. */
  #ahead(
    { of: { per, costs }, borne }: Ahead,
    task: number,
    isLeft: (task: number) => boolean,
  ): ReadonlyMap<number, number> {
    const ahead = new Map(this.#left[task]!.map((place) => [place, 0]));
    for (const [index, { from, to, micros }] of costs.pairs.entries()) {
      const other = from === task ? to : from;
      if ((from !== task && to !== task) || !isLeft(other)) continue;
      const far = from === task ? borne[index]!.ofTo : borne[index]!.ofFrom;
      for (const place of this.#left[task]!) {
        let least = Infinity;
        for (const [at, one] of this.#left[other]!.entries()) {
          const cost = from === task ? micros[place]![one]! : micros[one]![place]!;
          least = Math.min(least, cost * per - far[at]!);
        }
        ahead.set(place, ahead.get(place)! + least);
      }
    }
    return ahead;
  }

  #before(state: State, task: number, step: Step): readonly State[] {
    const { options, deadlinesMs } = this.#timed;
    return this.#left[task]!.flatMap((place) => {
      let latestEnd = deadlinesMs[task]!;
      for (const { at, msBetween } of step.waits) {
        const begins = state.latestMs[at]! - msBetween(place, state.places[at]!);
        latestEnd = Math.min(latestEnd, begins);
      }
      let paired = 0;
      for (const { at, micros, isFrom } of step.pairs) {
        const other = state.places[at]!;
        paired += isFrom ? micros[place]![other]! : micros[other]![place]!;
      }
      if (paired === Infinity) return [];
      return options[task]![place]!.flatMap((option) => {
        const next = this.#with(state, { task, place, option, latestEnd, paired }, step);
        return next === null ? [] : [next];
      });
    });
  }

  #with(
    state: State,
    chosen: {
      readonly task: number;
      readonly place: number;
      readonly option: TimedOption;
      readonly latestEnd: number;
      readonly paired: number;
    },
    { before, open, views }: Step,
  ): State | null {
    const { task, place, option, latestEnd, paired } = chosen;
    const latest = latestEnd - option.ms;
    if (latest < option.startMs) return null;
    const spent = state.spent + option.micros + paired;
    const placeOf = (one: number): number =>
      one === task ? place : state.places[before.indexOf(one)]!;
    const latestOf = (one: number): number =>
      one === task ? latest : state.latestMs[before.indexOf(one)]!;
    let most = spent;
    for (const { per, scale, rest, ahead, prices } of views) {
      let bound = spent * per + rest;
      for (const [at, one] of open.entries()) {
        bound += ahead[at]!.get(placeOf(one))!;
        if (prices[at]! > 0) bound -= Math.ceil((prices[at]! * latestOf(one)) / scale);
      }
      if (bound > (this.#value - 1) * per) return null;
      most = Math.max(most, Math.ceil(bound / per));
    }
    return { spent, bound: most, places: open.map(placeOf), latestMs: open.map(latestOf) };
  }
}

type Step = {
  /** Of those that wait for the task, and of those that are coupled to it: the place in a state. */
  readonly waits: readonly { readonly at: number; readonly msBetween: Between }[];
  readonly pairs: readonly {
    readonly at: number;
    readonly micros: readonly Float64Array[];
    readonly isFrom: boolean;
  }[];
  /** Tasks that are open before and after, in the order of a state. */
  readonly before: readonly number[];
  readonly open: readonly number[];
  readonly matters: readonly { readonly place: boolean; readonly time: boolean }[];
  /** In parts of a micro-dollar. */
  readonly views: readonly {
    readonly per: number;
    readonly scale: number;
    /** What is not placed costs, less what the deadlines of that count. */
    readonly rest: number;
    /** Of open tasks: by place, of their pairs to come; and times the scale, of a millisecond. */
    readonly ahead: readonly ReadonlyMap<number, number>[];
    readonly prices: readonly number[];
  }[];
};

type Between = (from: number, to: number) => number;

/** Without what costs no less than another that leaves as much time, in the same open places. */
function undominated(states: readonly State[], matters: Step['matters']): readonly State[] {
  const groups = new Map<string, State[]>();
  for (const state of states.toSorted((a, b) => a.spent - b.spent)) {
    const key = state.places.map((place, at) => (matters[at]!.place ? place : '')).join(' ');
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    const isBeaten = group.some(({ latestMs }) =>
      latestMs.every((ms, at) => !matters[at]!.time || ms >= state.latestMs[at]!),
    );
    if (!isBeaten) group.push(state);
  }
  return [...groups.values()].flat();
}
