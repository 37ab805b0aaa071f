import { type Random, seededRandom } from '../../../../base/rng.ts';
import { type BranchSet, branchSets } from './branch-sets.ts';
import type { Choice } from './choice.ts';
import { ChoiceRelaxation } from './choice-relaxation.ts';
import { shutUnfit } from './shut-unfit.ts';
import { type Candidate, SplitWorths, shutSide } from './split-worths.ts';

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

const PIVOTS_MAX = 10_000;
/** Of the root, before it looks at the time again. */
const ROOT_PIVOTS = 200;
/** Sets that are tried at one node, and pivots of each trial. */
const TRIALS_MAX = 4;
const TRIAL_PIVOTS = 20;
/** Times that a node is made smaller before it is split, while that raises its bound by so much of the room. */
const ROUNDS_MAX = 3;
const PROGRESS_MIN = 1e-3;

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

class Tree {
  readonly #choice: Choice;
  readonly #options: TreeOptions;
  readonly #splits: SplitWorths<BranchSet>;
  /** Of each depth. */
  readonly #levels: ChoiceRelaxation[] = [];
  #found: readonly number[] | null = null;

  constructor(choice: Choice, options: TreeOptions) {
    this.#choice = choice;
    this.#options = options;
    const { costMax, random } = options;
    const given = { costMax, random, trialPivots: TRIAL_PIVOTS };
    this.#splits = new SplitWorths(choice, branchSets(choice), given);
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
    this.#splits.room = this.#options.costMax - root.objective;
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
      const open = this.#splits.open(node);
      if (open.length === 0) {
        const shares = node.shares();
        this.#found = [...shares.keys()].filter((column) => shares[column]! > 0.5);
        return true;
      }
      const split = this.#split(node, open);
      if (split === 'none') return true;
      if (split !== 'again') return this.#searchSides(depth, split);
    }
  }

  #searchSides(depth: number, { set, share }: Candidate<BranchSet>): boolean {
    const [node, below] = [this.#level(depth), this.#level(depth + 1)];
    const first = share >= 0.5;
    for (const isIn of [first, !first]) {
      below.copyFrom(node);
      shutSide(below, set, isIn);
      const isDear = below.solve(this.#options.costMax, PIVOTS_MAX) === 'dear';
      const cost = isDear ? Infinity : below.objective - node.objective;
      this.#splits.learn(node, { set, isIn, cost, share });
      if (isDear) continue;
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
      if (node.objective - before < this.#splits.room * PROGRESS_MIN) return true;
    }
    return true;
  }

  /** The best set to split at; `none` where neither side of one is left, `again` where one is. */
  #split(
    node: ChoiceRelaxation,
    open: readonly Candidate<BranchSet>[],
  ): Candidate<BranchSet> | 'again' | 'none' {
    let best: Candidate<BranchSet> | null = null;
    let trials = 0;
    for (const candidate of open) {
      if (!this.#splits.isKnown(candidate)) {
        if (trials++ >= TRIALS_MAX) continue;
        const [inside, outside] = [true, false].map((isIn) => {
          return this.#splits.try(node, candidate, isIn);
        });
        if (inside === Infinity && outside === Infinity) return 'none';
        if (inside === Infinity || outside === Infinity) {
          shutSide(node, candidate.set, outside === Infinity);
          return 'again';
        }
        candidate.worth = this.#splits.worth(node, inside!, outside!);
      }
      if (best === null || candidate.worth > best.worth) best = candidate;
    }
    return best!;
  }
}
