import { asRate } from '../../../base/money.ts';
import type { Problem, ProblemOffer, ProblemTask } from './problem.ts';

/** A problem of which only this is said. */
export function buildProblem(parts: Partial<Problem>): Problem {
  return {
    schema: 'kedge.problem/v1',
    name: null,
    objective: { minimize: 'cost' },
    limits: { deadlineS: null, budgetMicros: null, nanosPerHourMax: null },
    offers: [],
    pools: [],
    tasks: [],
    transfers: [],
    routes: [],
    apart: [],
    ...parts,
  };
}

export function buildOffer(parts: Partial<ProblemOffer>): ProblemOffer {
  return {
    id: 'offer',
    provider: 'a',
    region: null,
    zone: null,
    spot: false,
    nanosPerHour: asRate(1_000_000_000),
    laterPrices: [],
    billingIncrementS: 1,
    billingMinimumS: 0,
    available: null,
    gramsPerHour: null,
    uses: [],
    ...parts,
  };
}

export function buildTask(parts: Partial<ProblemTask> & Pick<ProblemTask, 'work'>): ProblemTask {
  return {
    name: null,
    needs: [],
    limits: { deadlineS: null, budgetMicros: null, nanosPerHourMax: null },
    providersMin: 1,
    shareMax: 1,
    ...parts,
  };
}
