import type { PlaceBound, PlaceProof, TimeProof, TimeView } from '../model/place-proof.ts';
import type { Problem } from '../model/problem.ts';
import { isInLimit } from './answer-of.ts';
import { decode, improve } from './improve.ts';
import { type LabelNode, type LabelScope, searchLabels, viewOf } from './label-search.ts';
import {
  type Borne,
  type Messages,
  messagesFrom,
  nodeBound,
  nothingBorne,
  passForwards,
  passMessages,
} from './messages.ts';
import { choiceCost, type Placement, possible, restrict } from './placement.ts';
import { placed } from './placement-of.ts';
import { reduce, surcharges } from './reduced.ts';
import {
  couplingsAt,
  nodesAt,
  type PricedWay,
  type TimePrices,
  timePrices,
} from './time-prices.ts';
import { endsOf, longestWay, type Timed, timedOf } from './timed.ts';
import type { Way } from './ways.ts';
import { windowsOf } from './windows.ts';

/*
 * Problem: the cheapest options of a pipeline such that tasks end by their deadlines.
 * Method: a price of time, such that the cheapest places at that price just keep the deadlines, bounds
 * what any answer costs, and shows one that is near it. What costs no more than that one is then
 * looked through in full, task by task (label-search.ts).
 * Complexity: few passes of messages, O(pairs × places²) each; then that of the labels.
 * Reference: Handler, Zang, A dual algorithm for the constrained shortest path problem (Networks 10,
 * 1980): the same two steps on one path.
 */

export type DeadlineLimits = {
  readonly isOver: () => boolean;
  /** (value − bound) / value at which to stop. */
  readonly gap: number;
  /** The best places are known to be late, though others that cost nearly as little are not. */
  readonly isBinding: boolean;
};

export type DeadlineFound = {
  /** An option of each task; null where none was found. */
  readonly chosen: readonly number[] | null;
  /** Micro-dollars of these; infinite without. */
  readonly cost: number;
  readonly bound: PlaceBound | null;
  /** Micro-dollars that nothing in time is below; 0 where not all was looked through. */
  readonly least: number;
  /** It is certain that nothing ends in time. */
  readonly isInfeasible: boolean;
};

const PRICES_MAX = 24;
/** Micro-dollars a millisecond: more than any machine costs. */
const PRICE_MAX = 1e6;
/** Prices that are this near to each other are the same. */
const SAME_PRICE = 1.001;
const PASSES_MAX = 24;
/** Passes go on while each raises the bound by this share. */
const WORTH_A_PASS = 1e-5;
/** Labels of each task: for a first answer, and for all that could be cheaper. */
const WIDTH_FIRST = 50;
const WIDTH_MAX = 30_000;

/**
 * Of a pipeline of choices whose cost is to be least, in which nothing waits in a circle; null where
 * the cheapest places that are found at once are in time anyway, unless that is known to be no good.
 */
export function searchDeadlines(problem: Problem, limits: DeadlineLimits): DeadlineFound | null {
  const timed = timedOf(problem);
  if (timed.ways.some((ways) => ways.length === 0)) return NOTHING;
  return new DeadlineSearch(timed, limits).run();
}

const NOTHING: DeadlineFound = {
  chosen: null,
  cost: Infinity,
  bound: null,
  least: Infinity,
  isInfeasible: true,
};

type Look = {
  readonly cost: number;
  /** Micro-dollars that nothing in time is below. */
  readonly bound: number;
  /** At its price, with that of time. */
  readonly value: number;
  readonly isInTime: boolean;
  readonly longest: readonly number[];
};

type Best = { readonly priced: readonly PricedWay[]; readonly bound: number };

class DeadlineSearch {
  readonly #timed: Timed;
  readonly #limits: DeadlineLimits;
  readonly #byOption: readonly ReadonlyMap<number, Way>[];
  #chosen: readonly Way[] | null = null;
  #value = Infinity;
  #best: Best = { priced: [], bound: -Infinity };

  constructor(timed: Timed, limits: DeadlineLimits) {
    this.#timed = timed;
    this.#limits = limits;
    this.#byOption = timed.ways.map((ways) => new Map(ways.map((way) => [way.option, way])));
  }

  run(): DeadlineFound | null {
    const first = this.#look([]);
    if (first === null) return NOTHING;
    if (first.isInTime && !this.#limits.isBinding) return null;
    if (!first.isInTime) this.#findPrice(first);
    return this.#lookThrough();
  }

  #findPrice(first: Look): void {
    let late = { price: 0, value: first.value, cost: first.cost };
    let inTime: { readonly price: number; readonly cost: number; readonly value: number } | null =
      null;
    let price = first.cost / Math.max(1, this.#timed.problem.tasks.length) / HOUR_MS;
    const shares = new Map([[first.longest.join(' '), { tasks: first.longest, share: 1 }]]);
    for (let round = 0; round < PRICES_MAX && price < PRICE_MAX; round++) {
      const priced = [...shares.values()].map(({ tasks, share }) => ({
        tasks,
        price: price * share,
      }));
      const found = this.#look(priced);
      if (found === null || this.#isGoodEnough() || this.#limits.isOver()) break;
      if (found.isInTime) inTime = { price, cost: found.cost, value: found.value };
      else late = { price, cost: found.cost, value: found.value };
      const isNew = shift(shares, found.longest, round);
      const next = nextPrice(late, inTime, price);
      if (!isNew && inTime !== null && Math.max(next / price, price / next) < SAME_PRICE) break;
      price = next;
    }
  }

  #isGoodEnough(): boolean {
    const value = this.#value;
    return value < Infinity && value - Math.ceil(this.#best.bound) <= this.#limits.gap * value;
  }

  /** The cheapest places at these prices; null where no choice is possible. */
  #look(priced: readonly PricedWay[]): Look | null {
    const timed = this.#timed;
    const prices = timePrices(timed, priced);
    const { placement: all } = placed(nodesAt(timed, prices), {
      couplings: couplingsAt(timed, prices),
      order: timed.order,
    });
    const kept = possible(all);
    if (kept === null) return null;
    const placement = restrict(all, kept);
    const messages = bounded(placement);
    const choice = improve(placement, decode(messages));
    const chosen = timed.problem.tasks.map((_, task) => {
      const rank = timed.order.indexOf(task);
      return this.#byOption[task]!.get(placement.nodes[rank]!.options[choice[rank]!]!)!;
    });
    const value = choiceCost(placement, choice);
    const bound = nodeBound(messages) - prices.credit;
    if (bound > this.#best.bound) this.#best = { priced, bound };
    const ends = endsOf(timed, chosen);
    const lateness = timed.deadlinesS.map((deadline, task) => ends[task]! - deadline);
    const latest = lateness.indexOf(Math.max(...lateness));
    const isInTime = timed.deadlinesS.every((deadline, task) => isInLimit(ends[task]!, deadline));
    const cost = costOf(timed, chosen);
    if (isInTime) this.#offer(chosen, cost);
    return { cost, bound, value, isInTime, longest: longestWay(timed, chosen, latest) };
  }

  #offer(chosen: readonly Way[], cost: number): void {
    if (cost >= this.#value) return;
    this.#value = cost;
    this.#chosen = chosen;
  }

  /** All that could be cheaper, with what proves it. */
  #lookThrough(): DeadlineFound {
    const { gap } = this.#limits;
    for (const width of [WIDTH_FIRST, WIDTH_MAX]) {
      const value =
        this.#value === Infinity ? Infinity : this.#value - Math.floor(gap * this.#value);
      const scope = scopeOf(this.#timed, { priced: this.#best.priced, value });
      if (scope.labels === null) return this.#found(value, scope.proof, true);
      const found = searchLabels(scope.labels, { value, width, isOver: this.#limits.isOver });
      if (found.chosen !== null) {
        const byTask = new Map(found.chosen.map((way, rank) => [this.#timed.order[rank]!, way]));
        this.#offer(
          this.#timed.problem.tasks.map((_, task) => byTask.get(task)!),
          found.cost,
        );
      }
      if (found.isWhole) return this.#found(Math.min(value, found.cost), scope.proof, true);
      if (this.#limits.isOver() || width === WIDTH_MAX) {
        return this.#found(this.#value, scope.proof, false);
      }
    }
    return this.#found(this.#value, null, false);
  }

  /** `isWhole`: nothing in time costs less than the value. */
  #found(value: number, proof: PlaceProof | null, isWhole: boolean): DeadlineFound {
    const chosen = this.#chosen?.map(({ option }) => option) ?? null;
    const bound = proof === null ? null : { value, proof };
    const least = isWhole ? value : 0;
    return { chosen, cost: this.#value, bound, least, isInfeasible: false };
  }
}

const HOUR_MS = 3_600_000;

/** Of a task that waits on no other way the price moves to the one that is longest now. */
function shift(
  shares: Map<string, { readonly tasks: readonly number[]; readonly share: number }>,
  longest: readonly number[],
  round: number,
): boolean {
  const key = longest.join(' ');
  if (shares.size === 1 && shares.has(key)) return false;
  const moved = 1 / (round + 2);
  for (const [known, one] of shares) shares.set(known, { ...one, share: one.share * (1 - moved) });
  shares.set(key, { tasks: longest, share: (shares.get(key)?.share ?? 0) + moved });
  return true;
}

type Tried = { readonly price: number; readonly cost: number; readonly value: number };

/** Where what was late and what was in time would cost the same; without either, far on. */
function nextPrice(late: Tried, inTime: Tried | null, price: number): number {
  if (inTime === null) return price * 4;
  // Seconds that the price counts, of each.
  const slow = late.price === 0 ? null : (late.value - late.cost) / late.price;
  const fast = (inTime.value - inTime.cost) / inTime.price;
  if (slow !== null && slow > fast) {
    const equal = (inTime.cost - late.cost) / (slow - fast);
    if (equal > late.price && equal < inTime.price) return equal;
  }
  return late.price === 0 ? price / 4 : Math.sqrt(late.price * inTime.price);
}

function bounded(placement: Placement): Messages {
  const messages = messagesFrom(placement, nothingBorne(placement));
  const isTree = placement.pairs.length < placement.nodes.length;
  let before = -Infinity;
  for (let pass = 0; pass < (isTree ? 1 : PASSES_MAX); pass++) {
    passMessages(messages);
    const bound = nodeBound(messages);
    if (bound - before <= WORTH_A_PASS * Math.abs(bound)) break;
    before = bound;
  }
  return messages;
}

function costOf({ couplings }: Timed, chosen: readonly Way[]): number {
  const alone = chosen.reduce((sum, { micros }) => sum + micros, 0);
  return couplings.reduce(
    (sum, { from, to, costOf: of }) => sum + of(chosen[from]!, chosen[to]!),
    alone,
  );
}

/** Prices as the proof has them: whole parts, so that they are added without an error. */
function wholePrices({ deadlinesS }: Timed, priced: readonly PricedWay[]): TimeProof {
  const latestMs = Math.max(1, ...deadlinesS.filter(Number.isFinite)) * 1000;
  const total = priced.reduce((sum, { price }) => sum + price, 0);
  let per = PER_MAX;
  while (per > 1 && total * latestMs * per > LARGEST) per /= 2;
  const ways = priced.map(({ tasks, price }) => ({ tasks, price: Math.round(price * per) }));
  return { per, ways: ways.filter(({ price }) => price > 0) };
}

const PER_MAX = 2 ** 24;
const LARGEST = 2 ** 50;

/** What could be part of an answer below that value. */
function scopeOf(
  timed: Timed,
  given: {
    readonly priced: readonly PricedWay[];
    readonly value: number;
  },
): Scope {
  const { priced, value } = given;
  const looks: Priced[] = [];
  for (const factor of priced.length === 0 ? [1] : FACTORS) {
    looks.push(priceAll(timed, { priced, factor, value }));
  }
  const nodes = timed.order.map((task): LabelNode & { readonly places: readonly string[] } => {
    const ways = timed.ways[task]!.filter((way) => looks.every(({ isLeft }) => isLeft(task, way)));
    const places = [...new Set(ways.map(({ place }) => place))];
    return { task, ways, places, placeOfWay: ways.map(({ place }) => places.indexOf(place)) };
  });
  const proof = { kind: 'deadlines' as const, views: looks.map(({ view }) => view) };
  if (nodes.some(({ ways }) => ways.length === 0)) return { labels: null, proof };
  const places = nodes.map((node) => node.places);
  return {
    labels: {
      timed,
      nodes,
      pairs: looks[0]!.messages.placement.pairs,
      views: looks.map(({ prices, messages }) => viewOf(prices, messages, places)),
      latestS: windowsOf(timed.problem)!.map((window) => window.latestS),
    },
    proof,
  };
}

/** The right price of time, and those of who has much of it left or little. */
const FACTORS = [1, 0, 0.5, 2, 4];

type Priced = {
  readonly prices: TimePrices;
  readonly messages: Messages;
  readonly view: TimeView;
  readonly isLeft: (task: number, way: Way) => boolean;
};

function priceAll(
  timed: Timed,
  given: { readonly priced: readonly PricedWay[]; readonly factor: number; readonly value: number },
): Priced {
  const { priced, factor, value } = given;
  const time = wholePrices(
    timed,
    priced.map(({ tasks, price }) => ({ tasks, price: price * factor })),
  );
  const prices = timePrices(
    timed,
    time.ways.map(({ tasks, price }) => ({ tasks, price: price / time.per })),
  );
  const nodes = nodesAt(timed, prices);
  const least = nodes.reduce((sum, { costs }) => sum + Math.min(...costs), 0);
  const { placement: all } = placed(nodes, {
    couplings: couplingsAt(timed, prices),
    order: timed.order,
    slack: value + prices.credit - least,
  });
  const kept = all.nodes.some(({ places }) => places.length === 0) ? null : possible(all);
  if (kept === null) return nothingLeft(all, { prices, time });
  const messages = bounded(restrict(all, kept));
  const reduced = reduce(messages);
  const slack = (value + prices.credit) * reduced.prices.per - reduced.bound;
  const extra = surcharges(reduced);
  const ofPlaces = messages.placement.nodes.map(({ task, places, costs }, rank) => {
    const above = places.map(
      (place, at) => [place, { extra: extra[rank]![at]!, cost: costs[at]! }] as const,
    );
    return [task, new Map(above)] as const;
  });
  const byTask = new Map(ofPlaces);
  // The check comes from the end: for it, what is ahead is what came before.
  const fromEnd = messagesFrom(messages.placement, copied(messages));
  passForwards(fromEnd);
  return {
    prices,
    messages,
    view: { prices: reduce(fromEnd).prices, time },
    isLeft: (task, { place, micros, seconds }) => {
      const at = byTask.get(task)!.get(place);
      if (at === undefined) return false;
      const more = micros + prices.ofTasks[task]! * seconds - at.cost;
      return !(at.extra + more * reduced.prices.per > slack);
    },
  };
}

/** Some task is in no place that is worth it. */
function nothingLeft(
  placement: Placement,
  { prices, time }: { readonly prices: TimePrices; readonly time: TimeProof },
): Priced {
  return {
    prices,
    messages: messagesFrom(placement, nothingBorne(placement)),
    view: { prices: { per: 1, pairs: [] }, time },
    isLeft: () => false,
  };
}

function copied({ ofLow, ofHigh }: Borne): Borne {
  return {
    ofLow: ofLow.map((values) => values.slice()),
    ofHigh: ofHigh.map((values) => values.slice()),
  };
}

/** No labels where nothing is left of some task. */
type Scope = { readonly labels: LabelScope | null; readonly proof: PlaceProof };
