import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../../base/rng.ts';
import { everyChoice, randomChoice } from './choice-for-tests.ts';
import { shutUnfit } from './shut-unfit.ts';

test('what is shut as unfit is in no choice at all', () => {
  const random = seededRandom(84);
  let [shut, none] = [0, 0];
  for (let count = 0; count < 500; count++) {
    const choice = randomChoice(random);
    const isShut = new Uint8Array(choice.costs.length);
    const every = everyChoice(choice);
    if (!shutUnfit(choice, isShut)) {
      assert.deepEqual(every, [], `choice ${count} has an answer`);
      none++;
      continue;
    }
    for (const chosen of every) {
      assert.ok(!chosen.some((column) => isShut[column] === 1), `choice ${count}`);
    }
    shut += isShut.reduce((sum, one) => sum + one, 0);
  }
  assert.ok(shut > 100 && none > 20, `${shut} are shut, ${none} have no answer`);
});
