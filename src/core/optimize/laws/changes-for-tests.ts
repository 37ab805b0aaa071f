import { asMicros, asRate, type Micros, type Rate } from '../../../base/money.ts';
import type { Limits, Problem, ProblemOffer, ProblemTask } from '../model/problem.ts';

/** One offer at half its price, whenever. */
export function withCheaperOffer(problem: Problem, which: number): Problem {
  const index = which % problem.offers.length;
  const half = (rate: Rate): Rate => asRate(Math.floor(rate / 2));
  return { ...problem, offers: problem.offers.with(index, priced(problem.offers[index]!, half)) };
}

function priced(offer: ProblemOffer, change: (rate: Rate) => Rate): ProblemOffer {
  return {
    ...offer,
    nanosPerHour: change(offer.nanosPerHour),
    laterPrices: offer.laterPrices.map(({ fromS, nanosPerHour }) => {
      return { fromS, nanosPerHour: change(nanosPerHour) };
    }),
  };
}

/** More of what there is least of: each kind of limit by itself. */
export const GENEROSITIES: Readonly<Record<string, (problem: Problem) => Problem>> = {
  time: (problem) => withLimits(problem, ({ deadlineS }) => ({ deadlineS: twice(deadlineS) })),
  budget: (problem) => {
    return withLimits(problem, ({ budgetMicros }) => ({ budgetMicros: twice(budgetMicros) }));
  },
  'hourly cost': (problem) => {
    return withLimits(problem, ({ nanosPerHourMax }) => {
      return { nanosPerHourMax: twice(nanosPerHourMax) };
    });
  },
  quota: (problem) => {
    const pools = problem.pools.map((pool) => ({ ...pool, limit: pool.limit + 1 }));
    return { ...problem, pools };
  },
  machines: (problem) => ({
    ...problem,
    offers: problem.offers.map((offer) => {
      return { ...offer, available: offer.available === null ? null : offer.available + 1 };
    }),
  }),
};

function twice<Value extends number>(value: Value | null): Value | null {
  return value === null ? null : ((2 * value) as Value);
}

function withLimits(problem: Problem, change: (limits: Limits) => Partial<Limits>): Problem {
  const changed = (limits: Limits): Limits => ({ ...limits, ...change(limits) });
  return {
    ...problem,
    limits: changed(problem.limits),
    tasks: problem.tasks.map((task) => ({ ...task, limits: changed(task.limits) })),
  };
}

/** The same problem, with offers, tasks, options, pools and what else there is the other way round. */
export function reversed(problem: Problem): Problem {
  const other = (index: number, all: readonly unknown[]): number => all.length - 1 - index;
  const { offers, pools, tasks } = problem;
  const taskOf = (index: number): number => other(index, tasks);
  return {
    ...problem,
    offers: offers.toReversed().map((offer) => ({
      ...offer,
      uses: offer.uses.map(({ pool, amount }) => ({ pool: other(pool, pools), amount })),
    })),
    pools: pools.toReversed(),
    tasks: tasks.toReversed().map((task) => ({
      ...task,
      needs: task.needs.map(taskOf),
      work: turned(task.work, (offer) => other(offer, offers)),
    })),
    transfers: problem.transfers.toReversed().map((one) => {
      return { ...one, from: taskOf(one.from), to: taskOf(one.to) };
    }),
    routes: problem.routes.toReversed(),
    apart: problem.apart.map((one) => ({ ...one, tasks: one.tasks.map(taskOf) })),
  };
}

function turned(
  work: ProblemTask['work'],
  offerOf: (offer: number) => number,
): ProblemTask['work'] {
  const turn = <Option extends { readonly offer: number }>(options: readonly Option[]) =>
    options.toReversed().map((option) => ({ ...option, offer: offerOf(option.offer) }));
  if (work.kind === 'choice') return { ...work, options: turn(work.options) };
  if (work.kind === 'divisible') return { ...work, options: turn(work.options) };
  return { ...work, options: turn(work.options) };
}

/** All money times a whole number. */
export function scaled(problem: Problem, factor: number): Problem {
  const micros = (value: Micros): Micros => asMicros(value * factor);
  const rate = (value: Rate): Rate => asRate(value * factor);
  const limits = (given: Limits): Limits => ({
    ...given,
    budgetMicros: given.budgetMicros === null ? null : micros(given.budgetMicros),
    nanosPerHourMax: given.nanosPerHourMax === null ? null : rate(given.nanosPerHourMax),
  });
  return {
    ...problem,
    limits: limits(problem.limits),
    offers: problem.offers.map((offer) => priced(offer, rate)),
    tasks: problem.tasks.map((task) => ({
      ...task,
      limits: limits(task.limits),
      work: task.work.kind === 'choice' ? dearer(task.work, micros) : task.work,
    })),
    routes: problem.routes.map((route) => {
      return { ...route, nanosPerGigabyte: rate(route.nanosPerGigabyte) };
    }),
  };
}

function dearer(
  work: Extract<ProblemTask['work'], { readonly kind: 'choice' }>,
  micros: (value: Micros) => Micros,
): ProblemTask['work'] {
  const options = work.options.map((option) => {
    return { ...option, extraMicros: micros(option.extraMicros) };
  });
  return { ...work, options };
}
