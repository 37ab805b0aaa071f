import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros, asRate } from '../../../base/money.ts';
import { endOfAnswer } from '../model/answer.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Problem } from '../model/problem.ts';
import { answerValue, verifyAnswer } from '../verify/verify-answer.ts';
import { restoreOptions, undominatedOptions } from './undominated-options.ts';

const offers = fc.array(
  fc.record({
    region: fc.constantFrom('r', 's'),
    nanosPerHour: fc.integer({ min: 1, max: 4 }).map((usd) => asRate(usd * 1e9)),
    available: fc.constantFrom(null, 1, 2),
    uses: fc.constantFrom([], [{ pool: 0, amount: 1 }]),
  }),
  { minLength: 1, maxLength: 3 },
);
const option = fc.record({
  offer: fc.nat(2),
  machines: fc.integer({ min: 1, max: 2 }),
  hours: fc.integer({ min: 1, max: 3 }),
  startS: fc.constantFrom(0, 3600),
  extraMicros: fc.constantFrom(asMicros(0), asMicros(1e6)),
});
const problems = fc
  .record({
    offers,
    tasks: fc.array(fc.array(option, { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 2,
    }),
    handsOver: fc.boolean(),
    deadlineS: fc.constantFrom(null, 3600, 7200, 10_800),
    nanosPerHourMax: fc.constantFrom(null, asRate(4e9)),
  })
  .map(({ offers: drawn, tasks, handsOver, ...limits }) =>
    buildProblem({
      transfers: handsOver && tasks.length > 1 ? [{ from: 0, to: 1, gigabytes: 10 }] : [],
      routes: [
        { from: 'a/r', to: 'a/s', nanosPerGigabyte: asRate(5e7), gigabitsPerSecond: null },
        { from: 'a/s', to: 'a/r', nanosPerGigabyte: asRate(2e8), gigabitsPerSecond: null },
      ],
      limits: { budgetMicros: null, ...limits },
      offers: drawn.map((one, index) => buildOffer({ id: String(index), ...one })),
      pools: [{ id: 'quota', per: 'machine', limit: 2 }],
      tasks: tasks.map((options) =>
        buildTask({
          work: {
            kind: 'choice',
            options: options.map((one) => ({ ...one, offer: one.offer % drawn.length })),
          },
        }),
      ),
    }),
  );

/** By trying every option of every task; null when nothing keeps the limits. */
function bruteForce(problem: Problem): { value: number; lines: ReturnType<typeof line>[] } | null {
  let best: ReturnType<typeof bruteForce> = null;
  const tryFrom = (lines: readonly ReturnType<typeof line>[]): void => {
    const task = problem.tasks[lines.length];
    if (task !== undefined) {
      for (const at of task.work.options.keys()) {
        const next = line(problem, lines.length, at);
        const readyS = problem.transfers.length === 0 ? 0 : endOfAnswer({ lines });
        tryFrom([...lines, { ...next, startS: Math.max(next.startS, readyS) }]);
      }
      return;
    }
    if (verifyAnswer(problem, { lines }).length > 0) return;
    const value = answerValue(problem, { lines });
    if (best === null || value < best.value) best = { value, lines: [...lines] };
  };
  tryFrom([]);
  return best;
}

function line(problem: Problem, task: number, at: number) {
  const { work } = problem.tasks[task]!;
  assert(work.kind === 'choice');
  const { machines, hours, startS } = work.options[at]!;
  return { task, option: at, machines, hours, startS, shares: null };
}

describe('leaving out options that another beats', () => {
  it('never changes the optimum, and the answer is one to the given problem', () => {
    fc.assert(
      fc.property(problems, (given) => {
        const fewer = undominatedOptions(given);
        const [whole, reduced] = [bruteForce(given), bruteForce(fewer.problem)];
        assert.equal(reduced?.value, whole?.value);
        if (reduced === null) return;
        const lines = restoreOptions(fewer, reduced.lines);
        assert.deepEqual(verifyAnswer(given, { lines }), []);
        assert.equal(answerValue(given, { lines }), whole!.value);
      }),
      { numRuns: Number(process.env['KEDGE_PRESOLVE_RUNS'] ?? 300) },
    );
  });

  it('leaves one of many that are as good as each other', () => {
    const options = Array.from({ length: 50 }, () => ({
      offer: 0,
      machines: 1,
      hours: 1,
      startS: 0,
      extraMicros: asMicros(0),
    }));
    const problem = buildProblem({
      offers: [buildOffer({})],
      tasks: [buildTask({ work: { kind: 'choice', options } })],
    });
    assert.deepEqual(undominatedOptions(problem).kept, [[0]]);
  });
});
