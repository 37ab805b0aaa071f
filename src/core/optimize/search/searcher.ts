import type { Clock } from '../../../ports/clock.ts';
import type { Pool } from '../../../ports/pool.ts';
import type { Solver } from '../../../ports/solver.ts';
import type { TreeAnswer, TreeJob } from '../cover/choice/choose-by-tree.ts';
import type { IslandJob, IslandResult } from '../genetic/island.ts';
import type { Answer, ProblemCertificate } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';

export type SearchOptions = {
  /** Local time; a searcher gives what it has when it is over. */
  readonly clock: Clock;
  readonly timeLimitMs: number;
  /** (value − bound) / value at which it may stop. */
  readonly gap: number;
  readonly seed: number;
  /** Where to start from, as a plan that is in force; null for none. */
  readonly start: Answer | null;
  /** Loaded only where it is needed. */
  readonly solver: () => Promise<Solver>;
  /** Threads for parts of a search, started only where that pays; none, and all run in this one. */
  readonly islands?: () => Promise<Pool<IslandJob, IslandResult>>;
  readonly trees?: () => Promise<Pool<TreeJob, TreeAnswer>>;
};

/** Null where nothing was found; `isInfeasible` where it is proven that there is nothing. */
export type Found = {
  readonly answer: Answer | null;
  /** Null where it proves nothing. */
  readonly certificate: ProblemCertificate | null;
  readonly isInfeasible: boolean;
};

/** One way to look for the best answer; all are judged by the same `verify`. */
export type Searcher = {
  readonly name: string;
  /** Why it does not take such a problem, in words; null when it does. */
  readonly refuses: (problem: Problem) => string | null;
  readonly search: (problem: Problem, options: SearchOptions) => Promise<Found>;
};
