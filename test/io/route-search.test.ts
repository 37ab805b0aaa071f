import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs } from '../../src/base/time.ts';
import {
  buildLink,
  buildRouteProblem,
  everyTree,
  randomRouteProblem,
} from '../../src/core/optimize/routes/build-network-for-tests.ts';
import { packTrees } from '../../src/core/optimize/routes/pack-trees.ts';
import { planRoute } from '../../src/core/optimize/routes/route-plan.ts';
import type { RouteProblem } from '../../src/core/optimize/routes/route-problem.ts';
import { packingOf, settingOf } from '../../src/core/optimize/routes/setting.ts';
import { settle } from '../../src/core/optimize/routes/settle.ts';
import type { Solver } from '../../src/ports/solver.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 12 : 300;

describe('data routes, with HiGHS', () => {
  let solver: Solver;
  before(() => {
    solver = highsSolver();
  });
  after(() => solver.close());

  const plan = (problem: RouteProblem, split: 'partitions' | 'shares', frontier = false) =>
    planRoute(problem, {
      solver,
      clock: { now: () => asEpochMs(0) },
      timeLimitMs: 1000,
      seed: 1,
      moves: 300,
      split,
      frontier,
    });

  it('the fractional optimum is reached from both sides: trees that cost it, prices that prove it', async () => {
    const random = seededRandom(23);
    for (let round = 0; round < CASES; round++) {
      const problem = randomRouteProblem(random, { regions: 6, destinations: 3 });
      const packing = packingOf(settingOf(problem)!, Infinity);
      const packed = await packTrees(packing, { solver, isOver: () => false });
      let cost = packing.secondCost * packed!.seconds;
      for (const { tree, share } of packed!.trees)
        for (const [to, from] of tree)
          cost += share * packing.costs[from * packing.bottlenecks.size + to]!;
      assert.ok(packed!.bound <= cost * (1 + 1e-9), `round ${round}`);
      assert.ok(packed!.bound >= cost * (1 - 1e-5), `round ${round}: ${packed!.bound} of ${cost}`);
    }
  });

  it('the bound is above that of plain trees where one tree alone fills the limits', async () => {
    const links = [
      buildLink({ from: 'a:0', to: 'a:1', nanosPerGigabyte: 50_000_000 }),
      buildLink({ from: 'a:0', to: 'a:2', nanosPerGigabyte: 50_000_000 }),
      buildLink({ from: 'a:1', to: 'a:2', nanosPerGigabyte: 1_000_000 }),
      buildLink({ from: 'a:2', to: 'a:1', nanosPerGigabyte: 1_000_000 }),
    ];
    const problem = buildRouteProblem(links, { destinations: [1, 2] });
    const { bound, costMicros, gap, seconds, trees } = await plan(problem, 'partitions');
    // Half goes each way round: 150 GB at 5 Gbit/s, where one tree takes twice as long.
    assert.deepEqual([trees.length, seconds, costMicros], [2, 240, 15_300_000 + 216_000]);
    assert.deepEqual([bound.micros, gap], [costMicros, 0]);
  });

  it('shares never cost more than whole partitions to the same destination', async () => {
    const random = seededRandom(29);
    for (let round = 0; round < CASES; round++) {
      const problem = randomRouteProblem(random, { regions: 5, destinations: 1 });
      const [shares, whole] = [await plan(problem, 'shares'), await plan(problem, 'partitions')];
      const lines = whole.edges.length + whole.regions.length;
      assert.ok(shares.costMicros <= whole.costMicros * (1 + 1e-6) + lines, `round ${round}`);
    }
  });

  it('shares keep every time on their frontier, at no more than it says', async () => {
    const random = seededRandom(31);
    for (let round = 0; round < CASES / 3; round++) {
      const problem = randomRouteProblem(random, { regions: 6, destinations: 1 });
      const { frontier } = await plan(problem, 'shares', true);
      let cheaper = Infinity;
      for (const [index, { seconds, costMicros }] of frontier.entries()) {
        assert.ok(costMicros < cheaper);
        cheaper = costMicros;
        if (index > 1) continue;
        const withinS = seconds + 1e-6;
        const kept = await plan({ ...problem, withinS }, 'shares');
        assert.ok(kept.seconds <= withinS);
        assert.ok(kept.costMicros <= costMicros * (1 + 1e-5));
      }
    }
  });

  it('the bound within a time is never above any route that keeps it', async () => {
    const random = seededRandom(37);
    for (let round = 0; round < CASES; round++) {
      const drawn = randomRouteProblem(random, { regions: 4, destinations: 2 });
      const routes = everyTree(drawn).map((tree) =>
        settle(drawn, {
          split: 'partitions',
          parts: drawn.partitions,
          groups: [{ tree, partitions: drawn.partitions }],
        }),
      );
      const times = routes.map(({ seconds }) => seconds).toSorted((one, other) => one - other);
      const problem = { ...drawn, withinS: times[Math.floor(random() * times.length)]! + 1e-6 };
      const kept = routes.filter(({ seconds }) => seconds <= problem.withinS);
      const least = Math.min(...kept.map(({ costMicros }) => costMicros));
      const { bound, costMicros } = await plan(problem, 'partitions');
      assert.ok(bound.micros <= least && costMicros <= least, `round ${round}`);
    }
  });
});
