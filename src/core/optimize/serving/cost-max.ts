import type { Problem } from '../model/problem.ts';
import { type Mix, machineMicros } from './mix-model.ts';

/** What multiplying a price in floating point may lose. */
const ROUNDING = 1e-14;

/** Micro-dollars that a mix may cost: by the budgets, and by what it may cost an hour. */
export function costMaxOf({ limits, tasks, offers }: Problem, { kinds }: Mix): number {
  const { work, limits: own } = tasks[0]!;
  if (work.kind !== 'serving') return Infinity;
  // Each line is rounded: where that can happen, by half a micro-dollar.
  const isWhole = kinds.every(({ cost }) => Number.isInteger(cost));
  const rounded = isWhole ? 0 : work.options.length / 2;
  const caps = [limits, own].map(({ budgetMicros, nanosPerHourMax }) => {
    const budget = (budgetMicros ?? Infinity) - rounded;
    if (nanosPerHourMax === null) return budget;
    const terms = { ...offers[work.options[0]!.offer]!, nanosPerHour: nanosPerHourMax };
    return Math.min(budget, machineMicros(terms, work.hours) * (1 + ROUNDING));
  });
  return Math.min(...caps);
}
