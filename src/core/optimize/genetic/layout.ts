import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { billedSeconds, hireCost } from '../../match/hire-cost.ts';
import { machinesMax, microsOfHours } from '../exact/part.ts';
import { placeOf } from '../exact/spread-rows.ts';
import { windowOf } from '../exact/time-rows.ts';
import { moveOf, regionOf, routesByEnds } from '../exact/transfer-rows.ts';
import type { Problem, ProblemOffer } from '../model/problem.ts';

/**
 * A problem as its genes see it. Resources are what tasks share: first the pools, then the offers
 * of which only so many are available.
 */
export type Layout = {
  readonly problem: Problem;
  readonly limits: Float64Array;
  readonly tasks: readonly TaskGenes[];
  /** Genes of all tasks together: counts, or for a choice one index into its options. */
  readonly length: number;
  readonly links: readonly (readonly Link[])[];
  /** Of each task, the `apart` of the problem that it is in. */
  readonly aparts: readonly (readonly number[])[];
};

export type TaskGenes = ChoiceGenes | DivisibleGenes | ServingGenes;

export type ChoiceGenes = {
  readonly kind: 'choice';
  readonly first: number;
  readonly options: readonly ChoiceOption[];
};

export type ChoiceOption = {
  /** Index in the problem. */
  readonly option: number;
  readonly micros: number;
  readonly takes: readonly Take[];
  /** Index into the layout's regions. */
  readonly region: number;
  /** Of each `apart` of the problem, the name of the place. */
  readonly places: readonly string[];
};

export type DivisibleGenes = {
  readonly kind: 'divisible';
  readonly first: number;
  readonly units: number;
  readonly options: readonly CountOption[];
};

export type ServingGenes = {
  readonly kind: 'serving';
  readonly first: number;
  readonly options: readonly CountOption[];
  /** Machines that each option would need for each bucket alone; infinite where it cannot. */
  readonly loads: readonly Float64Array[];
};

/** What can be hired once more: a machine, or a billing increment of one. */
export type CountOption = {
  readonly option: number;
  readonly micros: number;
  readonly units: number;
  readonly most: number;
  readonly takes: readonly Take[];
  /** Where increments are counted. */
  readonly increments: Increments | null;
};

export type Increments = {
  readonly offer: ProblemOffer;
  /** Of one machine in the task's time. */
  readonly each: number;
  /** Units that an increment does which the deadline cuts off, after `most` whole ones. */
  readonly wholesMost: number;
  readonly cutUnits: number;
  readonly windowS: number;
};

/** `amount` of a resource for each count, and `perMachine` for each machine that counts need. */
export type Take = {
  readonly resource: number;
  readonly amount: number;
  readonly perMachine: number;
};

/** A transfer as one of its two tasks sees it. */
export type Link = {
  readonly other: number;
  readonly isFrom: boolean;
  /** Micro-dollars by region of the one that gives, then of the one that takes; infinite for no route. */
  readonly micros: readonly Float64Array[];
};

export function layoutOf(problem: Problem): Layout {
  const { pools, offers } = problem;
  const limits = Float64Array.from([
    ...pools.map(({ limit }) => limit),
    ...offers.map(({ available }) => available ?? Infinity),
  ]);
  const regions = [...new Set(offers.map(regionOf))];
  let length = 0;
  const tasks = problem.tasks.map((_, task): TaskGenes => {
    const genes = genesOf(problem, { task, first: length, regions });
    length += genes.kind === 'choice' ? 1 : genes.options.length;
    return genes;
  });
  const links = linksOf(problem, regions);
  const aparts = problem.tasks.map((_, task) =>
    problem.apart.flatMap((apart, index) => (apart.tasks.includes(task) ? [index] : [])),
  );
  return { problem, limits, tasks, length, links, aparts };
}

function linksOf(
  { tasks, transfers, routes }: Problem,
  regions: readonly string[],
): readonly (readonly Link[])[] {
  const byEnds = routesByEnds(routes);
  const costs = transfers.map((transfer) =>
    regions.map((source) =>
      Float64Array.from(
        regions,
        (sink) => moveOf(transfer, { source, sink, routes: byEnds })?.micros ?? Infinity,
      ),
    ),
  );
  return tasks.map((_, task) =>
    transfers.flatMap(({ from, to }, index): Link[] => {
      const micros = costs[index]!;
      if (from === task) return [{ other: to, isFrom: true, micros }];
      return to === task ? [{ other: from, isFrom: false, micros }] : [];
    }),
  );
}

function genesOf(
  problem: Problem,
  {
    task,
    first,
    regions,
  }: { readonly task: number; readonly first: number; readonly regions: readonly string[] },
): TaskGenes {
  const { work } = problem.tasks[task]!;
  const windowS = windowOf(problem, task);
  switch (work.kind) {
    case 'choice':
      return { kind: 'choice', first, options: choiceOptions(problem, { task, windowS, regions }) };
    case 'divisible': {
      const options = work.options.flatMap(({ offer, throughput }, option) => {
        if (throughput <= 0) return [];
        const wanted = { option, offer, throughput, units: work.units, windowS };
        return work.per === 'machine'
          ? machineOption(problem, wanted)
          : incrementOption(problem, wanted);
      });
      return { kind: 'divisible', first, units: work.units, options };
    }
    case 'serving': {
      const inTime = work.hours * SECONDS_PER_HOUR <= windowS;
      const loads = work.options.map(({ throughputs }) =>
        Float64Array.from(work.rates, (rate, bucket) =>
          throughputs[bucket]! > 0 ? rate / throughputs[bucket]! : Infinity,
        ),
      );
      const options = work.options.map(({ offer }, option): CountOption => {
        const most = inTime ? Math.min(machinesMax(problem, offer), neededOf(loads[option]!)) : 0;
        const takes = takesOf(problem, offer, work.hours);
        const micros = microsOfHours(problem.offers[offer]!, work.hours);
        return { option, micros, units: 0, most, takes, increments: null };
      });
      return { kind: 'serving', first, options, loads };
    }
  }
}

/** Machines that take all of what an option can take. */
function neededOf(loads: Float64Array): number {
  let all = 0;
  for (const load of loads) if (load !== Infinity) all += load;
  return Math.max(1, Math.ceil(all));
}

function choiceOptions(
  problem: Problem,
  {
    task,
    windowS,
    regions,
  }: { readonly task: number; readonly windowS: number; readonly regions: readonly string[] },
): readonly ChoiceOption[] {
  const { work } = problem.tasks[task]!;
  if (work.kind !== 'choice') return [];
  return work.options.flatMap(({ offer, machines, hours, startS, extraMicros }, option) => {
    if (startS + hours * SECONDS_PER_HOUR > windowS || machines > machinesMax(problem, offer))
      return [];
    const terms = problem.offers[offer]!;
    const micros = hireCost(terms, { machines, hours }) + extraMicros;
    const takes = takesOf(problem, offer, hours).map((take) => ({
      ...take,
      amount: take.amount * machines,
    }));
    const places = problem.apart.map(({ by }) => placeOf(terms, by));
    return [{ option, micros, takes, region: regions.indexOf(regionOf(terms)), places }];
  });
}

type Wanted = {
  readonly option: number;
  readonly offer: number;
  readonly throughput: number;
  readonly units: number;
  readonly windowS: number;
};

function machineOption(problem: Problem, wanted: Wanted): readonly CountOption[] {
  const { option, offer, throughput, units, windowS } = wanted;
  const most = Math.min(machinesMax(problem, offer), Math.ceil(units / throughput));
  if (most < 1 || windowS < SECONDS_PER_HOUR) return [];
  const micros = microsOfHours(problem.offers[offer]!, 1);
  const takes = takesOf(problem, offer, 1);
  return [{ option, micros, units: throughput, most, takes, increments: null }];
}

function incrementOption(problem: Problem, wanted: Wanted): readonly CountOption[] {
  const { option, throughput, units, windowS } = wanted;
  const offer = problem.offers[wanted.offer]!;
  const incrementS = offer.billingIncrementS;
  const did = (throughput * incrementS) / SECONDS_PER_HOUR;
  const enough = Math.ceil(units / did);
  const wholes = Math.min(enough, Math.floor(windowS / incrementS));
  const machines = Math.min(machinesMax(problem, wanted.offer), enough);
  const cutS = wholes === enough ? 0 : windowS - wholes * incrementS;
  const each = wholes + (cutS > 0 ? 1 : 0);
  if (each === 0 || machines < 1) return [];
  const cutUnits = (throughput * cutS) / SECONDS_PER_HOUR;
  const wholesMost = wholes * machines;
  const enoughCut = wholesMost >= enough || cutS === 0 ? 0 : machines;
  const most = Math.min(enough, wholesMost) + enoughCut;
  const takes = takesOf(problem, wanted.offer, incrementS / SECONDS_PER_HOUR).map((take) =>
    isPerHour(problem, take.resource) ? take : { ...take, amount: 0, perMachine: take.amount },
  );
  const micros = microsOfHours(offer, incrementS / SECONDS_PER_HOUR);
  const increments = { offer, each: Math.max(1, wholes), wholesMost, cutUnits, windowS };
  return [{ option, micros, units: did, most, takes, increments }];
}

function isPerHour({ pools }: Problem, resource: number): boolean {
  return pools[resource]?.per === 'machine-hour';
}

/** What one machine takes in so many hours. */
function takesOf({ offers, pools }: Problem, offer: number, hours: number): readonly Take[] {
  const { available, uses } = offers[offer]!;
  const ofPools = uses.map(({ pool, amount }) => ({
    resource: pool,
    amount: pools[pool]!.per === 'machine' ? amount : amount * hours,
    perMachine: 0,
  }));
  const own = { resource: pools.length + offer, amount: 1, perMachine: 0 };
  return available === null ? ofPools : [...ofPools, own];
}

/** Machines that so many counts of an option need. */
export function machinesOf({ increments }: CountOption, count: number): number {
  if (increments === null) return count;
  const { wholesMost, each } = increments;
  return wholesMost === 0 ? count : Math.ceil(Math.min(count, wholesMost) / each);
}

/** Units that so many counts of an option do. */
export function unitsOf({ units, increments }: CountOption, count: number): number {
  if (increments === null) return units * count;
  const wholes = Math.min(count, increments.wholesMost);
  return units * wholes + increments.cutUnits * (count - wholes);
}

/** Micro-dollars of so many counts of an option, with the minimum charge of its machines. */
export function costOf(option: CountOption, count: number): number {
  const { micros, increments } = option;
  if (increments === null || count === 0) return micros * count;
  const { offer, wholesMost } = increments;
  if (offer.billingMinimumS <= offer.billingIncrementS) return micros * count;
  const billedS =
    wholesMost === 0
      ? count * billedSeconds(offer, increments.windowS / SECONDS_PER_HOUR)
      : billedOf(increments, count, machinesOf(option, count));
  return (micros / billedSeconds(offer, offer.billingIncrementS / SECONDS_PER_HOUR)) * billedS;
}

/** Seconds of an increment option's machines that are billed, all together. */
function billedOf({ offer }: Increments, counts: number, machines: number): number {
  const { billingIncrementS: incrementS } = offer;
  const least = Math.floor(counts / machines);
  const longer = counts - least * machines;
  const of = (count: number) => billedSeconds(offer, (count * incrementS) / SECONDS_PER_HOUR);
  return longer * of(least + 1) + (machines - longer) * of(least);
}
