import { asRate } from '../../../base/money.ts';
import type { Random } from '../../../base/rng.ts';
import type { Clock } from '../../../ports/clock.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { DivisibleWork, Pool, Problem } from '../model/problem.ts';
import type { SearchOptions } from '../search/searcher.ts';

export function taskOf(work: DivisibleWork): Problem['tasks'][number] {
  return buildTask({ work });
}

/** Many tasks on few machines of few offers, at prices and throughputs that are often the same. */
export function randomCovers(
  random: Random,
  {
    tasks,
    offers,
    pools,
  }: { readonly tasks: number; readonly offers: number; readonly pools: number },
): Problem {
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const kinds = Array.from({ length: offers }, (_, index) =>
    buildOffer({
      id: `offer ${index}`,
      nanosPerHour: asRate(upTo(4) * 1_000_000_000),
      available: upTo(3),
      uses: Array.from({ length: pools }, (_unused, pool) => ({ pool, amount: upTo(3) - 1 })),
    }),
  );
  return buildProblem({
    offers: kinds,
    pools: Array.from({ length: pools }, (_, pool): Pool => {
      return { id: `pool ${pool}`, per: 'machine', limit: upTo(8) };
    }),
    tasks: Array.from({ length: tasks }, () =>
      buildTask({
        work: {
          kind: 'divisible',
          per: 'machine',
          units: upTo(12),
          options: kinds.flatMap((_, offer) =>
            random() < 0.8 ? [{ offer, throughput: upTo(5) }] : [],
          ),
        },
      }),
    ),
  });
}

/** The least micro-dollars of all answers `per: machine`, by trying them all; null for none. */
export function cheapestOfAll({ offers, pools, tasks }: Problem): number | null {
  const free = offers.map(({ available }) => available ?? Infinity);
  const room = pools.map(({ limit }) => limit);
  let least: number | null = null;
  const tryFrom = (at: { task: number; option: number; left: number }, cost: number): void => {
    if (least !== null && cost >= least) return;
    const task = tasks[at.task];
    if (task === undefined) {
      least = cost;
      return;
    }
    if (at.left <= 0) {
      const next = tasks[at.task + 1]?.work as DivisibleWork | undefined;
      tryFrom({ task: at.task + 1, option: 0, left: next?.units ?? 0 }, cost);
      return;
    }
    const { options } = task.work as DivisibleWork;
    const option = options[at.option];
    if (option === undefined) return;
    tryFrom({ ...at, option: at.option + 1 }, cost);
    const { nanosPerHour, uses } = offers[option.offer]!;
    const fits = uses.every(({ pool, amount }) => amount <= room[pool]!);
    if (free[option.offer]! < 1 || !fits) return;
    free[option.offer]! -= 1;
    for (const { pool, amount } of uses) room[pool]! -= amount;
    tryFrom({ ...at, left: at.left - option.throughput }, cost + nanosPerHour / 1000);
    free[option.offer]! += 1;
    for (const { pool, amount } of uses) room[pool]! += amount;
  };
  tryFrom({ task: 0, option: 0, left: (tasks[0]!.work as DivisibleWork).units }, 0);
  return least;
}

/** A clock that goes on by so much each time it is asked, so that a search ends by itself. */
export function searchOptions(parts: Partial<SearchOptions> = {}): SearchOptions {
  let now = 0;
  const clock = { now: () => (now += 1), sleep: () => Promise.resolve() } as unknown as Clock;
  return {
    clock,
    timeLimitMs: 100,
    gap: 0,
    seed: 1,
    start: null,
    solver: () => Promise.reject(new RangeError('no solver is needed')),
    ...parts,
  };
}
