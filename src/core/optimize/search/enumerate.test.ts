import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros, asRate, microsFromUsd, rateFromUsd, ZERO_MICROS } from '../../../base/money.ts';
import type { Answer } from '../model/answer.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { ChoiceWork, Problem } from '../model/problem.ts';
import { answerValue, verifyAnswer } from '../verify/verify-answer.ts';
import { enumerateSearcher } from './enumerate.ts';
import { OPTIONS } from './options-for-tests.ts';
import type { Found } from './searcher.ts';

const NO_LIMITS = { deadlineS: null, budgetMicros: null, nanosPerHourMax: null };

type Option = ChoiceWork['options'][number];

function way(parts: Partial<Option>): Option {
  return { offer: 0, machines: 1, hours: 1, startS: 0, extraMicros: ZERO_MICROS, ...parts };
}

function choice(...options: readonly Partial<Option>[]): ChoiceWork {
  return { kind: 'choice', options: options.map(way) };
}

async function search(problem: Problem): Promise<Found> {
  assert.equal(enumerateSearcher.refuses(problem), null);
  return enumerateSearcher.search(problem, OPTIONS);
}

describe('comparing every way', () => {
  const offers = [
    buildOffer({ id: 'slow', nanosPerHour: rateFromUsd(1), gramsPerHour: 10 }),
    buildOffer({ id: 'fast', nanosPerHour: rateFromUsd(3), gramsPerHour: 90, available: 2 }),
  ];
  const tasks = [buildTask({ work: choice({ hours: 4 }, { offer: 1, hours: 1.5 }) })];
  const optionOf = async (parts: Partial<Problem>): Promise<number | undefined> =>
    (await search(buildProblem({ offers, tasks, ...parts }))).answer?.lines[0]!.option;

  it('takes what is least: dollars, seconds, grams, or a weighted sum of them', async () => {
    assert.equal(await optionOf({}), 0);
    assert.equal(await optionOf({ objective: { minimize: 'time' } }), 1);
    assert.equal(await optionOf({ objective: { minimize: 'carbon' } }), 0);
    const weights = { microsPerKilogram: ZERO_MICROS, microsPerHour: microsFromUsd(0.21) };
    assert.equal(await optionOf({ objective: { minimize: 'weighted', ...weights } }), 1);
  });

  it('keeps deadline, budget, hourly limit, what is available and pools', async () => {
    const limited = (limits: Partial<Problem['limits']>) =>
      optionOf({ limits: { ...NO_LIMITS, ...limits } });
    assert.equal(await limited({ deadlineS: 3 * 3600 }), 1);
    assert.equal(await limited({ budgetMicros: microsFromUsd(4.4) }), 0);
    assert.equal(await limited({ budgetMicros: microsFromUsd(3.9) }), undefined);
    assert.equal(await limited({ nanosPerHourMax: rateFromUsd(2), deadlineS: 3600 }), undefined);
    const three = choice({ machines: 9, hours: 4 }, { offer: 1, machines: 3, hours: 1 });
    assert.equal(await optionOf({ tasks: [buildTask({ work: three })] }), 0);
    const pools = [{ id: 'hours', per: 'machine-hour' as const, limit: 3 }];
    const drawing = [{ ...offers[0]!, uses: [{ pool: 0, amount: 1 }] }, offers[1]!];
    assert.equal(await optionOf({ pools, offers: drawing }), 1);
  });

  it('waits for a cheaper hour when the deadline lets it', async () => {
    const falling = buildOffer({
      nanosPerHour: rateFromUsd(5),
      laterPrices: [{ fromS: 7200, nanosPerHour: rateFromUsd(1) }],
    });
    const work = choice({ hours: 1 }, { hours: 1, startS: 3600 }, { hours: 1, startS: 7200 });
    const task = buildTask({ work });
    const problem = buildProblem({ offers: [falling], tasks: [task] });
    assert.equal((await search(problem)).answer!.lines[0]!.startS, 7200);
    const limits = { ...NO_LIMITS, deadlineS: 7200 };
    const soon = await search({ ...problem, limits });
    assert.equal(soon.answer!.lines[0]!.startS, 0);
    // The dear hours are over when it begins, so that it keeps the limit of the hour.
    const cheap = { ...NO_LIMITS, nanosPerHourMax: rateFromUsd(1) };
    assert.equal((await search({ ...problem, limits: cheap })).answer!.lines[0]!.startS, 7200);
  });

  it('waits on its own, ends before a price rises, and pays for the wait where time has a price', async () => {
    const stepping = (...laterUsd: readonly number[]) =>
      buildOffer({
        nanosPerHour: rateFromUsd(2),
        laterPrices: laterUsd.map((dollars, index) => ({
          fromS: (index + 1) * 7200,
          nanosPerHour: rateFromUsd(dollars),
        })),
      });
    const startOf = async (offer: Problem['offers'][number], parts: Partial<Problem> = {}) => {
      const waiting = [buildTask({ work: choice({ hours: 1, startS: 10 }) })];
      const problem = buildProblem({ offers: [offer], tasks: waiting, ...parts });
      const { answer } = await search(problem);
      assert.deepEqual(verifyAnswer(problem, answer!), []);
      return answer!.lines[0]!.startS;
    };
    assert.equal(await startOf(stepping(1)), 7200);
    assert.equal(await startOf(stepping(3)), 10);
    const soon = { ...NO_LIMITS, deadlineS: 8000 };
    assert.equal(await startOf(stepping(1), { limits: soon }), 8000 - 3600);
    const dear = { microsPerHour: microsFromUsd(5), microsPerKilogram: ZERO_MICROS };
    assert.equal(await startOf(stepping(1), { objective: { minimize: 'weighted', ...dear } }), 10);
  });

  it('lets each task begin when those before it have ended', async () => {
    const after = { ...tasks[0]!, needs: [0] };
    const problem = buildProblem({ offers, tasks: [tasks[0]!, after] });
    const { answer } = await search(problem);
    assert.deepEqual(
      answer!.lines.map(({ startS }) => startS),
      [0, 4 * 3600],
    );
    assert.deepEqual(verifyAnswer(problem, answer!), []);
  });

  it('says nothing but what they cost at least where tasks want the same machine', async () => {
    const both = choice({ offer: 1, machines: 2, hours: 1 });
    const problem = buildProblem({
      offers,
      tasks: [both, both].map((work) => buildTask({ work })),
    });
    assert.deepEqual(await search(problem), {
      answer: null,
      certificate: { proof: 'enumeration' },
      isInfeasible: false,
    });
  });

  it('refuses what couples tasks, and says what it is', () => {
    const two = [tasks[0]!, tasks[0]!];
    const refusal = (parts: Partial<Problem>): string | null =>
      enumerateSearcher.refuses(buildProblem({ offers, tasks: two, ...parts }));
    assert.equal(refusal({}), null);
    assert.match(refusal({ objective: { minimize: 'time' } })!, /time/);
    assert.match(refusal({ limits: { ...NO_LIMITS, deadlineS: 1 } })!, /deadline/);
    assert.match(refusal({ transfers: [{ from: 0, to: 1, gigabytes: 1 }] })!, /data/);
    assert.match(refusal({ apart: [{ tasks: [0, 1], by: 'zone' }] })!, /apart/);
    const divisible = { kind: 'divisible', per: 'hour', units: 1, options: [] } as const;
    assert.match(refusal({ tasks: [buildTask({ work: divisible })] })!, /list/);
  });
});

describe('comparing every way: laws', () => {
  const offer = fc
    .record({
      nanosPerHour: fc.integer({ min: 0, max: 40 }).map((cents) => asRate(cents * 10_000_000)),
      gramsPerHour: fc.nat(9),
      available: fc.option(fc.integer({ min: 1, max: 6 })),
      billingIncrementS: fc.constantFrom(1, 600, 3600),
      billingMinimumS: fc.constantFrom(0, 900),
    })
    .map(buildOffer);
  const option = fc.record({
    offer: fc.nat(2),
    machines: fc.integer({ min: 1, max: 3 }),
    hours: fc.integer({ min: 1, max: 8 }).map((quarters) => quarters / 4),
    startS: fc.constantFrom(0, 1800),
    extraMicros: fc.nat(100_000).map(asMicros),
  });
  const task = fc
    .array(option, { minLength: 1, maxLength: 4 })
    .map((options) => buildTask({ work: { kind: 'choice', options } }));
  const problems = fc.record({
    offers: fc.array(offer, { minLength: 3, maxLength: 3 }),
    tasks: fc.array(task, { minLength: 1, maxLength: 3 }),
    objective: fc.constantFrom(
      { minimize: 'cost' as const },
      { minimize: 'time' as const },
      { minimize: 'carbon' as const },
    ),
    limits: fc.record({
      deadlineS: fc.option(fc.nat(7200), { freq: 2 }),
      budgetMicros: fc.option(fc.nat(900_000).map(asMicros), { freq: 2 }),
      nanosPerHourMax: fc.option(fc.constant(asRate(500_000_000)), { freq: 2 }),
    }),
  });

  it('finds what trying all combinations finds, in what it takes', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(problems, async (parts) => {
        const problem = buildProblem(parts);
        if (enumerateSearcher.refuses(problem) !== null) return;
        taken++;
        const { answer, isInfeasible } = await search(problem);
        const least = bruteForce(problem);
        if (least === null) assert.equal(answer, null);
        if (isInfeasible) assert.equal(least, null);
        if (answer === null) return;
        assert.deepEqual(verifyAnswer(problem, answer), []);
        assert.equal(answerValue(problem, answer), least);
      }),
      { numRuns: 500 },
    );
    assert.ok(taken > 100, `only ${taken} problems were taken`);
  });
});

/** The least value of all combinations of ways that pass the check; starts as early as can be. */
function bruteForce(problem: Problem): number | null {
  let answers: Answer[] = [{ lines: [] }];
  for (const [task, { work }] of problem.tasks.entries()) {
    const { options } = work as ChoiceWork;
    answers = answers.flatMap(({ lines }) =>
      options.map(({ machines, hours, startS }, at) => ({
        lines: [...lines, { task, option: at, machines, hours, startS, shares: null }],
      })),
    );
  }
  const values = answers
    .filter((answer) => verifyAnswer(problem, answer).length === 0)
    .map((answer) => answerValue(problem, answer));
  return values.length === 0 ? null : Math.min(...values);
}
