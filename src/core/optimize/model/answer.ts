import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { PlaceBound } from './place-proof.ts';
import type { Fraction } from './task-problem.ts';

/** What is hired for one task: an answer to a `Problem` is a list of these. */
export type AnswerLine = {
  readonly task: number;
  /** Index into the options of the task's work. */
  readonly option: number;
  readonly machines: number;
  /** Of each machine. */
  readonly hours: number;
  /** Seconds from now. */
  readonly startS: number;
  /** Serving: of each bucket, the share that these machines take; null for other work. */
  readonly shares: readonly number[] | null;
};

export type Answer = { readonly lines: readonly AnswerLine[] };

/** When the last of its machines is done, in seconds from now. */
export function endOfAnswer({ lines }: Answer): number {
  return Math.max(0, ...lines.map(({ startS, hours }) => startS + hours * SECONDS_PER_HOUR));
}

/**
 * What proves that no answer has a lower value, for a checker that trusts no searcher.
 * `enumeration` and `dp` are done again from the problem alone. `duals` are multiplied out in exact
 * integers. `tree` is a recorded search whose leaves are proven by duals. `solver` is a claim.
 * Where there are `places`, they alone prove the bound, of a pipeline; what else there is, is empty.
 */
export type ProblemCertificate =
  | { readonly proof: 'enumeration' }
  | { readonly proof: 'dp'; readonly places?: PlaceBound }
  | { readonly proof: 'duals'; readonly duals: Duals; readonly places?: PlaceBound }
  | { readonly proof: 'tree'; readonly tree: BoundTree; readonly places?: PlaceBound }
  | { readonly proof: 'solver'; readonly claimed: number };

/**
 * Prices for what couples and what is needed (all ≥ 0), in units of the objective: by weak duality
 * any such prices give a bound, right ones a close one.
 */
export type Duals = {
  /** Of one unit of each pool's limit, in the order of the pools. */
  readonly pools: readonly Fraction[];
  /** Of one machine of each offer's `available`, shared by all tasks: sparse. */
  readonly offers: readonly { readonly offer: number; readonly price: Fraction }[];
  /** Of one micro-dollar of the common budget. */
  readonly budget: Fraction;
  /** Of each task: of one unit of divisible work; of all requests of each bucket; none for a choice. */
  readonly tasks: readonly (readonly Fraction[])[];
};

/** The bound of a split is the lower one of its halves. */
export type BoundTree =
  | {
      readonly split: { readonly task: number; readonly option: number; readonly at: number };
      /** Where so many machines of the option, or fewer, are hired; 0 excludes an option of a choice. */
      readonly atMost: BoundTree;
      readonly more: BoundTree;
    }
  | { readonly duals: Duals };
