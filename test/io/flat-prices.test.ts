import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { steadyClock } from '../../src/app/steady-clock.ts';
import { microsFromUsd, rateFromUsd, ZERO_MICROS } from '../../src/base/money.ts';
import {
  buildOffer,
  buildProblem,
  buildTask,
} from '../../src/core/optimize/model/build-for-tests.ts';
import type { Problem } from '../../src/core/optimize/model/problem.ts';
import { solveProblem } from '../../src/core/optimize/search/solve-problem.ts';
import { verifyAnswer } from '../../src/core/optimize/verify/verify-answer.ts';
import type { Solver } from '../../src/ports/solver.ts';

describe('prices that change while tasks wait for each other', () => {
  let solver: Solver;
  before(() => {
    solver = highsSolver();
  });
  after(() => solver.close());

  /** A chain of two tasks of an hour, where the machine costs less from the second hour on. */
  function chain(parts: Partial<Problem> = {}): Problem {
    const falling = buildOffer({
      nanosPerHour: rateFromUsd(2),
      laterPrices: [{ fromS: 3600, nanosPerHour: rateFromUsd(1) }],
    });
    const option = { offer: 0, machines: 1, hours: 1, startS: 0, extraMicros: ZERO_MICROS };
    const work = { kind: 'choice' as const, options: [option] };
    return buildProblem({
      offers: [falling],
      tasks: [buildTask({ work }), buildTask({ work, needs: [0] })],
      ...parts,
    });
  }

  const solve = (problem: Problem) =>
    solveProblem(problem, {
      clock: steadyClock(),
      timeLimitMs: 10_000,
      gap: 0,
      seed: 1,
      start: null,
      solver: async () => solver,
      solverName: 'auto',
    });

  it('has an answer that keeps its limits, billed at the prices that are in force', async () => {
    const problem = chain();
    const { answer, value, bound } = await solve(problem);
    assert.deepEqual(verifyAnswer(problem, answer), []);
    // Both wait for the hour from which the machine costs a dollar.
    assert.equal(value, 2_000_000);
    assert.equal(bound, 2_000_000);
  });

  it('does not wait past a deadline', async () => {
    const limits = { deadlineS: 7200, budgetMicros: null, nanosPerHourMax: null };
    const problem = chain({ limits });
    const { answer, value } = await solve(problem);
    assert.deepEqual(verifyAnswer(problem, answer), []);
    assert.equal(value, 3_000_000);
  });

  it('is not called impossible where cheaper hours might keep a budget', async () => {
    const limits = { deadlineS: 7200, budgetMicros: microsFromUsd(3), nanosPerHourMax: null };
    await assert.rejects(solve(chain({ limits })), { code: 'solver.timeout' });
  });
});
