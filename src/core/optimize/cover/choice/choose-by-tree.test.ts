import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../../base/rng.ts';
import { costOf, everyChoice, randomChoice } from './choice-for-tests.ts';
import { chooseByTree } from './choose-by-tree.ts';

test('the tree finds a choice of no more than a cost where there is one, and says where there is none', () => {
  const random = seededRandom(85);
  let [found, none] = [0, 0];
  for (let count = 0; count < 600; count++) {
    const choice = randomChoice(random);
    const every = everyChoice(choice).map((chosen) => costOf(choice, chosen));
    const costMax = Math.min(1e4, ...every) + 100 * (random() - 0.4);
    const isThere = every.some((cost) => cost <= costMax);
    const chosen = chooseByTree(choice, { costMax, isOver: () => false, random });
    if (typeof chosen === 'string') {
      assert.equal(chosen, 'none');
      assert.ok(!isThere, `choice ${count} has one`);
      none++;
      continue;
    }
    const sorted = chosen.toSorted((a, b) => a - b);
    const isOne = everyChoice(choice).some((one) => one.join() === sorted.join());
    assert.ok(isOne && costOf(choice, sorted) <= costMax + 1e-6, `choice ${count}`);
    found++;
  }
  assert.ok(found > 150 && none > 150, `${found} found, ${none} not`);
});

test('a tree whose time is over says so, and not that there is nothing', () => {
  const random = seededRandom(86);
  const choice = randomChoice(random);
  assert.equal(chooseByTree(choice, { costMax: 1e9, isOver: () => true, random }), 'over');
});
