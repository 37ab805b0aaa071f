import { seededRandom } from '../../src/base/rng.ts';
import type { Balance } from '../../src/core/optimize/balance/replica-load.ts';

export type BalanceSize = {
  readonly kinds: number;
  readonly buckets: number;
  /** Replicas of each kind, at most. */
  readonly countMax: number;
};

/** How unlike kinds are in speed, and buckets in size: up to so many times. */
const SPEEDS = 10;
const SIZES = 30;
/** What a kind differs from its speed, from bucket to bucket. */
const NOISE = 1.2;
/** Of all that the replicas can take when each bucket is split by what they take of it. */
const UTILIZATION = [0.3, 0.95] as const;

/** Replicas of unlike speed with a mix of requests. The same for the same seed. */
export function balanceInstance({ kinds, buckets, countMax }: BalanceSize, seed: number): Balance {
  const random = seededRandom(seed * 1_000_003);
  const bases = Array.from({ length: buckets }, () => 0.2 * SIZES ** random());
  const replicas = Array.from({ length: kinds }, () => {
    const speed = SPEEDS ** random();
    return {
      count: 1 + Math.floor(random() * countMax),
      throughputs: bases.map((base) => base * speed * NOISE ** (2 * random() - 1)),
    };
  });
  const weights = bases.map(() => random());
  const most = utilizationMax({ replicas, rates: weights });
  const [low, high] = UTILIZATION;
  const scale = (low + (high - low) * random()) / most;
  return { replicas, rates: weights.map((weight) => weight * scale) };
}

/** Of the busiest kind, with each bucket split by what each kind could take of it. */
function utilizationMax({ replicas, rates }: Balance): number {
  const used = replicas.map(({ count, throughputs }) =>
    rates.reduce((sum, rate, bucket) => {
      const all = replicas.reduce((able, one) => able + one.count * one.throughputs[bucket]!, 0);
      const share = (count * throughputs[bucket]!) / all;
      return sum + (rate * share) / throughputs[bucket]! / count;
    }, 0),
  );
  return Math.max(...used);
}
