import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bruteForce } from '../../../../bench/instances/brute-force.ts';
import { smallProblems } from '../../../../bench/instances/small-problems.ts';
import { asMicros, asRate } from '../../../base/money.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Limits, Problem, ProblemTask } from '../model/problem.ts';
import { constraintsOf } from './constraints.ts';
import { explainConflict, type IsFeasible } from './explain-conflict.ts';
import { looseningOf } from './loosen.ts';
import { smallestConflict } from './smallest-conflict.ts';
import { conflictError } from './tell-conflict.ts';
import { without } from './without.ts';

const RUNS = Number(process.env['KEDGE_BOUND_RUNS'] ?? 60);
const NO_LIMITS: Limits = { deadlineS: null, budgetMicros: null, nanosPerHourMax: null };

const byTryingAll = async (problem: Problem): Promise<boolean> => bruteForce(problem) !== null;
const withAnswers: IsFeasible = async (problem) => bruteForce(problem)?.answer ?? false;

/** Trying all makes tasks wait for their needs alone, not for a moment that is less busy. */
function isJudged({ limits, tasks }: Problem): boolean {
  return [limits, ...tasks.map((task) => task.limits)].every((one) => one.nanosPerHourMax === null);
}

const infeasible = smallProblems({ kinds: ['choice', 'serving'], tasksMax: 3 }).filter(
  (problem) => isJudged(problem) && bruteForce(problem) === null,
);

describe('why nothing is possible', () => {
  it('names constraints that cannot all be kept, of which none can be left out', async () => {
    const law = fc.asyncProperty(infeasible, async (problem) => {
      const { constraints } = (await explainConflict(problem, byTryingAll))!;
      const others = constraintsOf(problem).filter(
        (one) => !constraints.some(({ words, kind }) => words === one.words && kind === one.kind),
      );
      assert.equal(await canDo(without(problem, others)), false);
      for (const one of constraints) {
        assert.equal(await canDo(without(problem, [...others, one])), true, one.words);
      }
    });
    await fc.assert(law, { numRuns: RUNS });
  });

  it('tells what would just do: a step less is not enough', async () => {
    const law = fc.asyncProperty(infeasible, async (problem) => {
      const { relaxations } = (await explainConflict(problem, byTryingAll))!;
      for (const { constraint, value } of relaxations) {
        const { problemAt, valueAt } = looseningOf(problem, constraint)!;
        const steps = 1 + Math.round((value - valueAt(1)) / (valueAt(2) - valueAt(1)));
        assert.equal(valueAt(steps), value);
        assert.equal(await byTryingAll(problemAt(steps)), true, constraint.words);
        assert.equal(await byTryingAll(problemAt(steps - 1)), false, constraint.words);
      }
    });
    await fc.assert(law, { numRuns: RUNS });
  });

  it('tells the same, in fewer checks, where answers are at hand', async () => {
    let [few, many] = [0, 0];
    const law = fc.asyncProperty(infeasible, async (problem) => {
      const one = await explainConflict(problem, (part) => (few++, withAnswers(part)));
      const other = await explainConflict(problem, (part) => (many++, byTryingAll(part)));
      assert.deepEqual(one, other);
    });
    await fc.assert(law, { numRuns: RUNS });
    assert.ok(few < many, `${few} < ${many}`);
  });

  it('finds nothing wrong with what can be done', async () => {
    const problem = oneTask(DIVISIBLE, NO_LIMITS);
    assert.equal(await explainConflict(problem, byTryingAll), null);
  });
});

async function canDo(problem: Problem): Promise<boolean> {
  return problem.tasks.length === 0 || byTryingAll(problem);
}

/** Four units, one an hour; a dollar an hour, two machines at once. */
const DIVISIBLE: ProblemTask['work'] = {
  kind: 'divisible',
  per: 'hour',
  units: 4,
  options: [{ offer: 0, throughput: 1 }],
};

function oneTask(work: ProblemTask['work'], limits: Limits, parts: Partial<Problem> = {}): Problem {
  const offers = [buildOffer({ id: 'cpu', billingIncrementS: 3600, available: 2 })];
  return buildProblem({ offers, tasks: [buildTask({ name: 'train', work, limits })], ...parts });
}

describe('a conflict in words', () => {
  const told = async (problem: Problem) => {
    const conflict = await explainConflict(problem, byTryingAll);
    return conflictError(problem, conflict!);
  };

  it('a deadline and what can be had', async () => {
    const error = await told(oneTask(DIVISIBLE, { ...NO_LIMITS, deadlineS: 3600 }));
    assert.equal(error.code, 'plan.infeasible');
    assert.equal(
      error.message,
      'no plan keeps all of these: a deadline of 1h for train; 4 units of train; no more than 2 of cpu',
    );
    assert.equal(
      error.hint,
      'each of these would do: a deadline of 2h; 2 units of train; 4 of cpu',
    );
  });

  it('a budget, to the cent', async () => {
    const error = await told(
      oneTask(DIVISIBLE, { ...NO_LIMITS, budgetMicros: asMicros(3_999_999) }),
    );
    assert.match(error.message, /a budget of \$4.00 for train; 4 units of train$/);
    assert.match(error.hint!, /a budget of \$4.00; 3 units of train/);
    const details = error.details as { relaxations: readonly { value: number }[] };
    assert.equal(details.relaxations[0]!.value, 4_000_000);
  });

  it('an hourly cost that not even one machine keeps', async () => {
    const limits = { ...NO_LIMITS, nanosPerHourMax: asRate(999_999_000) };
    const error = await told(oneTask(DIVISIBLE, limits));
    assert.match(error.message, /at most \$0.999999 an hour for train; 4 units of train$/);
    assert.equal(error.hint, '$1.00 an hour would do');
  });

  it('a quota that several tasks share', async () => {
    const machine: ProblemTask['work'] = {
      kind: 'choice',
      options: [{ offer: 0, machines: 2, hours: 1, startS: 0, extraMicros: asMicros(0) }],
    };
    const problem = buildProblem({
      offers: [buildOffer({ id: 'gpu', uses: [{ pool: 0, amount: 8 }] })],
      pools: [{ id: 'H100 quota', per: 'machine', limit: 40 }],
      tasks: ['a', 'b', 'c'].map((name) => buildTask({ name, work: machine })),
    });
    const error = await told(problem);
    assert.equal(
      error.message,
      'no plan keeps all of these: 40 of H100 quota; a on one of its 1 options; b on one of its 1 options; c on one of its 1 options',
    );
    assert.equal(error.hint, '48 of H100 quota would do');
  });

  it('a wish for providers that one offer cannot fulfil', async () => {
    const problem = buildProblem({
      offers: [buildOffer({ billingIncrementS: 3600 })],
      tasks: [buildTask({ work: DIVISIBLE, providersMin: 2 })],
    });
    assert.match((await told(problem)).hint!, /^1 provider for the task would do$/);
  });

  it('where no single step is enough it says so', async () => {
    const limits = { ...NO_LIMITS, deadlineS: 3600, budgetMicros: asMicros(1) };
    const choice: ProblemTask['work'] = {
      kind: 'choice',
      options: [{ offer: 0, machines: 1, hours: 2, startS: 0, extraMicros: asMicros(0) }],
    };
    const error = await told(oneTask(choice, limits));
    assert.match(error.message, /a deadline of 1h for train; train on one of its 1 options/);
    assert.match(error.hint!, /no single one of them is enough/);
  });

  it('when time is over it tells what does, though less might', async () => {
    const problem = oneTask(DIVISIBLE, { ...NO_LIMITS, budgetMicros: asMicros(1_000_000) });
    let checks = 0;
    const hasTime = (): boolean => ++checks < 14;
    const conflict = await explainConflict(problem, byTryingAll, { hasTime });
    const [only, ...others] = conflict!.relaxations;
    assert.equal(only!.constraint.kind, 'budget');
    assert.ok(only!.value > 4_000_000 && only!.value < 8_000_000, `${only!.value}`);
    assert.deepEqual(others, []);
  });

  it('without time it tells nothing rather than something wrong', async () => {
    const problem = oneTask(DIVISIBLE, { ...NO_LIMITS, budgetMicros: asMicros(1_000_000) });
    assert.equal(await explainConflict(problem, byTryingAll, { hasTime: () => false }), null);
  });
});

describe('the smallest conflict of many constraints', () => {
  it('is found in few checks', async () => {
    const wanted = [17, 400, 401];
    let checks = 0;
    const found = await smallestConflict(
      Array.from({ length: 1000 }, (_, index) => index),
      async (kept) => {
        checks++;
        return !wanted.every((one) => kept.includes(one));
      },
    );
    assert.deepEqual(found, wanted);
    assert.ok(checks < 80, `${checks} checks`);
  });

  it('is empty where even nothing cannot be kept', async () => {
    assert.deepEqual(await smallestConflict([], async () => false), []);
  });
});
