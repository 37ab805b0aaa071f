import { SECOND_MS } from '../../../base/time.ts';
import { type Answer, type ProblemCertificate, type Proof, proofOf } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerValue, verifyAnswer } from '../verify/verify-answer.ts';
import type { Searcher, SearchOptions } from './searcher.ts';

/** What one searcher came to, after the check that trusts none. */
export type Attempt = {
  readonly solver: string;
  /** Null where it found nothing, or what it found is wrong. */
  readonly answer: Answer | null;
  /** Of the answer, in units of the objective. */
  readonly value: number | null;
  /** What the check made of the certificate; null where it proves nothing. */
  readonly bound: number | null;
  readonly proof: Proof | null;
  /** What that is made of. */
  readonly certificate: ProblemCertificate | null;
  /** A bound that nobody can check. */
  readonly claimed: number | null;
  /** The searcher says that there is no answer, or its bound proves it. */
  readonly isInfeasible: boolean;
  readonly seconds: number;
  /** What is wrong with its answer: a fault of the searcher. */
  readonly faults: readonly string[];
};

/** Runs one searcher, checks its answer and makes the bound from its certificate. */
export async function runSearcher(
  problem: Problem,
  searcher: Searcher,
  options: SearchOptions,
): Promise<Attempt> {
  const { clock } = options;
  const since = clock.now();
  const { answer, certificate, isInfeasible } = await searcher.search(problem, options);
  const seconds = (clock.now() - since) / SECOND_MS;
  const faults = answer === null ? [] : verifyAnswer(problem, answer);
  const good = faults.length === 0 ? answer : null;
  const bound = boundOf(problem, certificate);
  return {
    solver: searcher.name,
    answer: good,
    value: good === null ? null : answerValue(problem, good),
    ...bound,
    certificate,
    isInfeasible: isInfeasible || isBeyondAll(problem, bound.bound),
    seconds,
    faults,
  };
}

/** The cheapest answer costs more than there is. */
function isBeyondAll({ objective, limits, tasks }: Problem, bound: number | null): boolean {
  if (bound === Infinity) return true;
  if (bound === null || objective.minimize !== 'cost') return false;
  const [only, ...more] = tasks;
  const own = more.length === 0 ? only?.limits.budgetMicros : null;
  return bound > Math.min(limits.budgetMicros ?? Infinity, own ?? Infinity);
}

function boundOf(
  problem: Problem,
  certificate: ProblemCertificate | null,
): Pick<Attempt, 'bound' | 'proof' | 'claimed'> {
  if (certificate === null) return NOTHING_PROVEN;
  if (certificate.proof === 'solver') {
    const { proof, claimed } = certificate;
    return Number.isFinite(claimed) ? { bound: null, proof, claimed } : NOTHING_PROVEN;
  }
  const made = problemBound(problem, certificate);
  // Below everything, or no number at all: it proves nothing.
  const bound = made !== null && made > -Infinity ? made : null;
  return bound === null ? NOTHING_PROVEN : { bound, proof: proofOf(certificate), claimed: null };
}

const NOTHING_PROVEN = { bound: null, proof: null, claimed: null } as const;

/** (value − bound) / value; 0 is proven best. */
export function gapOf(value: number, bound: number): number {
  return value <= bound ? 0 : (value - bound) / value;
}
