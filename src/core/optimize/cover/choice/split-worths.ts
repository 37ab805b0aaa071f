import type { Random } from '../../../../base/rng.ts';
import { BranchCosts } from './branch-costs.ts';
import type { BranchSet } from './branch-sets.ts';
import type { Choice } from './choice.ts';
import { ChoiceRelaxation } from './choice-relaxation.ts';

/** A set of which a part is chosen, and what a split by it is worth. */
export type Candidate<Split extends BranchSet> = {
  readonly set: Split;
  readonly share: number;
  worth: number;
};

/** One side of a split, and what it was found to cost more; Infinity where that is too much. */
export type TriedSide = {
  readonly set: BranchSet;
  readonly share: number;
  readonly isIn: boolean;
  readonly cost: number;
};

type Options = {
  /** What a choice costs at most. */
  readonly costMax: number;
  readonly random: Random;
  /** Of each trial. */
  readonly trialPivots: number;
};

const WHOLE = 1e-6;
/** Of the room that there is, what a side counts at least. */
const LEAST_SHARE = 1e-6;
/** By so much chance changes the worth of a set. */
const CHANCE = 0.01;

/**
 * What splits of a choice are worth: how much both sides raise its bound, by trial at first, by what was
 * learned later. Reference: Achterberg, Koch, Martin, Branching rules revisited (Oper. Res. Letters
 * 33, 2005).
 */
export class SplitWorths<Split extends BranchSet> {
  /** What the root's relaxation may rise. */
  room = 0;
  readonly #sets: readonly Split[];
  readonly #options: Options;
  readonly #costs: BranchCosts;
  readonly #trial: ChoiceRelaxation;

  constructor(choice: Choice, sets: readonly Split[], options: Options) {
    this.#sets = sets;
    this.#options = options;
    this.#costs = new BranchCosts(sets.length);
    this.#trial = new ChoiceRelaxation(choice);
  }

  /** Sets of which a part is chosen, the best first by what is expected of them. */
  open(node: ChoiceRelaxation): Candidate<Split>[] {
    const shares = node.shares();
    const open = this.#sets.flatMap((set) => {
      const share = set.columns.reduce((sum, column) => sum + shares[column]!, 0);
      return share > WHOLE && share < 1 - WHOLE ? [{ set, share, worth: 0 }] : [];
    });
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
      candidate.worth = this.worth(node, inside!, outside!) * chance;
    }
    return open.sort((a, b) => b.worth - a.worth);
  }

  /** Whether both sides were tried before. */
  isKnown({ set }: Candidate<Split>): boolean {
    return this.#costs.isKnown(set);
  }

  /** Some pivots into a side: what it costs more, at least; Infinity where that is too much. */
  try(node: ChoiceRelaxation, { set, share }: Candidate<Split>, isIn: boolean): number {
    const [trial, { costMax, trialPivots }] = [this.#trial, this.#options];
    trial.copyFrom(node);
    shutSide(trial, set, isIn);
    const isDear = trial.solve(costMax, trialPivots) === 'dear';
    const cost = isDear ? Infinity : trial.objective - node.objective;
    this.learn(node, { set, share, isIn, cost });
    return cost;
  }

  learn(node: ChoiceRelaxation, { set, share, isIn, cost }: TriedSide): void {
    this.#costs.learn(set, isIn, Math.min(cost, this.#roomOf(node)), share);
  }

  worth(node: ChoiceRelaxation, inside: number, outside: number): number {
    const [room, least] = [this.#roomOf(node), this.room * LEAST_SHARE];
    return Math.max(Math.min(inside, room), least) * Math.max(Math.min(outside, room), least);
  }

  #roomOf({ objective }: ChoiceRelaxation): number {
    return this.#options.costMax - objective;
  }
}

/** Leaves a group the columns of a set, or the others. */
export function shutSide(
  { isShut, choice }: ChoiceRelaxation,
  { group, columns }: BranchSet,
  isIn: boolean,
): void {
  if (!isIn) {
    for (const column of columns) isShut[column] = 1;
    return;
  }
  const inside = new Set(columns);
  for (const column of choice.groups[group]!) {
    if (!inside.has(column)) isShut[column] = 1;
  }
}
