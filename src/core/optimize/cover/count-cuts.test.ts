import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { countIn, violatedCuts } from './count-cuts.ts';
import type { Column } from './master.ts';

test('of five machines, two tasks that each have three half of the time are cut off', () => {
  const columns: readonly Column[] = [0, 1].flatMap((task) => [
    { task, cost: 1, bought: [[0, 3]] },
    { task, cost: 2, bought: [[1, 1]] },
  ]);
  const mix = { columns, shares: Float64Array.of(0.8, 0.2, 0.8, 0.2) };
  const [cut] = violatedCuts(mix, Float64Array.of(5, 2), {
    tasks: 2,
    known: new Set(),
    most: 1,
  });
  assert.ok(cut !== undefined, 'a cut is found');
  const left = columns.reduce((sum, { task, bought }, index) => {
    const [offer, machines] = bought[0]!;
    return offer === cut.offer ? sum + mix.shares[index]! * countIn(cut, task, machines) : sum;
  }, 0);
  assert.ok(left > cut.right, `${left} is above ${cut.right}`);
});

test('no whole covers that share what is available are cut off', () => {
  const random = seededRandom(31);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  let cuts = 0;
  for (let count = 0; count < 200; count++) {
    const tasks = 2 + upTo(3);
    const available = 1 + upTo(6);
    const columns = Array.from({ length: tasks * 3 }, (_, index): Column => {
      return { task: index % tasks, cost: 1, bought: [[0, 1 + upTo(available - 1)]] };
    });
    const mix = { columns, shares: Float64Array.from(columns, () => random() / 2) };
    const found = violatedCuts(mix, Float64Array.of(available), {
      tasks,
      known: new Set(),
      most: 50,
    });
    for (const cut of found) {
      cuts++;
      for (let draw = 0; draw < 30; draw++) {
        let [left, used] = [available, 0];
        for (let task = 0; task < tasks; task++) {
          const machines = upTo(left);
          left -= machines;
          used += countIn(cut, task, machines);
        }
        assert.ok(used <= cut.right, `problem ${count}: ${used} of ${cut.right}`);
      }
    }
  }
  assert.ok(cuts > 100, `${cuts} cuts are found`);
});
