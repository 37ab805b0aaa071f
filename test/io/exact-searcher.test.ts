import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { bruteForce } from '../../bench/instances/brute-force.ts';
import { coverInstance } from '../../bench/instances/cover-instances.ts';
import { geneticInstance } from '../../bench/instances/genetic-instances.ts';
import { smallProblems } from '../../bench/instances/small-problems.ts';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { asMicros, asRate } from '../../src/base/money.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { exact } from '../../src/core/optimize/exact/exact-searcher.ts';
import type { Answer } from '../../src/core/optimize/model/answer.ts';
import {
  buildOffer,
  buildProblem,
  buildTask,
} from '../../src/core/optimize/model/build-for-tests.ts';
import type { Problem } from '../../src/core/optimize/model/problem.ts';
import type { Found } from '../../src/core/optimize/search/searcher.ts';
import { problemBound } from '../../src/core/optimize/verify/problem-bound.ts';
import { answerValue, verifyAnswer } from '../../src/core/optimize/verify/verify-answer.ts';
import type { LinearModel, Solver } from '../../src/ports/solver.ts';

const RUNS = Math.max(60, Number(process.env['KEDGE_FULL'] ?? 0));
/** Of what is minimized: seconds and grams come from a solver's floating point. */
const TOLERANCE = 1e-6;
/** Time for an answer, but for no proof. */
const SOON = { gap: 1e-5, timeLimitMs: 3_000 };
/** Lines are rounded to whole micro-dollars, models are not. */
const MICROS = 2;

describe('the exact searcher', () => {
  let solver: Solver;
  before(() => {
    solver = highsSolver();
  });
  after(() => solver.close());

  for (const kind of ['choice', 'divisible', 'serving', 'any'] as const) {
    it(`law: its answer is as good as trying all of them finds: ${kind}`, async () => {
      let solved = 0;
      const problems = smallProblems({
        ...(kind === 'any' ? {} : { kinds: [kind] }),
        minimize: ['cost', 'time', 'carbon', 'weighted'],
      });
      const law = fc.asyncProperty(problems, async (problem) => {
        const { answer, isInfeasible } = await find(problem);
        const best = bruteForce(problem);
        if (answer === null) return assert.ok(best === null || !isInfeasible, 'it is feasible');
        solved++;
        assert.deepEqual(verifyAnswer(problem, answer), []);
        const value = answerValue(problem, answer);
        if (best !== null) assert.ok(value <= best.value * (1 + TOLERANCE) + MICROS);
      });
      await fc.assert(law, { numRuns: RUNS, seed: 3 });
      assert.ok(solved > RUNS / 8, `only ${solved} of ${RUNS} could be solved`);
    });
  }

  it('law: it waits for the cheaper hour, where it takes such a problem at all', async () => {
    let taken = 0;
    const problems = smallProblems({ kinds: ['choice'], hasLaterPrices: true });
    const law = fc.asyncProperty(problems, async (problem) => {
      if (exact.refuses(problem) !== null) return;
      taken++;
      const { answer, isInfeasible } = await find(problem);
      const best = bruteForce(problem);
      if (answer === null) return assert.ok(best === null || !isInfeasible, 'it is feasible');
      assert.deepEqual(verifyAnswer(problem, answer), []);
      const hasHourly = [problem, ...problem.tasks].some(
        ({ limits }) => limits.nanosPerHourMax !== null,
      );
      const value = answerValue(problem, answer);
      if (best !== null && !hasHourly) assert.ok(value <= best.value + MICROS);
    });
    await fc.assert(law, { numRuns: RUNS, seed: 4 });
    assert.ok(taken > RUNS / 5, `only ${taken} of ${RUNS} were taken`);
  });

  it('works in the increment that a deadline cuts off, and pays for all of it', async () => {
    const problem = buildProblem({
      limits: { deadlineS: 5400, budgetMicros: null, nanosPerHourMax: null },
      offers: [buildOffer({ billingIncrementS: 3600, available: 1 })],
      tasks: [
        buildTask({
          work: {
            kind: 'divisible',
            per: 'hour',
            units: 3,
            options: [{ offer: 0, throughput: 2 }],
          },
        }),
      ],
    });
    const { answer } = await find(problem);
    assert.deepEqual(verifyAnswer(problem, answer!), []);
    assert.equal(answerValue(problem, answer!), 2_000_000);
  });

  it('runs tasks one after the other where at once they would cost too much an hour', async () => {
    const option = { offer: 0, machines: 1, hours: 1, startS: 0, extraMicros: asMicros(0) };
    const task = buildTask({ work: { kind: 'choice', options: [option] } });
    const problem = (deadlineS: number) =>
      buildProblem({
        limits: { deadlineS, budgetMicros: null, nanosPerHourMax: asRate(1_500_000_000) },
        offers: [buildOffer({})],
        tasks: [task, task],
      });
    const { answer } = await find(problem(7200));
    assert.deepEqual(verifyAnswer(problem(7200), answer!), []);
    assert.deepEqual(await find(problem(7100)), {
      answer: null,
      certificate: null,
      isInfeasible: false,
    });
  });

  it('moves data where that pays, and where there is time for it', async () => {
    const [dear, far] = [2_000_000_000, 1_000_000_000].map((nanosPerHour, index) =>
      buildOffer({ region: `${index}`, nanosPerHour: asRate(nanosPerHour) }),
    );
    const option = { machines: 1, hours: 1, startS: 0, extraMicros: asMicros(0) };
    const task = (...offers: number[]) =>
      buildTask({
        work: { kind: 'choice', options: offers.map((offer) => ({ ...option, offer })) },
      });
    const moving = (nanosPerGigabyte: number, deadlineS: number | null) =>
      buildProblem({
        limits: { deadlineS, budgetMicros: null, nanosPerHourMax: null },
        offers: [dear!, far!],
        tasks: [task(0), task(0, 1)],
        transfers: [{ from: 0, to: 1, gigabytes: 100 }],
        routes: [
          {
            from: 'a/0',
            to: 'a/1',
            nanosPerGigabyte: asRate(nanosPerGigabyte),
            gigabitsPerSecond: 1,
          },
        ],
      });
    for (const [price, deadlineS, micros] of [
      [9_000_000, null, 3_900_000],
      [11_000_000, null, 4_000_000],
      [9_000_000, 7200 + 800, 3_900_000],
      [9_000_000, 7200 + 799, 4_000_000],
    ] as const) {
      const problem = moving(price, deadlineS);
      const { answer } = await find(problem);
      assert.deepEqual(verifyAnswer(problem, answer!), []);
      assert.equal(answerValue(problem, answer!), micros, `${price} ${deadlineS}`);
    }
  });

  it('grows a tree whose bound the checker finds within the gap, where duals alone leave more', async () => {
    for (const [kind, seed] of [
      ['serving', 2],
      ['cover', 3],
    ] as const) {
      const problem = geneticInstance(kind, seed);
      const found = await find(problem, { gap: 1e-4 });
      const bound = problemBound(problem, found.certificate!)!;
      const value = valueOf(problem, found);
      assert.ok(bound <= value && value - bound <= 1.01e-4 * value, `${kind}: ${value} ${bound}`);
    }
  });

  it('finds the same in a part of the columns as in all of them', async () => {
    for (const kind of ['uncorrelated', 'duplicated'] as const) {
      const problem = coverInstance(kind, { tasks: 1, offers: 600 }, { seed: 2 });
      const sizes: number[] = [];
      const found = await find(problem, { solver: counting(solver, sizes), ...SOON });
      assert.ok(sizes.length > 0 && Math.max(...sizes) < 500, `models of ${sizes} columns`);
      const whole = await find(problem, { solver: wholly(solver), ...SOON });
      const [one, other] = [valueOf(problem, found), valueOf(problem, whole)];
      assert.ok(Math.abs(one - other) <= 1e-4 * one, `${kind}: ${one}, ${other}`);
    }
  });

  it('is never worse than what it starts from, however little time it has', async () => {
    const problem = geneticInstance('coupled', 7);
    const good = await find(problem, { gap: 0.02, timeLimitMs: 3_000 });
    const again = await find(problem, { start: good.answer, timeLimitMs: 1 });
    assert.notEqual(again.answer, null);
    assert.deepEqual(verifyAnswer(problem, again.answer!), []);
    assert.ok(valueOf(problem, again) <= valueOf(problem, good) + MICROS);
  });

  type Wish = { solver?: Solver; gap?: number; start?: Answer | null; timeLimitMs?: number };

  function find(problem: Problem, wish: Wish = {}): Promise<Found> {
    assert.equal(exact.refuses(problem), null);
    const clock = { now: () => asEpochMs(performance.now()), sleep: async () => undefined };
    const limits = { clock, timeLimitMs: 20_000, gap: 1e-9, seed: 1, start: null, ...wish };
    return exact.search(problem, { ...limits, solver: async () => wish.solver ?? solver });
  }
});

function valueOf(problem: Problem, { answer }: Found): number {
  assert.notEqual(answer, null);
  return answerValue(problem, answer!);
}

/** Tells how many columns the whole-numbered models have that it is asked. */
function counting(solver: Solver, sizes: number[]): Solver {
  return {
    ...solver,
    solve: (model, limits) => {
      if (model.integer.includes(true)) sizes.push(model.cost.length);
      return solver.solve(model, limits);
    },
  };
}

/** Gives no duals of relaxations, so that nothing can be left out. */
function wholly(solver: Solver): Solver {
  return {
    ...solver,
    solve: async (model: LinearModel, limits) => {
      const answer = await solver.solve(model, limits);
      return model.integer.includes(true) || !('duals' in answer)
        ? answer
        : { ...answer, duals: null };
    },
  };
}
