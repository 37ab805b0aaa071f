import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../../base/rng.ts';
import type { Choice } from './choice.ts';
import { costOf, countedBy, everyChoice, largeChoice, randomChoice } from './choice-for-tests.ts';
import { ChoiceRelaxation } from './choice-relaxation.ts';

const PIVOTS = 10_000;

function relaxed(choice: Choice, shut: readonly number[] = []): ChoiceRelaxation {
  const relaxation = new ChoiceRelaxation(choice);
  relaxation.begin();
  for (const column of shut) relaxation.isShut[column] = 1;
  return relaxation;
}

test('a solved relaxation keeps all rows, and its prices prove that nothing costs less', () => {
  const random = seededRandom(81);
  let solved = 0;
  for (let count = 0; count < 500; count++) {
    const choice = randomChoice(random);
    const relaxation = relaxed(choice);
    const all = everyChoice(choice).map((chosen) => costOf(choice, chosen));
    if (relaxation.solve(Infinity, PIVOTS) === 'dear') {
      assert.deepEqual(all, [], `choice ${count} has an answer`);
      continue;
    }
    solved++;
    const shares = relaxation.shares();
    const { rights, groups, costs } = choice;
    countedBy(choice, shares).forEach((value, row) => {
      const off = row < groups.length ? Math.abs(value - 1) : value - rights[row]!;
      assert.ok(off < 1e-6, `choice ${count}, row ${row}: ${value} of ${rights[row]}`);
    });
    const cost = shares.reduce((sum, share, column) => sum + share * costs[column]!, 0);
    assert.ok(Math.abs(cost - relaxation.objective) < 1e-6, `choice ${count}`);
    assert.ok(relaxation.objective <= Math.min(...all) + 1e-6, `choice ${count}`);
    for (let column = 0; column < relaxation.columns; column++) {
      assert.ok(relaxation.reduced[column]! > -1e-6, `choice ${count}: ${column} would be cheaper`);
    }
  }
  assert.ok(solved > 250, `${solved} have an answer`);
});

test('what columns are shut in between does not change what a relaxation comes to', () => {
  const random = seededRandom(82);
  let dear = 0;
  for (let count = 0; count < 500; count++) {
    const choice = randomChoice(random);
    const before = relaxed(choice);
    if (before.solve(Infinity, PIVOTS) === 'dear') continue;
    const shut = [...choice.costs.keys()].filter(() => random() < 0.3);
    const after = new ChoiceRelaxation(choice);
    after.copyFrom(before);
    for (const column of shut) after.isShut[column] = 1;
    const anew = relaxed(choice, shut);
    const came = [after, anew].map((one) => one.solve(Infinity, PIVOTS));
    assert.equal(came[0], came[1], `choice ${count}`);
    if (came[0] === 'dear') dear++;
    else assert.ok(Math.abs(after.objective - anew.objective) < 1e-6, `choice ${count}`);
    assert.equal(before.solve(Infinity, 0), 'solved', 'the copy is another one');
  }
  assert.ok(dear > 50 && dear < 400, `${dear} have no answer any more`);
});

test('a long way down comes at each step to the same as a relaxation that begins there', () => {
  const random = seededRandom(90);
  let steps = 0;
  for (let count = 0; count < 3; count++) {
    const choice = largeChoice(random);
    const relaxation = relaxed(choice);
    const shut: number[] = [];
    while (relaxation.solve(Infinity, PIVOTS) === 'solved') {
      const anew = relaxed(choice, shut);
      assert.equal(anew.solve(Infinity, PIVOTS), 'solved');
      assert.ok(Math.abs(relaxation.objective - anew.objective) < 1e-6, `step ${steps}`);
      const taken = relaxation.shares().findIndex((share) => share > 1e-6 && random() < 0.1);
      if (taken < 0) continue;
      shut.push(taken);
      relaxation.isShut[taken] = 1;
      steps++;
    }
    assert.equal(relaxed(choice, shut).solve(Infinity, PIVOTS), 'dear');
  }
  assert.ok(steps > 150, `${steps} steps`);
});

test('what is shut as too dear is in no choice of that cost', () => {
  const random = seededRandom(83);
  let shut = 0;
  for (let count = 0; count < 500; count++) {
    const choice = randomChoice(random);
    const relaxation = relaxed(choice);
    if (relaxation.solve(Infinity, PIVOTS) === 'dear') continue;
    const costMax = relaxation.objective * (1 + random());
    relaxation.shutDearer(costMax);
    for (const chosen of everyChoice(choice)) {
      if (costOf(choice, chosen) > costMax) continue;
      assert.ok(!chosen.some((column) => relaxation.isShut[column] === 1), `choice ${count}`);
    }
    shut += relaxation.isShut.subarray(0, relaxation.columns).reduce((sum, one) => sum + one, 0);
  }
  assert.ok(shut > 100, `${shut} are shut`);
});

/** What prices prove that any choice of open columns costs, by weak duality. */
function provenBy({ choice, isShut }: ChoiceRelaxation, prices: Float64Array): number {
  const { costs, rights, groups, columns } = choice;
  prices.subarray(groups.length).forEach((price, row) => {
    assert.ok(price < 1e-6, `row ${row} has a price of ${price}`);
  });
  costs.forEach((cost, column) => {
    let reduced = cost;
    for (let at = columns.starts[column]!; at < columns.starts[column + 1]!; at++) {
      reduced -= prices[columns.rows[at]!]! * columns.values[at]!;
    }
    assert.ok(isShut[column] === 1 || reduced > -1e-6, `column ${column} would be cheaper`);
  });
  return prices.reduce((sum, price, row) => sum + price * rights[row]!, 0);
}

test('prices prove the objective, and where there is no choice, that any costs too much', () => {
  const random = seededRandom(87);
  const times = { solved: 0, dear: 0, none: 0 };
  for (let count = 0; count < 1000; count++) {
    const choice = randomChoice(random);
    const shut = [...choice.costs.keys()].filter(() => random() < 0.2);
    const relaxation = relaxed(choice, shut);
    const costMax = 500 + 2000 * random();
    const came = relaxation.solve(costMax, PIVOTS);
    const proven = provenBy(relaxation, relaxation.prices());
    if (came === 'solved') {
      assert.ok(Math.abs(proven - relaxation.objective) < 1e-6, `choice ${count}`);
      times.solved++;
      continue;
    }
    assert.ok(proven > costMax, `choice ${count}: ${proven} is proven, ${costMax} was too much`);
    times[relaxation.objective > costMax ? 'dear' : 'none']++;
  }
  assert.ok(Math.min(times.solved, times.dear, times.none) > 100, JSON.stringify(times));
});

test('a search for an optimum ends where it costs too much, and after the pivots that it may take', () => {
  const choice: Choice = {
    costs: Float64Array.of(1, 10),
    groups: [Int32Array.of(0, 1)],
    columns: {
      starts: Int32Array.of(0, 2, 3),
      rows: Int32Array.of(0, 1, 0),
      values: Float64Array.of(1, 2, 1),
    },
    rights: Float64Array.of(1, 1),
  };
  assert.equal(relaxed(choice).solve(20, 0), 'open');
  assert.equal(relaxed(choice).solve(5, PIVOTS), 'dear');
  const relaxation = relaxed(choice);
  assert.equal(relaxation.solve(5.5, PIVOTS), 'solved');
  assert.deepEqual([...relaxation.shares()], [0.5, 0.5]);
});
