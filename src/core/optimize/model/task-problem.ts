import type { Candidate } from '../../../spec/match.ts';
import type { Task, Work } from '../../../spec/task.ts';

/** Work that any number of machines can share, in the user's own units. */
export type DivisibleWork = Extract<Work, { readonly units: number }>;

/** What a searcher chooses from for one task of a file: an immutable value. */
export type TaskProblem = {
  /** Of the task in its file. */
  readonly index: number;
  readonly task: Task;
  readonly candidates: readonly Candidate[];
};

/** So many machines of one candidate's offer, each for so long. */
export type Line = {
  readonly candidate: Candidate;
  readonly machines: number;
  /** Of each machine; null when nothing tells. */
  readonly hours: number | null;
};

/**
 * What the checker needs to prove a bound anew, without trusting the searcher: nothing but the
 * problem for an enumeration or a recurrence, which it redoes; the price of one unit of work
 * for duals (a fraction, so that the arithmetic is exact).
 */
export type Certificate =
  | { readonly proof: 'enumeration' }
  | { readonly proof: 'dp' }
  | { readonly proof: 'duals'; readonly price: Fraction };

/** of / per, both whole; per is positive. */
export type Fraction = { readonly of: number; readonly per: number };

export type Solution = {
  readonly lines: readonly Line[];
  readonly certificate: Certificate;
};

/** The work of a task where it is divisible, else null. */
export function divisibleWork({ work }: Task): DivisibleWork | null {
  return work !== null && 'units' in work ? work : null;
}
