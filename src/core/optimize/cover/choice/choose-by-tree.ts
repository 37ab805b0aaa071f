import { type Random, seededRandom } from '../../../../base/rng.ts';
import { BranchCosts } from './branch-costs.ts';
import { type BranchSet, branchSets } from './branch-sets.ts';
import { type Choice, ChoiceRelaxation } from './choice-relaxation.ts';
import { shutUnfit } from './shut-unfit.ts';

/*
 * Problem: a choice of one column of each group that keeps all rows and costs no more than a given
 * sum, which is near the bound.
 * Method: depth first. What costs too much at the prices of the relaxation, or fits beside nothing,
 * is shut; then a group is split into the columns of a set and the others. Of several sets, the one
 * is taken whose both sides raise the bound the most: by trial at first, by what was learned later.
 * Complexity: exponential; some hundred nodes of 1–10 ms for 50 groups of ten columns each.
 * Reference: Achterberg, Koch, Martin, Branching rules revisited (Oper. Res. Letters 33, 2005);
 * Baldacci, Christofides, Mingozzi, An exact algorithm for the vehicle routing problem based on the
 * set partitioning formulation (Math. Programming 115, 2008).
 */

export type TreeOptions = {
  /** What a choice costs at most. */
  readonly costMax: number;
  readonly isOver: () => boolean;
  readonly random: Random;
};

/** Chosen columns; or that there is no such choice; or that time was over. */
export type TreeAnswer = readonly number[] | 'none' | 'over';

const WHOLE = 1e-6;
const PIVOTS_MAX = 10_000;
/** Of the root, before it looks at the time again. */
const ROOT_PIVOTS = 200;
/** Sets that are tried at one node, and pivots of each trial. */
const TRIALS_MAX = 4;
const TRIAL_PIVOTS = 20;
/** Times that a node is made smaller before it is split, while that raises its bound by so much of the room. */
const ROUNDS_MAX = 3;
const PROGRESS_MIN = 1e-3;
/** By so much chance changes the worth of a set. */
const CHANCE = 0.01;

/** Plain values, for a thread. */
export type TreeJob = {
  readonly choice: Choice;
  readonly costMax: number;
  readonly seed: number;
  /** Time is over after so many. */
  readonly nodesMax: number;
};

export function searchTree({ choice, costMax, seed, nodesMax }: TreeJob): TreeAnswer {
  let nodes = 0;
  const isOver = (): boolean => nodes++ >= nodesMax;
  return chooseByTree(choice, { costMax, isOver, random: seededRandom(seed) });
}

export function chooseByTree(choice: Choice, options: TreeOptions): TreeAnswer {
  return new Tree(choice, options).run();
}

type Candidate = { readonly set: BranchSet; readonly share: number; worth: number };

class Tree {
  readonly #choice: Choice;
  readonly #options: TreeOptions;
  readonly #sets: readonly BranchSet[];
  readonly #costs: BranchCosts;
  /** Of each depth. */
  readonly #levels: ChoiceRelaxation[] = [];
  readonly #trial: ChoiceRelaxation;
  /** What the root's relaxation may rise. */
  #room = 0;
  #found: readonly number[] | null = null;

  constructor(choice: Choice, options: TreeOptions) {
    this.#choice = choice;
    this.#options = options;
    this.#sets = branchSets(choice);
    this.#costs = new BranchCosts(this.#sets.length);
    this.#trial = new ChoiceRelaxation(choice);
  }

  run(): TreeAnswer {
    const root = this.#level(0);
    root.begin();
    for (;;) {
      const solved = root.solve(this.#options.costMax, ROOT_PIVOTS);
      if (solved === 'dear') return 'none';
      if (solved === 'solved') break;
      if (this.#options.isOver()) return 'over';
    }
    this.#room = this.#options.costMax - root.objective;
    const isSearched = this.#search(0);
    return this.#found ?? (isSearched ? 'none' : 'over');
  }

  #level(depth: number): ChoiceRelaxation {
    return (this.#levels[depth] ??= new ChoiceRelaxation(this.#choice));
  }

  /** False where time was over before everything below was searched. */
  #search(depth: number): boolean {
    const node = this.#level(depth);
    for (;;) {
      if (this.#options.isOver()) return false;
      if (!this.#narrow(node)) return true;
      const shares = node.shares();
      const open = this.#openSets(shares);
      if (open.length === 0) {
        this.#found = [...shares.keys()].filter((column) => shares[column]! > 0.5);
        return true;
      }
      const split = this.#split(node, open);
      if (split === 'none') return true;
      if (split !== 'again') return this.#searchSides(depth, split);
    }
  }

  #searchSides(depth: number, { set, share }: Candidate): boolean {
    const [node, below] = [this.#level(depth), this.#level(depth + 1)];
    const first = share >= 0.5;
    for (const isIn of [first, !first]) {
      below.copyFrom(node);
      this.#shut(below, set, isIn);
      const cost = this.#costOf(below, node.objective, PIVOTS_MAX);
      this.#learn(node, { set, isIn, cost, share });
      if (cost === Infinity) continue;
      if (!this.#search(depth + 1)) return false;
      if (this.#found !== null) return true;
    }
    return true;
  }

  /** Shuts what it can; false where nothing is left. */
  #narrow(node: ChoiceRelaxation): boolean {
    const { costMax } = this.#options;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      node.shutDearer(costMax);
      if (!shutUnfit(this.#choice, node.isShut)) return false;
      const before = node.objective;
      if (node.solve(costMax, PIVOTS_MAX) === 'dear') return false;
      if (node.objective - before < this.#room * PROGRESS_MIN) return true;
    }
    return true;
  }

  /** Sets of which a part is chosen. */
  #openSets(shares: Float64Array): Candidate[] {
    return this.#sets.flatMap((set) => {
      const share = set.columns.reduce((sum, column) => sum + shares[column]!, 0);
      return share > WHOLE && share < 1 - WHOLE ? [{ set, share, worth: 0 }] : [];
    });
  }

  /** The best set to split at; `none` where neither side of one is left, `again` where one is. */
  #split(node: ChoiceRelaxation, open: Candidate[]): Candidate | 'again' | 'none' {
    this.#setWorths(node, open);
    let best: Candidate | null = null;
    let trials = 0;
    for (const candidate of open) {
      const { set, share } = candidate;
      if (!this.#costs.isKnown(set)) {
        if (trials++ >= TRIALS_MAX) continue;
        const [inside, outside] = [true, false].map((isIn) => {
          this.#trial.copyFrom(node);
          this.#shut(this.#trial, set, isIn);
          const cost = this.#costOf(this.#trial, node.objective, TRIAL_PIVOTS);
          this.#learn(node, { set, isIn, cost, share });
          return cost;
        });
        if (inside === Infinity && outside === Infinity) return 'none';
        if (inside === Infinity || outside === Infinity) {
          this.#shut(node, set, outside === Infinity);
          return 'again';
        }
        candidate.worth = this.#worth(node, inside!, outside!);
      }
      if (best === null || candidate.worth > best.worth) best = candidate;
    }
    return best!;
  }

  /** By what is expected, the best first. */
  #setWorths(node: ChoiceRelaxation, open: Candidate[]): void {
    const sides = [true, false];
    const usual = sides.map((isIn) => {
      const known = open.flatMap(({ set }) => this.#costs.expected(set, isIn, 0.5) ?? []);
      return known.reduce((sum, cost) => sum + cost, 0) / Math.max(1, known.length);
    });
    for (const candidate of open) {
      const { set, share } = candidate;
      const [inside, outside] = sides.map((isIn, side) => {
        const unknown = 2 * usual[side]! * (isIn ? 1 - share : share);
        return this.#costs.expected(set, isIn, share) ?? unknown;
      });
      const chance = 1 + CHANCE * this.#options.random();
      candidate.worth = this.#worth(node, inside!, outside!) * chance;
    }
    open.sort((a, b) => b.worth - a.worth);
  }

  #worth(node: ChoiceRelaxation, inside: number, outside: number): number {
    const room = this.#options.costMax - node.objective;
    const least = this.#room * 1e-6;
    return Math.max(Math.min(inside, room), least) * Math.max(Math.min(outside, room), least);
  }

  #shut({ isShut }: ChoiceRelaxation, { group, columns }: BranchSet, isIn: boolean): void {
    if (!isIn) {
      for (const column of columns) isShut[column] = 1;
      return;
    }
    const inside = new Set(columns);
    for (const column of this.#choice.groups[group]!) {
      if (!inside.has(column)) isShut[column] = 1;
    }
  }

  /** What it costs more than before; Infinity where that is too much. */
  #costOf(node: ChoiceRelaxation, before: number, pivotsMax: number): number {
    const isDear = node.solve(this.#options.costMax, pivotsMax) === 'dear';
    return isDear ? Infinity : node.objective - before;
  }

  #learn(
    { objective }: ChoiceRelaxation,
    side: {
      readonly set: BranchSet;
      readonly isIn: boolean;
      readonly cost: number;
      readonly share: number;
    },
  ): void {
    const cost = Math.min(side.cost, this.#options.costMax - objective);
    this.#costs.learn(side.set, side.isIn, cost, side.share);
  }
}
