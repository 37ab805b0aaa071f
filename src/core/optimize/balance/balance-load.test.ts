import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Balanced, balanceLoad, latencyOf, proportionalShares } from './balance-load.ts';
import type { Balance } from './replica-load.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 12 : 500;

type Split = Extract<Balanced, { readonly kind: 'balanced' }>;

function split(balance: Balance, minimize: 'mean' | 'p95'): Split {
  const balanced = balanceLoad(balance, { minimize });
  assert.ok(balanced.kind === 'balanced', 'there is a split');
  return balanced;
}

/** The least mean latency with one more of the first kind, over that without. */
function slowerWithOneMore(balance: Balance): number {
  const [first, ...others] = balance.replicas;
  const more = { ...balance, replicas: [{ ...first!, count: first!.count + 1 }, ...others] };
  return split(more, 'mean').latency.meanS / split(balance, 'mean').latency.meanS;
}

function isNear(actual: number, expected: number, tolerance = 1e-6): void {
  const away = Math.abs(actual - expected);
  assert.ok(away <= tolerance * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);
}

/** Single servers of one bucket: Λ_k = μ_k − √μ_k · (Σμ − λ) / Σ√μ, over those that are worth using. */
function closedShares(speeds: readonly number[], rate: number): readonly number[] {
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const fastest = speeds.toSorted((a, b) => b - a);
  for (let count = speeds.length; count > 0; count--) {
    const used = fastest.slice(0, count);
    const level = (sum(used) - rate) / sum(used.map(Math.sqrt));
    if (Math.sqrt(used.at(-1)!) <= level) continue;
    return speeds.map((speed) => Math.max(0, speed - Math.sqrt(speed) * level) / rate);
  }
  return [];
}

/** A few kinds and buckets, of which the proportional split uses so much of the most used. */
const balances: fc.Arbitrary<Balance> = fc
  .record({
    kinds: fc.array(
      fc.record({
        count: fc.integer({ min: 1, max: 4 }),
        speed: fc.double({ min: 0.3, max: 5, noNaN: true }),
      }),
      { minLength: 2, maxLength: 3 },
    ),
    buckets: fc.array(
      fc.record({
        base: fc.double({ min: 0.2, max: 6, noNaN: true }),
        weight: fc.double({ min: 0.1, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    used: fc.double({ min: 0.2, max: 0.95, noNaN: true }),
  })
  .map(({ kinds, buckets, used }) => {
    const replicas = kinds.map(({ count, speed }) => ({
      count,
      throughputs: buckets.map(({ base }) => base * speed),
    }));
    const capacity = kinds.reduce((sum, { count, speed }) => sum + count * speed, 0);
    const busy = buckets.reduce((sum, { base, weight }) => sum + weight / base, 0);
    return { replicas, rates: buckets.map(({ weight }) => (weight * used * capacity) / busy) };
  });

describe('balancing load', () => {
  it('splits one bucket over single servers as the closed form does', () => {
    const speeds = fc.array(fc.double({ min: 0.2, max: 9, noNaN: true }), {
      minLength: 1,
      maxLength: 5,
    });
    const property = fc.property(
      speeds,
      fc.double({ min: 0.05, max: 0.97, noNaN: true }),
      (all, part) => {
        const rate = part * all.reduce((sum, speed) => sum + speed, 0);
        const replicas = all.map((speed) => ({ count: 1, throughputs: [speed] }));
        const { shares, latency } = split({ replicas, rates: [rate] }, 'mean');
        const closed = closedShares(all, rate);
        const best = latencyOf({ replicas, rates: [rate] }, [closed]).meanS;
        isNear(latency.meanS, best);
        closed.forEach((share, kind) => isNear(shares[0]![kind]!, share, 1e-3));
      },
    );
    fc.assert(property, { numRuns: CASES * 5 });
  });

  it('comes as near as a fine grid to the best split of two buckets, by mean and by p95', () => {
    const balance: Balance = {
      replicas: [
        { count: 1, throughputs: [4, 1] },
        { count: 2, throughputs: [2, 0.8] },
      ],
      rates: [2, 1],
    };
    const steps = Array.from({ length: 51 }, (_, step) => step / 50);
    const grid = steps.flatMap((a) =>
      steps.map(
        (b) =>
          [
            [a, 1 - a],
            [b, 1 - b],
          ] as const,
      ),
    );
    const latencies = grid.map((shares) => latencyOf(balance, shares));
    const means = latencies.map(({ meanS }) => meanS);
    const tails = latencies.map(({ p95S }) => p95S);
    assert.ok(split(balance, 'mean').latency.meanS <= Math.min(...means) * (1 + 1e-9));
    assert.ok(split(balance, 'p95').latency.p95S <= Math.min(...tails) * (1 + 1e-9));
  });

  it('is never worse than in proportion to what each could take', () => {
    const property = fc.property(balances, (balance) => {
      const plain = latencyOf(balance, proportionalShares(balance));
      assert.ok(split(balance, 'mean').latency.meanS <= plain.meanS);
      assert.ok(split(balance, 'p95').latency.p95S <= plain.p95S);
    });
    fc.assert(property, { numRuns: CASES });
  });

  it('gives equal replicas equal shares of equal requests', () => {
    const replicas = Array.from({ length: 3 }, () => ({ count: 2, throughputs: [1.5] }));
    for (const minimize of ['mean', 'p95'] as const) {
      const { shares } = split({ replicas, rates: [6] }, minimize);
      for (const share of shares[0]!) isNear(share, 1 / 3, 1e-4);
    }
  });

  it('parts short requests from long ones where that is better than to mix them', () => {
    const replicas = [0, 1].map(() => ({ count: 1, throughputs: [100, 1] }));
    const balance = { replicas, rates: [40, 0.4] };
    const mixed = latencyOf(balance, proportionalShares(balance));
    assert.ok(split(balance, 'mean').latency.meanS < mixed.meanS / 2);
  });

  it('is never slower with one more replica: of one bucket, where the best split is found', () => {
    const property = fc.property(balances, (balance) => {
      const replicas = balance.replicas.map(({ count, throughputs }) => ({
        count,
        throughputs: throughputs.slice(0, 1),
      }));
      // What the others did is done by the first, so that all are as busy.
      const able = (bucket: number) =>
        balance.replicas.reduce((sum, one) => sum + one.count * one.throughputs[bucket]!, 0);
      const used = balance.rates.reduce((sum, rate, bucket) => sum + rate / able(bucket), 0);
      const single = { replicas, rates: [used * able(0)] };
      assert.ok(slowerWithOneMore(single) <= 1 + 1e-6);
    });
    fc.assert(property, { numRuns: CASES });
  });

  it('is hardly ever slower with one more replica, of several buckets: the best split nearby is found', () => {
    const property = fc.property(balances, (balance) => {
      assert.ok(slowerWithOneMore(balance) <= 1.03);
    });
    fc.assert(property, { numRuns: CASES });
  });

  it('finds room where the proportional split has none, and says how much there is at most', () => {
    const replicas = [
      { count: 1, throughputs: [1, 0] },
      { count: 1, throughputs: [1, 1] },
    ];
    const { utilization } = split({ replicas, rates: [0.9, 0.8] }, 'mean');
    assert.ok(utilization.every((one) => one < 1));
    const over = balanceLoad({ replicas, rates: [0.9, 1.1] }, { minimize: 'mean' });
    assert.ok(over.kind === 'overloaded' && Math.abs(over.possible - 1 / 1.1) < 1e-2);
    const never = balanceLoad({ replicas: [replicas[0]!], rates: [0, 1] }, { minimize: 'mean' });
    assert.deepEqual(never, { kind: 'overloaded', possible: 0 });
  });

  it('leaves out kinds without replicas, and buckets that nobody asks for', () => {
    const replicas = [
      { count: 0, throughputs: [9, 9] },
      { count: 1, throughputs: [2, 2] },
    ];
    const { shares, utilization } = split({ replicas, rates: [1, 0] }, 'p95');
    assert.deepEqual(shares, [
      [0, 1],
      [0, 1],
    ]);
    assert.deepEqual(utilization, [0, 0.5]);
  });
});
