import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { coupledModel } from './coupled-model.ts';
import { randomCovers } from './cover-for-tests.ts';
import type { Column } from './master.ts';
import { inward, narrowModel, outward } from './narrow-model.ts';

test('covers that are to be kept stay what they are, whatever else is left out', () => {
  const random = seededRandom(51);
  for (let count = 0; count < 100; count++) {
    const model = coupledModel(randomCovers(random, { tasks: 2, offers: 5, pools: count % 2 }));
    const usable = [...model.costs.keys()].filter((offer) => model.units[offer]! > 0);
    const kept: readonly Column[] = usable.slice(0, 1).map((offer) => {
      return { task: 0, cost: model.costs[offer]!, bought: [[offer, 1]] };
    });
    const narrow = narrowModel(model, {
      prices: {
        offers: new Float64Array(model.offers),
        pools: new Float64Array(model.pools),
        cuts: new Float64Array(0),
      },
      cuts: [],
      least: new Float64Array(model.tasks),
      gain: 0,
      kept,
    });
    for (const column of kept) {
      const inside = inward(narrow, column)!;
      const [[place]] = inside.bought as [[number, number]];
      assert.deepEqual(outward(narrow, inside), column);
      assert.equal(narrow.model.costs[place], model.costs[column.bought[0]![0]]);
      assert.equal(narrow.model.units[place], model.units[column.bought[0]![0]]);
    }
  }
});
