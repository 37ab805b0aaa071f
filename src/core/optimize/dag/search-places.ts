import { type Random, seededRandom } from '../../../base/rng.ts';
import type { PlaceDrops, PlacePrices, PlaceProof } from '../model/place-proof.ts';
import { thinned, withoutDrops } from './dominated.ts';
import { eliminate } from './eliminate.ts';
import { eliminationOrder, type Order } from './elimination-order.ts';
import { decode, improve, shake } from './improve.ts';
import {
  type Borne,
  borneBy,
  messagesFrom,
  nodeBound,
  nothingBorne,
  passMessages,
} from './messages.ts';
import {
  type Choice,
  choiceCost,
  type Kept,
  type Placement,
  possible,
  restrict,
} from './placement.ts';
import { boundMicros, type Reduced, reduce, slackOf, surcharges, worthwhile } from './reduced.ts';

/*
 * Problem: the best choice of places of a placement, with a proof of how good it is.
 * Method: places that others dominate are left out (dominated.ts); messages bound the cost and
 * show a choice; places that no better choice can use are left out; what is left is eliminated
 * where its tables are small, or few of their entries need to be looked at, which ends the search
 * with the optimum. Else the places of one task are split in halves, and the part with the lowest
 * bound is looked at next, until the gap is small enough or the time is over.
 * Complexity: O(pairs × places²) a pass; few passes and no split where the relaxation is tight,
 * exponential in the number of splits where it is not.
 * Reference: Kolmogorov (PAMI 2006) for the bound; reduced cost fixing and best-first branch and
 * bound: Wolsey, Integer Programming (2020), chapters 7 and 13.
 */

export type PlaceLimits = {
  readonly isOver: () => boolean;
  /** (value − bound) / value at which to stop. */
  readonly gap: number;
  /** Where to start from; null for none. */
  readonly starts: readonly (Choice | null)[];
  /** Sums that an elimination of what is left may make; what takes more is split. */
  readonly sumsMax: number;
  readonly seed: number;
};

export type PlacesFound = {
  readonly choice: Choice | null;
  readonly proof: PlaceProof | null;
  /** No choice costs less, in micro-dollars; infinite where there is none. */
  readonly bound: number;
};

/** A part of the search: which places are left to it, and what was found of it. */
type Part = {
  /** Of each node, by index into the places of the whole. */
  kept: Kept;
  borne: Borne;
  /** No choice of the part costs less, in micro-dollars. */
  bound: number;
  readonly steps: Step[];
  /** Entries of the tables of an elimination that took too long; infinite without. */
  tooMuch: number;
  end: 'bounded' | 'eliminated' | Split;
};

/** What left out places, or was found of those that are left. */
type Step =
  | { readonly kind: 'prices'; readonly prices: PlacePrices }
  | { readonly kind: 'dominated'; readonly drops: readonly PlaceDrops[] };

type Split = {
  readonly task: number;
  readonly places: readonly string[];
  readonly within: Part;
  readonly without: Part;
};

type Search = {
  readonly whole: Placement;
  readonly random: Random;
  readonly limits: PlaceLimits;
  choice: Choice | null;
  value: number;
};

const PASSES_ROOT = 400;
const PASSES_PART = 16;
/** Of the first stage; each later one has twice as many, on the places that are left. */
const PASSES_FIRST = 12;
/** Whether passes are still worth it is looked at every so many. */
const PASSES_EACH = 4;
/** Passes go on while four of them close this share of the gap. */
const WORTH_PASSES = 0.01;
/** After each stage, tries from where a few tasks were moved at random. */
const SHAKES = 100;
const SHAKES_PART = 20;
/** So near to its bound, a choice is left to be proven. */
const CLOSE = 0.002;
/** Of all entries of its tables an elimination looks at few; so many times what it may is tried. */
const UNSEEN = 100;
/** After one that took too long, another is tried when there are so many times fewer. */
const FEWER = 3;
/** Of the tables that are kept. */
const ENTRIES_MAX = 8_000_000;
/** To leave out fewer places than this share is not worth prices that prove it. */
const SHRUNK = 0.9;

export function searchPlaces(all: Placement, limits: PlaceLimits): PlacesFound {
  const sound = possible(all);
  if (sound === null) return { choice: null, proof: null, bound: Infinity };
  const thin = thinned(restrict(all, sound));
  const { placement: whole } = thin;
  const search: Search = {
    whole,
    random: seededRandom(limits.seed),
    limits,
    choice: null,
    value: Infinity,
  };
  for (const start of limits.starts) {
    const places = start?.map((place, node) => sound[node]!.indexOf(place)) ?? [-1];
    if (places.includes(-1)) continue;
    const moved = withoutDrops(places, thin.drops);
    offer(
      search,
      moved.map((place, node) => thin.kept[node]!.indexOf(place)),
    );
  }
  const root = newPart(everyPlace(whole), nothingBorne(whole), 0);
  pushDrops(root, thin.named);
  const open = [root];
  while (open.length > 0 && !limits.isOver()) {
    const part = takeLowest(open);
    if (isGoodEnough(search, part.bound)) continue;
    const reduced = explore(search, part, part === root ? PASSES_ROOT : PASSES_PART);
    if (reduced !== null) open.push(...split(search, part, reduced));
  }
  const proof = search.choice === null ? null : proofOf(root);
  const choice =
    search.choice?.map((place, node) => sound[node]![thin.kept[node]![place]!]!) ?? null;
  return { choice, proof, bound: Math.min(search.value, boundOf(root)) };
}

/** Of what was not looked at to its end. */
function boundOf({ bound, end }: Part): number {
  if (end === 'bounded') return bound;
  if (end === 'eliminated') return Infinity;
  return Math.max(bound, Math.min(boundOf(end.within), boundOf(end.without)));
}

function newPart(kept: Kept, borne: Borne, bound: number): Part {
  return { kept, borne, bound, steps: [], tooMuch: Infinity, end: 'bounded' };
}

/** The latest of those with the lowest bound, which has the fewest places left. */
function takeLowest(open: Part[]): Part {
  let lowest = 0;
  for (const [at, { bound }] of open.entries()) if (bound <= open[lowest]!.bound) lowest = at;
  return open.splice(lowest, 1)[0]!;
}

function isGoodEnough({ value, limits }: Search, bound: number): boolean {
  return value !== Infinity && value - bound <= limits.gap * value;
}

function offer(search: Search, choice: Choice): void {
  const value = choiceCost(search.whole, choice);
  if (value >= search.value) return;
  search.value = value;
  search.choice = choice;
}

/**
 * Bounds a part in stages, each on the places that the one before left; ends it where that is
 * possible, else gives what it may be split by.
 */
function explore(search: Search, part: Part, passesMax: number): Reduced | null {
  if (!keepPossible(search, part)) return null;
  let done = 0;
  for (let passes = PASSES_FIRST; ; passes *= 2) {
    const { reduced, isSlow } = boundPart(search, part, Math.min(passes, passesMax - done));
    done += passes;
    part.bound = Math.max(part.bound, boundMicros(reduced));
    part.steps.push({ kind: 'prices', prices: reduced.prices });
    let left = leftOf(search, reduced);
    if (!isSmall(search, part, left.order)) {
      // What can be eliminated needs no better choice to start from.
      shakeBest(search, reduced, passesMax === PASSES_ROOT ? SHAKES : SHAKES_PART);
      left = leftOf(search, reduced);
    }
    const { kept } = left;
    if (part.bound >= search.value) return null;
    const isLast = isSlow || done >= passesMax || search.limits.isOver();
    if (isEmpty(kept)) {
      part.bound = Infinity;
      return null;
    }
    if (
      !isLast &&
      !isSmall(search, part, left.order) &&
      sizeOf(kept) > sizeOf(part.kept) * SHRUNK
    ) {
      part.steps.pop();
      continue;
    }
    if (!keep(search.whole, part, kept)) return null;
    const rest = thinPart(search, part, { ...reduced, left: restrict(reduced.left, kept) });
    if (eliminatePart(search, part, rest)) return null;
    if (isGoodEnough(search, part.bound)) return null;
    if (isLast) return rest;
    if (!keepPossible(search, part)) return null;
  }
}

/** The places that are worth a look, and how they could be eliminated. */
function leftOf(search: Search, reduced: Reduced): { readonly kept: Kept; readonly order: Order } {
  const kept = worthwhile(reduced, search.value);
  const sizes = kept.map((places) => places.length);
  return { kept, order: eliminationOrder(sizes, reduced.left.pairs) };
}

function orderOf({ nodes, pairs }: Placement): Order {
  return eliminationOrder(
    nodes.map(({ places }) => places.length),
    pairs,
  );
}

/** Without the places of a part that others dominate, now that it has fewer. */
function thinPart({ whole }: Search, part: Part, reduced: Reduced): Reduced {
  const { placement, kept, named } = thinned(reduced.left);
  pushDrops(part, named);
  keep(whole, part, kept);
  return { ...reduced, left: placement };
}

function pushDrops({ steps }: Part, drops: readonly PlaceDrops[]): void {
  if (drops.length > 0) steps.push({ kind: 'dominated', drops });
}

function keepPossible({ whole }: Search, part: Part): boolean {
  return keep(whole, part, possible(restrict(whole, part.kept)));
}

/** Leaves only these of a part's places; false where a task has none left, so that nothing is there. */
function keep({ pairs }: Placement, part: Part, kept: Kept | null): boolean {
  if (kept === null || isEmpty(kept)) {
    part.bound = Infinity;
    return false;
  }
  part.borne = borneBy(pairs, part.borne, kept);
  part.kept = part.kept.map((places, node) => kept[node]!.map((place) => places[place]!));
  return true;
}

function everyPlace({ nodes }: Placement): Kept {
  return nodes.map(({ places }) => [...places.keys()]);
}

function isEmpty(kept: Kept): boolean {
  return kept.some((places) => places.length === 0);
}

function sizeOf(kept: Kept): number {
  return kept.reduce((sum, places) => sum + places.length, 0);
}

function boundPart(
  search: Search,
  part: Part,
  passes: number,
): { readonly reduced: Reduced; readonly isSlow: boolean } {
  const placement = restrict(search.whole, part.kept);
  const messages = messagesFrom(placement, part.borne);
  let before = -Infinity;
  let isSlow = false;
  for (let pass = 1; pass <= passes && !isSlow; pass++) {
    passMessages(messages);
    if (search.choice === null) offerFrom(search, part, improve(placement, decode(messages)));
    if (pass % PASSES_EACH !== 0) continue;
    const bound = nodeBound(messages);
    isSlow = bound - before < WORTH_PASSES * (search.value - bound);
    before = bound;
    if (Math.ceil(bound) >= search.value || search.limits.isOver()) break;
  }
  offerFrom(search, part, improve(placement, decode(messages)));
  return { reduced: reduce(messages), isSlow };
}

/** Whether its tables are small enough to try. */
function isSmall({ limits }: Search, { tooMuch }: Part, { entries, work }: Order): boolean {
  return entries <= ENTRIES_MAX && work <= Math.min(limits.sumsMax * UNSEEN, tooMuch / FEWER);
}

/** False where it would take too long. */
function eliminatePart(search: Search, part: Part, reduced: Reduced): boolean {
  const { left } = reduced;
  const order = orderOf(left);
  const isDone = left.nodes.every(({ places }) => places.length === 1);
  if (!isDone && !isSmall(search, part, order)) return false;
  const sumsMax = isDone ? Infinity : search.limits.sumsMax;
  const found = eliminate(left, order, { slack: slackOf(reduced, search.value), sumsMax });
  if (found.kind === 'too-long') {
    part.tooMuch = order.work;
    return false;
  }
  if (found.kind === 'best') offerFrom(search, part, found.choice);
  part.end = 'eliminated';
  return true;
}

/** From the best choice there is, in the whole: what it finds helps all parts. */
function shakeBest(search: Search, reduced: Reduced, times: number): void {
  const { choice, whole, random, limits } = search;
  const isClose = search.value - boundMicros(reduced) <= search.value * CLOSE;
  if (choice === null || isClose || isGoodEnough(search, boundMicros(reduced))) return;
  if (limits.isOver()) return;
  offer(search, shake(whole, choice, { random, times }));
}

/** A choice among the places of a part. */
function offerFrom(search: Search, { kept }: Part, choice: Choice): void {
  offer(
    search,
    choice.map((place, node) => kept[node]![place]!),
  );
}

/** In halves by the places of the task that couples most: those that seem cheap, and the others. */
function split(search: Search, part: Part, reduced: Reduced): readonly Part[] {
  const node = splitAt(reduced.left);
  const extra = surcharges(reduced)[node]!;
  const order = [...extra.keys()].sort((a, b) => extra[a]! - extra[b]! || a - b);
  const cheap = new Set(order.slice(0, Math.ceil(order.length / 2)));
  const half = (isCheap: boolean): Part => {
    const kept = reduced.left.nodes.map(({ places }, index) =>
      [...places.keys()].filter((place) => index !== node || cheap.has(place) === isCheap),
    );
    const whole = part.kept.map((places, index) => kept[index]!.map((place) => places[place]!));
    return newPart(whole, borneBy(reduced.left.pairs, part.borne, kept), part.bound);
  };
  const { task, places } = search.whole.nodes[node]!;
  const within = half(true);
  const without = half(false);
  const names = within.kept[node]!.map((place) => places[place]!);
  part.end = { task, places: names, within, without };
  return [without, within];
}

function splitAt({ nodes, pairs }: Placement): number {
  const weights = nodes.map(() => 1);
  for (const { low, high } of pairs) {
    weights[low]! += Math.log(nodes[high]!.places.length);
    weights[high]! += Math.log(nodes[low]!.places.length);
  }
  for (const [node, { places }] of nodes.entries()) weights[node]! *= Math.log(places.length);
  return weights.indexOf(Math.max(...weights));
}

function proofOf({ steps, end }: Part): PlaceProof {
  const proof = steps.reduceRight<PlaceProof | null>(
    (rest, step) =>
      step.kind === 'prices' ? { ...step, rest } : { ...step, rest: rest ?? NOTHING_PROVEN },
    lastOf(end),
  );
  return proof ?? NOTHING_PROVEN;
}

const NOTHING_PROVEN: PlaceProof = { kind: 'prices', prices: { per: 1, pairs: [] }, rest: null };

function lastOf(end: Part['end']): PlaceProof | null {
  if (end === 'bounded') return null;
  if (end === 'eliminated') return { kind: 'elimination' };
  const { task, places, within, without } = end;
  return { kind: 'split', task, places, within: proofOf(within), without: proofOf(without) };
}
