import type { Micros, Rate } from '../../../base/money.ts';
import { showMicros, showRate } from '../../../base/money.ts';
import type { Limits, Pool, Problem } from '../model/problem.ts';
import { costsOfTasks } from './answer-cost.ts';
import { nameOf, type ReadLine } from './read-line.ts';
import { isAtMost } from './tolerance.ts';

/*
 * Problem: whether an answer keeps what limits it: deadlines, budgets, the hourly cost at the
 * busiest moment, pools, and what is available of each offer.
 * Method: the definitions of model/problem.ts. What is available and pools of machines count as
 * if all lines ran at once. Money is compared exactly.
 * Complexity: O(n log n) for n lines.
 */

type Lines = readonly (readonly ReadLine[])[];

const MICROSECONDS = 1e6;

export function limitFaults(problem: Problem, byTask: Lines): readonly string[] {
  const lines = byTask.flat();
  const costs = costsOfTasks(problem, byTask);
  const cost = costs.reduce((sum, one) => sum + one, 0n);
  return [
    ...byTask.flatMap((own, task) => {
      const name = nameOf(problem, task);
      const { limits } = problem.tasks[task]!;
      return boundFaults(limits, { name, lines: own, cost: costs[task]! });
    }),
    ...boundFaults(problem.limits, { name: 'the answer', lines, cost }),
    ...availableFaults(problem, lines),
    ...problem.pools.flatMap((pool, index) => poolFaults(pool, index, lines)),
  ];
}

function boundFaults(
  { deadlineS, budgetMicros, nanosPerHourMax }: Limits,
  { name, lines, cost }: { name: string; lines: readonly ReadLine[]; cost: bigint },
): readonly string[] {
  const faults: string[] = [];
  const end = lines.reduce((latest, { endS }) => Math.max(latest, endS), 0);
  if (deadlineS !== null && !isAtMost(end, deadlineS)) {
    faults.push(`${name} ends at second ${end}, its deadline is ${deadlineS}`);
  }
  if (budgetMicros !== null && cost > BigInt(budgetMicros)) {
    const costs = showMicros(Number(cost) as Micros);
    faults.push(`${name} costs ${costs}, its budget is ${showMicros(budgetMicros)}`);
  }
  if (nanosPerHourMax === null) return faults;
  const busiest = busiestNanosPerHour(lines);
  if (busiest > BigInt(nanosPerHourMax)) {
    const rate = showRate(Number(busiest) as Rate);
    faults.push(
      `${name} costs ${rate} an hour at once, at most ${showRate(nanosPerHourMax)} may be`,
    );
  }
  return faults;
}

type Change = { readonly at: number; readonly nanosPerHour: bigint };

/**
 * What all machines that run at the same moment cost an hour, at the busiest one. Moments are
 * whole microseconds; one that ends within two of them after another's start does not meet it.
 */
export function busiestNanosPerHour(lines: readonly ReadLine[]): bigint {
  const changes = lines.flatMap(changesOf).toSorted((a, b) => a.at - b.at);
  let [now, busiest, index] = [0n, 0n, 0];
  while (index < changes.length) {
    const { at } = changes[index]!;
    for (; changes[index]?.at === at; index++) now += changes[index]!.nanosPerHour;
    if (now > busiest) busiest = now;
  }
  return busiest;
}

function changesOf({ line, offer, endS }: ReadLine): readonly Change[] {
  const [begins, ends] = [line.startS * MICROSECONDS, (endS - endS * 1e-12) * MICROSECONDS - 2];
  const machines = BigInt(line.machines);
  const steps = [{ fromS: 0, nanosPerHour: offer.nanosPerHour }, ...offer.laterPrices];
  return steps.flatMap(({ fromS, nanosPerHour }, index) => {
    const from = Math.round(Math.max(begins, fromS * MICROSECONDS));
    const to = Math.round(Math.min(ends, (steps[index + 1]?.fromS ?? Infinity) * MICROSECONDS));
    const price = BigInt(nanosPerHour) * machines;
    if (to <= from) return [];
    return [
      { at: from, nanosPerHour: price },
      { at: to, nanosPerHour: -price },
    ];
  });
}

function availableFaults({ offers }: Problem, lines: readonly ReadLine[]): readonly string[] {
  const hired = new Map<ReadLine['offer'], number>();
  for (const { offer, line } of lines) {
    hired.set(offer, (hired.get(offer) ?? 0) + line.machines);
  }
  return offers.flatMap((offer) => {
    const machines = hired.get(offer) ?? 0;
    if (offer.available === null || machines <= offer.available) return [];
    return [`${machines} of ${offer.id} are hired, ${offer.available} can be had`];
  });
}

function poolFaults(pool: Pool, index: number, lines: readonly ReadLine[]): readonly string[] {
  const taken = lines.reduce((sum, { offer, line, seconds }) => {
    const amount = amountOf(offer, index);
    const hours = pool.per === 'machine' ? 1 : seconds / 3600;
    return sum + amount * line.machines * hours;
  }, 0);
  if (isAtMost(taken, pool.limit)) return [];
  return [`${taken} are taken of ${pool.id}, there are ${pool.limit}`];
}

function amountOf({ uses }: ReadLine['offer'], pool: number): number {
  return uses.reduce((sum, use) => (use.pool === pool ? sum + use.amount : sum), 0);
}
