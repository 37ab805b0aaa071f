import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bestOfPlaces, type PlaceCosts } from './best-of-places.ts';

const RUNS = process.env['KEDGE_FULL'] === undefined ? 300 : 20_000;

const cost = fc.oneof(
  { weight: 5, arbitrary: fc.nat(50) },
  { weight: 1, arbitrary: fc.constant(Infinity) },
);

const placeCosts: fc.Arbitrary<PlaceCosts> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
    pairs: fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(4)), {
      maxLength: 9,
      selector: ([a, b]) => Math.min(a, b) * 5 + Math.max(a, b),
    }),
    fill: fc.array(cost, { minLength: 164, maxLength: 164 }),
  })
  .map(({ sizes, pairs, fill }) => {
    let at = 0;
    const some = (length: number) => Float64Array.from({ length }, () => fill[at++]!);
    return {
      tasks: sizes.map((size) => some(size)),
      // In either direction, as transfers are.
      pairs: pairs
        .filter(([from, to]) => from !== to && from < sizes.length && to < sizes.length)
        .map(([from, to]) => ({ from, to, costs: some(sizes[from]! * sizes[to]!) })),
    };
  });

describe('the best of the places that are left', () => {
  it('is that of all choices, where it costs no more than it may', () => {
    let [found, none] = [0, 0];
    fc.assert(
      fc.property(placeCosts, fc.nat(250), (costs, most) => {
        const least = leastOf(costs);
        assert.equal(bestOfPlaces(costs, Infinity), least);
        assert.equal(bestOfPlaces(costs, most), least <= most ? least : Infinity);
        if (least <= most) found++;
        else none++;
      }),
      { numRuns: RUNS, seed: 11 },
    );
    assert.ok(found > RUNS / 10 && none > RUNS / 10, `${found} and ${none}`);
  });

  it('is not looked for where there is too much to remember', () => {
    const tasks = [0, 1, 2, 3, 4].map(() => new Float64Array(90));
    const pairs = tasks.flatMap((_, from) =>
      tasks.slice(from + 1).map((__, more) => {
        return { from, to: from + 1 + more, costs: new Float64Array(90 * 90) };
      }),
    );
    assert.equal(bestOfPlaces({ tasks, pairs }, 10), null);
  });
});

function leastOf({ tasks, pairs }: PlaceCosts): number {
  const at = tasks.map(() => 0);
  const leastFrom = (task: number, spent: number): number => {
    if (task === tasks.length) return spent;
    return Math.min(
      ...Array.from(tasks[task]!, (own, place) => {
        at[task] = place;
        const coupled = pairs.reduce((sum, { from, to, costs }) => {
          if (Math.max(from, to) !== task) return sum;
          return sum + costs[at[from]! * tasks[to]!.length + at[to]!]!;
        }, 0);
        return leastFrom(task + 1, spent + own + coupled);
      }),
    );
  };
  return leastFrom(0, 0);
}
