import assert from 'node:assert/strict';
import test from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { asRate } from '../../../base/money.ts';
import type { LinearModel, Solver, SolverAnswer } from '../../../ports/solver.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import { chooseCovers } from './choose-covers.ts';
import { coupledModel } from './coupled-model.ts';
import { taskOf } from './cover-for-tests.ts';
import { CoverState, columnOf } from './cover-state.ts';
import type { Column } from './master.ts';

/** Two tasks, each done by two machines of either offer; of the cheap one there are three. */
const options = [0, 1].map((offer) => ({ offer, throughput: 5 }));
const work = { kind: 'divisible', per: 'machine', units: 10, options } as const;
const model = coupledModel(
  buildProblem({
    offers: [buildOffer({ available: 3 }), buildOffer({ nanosPerHour: asRate(3e9) })],
    tasks: [taskOf(work), taskOf(work)],
  }),
);
const dear = [0, 1].map((task) => columnOf(model, task, [[1, 2]]));
const cheap = columnOf(model, 0, [[0, 2]]);
const mixed = columnOf(model, 1, [
  [0, 1],
  [1, 1],
]);

function known(): CoverState {
  const state = new CoverState(model);
  for (const column of dear) state.put(column);
  return state;
}

/** Says what it is told to, and keeps what it was asked. */
class Told implements Solver {
  readonly name = 'told';
  readonly #say: (model: LinearModel) => SolverAnswer;
  asked: LinearModel | null = null;

  constructor(say: (model: LinearModel) => SolverAnswer) {
    this.#say = say;
  }

  solve: Solver['solve'] = async (asked) => {
    this.asked = asked;
    return this.#say(asked);
  };

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function choosing(...values: number[]): Told {
  return new Told(() => ({ status: 'feasible', objective: 0, bound: 0, values, duals: null }));
}

function choose(solver: Solver, some: readonly Column[]): Promise<CoverState | null> {
  return chooseCovers(model, known(), some, { cuts: [], solver, timeLimitMs: 1000 });
}

test('a choice that fits and costs less takes the place of the known covers', async () => {
  const better = await choose(choosing(0, 0, 1, 1), [cheap, mixed]);
  assert.deepEqual([better?.columnOf(0), better?.columnOf(1)], [cheap, mixed]);
  assert.equal(better?.cost, 6_000_000);
});

test('the solver is asked for one cover of each task, within what is available', async () => {
  const solver = choosing(1, 1, 0, 0);
  assert.equal(await choose(solver, [cheap, mixed]), null, 'no less than what is known');
  const rows = solver.asked!.rows.map(({ columns, values, upper }) => ({ columns, values, upper }));
  assert.deepEqual(rows, [
    { columns: [2, 3], values: [2, 1], upper: 3 },
    { columns: [0, 1, 3], values: [2, 2, 1], upper: model.available[1]! },
    { columns: [0, 2], values: [1, 1], upper: 1 },
    { columns: [1, 3], values: [1, 1], upper: 1 },
  ]);
  assert.ok(solver.asked!.integer.every(Boolean));
});

test('what does not fit, leaves a task out or does one twice is not taken for a choice', async () => {
  const other = columnOf(model, 1, [[0, 2]]);
  assert.equal(await choose(choosing(0, 0, 1, 1), [cheap, other]), null, 'four of three machines');
  assert.equal(await choose(choosing(0, 0, 1, 0), [cheap, mixed]), null, 'a task without a cover');
  assert.equal(await choose(choosing(1, 0, 1, 0), [cheap, mixed]), null, 'a task with two');
});

test('a solver that fails takes nothing with it, and a fault of ours is no failure of a solver', async () => {
  const failing = (error: Error) =>
    new Told(() => {
      throw error;
    });
  const failed = new KedgeError('solver.failed', 'out of memory', {});
  assert.equal(await choose(failing(failed), [cheap]), null);
  await assert.rejects(choose(failing(new RangeError('ours')), [cheap]), /ours/);
});
