import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros, asRate } from '../../../base/money.ts';
import { asEpochMs } from '../../../base/time.ts';
import type { LinearModel, Solver } from '../../../ports/solver.ts';
import type { AnswerLine } from '../model/answer.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { ChoiceWork, Problem, ProblemTask } from '../model/problem.ts';
import { machineNanoSeconds, NANO_SECONDS_PER_MICRO, roundHalfEven } from '../verify/read-line.ts';
import { verifyAnswer } from '../verify/verify-answer.ts';
import { blockSizes } from './block-parts.ts';
import { fraction } from './duals-of.ts';
import { exactModel } from './exact-model.ts';
import { exact } from './exact-searcher.ts';
import { togetherOf } from './hourly-rows.ts';
import { lineMicros } from './line-micros.ts';
import { LinearBuilder } from './linear-builder.ts';
import { heldAt, keepColumns, reducedCosts, restored } from './reduce-columns.ts';
import { scheduled } from './scheduled.ts';
import { cheapestStart } from './start.ts';

const steppingOffers = fc
  .record({
    nanosPerHour: fc.nat(5e9),
    steps: fc.array(fc.record({ fromS: fc.nat(9000), nanosPerHour: fc.nat(5e9) }), {
      maxLength: 3,
    }),
    billingIncrementS: fc.constantFrom(1, 60, 3600),
    billingMinimumS: fc.constantFrom(0, 90, 3600),
  })
  .map(({ nanosPerHour, steps, ...terms }) =>
    buildOffer({
      ...terms,
      nanosPerHour: asRate(nanosPerHour),
      laterPrices: steps
        .toSorted((a, b) => a.fromS - b.fromS)
        .map(({ fromS, nanosPerHour: later }) => ({ fromS, nanosPerHour: asRate(later) })),
    }),
  );

describe('the cost of a line', () => {
  it('law: it is what the checker finds, whatever the price does in the meantime', () => {
    const lines = fc.record({
      machines: fc.integer({ min: 1, max: 9 }),
      hours: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10),
      startS: fc.nat(9000),
    });
    fc.assert(
      fc.property(steppingOffers, lines, (offer, line) => {
        const exactly = machineNanoSeconds(offer, line) * BigInt(line.machines);
        const micros = roundHalfEven(exactly, NANO_SECONDS_PER_MICRO);
        assert.equal(lineMicros(offer, line), Number(micros));
      }),
    );
  });

  it('law: no second is a cheaper one to begin than the one that is chosen', () => {
    fc.assert(
      fc.property(steppingOffers, fc.nat(3000), fc.nat(3000), (offer, earliestS, more) => {
        const hired = { machines: 2, hours: 0.5 };
        const latestS = earliestS + more;
        const { startS, micros } = cheapestStart(offer, hired, { earliestS, latestS });
        assert.ok(startS >= earliestS && startS <= latestS);
        for (let second = earliestS; second <= latestS; second += 7) {
          assert.ok(micros <= lineMicros(offer, { ...hired, startS: second }));
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('the parts of the exact model', () => {
  it('a column that occurs twice in a row counts twice', () => {
    const builder = new LinearBuilder();
    const column = builder.column({ upper: 5, whole: true });
    builder.row(
      [
        { column, value: 2 },
        { column, value: 3 },
      ],
      { upper: 7 },
    );
    assert.deepEqual(builder.build().rows, [
      { columns: [0], values: [5], lower: -Infinity, upper: 7 },
    ]);
  });

  it('blocks make up every number of machines', () => {
    for (const most of [0, 1, 6, 7, 8, 100]) {
      let sums = new Set([0]);
      for (const size of blockSizes(most)) {
        sums = new Set([...sums, ...[...sums].map((sum) => sum + size)]);
      }
      assert.deepEqual(
        [...sums].toSorted((a, b) => a - b),
        [...Array(most + 1).keys()],
      );
    }
  });

  it('tasks that wait for each other never run at once', () => {
    const tasks = (needs: readonly (readonly number[])[]) =>
      buildProblem({ tasks: needs.map((own) => choiceTask({ needs: own })) });
    const groups = (needs: readonly (readonly number[])[]) =>
      togetherOf(tasks(needs))
        .map((group) => group.toSorted().join(''))
        .toSorted();
    assert.deepEqual(groups([[], [], []]), ['012']);
    assert.deepEqual(groups([[], [0], [1]]), ['0', '1', '2']);
    assert.deepEqual(groups([[], [0], [0], [1, 2]]), ['0', '12', '3']);
  });

  it('an option that cannot end in time, or of which too little is left, has no column', () => {
    const offers = [buildOffer({ available: 2 }), buildOffer({})];
    const work: ChoiceWork = {
      kind: 'choice',
      options: [
        { ...option(0), machines: 3 },
        { ...option(1), hours: 3 },
        { ...option(1), startS: 4000 },
        option(1),
      ],
    };
    const limits = { deadlineS: 7200, budgetMicros: null, nanosPerHourMax: null };
    const { parts, model } = exactModel(
      buildProblem({ offers, limits, tasks: [buildTask({ work })] }),
    );
    assert.deepEqual(
      parts.map((part) => part.option),
      [3],
    );
    assert.equal(model.cost.length, 1);
  });

  it('law: a price is kept to twelve digits, in whole numbers', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (value) => {
        const { of, per } = fraction(value);
        assert.ok(Number.isSafeInteger(of) && Number.isSafeInteger(per) && per > 0);
        const digits = value > 1e-3 ? 1e-12 : 1e-6;
        assert.ok(Math.abs(of / per - value) <= value * digits);
      }),
    );
  });
});

describe('columns that are left out', () => {
  const model: LinearModel = {
    cost: [3, 5, 1, 9],
    lower: [0, 0, 0, 0],
    upper: [4, 4, 2, 4],
    integer: [true, true, true, false],
    rows: [{ columns: [0, 1, 2, 3], values: [2, 3, 1, 1], lower: 9, upper: 20 }],
  };

  it('what is fixed is taken off the rows, and put back into the answer', () => {
    const reduced = keepColumns(model, [1, 3], [1, 0, 2, 0]);
    assert.deepEqual(reduced.model.rows, [
      { columns: [0, 1], values: [3, 1], lower: 5, upper: 16 },
    ]);
    assert.deepEqual(reduced.model.cost, [5, 9]);
    assert.equal(reduced.constant, 5);
    assert.deepEqual(restored(reduced, [2, 0.5]), [1, 2, 2, 0.5]);
  });

  it('only a whole column at a bound that its reduced cost holds it at can be fixed', () => {
    const above = reducedCosts(model, [1.6]);
    assert.deepEqual(
      above.map((cost) => Math.round(cost * 10) / 10),
      [-0.2, 0.2, -0.6, 7.4],
    );
    const held = (values: readonly number[]) =>
      values.map((value, column) => heldAt(model, column, { value, above: above[column]! }));
    assert.deepEqual(held([4, 0, 2, 0]), [4, 0, 2, null]);
    assert.deepEqual(held([0, 4, 1, 0]), [null, null, null, null]);
  });
});

describe('when tasks begin', () => {
  it('after what they need, and after the data have arrived', () => {
    const regions = ['x', 'y'];
    const problem = buildProblem({
      offers: regions.map((region) => buildOffer({ region })),
      tasks: [choiceTask({}), choiceTask({}), choiceTask({ needs: [0] })],
      transfers: [{ from: 1, to: 2, gigabytes: 100 }],
      routes: [
        { from: 'a/x', to: 'a/y', nanosPerGigabyte: asRate(0), gigabitsPerSecond: 8 },
        { from: 'a/y', to: 'a/x', nanosPerGigabyte: asRate(0), gigabitsPerSecond: 1 },
      ],
    });
    const lines = [0, 1, 0].map((at, task) => lineOf({ task, option: at }));
    const answer = scheduled(problem, lines);
    assert.deepEqual(
      answer.lines.map(({ startS }) => startS),
      [0, 0, 3600 + 800],
    );
    assert.deepEqual(verifyAnswer(problem, answer), []);
  });

  it('it refuses to wait for a cheaper hour where others wait as well', () => {
    const later = [{ fromS: 60, nanosPerHour: asRate(1) }];
    const offers = [buildOffer({ laterPrices: later }), buildOffer({})];
    const alone = buildProblem({ offers, tasks: [choiceTask({ name: 'one' })] });
    assert.equal(exact.refuses(alone), null);
    const waiting = { ...alone, tasks: [...alone.tasks, choiceTask({ name: 'two', needs: [0] })] };
    assert.match(exact.refuses(waiting)!, /two waits for one/);
    assert.match(exact.refuses({ ...alone, objective: { minimize: 'time' } })!, /end of all/);
  });
});

describe('what the exact searcher makes of a solver', () => {
  it('an infeasible model is an infeasible problem, unless the model asks too much', async () => {
    const free = buildProblem({
      offers: [buildOffer({}), buildOffer({})],
      tasks: [choiceTask({}), choiceTask({})],
    });
    assert.equal((await search(free)).isInfeasible, true);
    const limits = { ...free.limits, nanosPerHourMax: asRate(1_000_000_000) };
    assert.equal((await search({ ...free, limits })).isInfeasible, false, 'one after the other');
  });

  function search(problem: Problem) {
    const solver: Solver = {
      name: 'none',
      solve: async () => ({ status: 'infeasible' }),
      close: async () => undefined,
    };
    const clock = { now: () => asEpochMs(0), sleep: async () => undefined };
    const limits = { clock, timeLimitMs: 1, gap: 0, seed: 1, start: null };
    return exact.search(problem, { ...limits, solver: async () => solver });
  }
});

function option(offer: number): ChoiceWork['options'][number] {
  return { offer, machines: 1, hours: 1, startS: 0, extraMicros: asMicros(0) };
}

function choiceTask(parts: Partial<ProblemTask>): ProblemTask {
  return buildTask({ work: { kind: 'choice', options: [option(0), option(1)] }, ...parts });
}

function lineOf(parts: Pick<AnswerLine, 'task' | 'option'>): AnswerLine {
  return { machines: 1, hours: 1, startS: 0, shares: null, ...parts };
}
