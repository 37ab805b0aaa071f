import { type Random, seededRandom } from '../../../base/rng.ts';
import type { Problem } from '../model/problem.ts';
import { crossed, emptyGenome, type Genome, type Individual, isBetter, shuffle } from './genome.ts';
import { type Layout, layoutOf } from './layout.ts';
import { repaired } from './repair.ts';

/** What one island is asked: a plain value, so that it may go to another thread and back. */
export type IslandJob = {
  readonly problem: Problem;
  readonly seed: number;
  /** Those who live there; empty for a new island. */
  readonly population: readonly Individual[];
  /** Who comes from other islands, or from a plan that is in force. */
  readonly immigrants: readonly Genome[];
  /** Of resources, that those who settle there begin with. */
  readonly prices: Float64Array;
};

/** Best first. */
export type IslandResult = { readonly population: readonly Individual[] };

const SIZE = 30;
/** Of genes that are looked at in one epoch, so that epochs of large problems are no longer. */
const WORK = 120_000;
const CHILDREN = { least: 10, most: 120 };
/** Of a price, in a new island: some nearly in the order of price, some hardly. */
const NOISES = [0, 0.01, 0.03, 0.1, 0.3, 1, 0.1];
const TOURNAMENT = 2;
const CHANCE_OF_ORDER = 0.3;
const CHANCE_OF_PRICES = 0.3;
const CHANGES_MAX = 3;

/**
 * One epoch of an island: each child of two parents is repaired, and takes the place of the worst
 * unless it is there already, so that the best never die. A pure function of the job.
 */
export function runIsland(job: IslandJob): IslandResult {
  const { problem, seed, population, immigrants } = job;
  const random = seededRandom(seed);
  const layout = layoutOf(problem);
  const living = population.length > 0 ? [...population] : settlers(layout, job.prices, random);
  for (const genome of immigrants) settle(living, born(layout, genome, random));
  const children = childrenOf(layout);
  for (let child = 0; child < children; child++) {
    const parents = [selected(living, random), selected(living, random)] as const;
    const genome = crossed(layout, parents, random);
    mutate(layout, genome, random);
    settle(living, born(layout, genome, random));
  }
  living.sort(byWorth);
  return { population: living };
}

function childrenOf({ length, tasks }: Layout): number {
  const genes = tasks.reduce(
    (sum, task) => sum + task.options.length * (task.kind === 'serving' ? task.options.length : 1),
    length,
  );
  const children = Math.round(WORK / Math.max(1, genes));
  return Math.min(CHILDREN.most, Math.max(CHILDREN.least, children));
}

function settlers(layout: Layout, prices: Float64Array, random: Random): Individual[] {
  const living: Individual[] = [];
  for (let index = 0; index < SIZE; index++) {
    const genome = emptyGenome(layout);
    for (const task of layout.tasks) {
      if (task.kind !== 'choice') continue;
      genome.genes[task.first] = wantedOption(task.options, { index, random });
    }
    if (index > 0) shuffle(genome.order, random);
    const noise = NOISES[index % NOISES.length]!;
    // Every other one believes the prices, more or less.
    if (index % 2 === 0) {
      for (const [resource, price] of prices.entries()) {
        genome.prices[resource] = price * Math.exp(noise * (2 * random() - 1));
      }
    }
    settle(living, repaired(layout, genome, { random, noise }).individual);
  }
  return living;
}

/** The cheapest for the first, one of the cheaper for most. */
function wantedOption(
  options: readonly { readonly micros: number }[],
  { index, random }: { readonly index: number; readonly random: Random },
): number {
  const ranked = [...options.keys()].sort((a, b) => options[a]!.micros - options[b]!.micros);
  return ranked[index === 0 ? 0 : Math.floor(options.length * random() ** 3)] ?? 0;
}

function born(layout: Layout, genome: Genome, random: Random): Individual {
  return repaired(layout, genome, { random, noise: 0 }).individual;
}

function selected(living: readonly Individual[], random: Random): Individual {
  let best = living[Math.floor(random() * living.length)]!;
  for (let round = 1; round < TOURNAMENT; round++) {
    const other = living[Math.floor(random() * living.length)]!;
    if (isBetter(other, best)) best = other;
  }
  return best;
}

/** Where there is room, else in place of a worse one; nobody's twin. */
function settle(living: Individual[], child: Individual): void {
  const isTwin = ({ micros, faults, genes }: Individual) =>
    micros === child.micros &&
    faults === child.faults &&
    genes.every((gene, index) => gene === child.genes[index]);
  if (living.some(isTwin)) return;
  if (living.length < SIZE) {
    living.push(child);
    return;
  }
  let worst = 0;
  for (const [index, one] of living.entries()) if (isBetter(living[worst]!, one)) worst = index;
  if (isBetter(child, living[worst]!)) living[worst] = child;
}

function byWorth(one: Individual, other: Individual): number {
  return one.faults - other.faults || one.micros - other.micros;
}

/** Changes some genes, now and then the order of tasks and the prices of pools. */
export function mutate(layout: Layout, genome: Genome, random: Random): void {
  const changes = 1 + Math.floor(random() * CHANGES_MAX);
  for (let change = 0; change < changes; change++) {
    const task = layout.tasks[Math.floor(random() * layout.tasks.length)]!;
    if (task.kind === 'choice') {
      genome.genes[task.first] = wantedOption(task.options, { index: 1, random });
    } else if (task.options.length > 0) {
      mutateCounts(genome.genes.subarray(task.first, task.first + task.options.length), {
        most: task.options.map(({ most }) => most),
        random,
      });
    }
  }
  if (random() < CHANCE_OF_ORDER) swapTwo(genome.order, random);
  if (random() < CHANCE_OF_PRICES) mutatePrices(layout, genome.prices, random);
}

/** Drops, halves or lowers what is hired, or raises any count: repair fills what is missing. */
function mutateCounts(
  counts: Float64Array,
  { most, random }: { readonly most: readonly number[]; readonly random: Random },
): void {
  const hired = [...counts.keys()].filter((index) => counts[index]! > 0);
  const lowers = hired.length > 0 && random() < 0.6;
  if (lowers) {
    const index = hired[Math.floor(random() * hired.length)]!;
    const kind = random();
    if (kind < 0.3) counts[index] = 0;
    else if (kind < 0.5) counts[index] = Math.floor(counts[index]! * random());
    else counts[index]! -= 1;
  }
  if (!lowers || random() < 0.5) {
    const index = Math.floor(random() * counts.length);
    const added = random() < 0.6 ? 1 : Math.ceil(random() * Math.min(most[index]!, 1e6) * 0.3);
    counts[index] = Math.min(most[index]!, counts[index]! + added);
  }
}

function swapTwo(order: Int32Array, random: Random): void {
  const [a, b] = [0, 0].map(() => Math.floor(random() * order.length)) as [number, number];
  [order[a], order[b]] = [order[b]!, order[a]!];
}

/** All move a little, or one by a factor; a price begins near what a machine costs. */
function mutatePrices({ tasks }: Layout, prices: Float64Array, random: Random): void {
  if (prices.length === 0) return;
  if (random() < 0.5) {
    const width = 0.3 * random();
    for (const [resource, price] of prices.entries()) {
      if (price > 0) prices[resource] = price * Math.exp(width * (2 * random() - 1));
    }
    return;
  }
  const pool = Math.floor(random() * prices.length);
  const factor = 2 ** (2 * random() - 1);
  if (random() < 0.1) prices[pool] = 0;
  else if (prices[pool]! > 0) prices[pool]! *= factor;
  else {
    const task = tasks[Math.floor(random() * tasks.length)]!;
    const option = task.options[Math.floor(random() * task.options.length)];
    prices[pool] = (option?.micros ?? 0) * random();
  }
}
