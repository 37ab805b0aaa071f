import assert from 'node:assert/strict';
import test from 'node:test';
import { type Random, seededRandom } from '../../../../base/rng.ts';
import type { Choice } from './choice.ts';
import { ChoiceBasis } from './choice-basis.ts';
import { randomChoice } from './choice-for-tests.ts';

/** What a column or a slack counts in each row. */
function columnOf({ costs, rights, columns }: Choice, variable: number): Float64Array {
  const column = new Float64Array(rights.length);
  if (variable >= costs.length) column[variable - costs.length] = 1;
  else {
    for (let at = columns.starts[variable]!; at < columns.starts[variable + 1]!; at++) {
      column[columns.rows[at]!] = columns.values[at]!;
    }
  }
  return column;
}

const product = (one: Float64Array, other: Float64Array): number => {
  return one.reduce((sum, value, at) => sum + value * other[at]!, 0);
};

const begun = (choice: Choice): ChoiceBasis => {
  const basis = new ChoiceBasis(choice);
  basis.begin(choice.groups.map((own) => own[0]!));
  return basis;
};

/** Some variable enters in place of some other; what that was, by kinds, or null where none can. */
function exchangeSome(basis: ChoiceBasis, random: Random): string | null {
  const { choice, columns, rows, keys } = basis;
  const basics = basis.basics();
  const some = (from: readonly number[]): number => from[Math.floor(random() * from.length)]!;
  const all = [...Array(columns + rows).keys()].filter((one) => {
    return !basics.includes(one) && (one < columns || one >= columns + keys.length);
  });
  if (all.length === 0) return null;
  const [enters, leaves] = [some(all), some(basics)];
  const [row, entering] = [new Float64Array(rows), new Float64Array(columns + rows)];
  basis.setRow(leaves, row);
  basis.solve(columnOf(choice, enters), entering);
  if (Math.abs(entering[leaves]!) < 0.1) return null;
  const isKey = keys.includes(leaves);
  basis.exchange({ leaves, row, enters, entering });
  const kind = (one: number): string => (one < columns ? 'column' : 'slack');
  return `${kind(enters)} for ${isKey ? 'key' : kind(leaves)}`;
}

function assertInverse(basis: ChoiceBasis): void {
  const { choice, columns, rows } = basis;
  const basics = basis.basics();
  assert.equal(basics.length, rows);
  const [row, solved] = [new Float64Array(rows), new Float64Array(columns + rows)];
  for (const one of basics) {
    basis.setRow(one, row);
    for (const other of basics) {
      const expected = one === other ? 1 : 0;
      assert.ok(Math.abs(product(row, columnOf(choice, other)) - expected) < 1e-7);
    }
  }
  basis.solve(choice.rights, solved);
  const sums = new Float64Array(rows);
  for (const one of basics) {
    columnOf(choice, one).forEach((count, at) => (sums[at]! += count * solved[one]!));
  }
  sums.forEach((sum, at) => assert.ok(Math.abs(sum - choice.rights[at]!) < 1e-7));
  basis.setPrices(row);
  for (const one of basics) {
    const cost = choice.costs[one] ?? 0;
    assert.ok(Math.abs(product(row, columnOf(choice, one)) - cost) < 1e-6);
  }
}

test('the inverse is that of the whole basis, whatever enters in place of what', () => {
  const random = seededRandom(88);
  const times = new Map<string, number>();
  for (let count = 0; count < 200; count++) {
    const basis = begun(randomChoice(random));
    for (let change = 0; change < 20; change++) {
      const kind = exchangeSome(basis, random);
      if (kind === null) continue;
      times.set(kind, (times.get(kind) ?? 0) + 1);
      assertInverse(basis);
    }
  }
  assert.equal(times.size, 6, 'a column or a slack, for a key, another column or a slack');
  assert.ok(Math.min(...times.values()) > 20, JSON.stringify([...times]));
});

test('a basis that is built anew or copied has the same columns and the same inverse', () => {
  const random = seededRandom(89);
  for (let count = 0; count < 200; count++) {
    const basis = begun(randomChoice(random));
    for (let change = 0; change < 20; change++) exchangeSome(basis, random);
    const copy = new ChoiceBasis(basis.choice);
    copy.copyFrom(basis);
    basis.rebuild();
    for (const one of [basis, copy]) assertInverse(one);
    const sorted = [basis, copy].map((one) => one.basics().toSorted((a, b) => a - b));
    assert.deepEqual(sorted[0], sorted[1]);
  }
});
