import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { thinned, withoutDrops } from './dominated.ts';
import { choiceCost, type Placement } from './placement.ts';
import { everyChoice, leastOf, placements } from './random-placements-for-tests.ts';

const RUNS = process.env['KEDGE_FULL'] === undefined ? 200 : 20_000;

/** Two tasks in the same places; what they cost there, and 10 to be in two of them. */
function pair(low: readonly number[], high: readonly number[]): Placement {
  const nodes = [low, high].map((costs, task) => ({
    task,
    places: costs.map((_, place) => `place ${place}`),
    options: costs.map((_, place) => place),
    costs: Float64Array.from(costs),
  }));
  const costs = Float64Array.from({ length: low.length * high.length }, (_, at) => {
    return Math.floor(at / high.length) === at % high.length ? 0 : 10;
  });
  return { nodes, pairs: [{ low: 0, high: 1, costs }] };
}

describe('places that others dominate', () => {
  it('are needed by no choice: whatever it costs, there is one without them that costs no more', () => {
    let dropped = 0;
    fc.assert(
      fc.property(placements, (placement) => {
        const thin = thinned(placement);
        dropped += thin.drops.length;
        for (const choice of everyChoice(placement)) {
          const moved = withoutDrops(choice, thin.drops);
          assert.ok(choiceCost(placement, moved) <= choiceCost(placement, choice));
          for (const [node, place] of moved.entries()) assert.ok(thin.kept[node]!.includes(place));
        }
        assert.equal(leastOf(thin.placement), leastOf(placement));
      }),
      { numRuns: RUNS, seed: 7 },
    );
    assert.ok(dropped > RUNS, `only ${dropped}`);
  });

  it('are those that are dearer than to move, and not those that are dearer by less', () => {
    const keptOf = (costs: readonly number[]) => thinned(pair(costs, [0, 0, 0])).kept[0];
    assert.deepEqual(keptOf([5, 14, 15]), [0, 1]);
    assert.deepEqual(keptOf([5, 14, 14]), [0, 1, 2]);
  });

  it('go on falling as those of neighbours do', () => {
    // Where the second can only be in one place, the first need not be near any other.
    const { kept, named } = thinned(pair([0, 9, 9], [0, 100, 100]));
    assert.deepEqual(kept, [[0], [0]]);
    assert.deepEqual(
      named.map(({ task }) => task),
      [1, 0],
    );
  });

  it('of two that are alike one is left', () => {
    const alone = { ...pair([3, 3, 3], [0]), pairs: [] };
    assert.deepEqual(thinned(alone).kept, [[0], [0]]);
  });
});
