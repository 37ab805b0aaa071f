import { assert } from '../../src/base/assert.ts';
import {
  type Balanced,
  balanceLoad,
  latencyOf,
  proportionalShares,
} from '../../src/core/optimize/balance/balance-load.ts';
import type { Balance } from '../../src/core/optimize/balance/replica-load.ts';
import { type Figure, figureOf } from '../figure.ts';
import { balanceInstance } from '../instances/balance-instances.ts';
import { median } from '../statistics.ts';

const PROBLEMS = 200;
const SMALL = { kinds: 2, buckets: 2, countMax: 4 } as const;
const SINGLE = { kinds: 6, buckets: 1, countMax: 1 } as const;
const LARGE = { kinds: 12, buckets: 100, countMax: 8 } as const;
const LARGE_PROBLEMS = 20;
/** The grid of shares is made four times finer around its best point, so many times. */
const GRID = 16;
const REFINEMENTS = 8;
const PERCENT = 100;
const GOALS = ['mean', 'p95'] as const;

type Goal = (typeof GOALS)[number];
type Split = Extract<Balanced, { readonly kind: 'balanced' }>;

/**
 * Splits compared with the exact ones: of one bucket over single servers in closed form, of two
 * buckets over two kinds by a grid refined around its best point, by mean and by p95. And how much
 * better they are than in proportion to what each kind takes, on 12 kinds × 100 buckets.
 */
export function benchBalance(machine: string): Promise<Figure[]> {
  const [above, times, gains]: [number[], number[], number[]] = [[], [], []];
  for (let seed = 1; seed <= PROBLEMS; seed++) {
    const single = balanceInstance(SINGLE, seed);
    above.push((split(single, 'mean').latency.meanS / closedMean(single) - 1) * PERCENT);
    const small = balanceInstance(SMALL, seed);
    for (const goal of GOALS) {
      const ours = of(split(small, goal).latency, goal);
      above.push((ours / gridLeast(small, goal) - 1) * PERCENT);
    }
  }
  for (let seed = 1; seed <= LARGE_PROBLEMS; seed++) {
    const large = balanceInstance(LARGE, seed);
    const plain = latencyOf(large, proportionalShares(large));
    for (const goal of GOALS) {
      const since = performance.now();
      const ours = split(large, goal);
      times.push((performance.now() - since) / 1000);
      gains.push(of(ours.latency, goal) / of(plain, goal));
    }
  }
  return Promise.resolve([
    figureOf('balance.median', above, median, machine),
    figureOf('balance.worst', above, worst, machine),
    figureOf('balance.time', times, worst, machine),
    figureOf('balance.vs-proportional', gains, worst, machine),
  ]);
}

function split(balance: Balance, minimize: Goal): Split {
  const found = balanceLoad(balance, { minimize });
  assert(found.kind === 'balanced', 'the instances have room');
  return found;
}

function of({ meanS, p95S }: Split['latency'], goal: Goal): number {
  return goal === 'mean' ? meanS : p95S;
}

/**
 * Λ_k = μ_k − √μ_k · (Σμ − λ) / Σ√μ over the servers that are worth using (Bell, Stidham, 1983), and
 * so the mean is Σ Λ/(μ − Λ) / λ.
 */
function closedMean({ replicas, rates }: Balance): number {
  const rate = rates[0]!;
  const fastest = replicas.map(({ throughputs }) => throughputs[0]!).toSorted((a, b) => b - a);
  for (let count = fastest.length; count > 0; count--) {
    const used = fastest.slice(0, count);
    const roots = sum(used.map(Math.sqrt));
    const level = (sum(used) - rate) / roots;
    if (Math.sqrt(used.at(-1)!) <= level) continue;
    return (roots / level - count) / rate;
  }
  return assert(false, 'the fastest server is always used') as never;
}

/** Both buckets over two kinds: the first one's shares, on finer and finer grids. */
function gridLeast(balance: Balance, goal: Goal): number {
  let [a, b, reach, least] = [0.5, 0.5, 0.5, Infinity];
  for (let turn = 0; turn <= REFINEMENTS; turn++) {
    const [middleA, middleB] = [a, b];
    for (let i = 0; i <= GRID; i++) {
      for (let j = 0; j <= GRID; j++) {
        const shares = [middleA, middleB].map((middle, at) =>
          Math.min(1, Math.max(0, middle + reach * ((2 * (at === 0 ? i : j)) / GRID - 1))),
        );
        const value = of(
          latencyOf(
            balance,
            shares.map((share) => [share, 1 - share]),
          ),
          goal,
        );
        if (value < least) [a, b, least] = [shares[0]!, shares[1]!, value];
      }
    }
    reach /= 4;
  }
  return least;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function worst(values: readonly number[]): number {
  return Math.max(...values);
}
