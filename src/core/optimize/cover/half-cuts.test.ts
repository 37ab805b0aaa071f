import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { tightCuts } from './count-cuts.ts';
import {
  countInRow,
  type HalfCut,
  rowOfOffer,
  type SharedRow,
  violatedBy,
  violatedHalfCuts,
} from './half-cuts.ts';
import type { Column } from './master.ts';

const column = (task: number, ...offers: readonly number[]): Column => {
  return { task, cost: 1, bought: offers.map((offer) => [offer, 1] as const) };
};

test('a task that takes either of two machines and one that takes both, half each, are cut off', () => {
  const columns = [column(0, 0), column(0, 1), column(1, 0, 1), column(1, 2)];
  const mix = { columns, shares: new Float64Array(4).fill(0.5) };
  const rows = [0, 1].map((offer) => rowOfOffer(offer, 1, 2));
  for (const row of rows) assert.equal(violatedBy(mix, row), 0);
  const [cut] = violatedHalfCuts(mix, rows, { tasks: 2, slackMax: 0.3, most: 5 });
  assert.ok(cut !== undefined, 'a cut is found');
  assert.equal(violatedBy(mix, cut), 0.5);
});

test('a cut is found where there is one, and no other tasks make its rows more violated', () => {
  const random = seededRandom(51);
  let cuts = 0;
  for (let count = 0; count < 100; count++) {
    const mix = randomMix(random, 3);
    const rows = [0, 1].map((offer) => {
      const used = violatedBy(mix, rowOfOffer(offer, 0, 3));
      return rowOfOffer(offer, Math.ceil(used), 3);
    });
    const found = violatedHalfCuts(mix, rows, { tasks: 3, slackMax: 1, most: 9 });
    const all = allHalves(rows).map((cut) => ({ cut, by: violatedBy(mix, cut) }));
    assert.equal(
      found.length > 0,
      all.some(({ by }) => by > 1e-9),
      `mix ${count}`,
    );
    for (const cut of found) {
      cuts++;
      const ofSame = all.filter(({ cut: { rows: some } }) => {
        return some.length === cut.rows.length && some[0] === cut.rows[0];
      });
      const best = Math.max(...ofSame.map(({ by }) => by));
      assert.ok(Math.abs(violatedBy(mix, cut) - best) < 1e-9, `mix ${count}: ${best}`);
    }
  }
  assert.ok(cuts > 20, `${cuts} cuts are found`);
});

/** Of either row and of both, with any of three tasks. */
function allHalves([first, second]: readonly SharedRow[]): readonly HalfCut[] {
  return [[first!], [second!], [first!, second!]].flatMap((rows) =>
    Array.from({ length: 8 }, (_, bits) => {
      const tasks = Uint8Array.of(bits & 1, (bits >> 1) & 1, bits >> 2);
      const sum = rows.reduce((all, { right }) => all + right, 0);
      return { rows, tasks, right: (sum + tasks[0]! + tasks[1]! + tasks[2]!) >> 1 };
    }),
  );
}

function randomMix(random: () => number, tasks: number) {
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const columns = Array.from({ length: tasks * 3 }, (_, index): Column => {
    const bought = [0, 1].flatMap((offer) => {
      const machines = upTo(2);
      return machines === 0 ? [] : [[offer, machines] as const];
    });
    return { task: index % tasks, cost: 1, bought };
  });
  const shares = new Float64Array(columns.length);
  for (let task = 0; task < tasks; task++) {
    const [first, second] = [upTo(4) / 8, upTo(4) / 8];
    shares[task] = first;
    shares[task + tasks] = second;
    shares[task + 2 * tasks] = 1 - first - second;
  }
  return { columns, shares };
}

test('no whole covers that share what is available are cut off, by halves of halves neither', () => {
  const random = seededRandom(52);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  let cuts = 0;
  for (let count = 0; count < 100; count++) {
    const tasks = 3;
    const available = Float64Array.from([1, 2, 3], (one) => one + upTo(2));
    const mix = randomMix(random, tasks);
    const given = { tasks, slackMax: 2, most: 20 };
    const ones = [
      ...[0, 1].map((offer) => rowOfOffer(offer, available[offer]!, tasks)),
      ...tightCuts(mix, available, given),
    ];
    const halves = violatedHalfCuts(mix, ones, given);
    const all = [...halves, ...violatedHalfCuts(mix, [...ones, ...halves], given)];
    for (const cut of all) {
      cuts++;
      for (let draw = 0; draw < 10; draw++) {
        const left = available.slice();
        let used = 0;
        for (let task = 0; task < tasks; task++) {
          const bought = [0, 1].map((offer) => {
            const machines = upTo(left[offer]!);
            left[offer]! -= machines;
            return [offer, machines] as const;
          });
          used += countInRow(cut, { task, bought });
        }
        assert.ok(used <= cut.right, `mix ${count}: ${used} of ${cut.right}`);
      }
    }
  }
  assert.ok(cuts > 100, `${cuts} cuts are found`);
});
