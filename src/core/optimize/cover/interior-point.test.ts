import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import { coupledModel } from './coupled-model.ts';
import { randomCovers, taskOf } from './cover-for-tests.ts';
import { linearBound } from './linear-bound.ts';
import { relaxCoupled } from './relax-coupled.ts';

test('primal and dual meet, and keep every row', () => {
  const random = seededRandom(3);
  for (let count = 0; count < 50; count++) {
    const problem = randomCovers(random, { tasks: 3, offers: 12, pools: 2 });
    const tasks = problem.tasks.map((task) => ({ ...task, work: { ...task.work, units: 4 } }));
    const model = coupledModel({
      ...problem,
      tasks: tasks as never,
      pools: problem.pools.map((pool) => ({ ...pool, limit: pool.limit + 20 })),
    });
    const relaxed = relaxCoupled(model, 1e-8);
    const near = (a: number, b: number): boolean => a <= b + 1e-5 * (1 + Math.abs(b));
    let cost = 0;
    for (let offer = 0; offer < model.offers; offer++) {
      let used = 0;
      for (let task = 0; task < model.tasks; task++) {
        used += relaxed.machines[task * model.offers + offer]!;
      }
      cost += used * model.costs[offer]!;
      assert.ok(near(used, model.available[offer]!));
    }
    for (let task = 0; task < model.tasks; task++) {
      let done = 0;
      for (let offer = 0; offer < model.offers; offer++) {
        const place = task * model.offers + offer;
        done += relaxed.machines[place]! * model.units[place]!;
      }
      assert.ok(near(model.needs[task]!, done), `${done} of ${model.needs[task]} are done`);
    }
    const { bound } = linearBound(model, relaxed);
    assert.ok(near(cost, bound) && near(bound, cost), `${count}: primal ${cost}, dual ${bound}`);
  }
});

test('the price of work is what the next machine would do it for', () => {
  const problem = buildProblem({
    offers: [buildOffer({ available: 1 }), buildOffer({ nanosPerHour: 3_000_000_000 as never })],
    tasks: [
      taskOf({
        kind: 'divisible',
        per: 'machine',
        units: 15,
        options: [
          { offer: 0, throughput: 10 },
          { offer: 1, throughput: 10 },
        ],
      }),
    ],
  });
  const { work, machines } = relaxCoupled(coupledModel(problem), 1e-8);
  assert.ok(Math.abs(work[0]! - 300_000) < 1, `${work[0]} micro-dollars a unit`);
  assert.ok(Math.abs(machines[1]! - 0.5) < 1e-5);
});
