import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { randomRouteProblem } from './build-network-for-tests.ts';
import { nearestFirstTree, treeFloor } from './many-terminals.ts';
import { shortestPaths, steinerTree } from './steiner.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 100 : 5000;

describe('trees to many terminals', () => {
  it('cost no less than the cheapest, and no more than a path to each: the floor is not above it', () => {
    const floors = eachRound(41, ({ costs, source, terminals }) => {
      const { least, cost, floor } = found(costs, source, terminals);
      // A cheapest tree has a path to each terminal, and none of them joins at more than its own.
      assert.ok(cost >= least && cost <= terminals.length * least, `${cost}, at least ${least}`);
      assert.ok(floor <= least * (1 + 1e-9), `${floor}, at most ${least}`);
      return floor / least;
    });
    assert.ok(mean(floors) > 0.95, `the floors are ${mean(floors)} of the cheapest on average`);
  });

  it('cost at most twice as much where links cost the same both ways', () => {
    eachRound(42, ({ costs, source, terminals }) => {
      const size = Math.sqrt(costs.length);
      const bothWays = costs.map((cost, link) =>
        Math.min(cost, costs[(link % size) * size + Math.floor(link / size)]!),
      );
      const { least, cost } = found(bothWays, source, terminals);
      assert.ok(cost <= 2 * least, `${cost}, at least ${least}`);
      return cost / least;
    });
  });

  it('have the distance of the only terminal as cost and floor', () => {
    eachRound(43, ({ costs, source, terminals }) => {
      const { least, cost, floor } = found(costs, source, terminals.slice(0, 1));
      assert.equal(cost, least);
      assert.ok(Math.abs(floor - least) <= least * 1e-9);
      return 1;
    });
  });

  it('are none, and have no floor, where a terminal has no way', () => {
    const costs = new Float64Array(4).fill(Infinity);
    assert.equal(nearestFirstTree(shortestPaths(costs, 2), 0, [1]), null);
    assert.equal(treeFloor(costs, { source: 0, terminals: [1] }), Infinity);
  });
});

type Network = {
  readonly costs: Float64Array;
  readonly source: number;
  readonly terminals: readonly number[];
};

function eachRound(seed: number, check: (network: Network) => number): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: CASES }, () => {
    const { network, source, destinations } = randomRouteProblem(random, {
      regions: 8,
      destinations: 5,
    });
    return check({ costs: network.nanosPerGigabyte, source, terminals: destinations });
  });
}

/** The cheapest of all, the one that is made, and the floor. */
function found(costs: Float64Array, source: number, terminals: readonly number[]) {
  const size = Math.sqrt(costs.length);
  const paths = shortestPaths(costs, size);
  const { cost: least } = steinerTree(paths, source, terminals)!;
  const tree = nearestFirstTree(paths, source, terminals)!;
  assert.ok(terminals.every((terminal) => tree.has(terminal)));
  let cost = 0;
  for (const [to, from] of tree) cost += costs[from * size + to]!;
  return { least, cost, floor: treeFloor(costs, { source, terminals }) };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
