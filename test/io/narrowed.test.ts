import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { coverInstance } from '../../bench/instances/cover-instances.ts';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { steadyClock } from '../../src/app/steady-clock.ts';
import type { Problem } from '../../src/core/optimize/model/problem.ts';
import { solveProblem } from '../../src/core/optimize/search/solve-problem.ts';
import { verifyAnswer } from '../../src/core/optimize/verify/verify-answer.ts';
import type { Solver } from '../../src/ports/solver.ts';

describe('a problem of too many options for one linear program', () => {
  let solver: Solver;
  before(() => {
    solver = highsSolver();
  });
  after(() => solver.close());

  /** Ten providers with a thousand offers each, of which two at least must take part. */
  function spread(offers: number): Problem {
    const problem = coverInstance('uncorrelated', { tasks: 1, offers }, { seed: 3 });
    const tasks = problem.tasks.map((task) => ({
      ...task,
      providersMin: 2,
      work: task.work.kind === 'divisible' ? { ...task.work, units: 30_000 } : task.work,
    }));
    return { ...problem, tasks };
  }

  const solve = (problem: Problem) =>
    solveProblem(problem, {
      clock: steadyClock(),
      timeLimitMs: 20_000,
      gap: 0.01,
      seed: 1,
      start: null,
      solver: async () => solver,
      solverName: 'narrowed',
    });

  it('is solved over the best few, with an answer and a bound of the whole', async () => {
    const problem = spread(10_000);
    const { answer, value, bound } = await solve(problem);
    assert.deepEqual(verifyAnswer(problem, answer), []);
    assert.ok(bound !== null && bound <= value && bound >= 0.98 * value, `${bound} of ${value}`);
  });

  it('is solved whole where there are fewer', async () => {
    await assert.rejects(solve(spread(100)), /does not take .* not so many options/);
  });
});
