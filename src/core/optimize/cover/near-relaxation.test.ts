import assert from 'node:assert/strict';
import test from 'node:test';
import { asRate } from '../../../base/money.ts';
import { seededRandom } from '../../../base/rng.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import type { Problem } from '../model/problem.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerCost, verifyAnswer } from '../verify/verify-answer.ts';
import { coupledModel } from './coupled-model.ts';
import { coupledSearcher } from './coupled-searcher.ts';
import { searchOptions, taskOf } from './cover-for-tests.ts';
import { nearRelaxation, withKept } from './near-relaxation.ts';
import { relaxCoupled } from './relax-coupled.ts';

/** Six tasks of some two hundred machines each. */
function manyMachines(seed: number): Problem {
  const random = seededRandom(seed);
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const offers = Array.from({ length: 400 }, (_, index) =>
    buildOffer({
      id: `offer ${index}`,
      nanosPerHour: asRate(upTo(40_000) * 1_000_000),
      available: upTo(20),
      uses: [{ pool: 0, amount: upTo(3) - 1 }],
    }),
  );
  const options = (): { offer: number; throughput: number }[] =>
    offers.map((_, offer) => ({ offer, throughput: 10 + upTo(990) }));
  const work = { kind: 'divisible', per: 'machine' } as const;
  return buildProblem({
    offers,
    pools: [{ id: 'quota', per: 'machine', limit: 2000 }],
    tasks: Array.from({ length: 6 }, () => taskOf({ ...work, units: 150_000, options: options() })),
  });
}

test('a task keeps what the relaxation gives it whole, but for the machines that are chosen anew', () => {
  const model = coupledModel(manyMachines(1));
  const relaxed = relaxCoupled(model, 1e-8);
  const near = nearRelaxation(model, relaxed, 6)!;
  for (const { task, bought } of near.kept) {
    const row = relaxed.machines.subarray(task * model.offers, (task + 1) * model.offers);
    const whole = row.reduce((sum, machines) => sum + Math.floor(machines + 1e-4), 0);
    const kept = bought.reduce((sum, [, machines]) => sum + machines, 0);
    assert.equal(kept, whole - 6);
    for (const [offer, machines] of bought) assert.ok(machines <= row[offer]! + 1e-4);
    assert.ok(near.rest.needs[task]! > 0);
  }
  const all = withKept(model, near.kept, [{ task: 1, cost: 0, bought: [[0, 2]] }]);
  const count = (task: number): number => new Map(all[task]!.bought).get(0) ?? 0;
  assert.equal(count(1), (new Map(near.kept[1]!.bought).get(0) ?? 0) + 2);
});

test('covers of hundreds of machines are near the relaxation at once, long before covers are generated', async () => {
  const problem = manyMachines(1);
  // Each look at the clock takes one of them; without it, the first answer is 2.5 % off.
  const options = searchOptions({ gap: 1e-3, timeLimitMs: 20 });
  const { answer, certificate } = await coupledSearcher.search(problem, options);
  assert.deepEqual(verifyAnswer(problem, answer!), []);
  const cost = answerCost(problem, answer!);
  const bound = problemBound(problem, certificate!)!;
  assert.ok(cost - bound <= 3e-3 * cost, `${cost} of ${bound}`);
});
