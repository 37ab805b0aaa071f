import type { Random } from '../../../base/rng.ts';
import type { Layout } from './layout.ts';

/** One proposal: what is hired, and how it is repaired where it cannot be. */
export type Genome = {
  /** Counts, or for a choice an index into its options. */
  readonly genes: Float64Array;
  /** In which tasks take what they share. */
  readonly order: Int32Array;
  /** Micro-dollars for one unit of each resource, by which options are compared. */
  readonly prices: Float64Array;
};

/** A genome that is repaired, and what it is worth: fewer faults first, then less money. */
export type Individual = Genome & { readonly faults: number; readonly micros: number };

export function isBetter(one: Individual, other: Individual): boolean {
  return one.faults === other.faults ? one.micros < other.micros : one.faults < other.faults;
}

/** In the order of the tasks, nothing hired and nothing priced. */
export function emptyGenome({ length, tasks, limits }: Layout): Genome {
  return {
    genes: new Float64Array(length),
    order: Int32Array.from(tasks.keys()),
    prices: new Float64Array(limits.length),
  };
}

export function copyGenome({ genes, order, prices }: Genome): Genome {
  return { genes: genes.slice(), order: order.slice(), prices: prices.slice() };
}

/** Genes of either parent, mostly by whole tasks; the order of one; prices between both. */
export function crossed(
  layout: Layout,
  [one, other]: readonly [Genome, Genome],
  random: Random,
): Genome {
  const child = copyGenome(random() < 0.5 ? one : other);
  for (const task of layout.tasks) {
    const length = task.kind === 'choice' ? 1 : task.options.length;
    const isWhole = length === 1 || random() < 0.5;
    const parent = random() < 0.5 ? one : other;
    for (let gene = task.first; gene < task.first + length; gene++) {
      const from = isWhole || random() < 0.5 ? parent : one === parent ? other : one;
      child.genes[gene] = from.genes[gene]!;
    }
  }
  const share = random();
  for (let resource = 0; resource < child.prices.length; resource++) {
    const [mine, its] = [one.prices[resource]!, other.prices[resource]!];
    child.prices[resource] = share * mine + (1 - share) * its;
  }
  return child;
}

export function shuffle(order: Int32Array, random: Random): void {
  for (let last = order.length - 1; last > 0; last--) {
    const at = Math.floor(random() * (last + 1));
    [order[last], order[at]] = [order[at]!, order[last]!];
  }
}
