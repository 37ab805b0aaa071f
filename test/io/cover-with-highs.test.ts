import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { seededRandom } from '../../src/base/rng.ts';
import type { CoverItem, CoverProblem } from '../../src/core/optimize/model/cover-problem.ts';
import { planFor } from '../../src/core/optimize/plan-for-tests.ts';
import { coverByDp } from '../../src/core/optimize/search/cover-by-dp.ts';
import { coverBySolver } from '../../src/core/optimize/search/cover-by-solver.ts';
import { coverGreedily } from '../../src/core/optimize/search/cover-greedily.ts';
import type { Solver } from '../../src/ports/solver.ts';
import { buildInlineOffer } from '../../src/spec/build-for-tests.ts';

const SEED = 7;

describe(`the optimizer with the real solver (seed ${SEED})`, () => {
  let solver: Solver;
  before(() => {
    solver = highsSolver();
  });
  after(() => solver.close());

  it('finds what the exact recurrence finds, on problems that both can do', async () => {
    const random = seededRandom(SEED);
    let beaten = 0;
    for (let round = 0; round < 30; round++) {
      const problem = randomProblem(random);
      const exact = coverByDp(problem);
      const found = await coverBySolver(problem, solver);
      assert.equal(found?.cost, exact?.cost, JSON.stringify(problem));
      if (exact !== null && coverGreedily(problem)!.cost > exact.cost) beaten++;
    }
    assert.ok(beaten > 5, 'greedy alone would have done');
  });

  it('is asked where a table is too large, and its plan passes the check', async () => {
    const random = seededRandom(SEED);
    const counts = Array.from({ length: 40 }, () => 1 + Math.floor(random() * 9));
    const offers = counts.map((count, index) =>
      buildInlineOffer(`m${index}`, 1 + Math.floor(random() * 50), count),
    );
    const throughput = Object.fromEntries(
      offers.map(({ name }) => [name, 1000 + Math.floor(random() * 90_000)]),
    );
    let asked = 0;
    const load = async (): Promise<Solver> => {
      asked++;
      return solver;
    };
    const work = { units: 3_333_333, per: 'machine' as const, throughput };
    const { plan } = await planFor([{ offers, work }], [], { solver: load });
    assert.equal(asked, 1);
    assert.equal(plan.bound?.proof, 'duals');
    assert.ok(plan.gap! < 0.01, `gap ${plan.gap}`);
  });
});

function randomProblem(random: () => number): CoverProblem {
  const whole = (least: number, most: number): number =>
    least + Math.floor(random() * (most - least + 1));
  const items = Array.from(
    { length: whole(3, 9) },
    (_, candidate): CoverItem => ({
      candidate,
      cost: whole(5, 400),
      units: whole(3, 120),
      cap: whole(1, 12),
      least: 1,
      kind: 'machine',
    }),
  );
  return { need: whole(50, 900), items, costScale: 1 };
}
