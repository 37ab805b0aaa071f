import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { seededRandom } from '../../../base/rng.ts';
import { asEpochMs } from '../../../base/time.ts';
import { routeBound } from '../verify/verify-route-bound.ts';
import {
  buildLink,
  buildRouteProblem,
  everyTree,
  noSolver,
  randomRouteProblem,
} from './build-network-for-tests.ts';
import { findRoute } from './find-route.ts';
import { directTree } from './plain-trees.ts';
import { planRoute } from './route-plan.ts';
import { type Group, type RouteProblem, routeProblem } from './route-problem.ts';
import { settle } from './settle.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 6 : 300;
/** To which times are told. */
const MICROSECOND = 1e-6;
const OPTIONS = {
  solver: noSolver,
  clock: { now: () => asEpochMs(0) },
  timeLimitMs: 1000,
  seed: 1,
  moves: 300,
  split: 'partitions',
  frontier: false,
} as const;

describe('the route that is found', () => {
  it('costs what the cheapest of all ways to place two partitions costs, and no bound is above it but for the rounding of lines', async () => {
    const random = seededRandom(5);
    for (let round = 0; round < CASES; round++) {
      const drawn = randomRouteProblem(random, { regions: 4, destinations: 2 });
      const problem = { ...drawn, partitions: 2 };
      const { answer, certificate } = await findRoute(problem, OPTIONS);
      const { costMicros, links, regions } = settle(problem, answer);
      const roundedAway = (links.length + regions.length) / 2;
      const least = cheapestOfAll(problem);
      assert.ok(costMicros <= least + roundedAway, `round ${round}`);
      assert.ok(routeBound(problem, certificate) <= least + roundedAway);
    }
  });

  it('takes two trees where one alone would take twice as long for the same egress', async () => {
    const near = { nanosPerGigabyte: 50_000_000 };
    const links = [
      buildLink({ from: 'a:0', to: 'a:1', ...near }),
      buildLink({ from: 'a:0', to: 'a:2', ...near }),
      buildLink({ from: 'a:1', to: 'a:2', nanosPerGigabyte: 1_000_000 }),
      buildLink({ from: 'a:2', to: 'a:1', nanosPerGigabyte: 1_000_000 }),
    ];
    const problem = buildRouteProblem(links, { destinations: [1, 2] });
    const { answer } = await findRoute(problem, OPTIONS);
    assert.deepEqual(
      answer.groups.map(({ partitions }) => partitions),
      [5, 5],
    );
    assert.equal(settle(problem, answer).seconds, 240);
  });

  it('never costs more than straight links or cheapest paths', async () => {
    await each({ regions: 6, destinations: 4 }, async (problem) => {
      const { costMicros, baselines } = await planRoute(problem, OPTIONS);
      for (const plain of [baselines.direct, baselines.dijkstra])
        assert.ok(plain === null || costMicros <= plain.costMicros);
    });
  });

  it('never costs more when there is more time, and keeps the time that there is', async () => {
    await each({ regions: 5, destinations: 3 }, async (problem) => {
      const { frontier } = await planRoute(problem, { ...OPTIONS, frontier: true });
      let before = Infinity;
      for (const seconds of frontier.map((point) => point.seconds)) {
        const within = { ...problem, withinS: seconds * 1.01 };
        const { answer } = await findRoute(within, OPTIONS);
        const settled = settle(within, answer);
        assert.ok(settled.seconds <= within.withinS + MICROSECOND);
        assert.ok(settled.costMicros <= before);
        before = settled.costMicros;
      }
    });
  });

  it('never costs more when more machines are allowed in the same time', async () => {
    await each({ regions: 5, destinations: 3 }, async (problem) => {
      const free = settle(problem, (await findRoute(problem, OPTIONS)).answer);
      const within = { ...problem, withinS: free.seconds };
      const { machines } = problem;
      const more = { ...within, machines: { ...machines, perRegion: machines.perRegion + 1 } };
      const settled = settle(more, (await findRoute(more, OPTIONS)).answer);
      // Of equal costs each region's line may be rounded up.
      assert.ok(settled.costMicros <= free.costMicros + free.regions.length);
    });
  });

  it('does not depend on the order of destinations, nor on their repetition', async () => {
    await each({ regions: 6, destinations: 4 }, async (problem) => {
      const { destinations } = problem;
      const shuffled = [...destinations.toReversed(), destinations[0]!];
      const [one, other] = [problem, routeProblem({ ...problem, destinations: shuffled })];
      assert.deepEqual(await findRoute(one, OPTIONS), await findRoute(other, OPTIONS));
    });
  });

  it('costs twice as much where every price is doubled', async () => {
    await each({ regions: 5, destinations: 3 }, async (problem) => {
      const { network, machines } = problem;
      const nanosPerGigabyte = network.nanosPerGigabyte.map((price) => price * 2);
      const doubled = {
        ...problem,
        network: { ...network, nanosPerGigabyte },
        machines: { ...machines, nanosPerHour: (machines.nanosPerHour * 2) as never },
      };
      const [one, other] = [await findRoute(problem, OPTIONS), await findRoute(doubled, OPTIONS)];
      const { costMicros, links, regions } = settle(problem, one.answer);
      const difference = settle(doubled, other.answer).costMicros - 2 * costMicros;
      assert.ok(Math.abs(difference) <= 2 * (links.length + regions.length));
    });
  });

  it('reaches more destinations than an exact tree can have, with a bound that holds', async () => {
    const random = seededRandom(2);
    const problem = randomRouteProblem(random, { regions: 14, destinations: 13 });
    const plan = await planRoute(problem, { ...OPTIONS, moves: 50 });
    assert.equal(plan.to.length, 13);
    assert.ok(plan.bound.micros > 0 && plan.gap < 1);
  });

  it('is refused with the missing end where there is no way', async () => {
    const links = [buildLink({ from: 'a:0', to: 'a:1' }), buildLink({ from: 'a:2', to: 'a:1' })];
    await assert.rejects(findRoute(buildRouteProblem(links), OPTIONS), (error) => {
      assert.ok(error instanceof KedgeError && error.code === 'route.infeasible');
      assert.match(error.message, /no way from a:0 to all of a:2/);
      return true;
    });
  });

  it('is refused with the time that it takes at least where there is too little', async () => {
    const problem = buildRouteProblem([buildLink({ from: 'a:0', to: 'a:1' })], { withinS: 60 });
    await assert.rejects(findRoute(problem, OPTIONS), (error) => {
      assert.ok(error instanceof KedgeError && error.code === 'route.infeasible');
      assert.match(error.message, /takes as little as 1m: .* make it 8m/);
      assert.deepEqual(error.details, { fastestS: 480, floorS: 480 });
      return true;
    });
  });

  it('takes the time that is given to the second', async () => {
    const problem = buildRouteProblem([buildLink({ from: 'a:0', to: 'a:1' })], { withinS: 480 });
    assert.equal(settle(problem, (await findRoute(problem, OPTIONS)).answer).seconds, 480);
  });
});

describe('straight links', () => {
  it('are no tree where one is missing', () => {
    const links = [buildLink({ from: 'a:0', to: 'a:1' }), buildLink({ from: 'a:1', to: 'a:2' })];
    assert.equal(directTree(buildRouteProblem(links, { destinations: [1, 2] })), null);
  });
});

async function each(
  size: { readonly regions: number; readonly destinations: number },
  check: (problem: RouteProblem) => Promise<void>,
): Promise<void> {
  const random = seededRandom(size.regions * 100 + size.destinations);
  for (let round = 0; round < CASES; round++) await check(randomRouteProblem(random, size));
}

/** Of two partitions: every tree for the one with every tree for the other. */
function cheapestOfAll(problem: RouteProblem): number {
  const trees = everyTree(problem);
  let least = Infinity;
  for (const one of trees) {
    for (const other of trees) {
      const groups: Group[] = [
        { tree: one, partitions: 1 },
        { tree: other, partitions: 1 },
      ];
      const { costMicros } = settle(problem, { split: 'partitions', parts: 2, groups });
      least = Math.min(least, costMicros);
    }
  }
  return least;
}
