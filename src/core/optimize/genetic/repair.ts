import type { Random } from '../../../base/rng.ts';
import { type Chosen, clashes, fillChoice, improveChoices, movedFor } from './fill-choice.ts';
import { fillDivisible, type Repair } from './fill-divisible.ts';
import { fillServing, type Served } from './fill-serving.ts';
import { copyGenome, type Genome, type Individual } from './genome.ts';
import { costOf, type Layout } from './layout.ts';

/** An individual with what an answer needs beside its genes. */
export type Repaired = {
  readonly individual: Individual;
  /** Of each serving task, how its buckets are shared out. */
  readonly served: readonly (Served | null)[];
};

export type Chance = { readonly random: Random; readonly noise: number };

const PASSES_MAX = 4;

/**
 * Makes of a genome one that keeps pools, what is available and what is needed, as far as it can:
 * task by task in the order that it says, each with what the earlier ones left.
 */
export function repaired(layout: Layout, genome: Genome, { random, noise }: Chance): Repaired {
  const { genes, order, prices } = copyGenome(genome);
  const used = new Float64Array(layout.limits.length);
  const repair: Repair = { layout, used, genes, prices, noise, random };
  const chosen: Chosen = layout.tasks.map(() => null);
  const served: (Served | null)[] = layout.tasks.map(() => null);
  let faults = 0;
  for (const index of order) {
    const task = layout.tasks[index]!;
    if (task.kind === 'choice') {
      if (task.options.length === 0) faults += 1;
      fillChoice(repair, index, chosen);
    } else if (task.kind === 'divisible') {
      faults += fillDivisible(repair, task);
    } else {
      const shared = fillServing(repair, task);
      served[index] = shared;
      faults += shared.short;
    }
  }
  for (let pass = 0; pass < PASSES_MAX && improveChoices(repair, order, chosen); pass++);
  const costs = layout.tasks.map((_, task) => costOfTask(layout, { task, genes, chosen }));
  const broken = faultsOf(layout, { used, chosen, costs });
  const micros = costs.reduce((sum, cost) => sum + (cost === Infinity ? 0 : cost), 0);
  const individual = { genes, order, prices, faults: faults + broken, micros };
  return { individual, served };
}

/** With what it takes of others: who takes data pays for its way. */
function costOfTask(
  { tasks, links }: Layout,
  { task, genes, chosen }: { task: number; genes: Float64Array; chosen: Chosen },
): number {
  const own = tasks[task]!;
  if (own.kind !== 'choice') {
    return own.options.reduce(
      (sum, option, index) => sum + costOf(option, genes[own.first + index]!),
      0,
    );
  }
  const option = chosen[task];
  if (option === null || option === undefined) return 0;
  return links[task]!.reduce((sum, link) => {
    const other = chosen[link.other];
    if (link.isFrom || other === null || other === undefined) return sum;
    return sum + movedFor(link, option, other);
  }, option.micros);
}

/** Resources overdrawn, data without a route, tasks too near each other, budgets overspent. */
function faultsOf(
  layout: Layout,
  { used, chosen, costs }: { used: Float64Array; chosen: Chosen; costs: readonly number[] },
): number {
  const { limits, problem, aparts } = layout;
  let faults = 0;
  for (const [resource, limit] of limits.entries()) {
    const over = used[resource]! - limit;
    if (over > 1e-9 * Math.max(1, limit)) faults += 1 + over / Math.max(1, limit);
  }
  for (const [task, option] of chosen.entries()) {
    if (option !== null && aparts[task]!.length > 0) {
      faults += clashes({ task, chosen, aparts }, option) / 2;
    }
  }
  faults += costs.filter((cost) => cost === Infinity).length;
  for (const [task, { limits: own }] of problem.tasks.entries()) {
    faults += overspent(costs[task]!, own.budgetMicros);
  }
  const all = costs.reduce((sum, cost) => sum + (cost === Infinity ? 0 : cost), 0);
  return faults + overspent(all, problem.limits.budgetMicros);
}

function overspent(cost: number, budget: number | null): number {
  if (budget === null || cost <= budget || cost === Infinity) return 0;
  return (cost - budget) / Math.max(1, budget);
}
