import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { everyTree, randomRouteProblem } from './build-network-for-tests.ts';
import { pathOf, pruned, shortestPaths, steinerTree, treeOf } from './steiner.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 60 : 2000;

describe('the cheapest tree', () => {
  it('costs what the cheapest of all trees costs, on random networks', () => {
    const random = seededRandom(7);
    for (let round = 0; round < CASES; round++) {
      const problem = randomRouteProblem(random, { regions: 5, destinations: 3 });
      const { network, source, destinations } = problem;
      const size = network.regions.length;
      const cost = (tree: ReadonlyMap<number, number>): number => {
        let sum = 0;
        for (const [to, from] of tree) sum += network.nanosPerGigabyte[from * size + to]!;
        return sum;
      };
      const found = steinerTree(
        shortestPaths(network.nanosPerGigabyte, size),
        source,
        destinations,
      );
      const least = Math.min(...everyTree(problem).map(cost));
      assert.deepEqual([found?.cost, cost(found!.tree)], [least, least], `round ${round}`);
    }
  });

  it('joins two destinations on the way where that is cheaper than going twice', () => {
    const costs = costsOf(4, [
      [0, 1, 10],
      [1, 2, 1],
      [1, 3, 1],
      [0, 2, 8],
      [0, 3, 8],
    ]);
    const found = steinerTree(shortestPaths(costs, 4), 0, [2, 3]);
    assert.deepEqual(found, {
      cost: 12,
      tree: new Map([
        [1, 0],
        [2, 1],
        [3, 1],
      ]),
    });
  });

  it('is none where a destination has no way', () => {
    const costs = costsOf(3, [[0, 1, 1]]);
    assert.equal(steinerTree(shortestPaths(costs, 3), 0, [1, 2]), null);
  });

  it('is empty for no destination', () => {
    assert.deepEqual(steinerTree(shortestPaths(costsOf(2, []), 2), 0, []), {
      cost: 0,
      tree: new Map(),
    });
  });
});

describe('paths and trees', () => {
  it('lead over the links that cost least together', () => {
    const costs = costsOf(4, [
      [0, 3, 10],
      [0, 1, 1],
      [1, 2, 1],
      [2, 3, 1],
    ]);
    assert.deepEqual(pathOf(shortestPaths(costs, 4), 0, 3), [
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('keep the first link that enters a region, and none that enters the source', () => {
    assert.deepEqual(
      treeOf(0, [
        [0, 1],
        [1, 2],
        [2, 0],
        [0, 2],
      ]),
      new Map([
        [1, 0],
        [2, 1],
      ]),
    );
  });

  it('lose branches that lead to no terminal, whole', () => {
    const tree = new Map([
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 1],
    ]);
    assert.deepEqual(
      pruned(tree, new Set([4])),
      new Map([
        [1, 0],
        [4, 1],
      ]),
    );
  });
});

function costsOf(
  size: number,
  links: readonly (readonly [from: number, to: number, cost: number])[],
): Float64Array {
  const costs = new Float64Array(size * size).fill(Infinity);
  for (const [from, to, cost] of links) costs[from * size + to] = cost;
  return costs;
}
