import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { coverInstance } from '../../bench/instances/cover-instances.ts';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { ColumnPool } from '../../src/core/optimize/cover/column-pool.ts';
import { countPrices } from '../../src/core/optimize/cover/count-prices.ts';
import { coupledModel } from '../../src/core/optimize/cover/coupled-model.ts';
import { cutColumns } from '../../src/core/optimize/cover/cut-columns.ts';
import { cutNearCovers } from '../../src/core/optimize/cover/cut-near-covers.ts';
import { generateColumns } from '../../src/core/optimize/cover/generate-columns.ts';
import { linearBound } from '../../src/core/optimize/cover/linear-bound.ts';
import { relaxCoupled } from '../../src/core/optimize/cover/relax-coupled.ts';
import { presolve, restoreCertificate } from '../../src/core/optimize/presolve/presolve.ts';
import { problemBound } from '../../src/core/optimize/verify/problem-bound.ts';
import type { Solver } from '../../src/ports/solver.ts';

describe('cuts of two offers among covers that are all known', () => {
  let solver: Solver;
  before(() => {
    solver = highsSolver();
  });
  after(() => solver.close());

  for (const seed of [1, 2, 3]) {
    it(`prove more than those of one do, and the checker agrees (seed ${seed})`, async () => {
      const given = coverInstance('uncorrelated', { tasks: 15, offers: 120 }, { seed });
      const presolved = presolve(given);
      const model = coupledModel(presolved.problem);
      const ones = cutOfOnes(model);
      const halved = await cutNearCovers(model, ones, {
        solver,
        leftMs: () => 10_000,
        lossMax: ones.bound * 2e-3,
        costGoal: Infinity,
        answer: [],
      });
      assert.ok(halved !== null, 'cuts are found');
      const covers = countPrices(model.available, model.tasks, halved);
      const duals = { pools: [], offers: [], budget: { of: 0, per: 1 }, tasks: [] };
      const certificate = restoreCertificate(given, presolved, { proof: 'duals', duals, covers });
      const proven = problemBound(given, certificate!)!;
      assert.ok(proven >= Math.floor(halved.bound), `${proven} is below ${halved.bound}`);
      assert.ok(proven > ones.bound, `${proven} is no more than ${ones.bound}`);
    });
  }
});

function cutOfOnes(model: ReturnType<typeof coupledModel>) {
  const tasks = Array.from({ length: model.tasks }, (_, task) => task);
  const part = { tasks, available: model.available, limits: model.limits, cuts: [] };
  const options = {
    pool: new ColumnPool(model.tasks),
    above: new Float64Array(model.tasks),
    isOver: () => false,
    effort: { cellsMax: 2e7, gap: 1e-7 },
    roundsMax: 60,
    gap: 1e-5,
  };
  const { prices } = linearBound(model, relaxCoupled(model, 1e-6, null));
  const generated = generateColumns(model, part, prices, options)!;
  return cutColumns(model, part, generated, { ...options, cost: Infinity, costGoal: Infinity });
}
