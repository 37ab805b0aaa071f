import type { Random } from '../../../base/rng.ts';
import { ChoiceRelaxation } from './choice/choice-relaxation.ts';
import { shutUnfit } from './choice/shut-unfit.ts';
import { type Candidate, SplitWorths, shutSide } from './choice/split-worths.ts';
import { choiceOf, type KeptRow } from './choose-covers.ts';
import type { CoupledModel } from './coupled-model.ts';
import { CoverState } from './cover-state.ts';
import type { Column } from './master.ts';
import { listable } from './near-covers.ts';
import { coversNearHalves, type HalvedBound } from './price-near-covers.ts';
import { type RowSet, rowSets } from './row-sets.ts';
import { WholePrices } from './whole-prices.ts';

/*
 * Problem: a bound that prices by themselves do not come to, told so that a checker can go through
 * it again (model/cover-proof.ts, CoverTree).
 * Method: an answer below the floor has only covers that lose less than it is above the bound: few.
 * They are the columns of a choice, and a depth-first search finds that none costs so little. Each of its
 * nodes does with the prices of its relaxation, made whole, exactly what the checker will do with
 * them; so leaves are closed by what is told alone, and not by the floating point of a simplex. It
 * splits by what covers count in a row, as that can be told in three numbers. What both sides of a split
 * raise the bound by is tried at first, and learned later.
 * Complexity: exponential in how far the floor is above the bound; 2–10 ms for a node.
 * Reference: Achterberg, Koch, Martin, Branching rules revisited (Oper. Res. Letters 33, 2005); Cook,
 * Koch, Steffy, Wolter, A hybrid branch-and-bound approach for exact rational mixed-integer
 * programming (Math. Programming Computation 5, 2013).
 */

export type FloorProof = {
  /** Micro-dollars. */
  readonly floor: number;
  /** Of the nodes' prices and splits. */
  readonly rows: readonly KeptRow[];
  /** As in a `CoverTree`, of these rows. */
  readonly nodes: readonly ProofNode[];
};

export type ProofNode = {
  readonly prices: readonly (readonly number[])[];
  readonly split?: { readonly task: number; readonly row: number; readonly least: number };
};

export type ProveOptions = {
  /** Whole micro-dollars, above the bound. */
  readonly floor: number;
  readonly isOver: () => boolean;
  readonly random: Random;
};

/** That are left of those that are listed. */
const COVERS_MAX = 30_000;
const LISTED_MAX = 300_000;
/** Of each task in the mean, for some seconds; and how many are listed to see which these are. */
const COVERS_OF_TASK = 50;
const LISTED_OF_TASK = 2000;
/** Of a choice: each level of the search keeps the square of them. */
const ROWS_MAX = 600;
const NODES_MAX = 1000;
const PIVOTS_MAX = 10_000;
/** Micro-dollars: what floating point may lose; and what a checker takes off where they are not whole. */
const INEXACT = 0.5;
const ROUNDED_AWAY = 2;
/** Sets that are tried at one node, and pivots of each trial. */
const TRIALS_MAX = 8;
const TRIAL_PIVOTS = 40;
/** Prices of a node, as long as each raises its bound by so much of the room. */
const STEPS_MAX = 3;
const PROGRESS_MIN = 0.01;
/** Of each row, in micro-dollars: what rounding of its price may take off. */
const ROUNDING_OF_ROW = 0.5;
const ATTEMPTS_MAX = 3;
const WHOLE = 1e-6;

/** A proof of the floor, or covers that cost less; null where it is too much for the time or at all. */
export function proveByTree(
  model: CoupledModel,
  halved: HalvedBound,
  options: ProveOptions,
): FloorProof | CoverState | null {
  const room = options.floor - halved.bound + 2 * INEXACT;
  const nearest = columnsNear(model, halved, room);
  if (nearest === null) return null;
  const away = roundedAway(model, nearest);
  const columns = away === 0 ? nearest : columnsNear(model, halved, room + 2 * away);
  if (columns === null) return null;
  const { choice, keeps } = choiceOf(model, {
    kept: [],
    free: columns,
    cuts: [...halved.cuts, ...halved.halves],
  });
  if (choice.rights.length > ROWS_MAX) return null;
  const search = new ProofSearch(new ChoiceRelaxation(choice), columns, {
    ...options,
    limit: options.floor - 1 + INEXACT + away,
  });
  const ended = search.run();
  if (ended === 'over') return null;
  if (ended === 'closed') return { floor: options.floor, rows: keeps, nodes: search.nodes };
  const covers = new CoverState(model);
  for (const index of ended) {
    if (!covers.fits(columns[index]!)) return null;
    covers.put(columns[index]!);
  }
  return covers.cost < options.floor ? covers : null;
}

/**
 * The highest floor up to a given one that can be hoped to be proven in some seconds: about a
 * millisecond for each cover that loses no more than it is above the bound. The bound where there is none.
 */
export function floorInReach(model: CoupledModel, halved: HalvedBound, floorMax: number): number {
  const { bound } = halved;
  const most = model.tasks * LISTED_OF_TASK;
  const near = listable(floorMax - bound, (lossMax) => {
    return coversNearHalves(model, halved, { lossMax, most });
  });
  const losses = (near ?? []).map(({ loss }) => loss).sort((a, b) => a - b);
  const reach = losses[model.tasks * COVERS_OF_TASK] ?? losses.at(-1) ?? 0;
  return Math.min(floorMax, Math.floor(bound + reach));
}

/** Null where they are too many, or a task has none. */
function columnsNear(
  model: CoupledModel,
  halved: HalvedBound,
  lossMax: number,
): readonly Column[] | null {
  const near = coversNearHalves(model, halved, { lossMax, most: LISTED_MAX });
  if (near === null || near.length > COVERS_MAX) return null;
  const columns = near.map(({ column }) => column);
  return new Set(columns.map(({ task }) => task)).size < model.tasks ? null : columns;
}

/** By so much a checker's sums may be below ours. */
function roundedAway({ costs, tasks }: CoupledModel, columns: readonly Column[]): number {
  const most = new Float64Array(tasks);
  for (const { task, bought } of columns) {
    const machines = bought.reduce((sum, [offer, count]) => {
      return Number.isInteger(costs[offer]!) ? sum : sum + count;
    }, 0);
    most[task] = Math.max(most[task]!, machines);
  }
  return most.reduce((sum, machines) => sum + machines * ROUNDED_AWAY, 0);
}

/** That nothing is left; the columns of an answer; or that it took too much. */
type Ended = 'closed' | readonly number[] | 'over';

class ProofSearch {
  readonly nodes: { readonly prices: (readonly number[])[]; split?: ProofNode['split'] }[] = [];
  readonly #options: ProveOptions & { readonly limit: number };
  readonly #columns: readonly Column[];
  readonly #splits: SplitWorths<RowSet>;
  readonly #whole: WholePrices;
  /** Of each depth. */
  readonly #levels: ChoiceRelaxation[];

  constructor(
    root: ChoiceRelaxation,
    columns: readonly Column[],
    options: ProveOptions & { readonly limit: number },
  ) {
    this.#options = options;
    this.#columns = columns;
    this.#levels = [root];
    const { limit: costMax, random } = options;
    const given = { costMax, random, trialPivots: TRIAL_PIVOTS };
    this.#splits = new SplitWorths(root.choice, rowSets(root.choice), given);
    this.#whole = new WholePrices(root.choice);
  }

  run(): Ended {
    this.#level(0).begin();
    return this.#search(0);
  }

  #level(depth: number): ChoiceRelaxation {
    return (this.#levels[depth] ??= new ChoiceRelaxation(this.#levels[0]!.choice));
  }

  #search(depth: number): Ended {
    const node = this.#level(depth);
    if (this.nodes.length >= NODES_MAX || this.#options.isOver()) return 'over';
    const told: ProofSearch['nodes'][number] = { prices: [] };
    this.nodes.push(told);
    const narrowed = this.#narrow(node, told.prices);
    if (narrowed !== 'open') return narrowed;
    if (depth === 0) this.#splits.room = this.#options.limit - node.objective;
    const open = this.#splits.open(node);
    if (open.length === 0) return this.#chosen(node.shares());
    const { set } = this.#best(node, open);
    const { task } = this.#columns[set.columns[0]!]!;
    told.split = { task, row: set.row - node.choice.groups.length, least: set.least };
    for (const isIn of [true, false]) {
      const below = this.#level(depth + 1);
      below.copyFrom(node);
      shutSide(below, set, isIn);
      const ended = this.#search(depth + 1);
      if (ended !== 'closed') return ended;
    }
    return 'closed';
  }

  /** Tells prices and shuts what they shut, until little comes of it. */
  #narrow(node: ChoiceRelaxation, told: (readonly number[])[]): 'closed' | 'over' | 'open' {
    const { groups } = node.choice;
    const { limit } = this.#options;
    if (!shutUnfit(node.choice, node.isShut)) return 'closed';
    let costMax = limit + ROUNDING_OF_ROW * (node.rows - groups.length);
    let [before, attempts] = [-Infinity, 0];
    for (let step = 0; ; step++) {
      const solved = node.solve(costMax, PIVOTS_MAX);
      if (solved === 'open') return 'over';
      const isLittle = node.objective - before < PROGRESS_MIN * (limit - before);
      if (solved === 'solved' && (step === STEPS_MAX || isLittle)) return 'open';
      before = node.objective;
      const prices = this.#whole.round(node.prices());
      told.push(prices.map((one, at) => (at % 2 === 0 ? one - groups.length : one)));
      const isLeft = this.#whole.shutDearer(node.isShut, limit);
      if (!isLeft || !shutUnfit(node.choice, node.isShut)) return 'closed';
      if (solved === 'solved') continue;
      // Whole prices prove a little less than those that were too dear.
      if (attempts++ === ATTEMPTS_MAX) return 'over';
      costMax += costMax - limit;
    }
  }

  /** Of each group: what is chosen of it counts the same in all rows, so the cheapest will do. */
  #chosen(shares: Float64Array): readonly number[] {
    const { costs, groups } = this.#levels[0]!.choice;
    return groups.map((own) => {
      const chosen = own.filter((column) => shares[column]! > WHOLE);
      return chosen.reduce((best, one) => (costs[one]! < costs[best]! ? one : best));
    });
  }

  /** The set to split by: what its sides raise the bound by is tried where it is not known. */
  #best(node: ChoiceRelaxation, open: readonly Candidate<RowSet>[]): Candidate<RowSet> {
    let best: Candidate<RowSet> | null = null;
    let trials = 0;
    for (const candidate of open) {
      if (!this.#splits.isKnown(candidate)) {
        if (trials++ >= TRIALS_MAX) continue;
        const [inside, outside] = [true, false].map((isIn) => {
          return this.#splits.try(node, candidate, isIn);
        });
        candidate.worth = this.#splits.worth(node, inside!, outside!);
      }
      if (best === null || candidate.worth > best.worth) best = candidate;
    }
    return best!;
  }
}
