import { greatestCommonDivisor } from '../../../base/greatest-common-divisor.ts';
import type { Box, MixOptimum } from './mix-basis.ts';
import { Incumbent, type IncumbentLimits, WHOLE_TOLERANCE } from './mix-incumbent.ts';
import type { Mix } from './mix-model.ts';
import { OVERFLOW_MAX, PENALTY_LEVELS, penaltiesOf } from './mix-room.ts';
import { type RelaxedMix, relaxMix } from './mix-simplex.ts';

/*
 * Problem: min Σ cost·y over whole machine counts y with which the shares of all buckets find room.
 * Method: branch and bound on the counts, the node with the lowest bound first; bounds and fractions
 * from the relaxation (mix-simplex.ts). Which count is split is decided by trying (strong branching):
 * both halves of the most promising ones are relaxed, and kept as the children of the one chosen.
 * Answers come from counts rounded up, from which machines are then dropped as long as there is room.
 * Complexity: exponential in the kinds at worst; few kinds and tight bounds keep it to some hundred nodes.
 * Reference: Achterberg, Koch, Martin, Branching Rules Revisited (2005).
 */

/** A box of counts, and what was proven there; the tree below it, where it was split. */
export type MixNode = {
  readonly box: Box;
  readonly relaxed: RelaxedMix;
  split: MixSplit | null;
};

export type MixSplit = {
  readonly kind: number;
  /** So many machines or fewer, or more. */
  readonly at: number;
  readonly atMost: MixNode;
  readonly more: MixNode;
};

export type MixResult = {
  /** Null where none was found. */
  readonly counts: readonly number[] | null;
  readonly root: MixNode;
  /** No node is open: what was found is proven best within the gap, or there is nothing. */
  readonly isComplete: boolean;
};

export type MixSearchOptions = IncumbentLimits & {
  /** (value − bound) / value at which it may stop. */
  readonly gap: number;
  /** Counts to begin with; those that find no room are ignored. */
  readonly starts: readonly (readonly number[])[];
};

/** Counts that are tried before one is split. */
const TRIED_MAX = 5;
/**
 * At so many first splits, and at each so many-th, machines are dropped even where the counts
 * rounded up are no better.
 */
const ROUNDED_SPLITS = 4;
const IMPROVED_SPLITS = 32;
/** Of the best cost: what floating point may hide. */
const NOISE = 1e-10;

/** The cheapest counts of a mix. */
export function searchMix(mix: Mix, options: MixSearchOptions): MixResult {
  const search = new MixSearch(mix, options);
  const root = search.root();
  for (const start of options.starts) search.best.consider(start, null);
  search.best.roundUp(root.relaxed, true);
  const open = [root];
  let splits = 0;
  while (open.length > 0) {
    const node = open.pop()!;
    if (search.isClosed(node)) continue;
    if (options.isOver()) return { counts: search.best.counts, root, isComplete: false };
    splits++;
    const isThorough = splits <= ROUNDED_SPLITS || splits % ROUNDED_SPLITS === 0;
    search.best.roundUp(node.relaxed, isThorough);
    search.split(node);
    // Better answers may be near the best one: looked for as often as the work doubles.
    if (splits >= IMPROVED_SPLITS && Number.isInteger(Math.log2(splits)))
      search.best.improve(node.relaxed.prices);
    if (node.split === null) continue;
    for (const child of [node.split.atMost, node.split.more]) insert(open, child);
  }
  return { counts: search.best.counts, root, isComplete: !options.isOver() };
}

/** Keeps the nodes in order, the lowest bound last. */
function insert(open: MixNode[], node: MixNode): void {
  let [low, high] = [0, open.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (open[middle]!.relaxed.bound > node.relaxed.bound) low = middle + 1;
    else high = middle;
  }
  open.splice(low, 0, node);
}

class MixSearch {
  readonly best: Incumbent;
  readonly #mix: Mix;
  readonly #gap: number;
  readonly #costMax: number;
  readonly #granule: number;
  readonly #isOver: () => boolean;
  /** Little first; more where a machine is missing nevertheless. */
  readonly #penalties: readonly Float64Array[];

  constructor(mix: Mix, options: MixSearchOptions) {
    this.#mix = mix;
    this.#gap = options.gap;
    this.#costMax = options.costMax;
    this.best = new Incumbent(mix, options);
    this.#granule = granuleOf(mix);
    this.#isOver = options.isOver;
    this.#penalties = Array.from({ length: PENALTY_LEVELS }, (_, level) => penaltiesOf(mix, level));
  }

  root(): MixNode {
    const { kinds } = this.#mix;
    const box = { lower: kinds.map(() => 0), upper: kinds.map(({ most }) => most) };
    return this.#node(box, null);
  }

  /** Nothing below the node is better than the best by more than the gap. */
  isClosed({ relaxed }: MixNode): boolean {
    return relaxed.bound >= this.#cutoff();
  }

  /** Splits a node where that promises most; it stays whole where no count is a fraction. */
  split(node: MixNode): void {
    const { optimum } = node.relaxed;
    if (optimum === null) return;
    let bestScore = -1;
    for (const kind of this.#fractions(optimum).slice(0, TRIED_MAX)) {
      const split = this.#halves(node, kind, bestScore);
      if (split === null) continue;
      const score = this.#gainOf(node, split.atMost) * this.#gainOf(node, split.more);
      if (score <= bestScore) continue;
      node.split = split;
      bestScore = score;
      if (this.isClosed(split.atMost) && this.isClosed(split.more)) break;
    }
  }

  /** Counts that are no whole numbers, those that change the cost most first. */
  #fractions({ machines }: MixOptimum): readonly number[] {
    const weightOf = (kind: number): number => {
      const part = machines[kind]! - Math.floor(machines[kind]!);
      return Math.min(part, 1 - part) <= WHOLE_TOLERANCE
        ? 0
        : part * (1 - part) * this.#mix.kinds[kind]!.cost;
    };
    return [...machines.keys()]
      .filter((kind) => weightOf(kind) > 0)
      .sort((a, b) => weightOf(b) - weightOf(a));
  }

  /** Both halves; null where one shows that they promise no more than another split. */
  #halves(node: MixNode, kind: number, scoreMin: number): MixSplit | null {
    const { box, relaxed } = node;
    const count = relaxed.optimum!.machines[kind]!;
    const at = Math.floor(count);
    const below = { lower: box.lower, upper: box.upper.with(kind, at) };
    const above = { lower: box.lower.with(kind, at + 1), upper: box.upper };
    // The half nearer to the optimum raises the bound less.
    const isBelowNearer = count - at < 1 / 2;
    const nearer = this.#node(isBelowNearer ? below : above, relaxed);
    const gainMax = this.#cutoff() - relaxed.bound;
    if (this.#gainOf(node, nearer) * gainMax <= scoreMin) return null;
    const other = this.#node(isBelowNearer ? above : below, relaxed);
    const [atMost, more] = isBelowNearer ? [nearer, other] : [other, nearer];
    return { kind, at, atMost, more };
  }

  /** How much a half raises the bound, but for what is more than closes it. */
  #gainOf({ relaxed }: MixNode, half: MixNode): number {
    const gain = Math.min(this.#cutoff(), half.relaxed.bound) - relaxed.bound;
    return Math.max(NOISE * Math.abs(relaxed.bound), gain);
  }

  /** A missing machine must cost more than the best, however little is missing. */
  #node(box: Box, parent: RelaxedMix | null): MixNode {
    const cutoff = this.#cutoff();
    let relaxed: RelaxedMix | null = null;
    for (const penalties of this.#penalties) {
      const next: RelaxedMix = relaxMix(this.#mix, box, {
        cutoff,
        from: (relaxed ?? parent)?.basis ?? null,
        near: (relaxed ?? parent)?.prices ?? null,
        penalties,
        isOver: this.#isOver,
      });
      // What is proven stays so; where machines are missing is of no use.
      const isLower: boolean = relaxed !== null && relaxed.bound > next.bound;
      relaxed = isLower ? { ...relaxed!, optimum: next.optimum } : next;
      if ((next.optimum?.overflow ?? 0) <= OVERFLOW_MAX) break;
    }
    return { box, relaxed: relaxed!, split: null };
  }

  /** From this bound on there is nothing better to be found. */
  #cutoff(): number {
    if (this.best.counts === null) return this.#costMax * (1 + NOISE) + NOISE;
    const slack = Math.max(this.#gap, NOISE) * this.best.cost;
    return this.best.cost - Math.max(slack, this.#granule);
  }
}

/**
 * Costs are sums of whole numbers of this many micro-dollars: what is better is better by that,
 * less what floating point may hide; 0 where prices are no whole micro-dollars.
 */
function granuleOf({ kinds }: Mix): number {
  const common = kinds.reduce((divisor, { cost }) => greatestCommonDivisor(divisor, cost), 0);
  return Number.isSafeInteger(common) ? common * (1 - 1e-3) : 0;
}
