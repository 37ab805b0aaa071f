import assert from 'node:assert/strict';
import test from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { asRate } from '../../../base/money.ts';
import type { Solver } from '../../../ports/solver.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import { coupledModel } from './coupled-model.ts';
import { taskOf } from './cover-for-tests.ts';
import { columnOf } from './cover-state.ts';
import { rowOfOffer } from './half-cuts.ts';
import { mixModel, NearColumns, nearMix } from './near-mix.ts';

/** Two tasks, each done by two machines of either offer; of the cheap one there are three. */
const options = [0, 1].map((offer) => ({ offer, throughput: 5 }));
const work = { kind: 'divisible', per: 'machine', units: 10, options } as const;
const model = coupledModel(
  buildProblem({
    offers: [buildOffer({ available: 3 }), buildOffer({ nanosPerHour: asRate(3e9) })],
    tasks: [taskOf(work), taskOf(work)],
  }),
);
const near = new NearColumns([
  columnOf(model, 0, [[1, 2]]),
  columnOf(model, 0, [[0, 2]]),
  columnOf(model, 1, [
    [0, 1],
    [1, 1],
  ]),
]);
const rows = near.offers.map((offer) => rowOfOffer(offer, model.available[offer]!, model.tasks));

test('a mix has one cover of each task, within what is available', () => {
  assert.deepEqual(
    mixModel(model, near, rows).rows.map(({ columns, values, upper }) => [columns, values, upper]),
    [
      [[1, 2], [2, 1], 3],
      [[0, 2], [2, 1], model.available[1]!],
      [[0, 1], [1, 1], 1],
      [[2], [1], 1],
    ],
  );
});

test('a solver that fails takes nothing with it, and a fault of ours is no failure of a solver', async () => {
  const mix = (error: Error) => {
    return nearMix(model, near, { rows, solver: failingWith(error), leftMs: 1000 });
  };
  assert.equal(await mix(new KedgeError('solver.failed', 'out of memory', {})), null);
  await assert.rejects(mix(new RangeError('ours')), /ours/);
});

function failingWith(error: Error): Solver {
  return {
    name: 'failing',
    async solve() {
      throw error;
    },
    async close() {},
  };
}
