import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { coverAtPrices } from './cover-at-prices.ts';

const EXACT = { cellsMax: 1e6, gap: 0 };
/** Thousands with KEDGE_FULL. */
const RUNS = process.env['KEDGE_FULL'] === undefined ? 400 : 20_000;

type Item = { readonly cost: number; readonly units: number; readonly cap: number };

const ITEMS = fc.array(
  fc.record({
    cost: fc.integer({ min: 0, max: 20 }),
    units: fc.integer({ min: 0, max: 7 }),
    cap: fc.integer({ min: 0, max: 4 }),
  }),
  { maxLength: 5 },
);
const NEED = fc.integer({ min: 0, max: 25 });

test('the cheapest cover is the one that trying all of them finds', () => {
  fc.assert(
    fc.property(ITEMS, NEED, (items, need) => {
      const found = coverAtPrices(arraysOf(items), need, EXACT);
      assert.equal(found?.cost ?? null, cheapest(items, need));
      if (found === null) return;
      assert.equal(found.bound, found.cost);
      assert.ok(found.relaxed <= found.cost + 1e-9);
      let [units, cost] = [0, 0];
      for (const [item, count] of found.bought) {
        assert.ok(count > 0 && count <= items[item]!.cap);
        units += count * items[item]!.units;
        cost += count * items[item]!.cost;
      }
      assert.ok(units >= need);
      assert.equal(cost, found.cost);
    }),
    { numRuns: RUNS },
  );
});

test('where there is no room for a table, the bound is below and the cover still covers', () => {
  fc.assert(
    fc.property(ITEMS, NEED, (items, need) => {
      const found = coverAtPrices(arraysOf(items), need, { cellsMax: 0, gap: 0 });
      const least = cheapest(items, need);
      assert.equal(found === null, least === null);
      if (found === null || least === null) return;
      assert.ok(found.bound <= least + 1e-9 && found.cost >= least);
    }),
  );
});

test('a cover that is good enough is given at once', () => {
  const items = [
    { cost: 100, units: 100, cap: 1 },
    { cost: 100, units: 99, cap: 1 },
  ];
  assert.equal(coverAtPrices(arraysOf(items), 99, { cellsMax: 1e6, gap: 0.02 })?.cost, 100);
});

function arraysOf(items: readonly Item[]) {
  return {
    costs: Float64Array.from(items, ({ cost }) => cost),
    units: Float64Array.from(items, ({ units }) => units),
    caps: Float64Array.from(items, ({ cap }) => cap),
  };
}

function cheapest(items: readonly Item[], need: number): number | null {
  if (need <= 0) return 0;
  const [first, ...rest] = items;
  if (first === undefined) return null;
  let least: number | null = null;
  for (let count = 0; count <= first.cap; count++) {
    const others = cheapest(rest, need - count * first.units);
    if (others === null) continue;
    const cost = others + count * first.cost;
    if (least === null || cost < least) least = cost;
  }
  return least;
}
