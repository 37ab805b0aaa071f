import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { randomRouteProblem } from './build-network-for-tests.ts';
import { nearestFirstTree, treeFloor } from './many-terminals.ts';
import { shortestPaths, steinerTree } from './steiner.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 100 : 5000;

describe('trees to many terminals', () => {
  it('cost no less than the cheapest and no more than twice as much, and the floor is between half of it and it', () => {
    const random = seededRandom(41);
    for (let round = 0; round < CASES; round++) {
      const problem = randomRouteProblem(random, { regions: 8, destinations: 5 });
      const { network, source, destinations: terminals } = problem;
      const costs = network.nanosPerGigabyte;
      const size = network.regions.length;
      const paths = shortestPaths(costs, size);
      const { cost: least } = steinerTree(paths, source, terminals)!;
      const tree = nearestFirstTree(paths, source, terminals)!;
      let cost = 0;
      for (const [to, from] of tree) cost += costs[from * size + to]!;
      assert.ok(terminals.every((terminal) => tree.has(terminal)));
      assert.ok(cost >= least && cost <= 2 * least, `round ${round}: ${cost}, at least ${least}`);
      const floor = treeFloor(costs, { source, terminals });
      assert.ok(floor <= least * (1 + 1e-9) && floor >= least / 2, `round ${round}: ${floor}`);
    }
  });

  it('are none, and have no floor, where a terminal has no way', () => {
    const costs = new Float64Array(4).fill(Infinity);
    assert.equal(nearestFirstTree(shortestPaths(costs, 2), 0, [1]), null);
    assert.equal(treeFloor(costs, { source: 0, terminals: [1] }), Infinity);
  });
});
