import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { allGroups, allTrees } from './all-trees.ts';
import { everyTree, randomRouteProblem } from './build-network-for-tests.ts';
import { capacitiesOf, type Group, type RouteProblem } from './route-problem.ts';
import type { Tree } from './steiner.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 30 : 1000;

describe('all ways of a small network', () => {
  it('are the trees that a parent for each region in turn gives, each once', () => {
    const random = seededRandom(3);
    for (let round = 0; round < CASES; round++) {
      const problem = randomRouteProblem(random, { regions: 4, destinations: 1 + (round % 3) });
      const found = listed(problem).map(nameOf);
      assert.deepEqual(found.toSorted(), everyTree(problem).map(nameOf).toSorted());
    }
  });

  it('share the partitions out in every way, or give all of them one tree where those are too many', () => {
    const problem = randomRouteProblem(seededRandom(4), { regions: 3, destinations: 2 });
    const trees = listed(problem);
    const count = trees.length;
    assert.ok(count > 1);
    const ways = [...allGroups(trees, 3)];
    assert.equal(ways.length, (count * (count + 1) * (count + 2)) / 6);
    assert.ok(ways.every((groups) => partitionsOf(groups) === 3));
    assert.equal(new Set(ways.map(wayName)).size, ways.length);
    assert.equal([...allGroups(trees, 1e6)].length, count);
  });

  it('are none of a large one', () => {
    const problem = randomRouteProblem(seededRandom(5), { regions: 8, destinations: 5 });
    assert.deepEqual(listed(problem), []);
  });
});

function listed(problem: RouteProblem): readonly Tree[] {
  return allTrees(problem, capacitiesOf(problem));
}

function nameOf(tree: Tree): string {
  return [...tree]
    .map(([to, from]) => `${from}>${to}`)
    .toSorted()
    .join(' ');
}

function wayName(groups: readonly Group[]): string {
  return groups.map(({ tree, partitions }) => `${partitions} × ${nameOf(tree)}`).join(', ');
}

function partitionsOf(groups: readonly Group[]): number {
  return groups.reduce((sum, { partitions }) => sum + partitions, 0);
}
