import type { Candidate, RefusalCode } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';

/** The words of one refusal: what the offer has, what was needed, and the nearest change. */
export type Words = {
  /** One sentence. */
  readonly reason: string;
  readonly have: number | string | null;
  readonly need: number | string | null;
  /** What to change in the task file so that this offer passes. */
  readonly fix: string;
};

/**
 * One thing that a task asks of every offer, or of every way to use one. The distance is 0 for
 * what passes, and grows with how far it is from passing, as a share of what is asked; words are
 * made only for the few that a plan speaks of.
 */
export type Requirement<Subject = Offer> = {
  readonly code: RefusalCode;
  readonly distance: (subject: Subject) => number;
  readonly words: (subject: Subject) => Words;
};

/** Passing a yes-or-no question, or being one step away from it. */
export const PASSES = 0;
export const ONE_STEP = 1;

/** How much is missing of a quantity, as a share of what is needed. */
export function shortfall(have: number, need: number): number {
  return have >= need ? PASSES : (need - have) / need;
}

/** How offers carry the work of one task: what it asks of them, and the ways to use one. */
export type WorkMatch = {
  readonly requirements: readonly Requirement[];
  /** At least one for an offer that meets the requirements. */
  readonly waysOf: (offer: Offer) => readonly Candidate[];
};
