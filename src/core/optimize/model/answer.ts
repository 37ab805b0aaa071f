import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { CoverBound } from './cover-proof.ts';
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
 * Where there are `places`, they alone prove the bound, of a pipeline; `covers` prove that of
 * covers which share offers, whatever the duals.
 * `parts` bound some tasks each by themselves: what these cost at least adds up, whatever else couples
 * them; tasks in no part cost nothing at least.
 */
export type ProblemCertificate =
  | { readonly proof: 'enumeration' }
  | { readonly proof: 'dp'; readonly places?: PlaceBound }
  | {
      readonly proof: 'duals';
      readonly duals: Duals;
      readonly places?: PlaceBound;
      readonly covers?: CoverBound;
    }
  | { readonly proof: 'tree'; readonly tree: BoundTree; readonly places?: PlaceBound }
  | { readonly proof: 'parts'; readonly parts: readonly PartProof[] }
  | { readonly proof: 'solver'; readonly claimed: number };

export type PartProof = {
  /** Indices of tasks, in no other part. */
  readonly tasks: readonly number[];
  /** Of the problem of these tasks alone. */
  readonly certificate: ProblemCertificate;
};

/** How a bound is proven, as people are told: a sum as its least proven part is. */
export type Proof = Exclude<ProblemCertificate['proof'], 'parts'>;

const WEAKEST_FIRST: readonly Proof[] = ['solver', 'tree', 'duals', 'dp', 'enumeration'];

export function proofOf(certificate: ProblemCertificate): Proof {
  if (certificate.proof !== 'parts') return certificate.proof;
  return weakestOf(certificate.parts.map((part) => proofOf(part.certificate)));
}

export function weakestOf(proofs: readonly Proof[]): Proof {
  return WEAKEST_FIRST.find((proof) => proofs.includes(proof)) ?? 'enumeration';
}

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
  /**
   * Of each task: of one unit of divisible work; of all requests of each bucket; none for a choice.
   * None for divisible work in whole machines has the checker cover it anew at the other prices.
   */
  readonly tasks: readonly (readonly Fraction[])[];
};

/**
 * The bound of a split is the lower one of its halves. For serving a split on an option counts the
 * machines of all options that are like it, its group (verify-serving-bound.ts).
 */
export type BoundTree =
  | {
      readonly split: { readonly task: number; readonly option: number; readonly at: number };
      /** Where so many machines of the option, or fewer, are hired; 0 excludes an option of a choice. */
      readonly atMost: BoundTree;
      readonly more: BoundTree;
    }
  | { readonly duals: Duals };
