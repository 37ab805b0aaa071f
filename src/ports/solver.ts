/**
 * A mixed-integer linear model as data: minimize cost·x subject to row bounds and variable
 * bounds. Arrays are indexed by variable or by row; ±Infinity means unbounded.
 */
export type LinearModel = {
  readonly cost: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly integer: readonly boolean[];
  readonly rows: readonly LinearRow[];
};

/** lower ≤ Σ values[k] · x[columns[k]] ≤ upper */
export type LinearRow = {
  readonly columns: readonly number[];
  readonly values: readonly number[];
  readonly lower: number;
  readonly upper: number;
};

export type SolverLimits = {
  readonly timeLimitMs: number;
  readonly relativeGap: number;
  /** Where to begin; never worse than this where it holds, and no matter where it does not. */
  readonly start?: SolverStart;
};

/** Values of some columns, as of a solution that is known; the solver completes the others. */
export type SolverStart = {
  readonly columns: readonly number[];
  readonly values: readonly number[];
};

export type SolverAnswer =
  | {
      /** `feasible`: the time limit came before the proof. */
      readonly status: 'optimal' | 'feasible';
      readonly objective: number;
      /** What the solver claims no solution can beat. */
      readonly bound: number;
      readonly values: readonly number[];
      /** Of the rows in the linear relaxation; null for a solver that gives none. */
      readonly duals: readonly number[] | null;
    }
  | { readonly status: 'infeasible' | 'unbounded' | 'no-solution' };

/** Something that solves linear models. Errors: `solver.failed`, `solver.timeout`. */
export interface Solver {
  readonly name: string;
  solve(model: LinearModel, limits: SolverLimits): Promise<SolverAnswer>;
  /** Ends its worker; a later solve starts a new one. */
  close(): Promise<void>;
}
