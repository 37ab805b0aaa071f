import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { amountsOf, leastOfGroup, loadFloor, microsCeil, moneyFloor } from './serving-group.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 300 : 30_000;

type Bucket = { readonly load: number; readonly worth: number };

/** Cost of so many machines, less what they earn with the best of the buckets. */
function valueAt(machines: number, cost: number, buckets: readonly Bucket[]): number {
  let [left, value] = [machines, cost * machines];
  for (const { load, worth } of buckets.toSorted((a, b) => b.worth / b.load - a.worth / a.load)) {
    const share = Math.min(1, left / load);
    left -= share * load;
    value -= share * worth;
  }
  return value;
}

const buckets = fc.array(
  fc.record({
    load: fc.integer({ min: 1, max: 64 }).map((part) => part / 16),
    worth: fc.integer({ min: 0, max: 1000 }),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('the least that machines of one kind cost beyond what they earn', () => {
  it('is that of the best count in the range, neither more nor much less', () => {
    const range = fc.tuple(fc.nat(12), fc.option(fc.nat(6)));
    const property = fc.property(buckets, fc.nat(400), range, (some, cost, [least, more]) => {
      const most = more === null ? Infinity : least + more;
      const costs = {
        cost: moneyFloor(BigInt(cost), 1n),
        takes: [...some.keys()],
        loads: amountsOf([...some.map(({ load }) => loadFloor(load)), 0n]),
        worths: amountsOf([...some.map(({ worth }) => moneyFloor(BigInt(worth), 1n)), 7n]),
      };
      // Beyond all loads nothing more is earned.
      const last = Math.min(most, Math.max(least, 30));
      const counts = Array.from({ length: last - least + 1 }, (_, index) => least + index);
      const best = Math.min(...counts.map((count) => valueAt(count, cost, some)));
      const bound = Number(leastOfGroup(costs, { least, most })) / 2 ** 40;
      assert.ok(bound <= best + 1e-9 && bound >= best - 1e-6, `${bound} for ${best}`);
    });
    fc.assert(property, { numRuns: CASES });
  });

  it('counts money up to the micro-dollar above', () => {
    assert.equal(microsCeil(moneyFloor(7n, 2n)), 4n);
    assert.equal(microsCeil(moneyFloor(6n, 2n)), 3n);
  });
});
