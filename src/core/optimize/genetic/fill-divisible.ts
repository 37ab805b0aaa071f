import type { Random } from '../../../base/rng.ts';
import { type CountOption, costOf, type DivisibleGenes, type Layout, unitsOf } from './layout.ts';
import { fitting, pricedAt, take, type Used } from './resources.ts';

/** How a task is repaired: at which prices, and with how much chance in the order of options. */
export type Repair = {
  readonly layout: Layout;
  readonly used: Used;
  readonly genes: Float64Array;
  readonly prices: Float64Array;
  /** Of a price, what chance adds or takes; 0 for none. */
  readonly noise: number;
  readonly random: Random;
};

const SHORT = 1e-9;

/**
 * Keeps of the counts what fits, adds the cheapest units until the work is done, and takes away
 * what is not needed, the dearest first. Gives the share of the work that stays undone.
 */
export function fillDivisible(repair: Repair, task: DivisibleGenes): number {
  const { layout, used, genes } = repair;
  const { options, units, first } = task;
  let done = 0;
  for (const [index, option] of options.entries()) {
    const wanted = genes[first + index]!;
    if (wanted === 0) continue;
    const count = Math.min(wanted, fitting(layout, used, option));
    genes[first + index] = count;
    take(used, option, count);
    done += unitsOf(option, count);
  }
  const least = units * (1 - SHORT);
  const order = byUnitPrice(repair, options);
  if (done < least) done = add(repair, task, { order, done });
  if (done > units) done = trim(repair, task, { order, done });
  return done >= least ? 0 : 1 - done / units;
}

type Filling = { readonly order: readonly number[]; readonly done: number };

/** Indices of options, the cheapest unit first. */
function byUnitPrice(
  { prices, noise, random }: Repair,
  options: readonly CountOption[],
): readonly number[] {
  const price = Float64Array.from(options, (option) => {
    const factor = noise === 0 ? 1 : Math.exp(noise * (2 * random() - 1));
    return (factor * pricedAt(option, prices)) / option.units;
  });
  return [...options.keys()].sort((a, b) => price[a]! - price[b]! || a - b);
}

/** Whole machines of the cheapest, as long as they do not do too much; then the cheapest end. */
function add(repair: Repair, task: DivisibleGenes, { order, done: before }: Filling): number {
  const { units } = task;
  let done = before;
  for (const index of order) {
    const each = task.options[index]!.units;
    const wanted = Math.floor((units - done) / each + SHORT);
    if (wanted > 0) done = addSome(repair, task, { index, wanted, done });
    if (done >= units * (1 - SHORT)) return done;
  }
  const end = cheapestEnd(repair, task, units - done);
  if (end !== null) return addSome(repair, task, { ...end, done });
  for (const index of order) {
    const each = task.options[index]!.units;
    const wanted = Math.ceil((units - done) / each - SHORT);
    if (wanted > 0) done = addSome(repair, task, { index, wanted, done });
    if (done >= units * (1 - SHORT)) return done;
  }
  return done;
}

function addSome(
  { layout, used, genes }: Repair,
  { options, first }: DivisibleGenes,
  {
    index,
    wanted,
    done,
  }: { readonly index: number; readonly wanted: number; readonly done: number },
): number {
  const option = options[index]!;
  const had = genes[first + index]!;
  take(used, option, had, -1);
  const count = Math.max(had, Math.min(had + wanted, fitting(layout, used, option)));
  take(used, option, count);
  genes[first + index] = count;
  return done + unitsOf(option, count) - unitsOf(option, had);
}

/** The one option that does what is left at the least cost; null where none can alone. */
function cheapestEnd(
  { layout, used, genes, prices }: Repair,
  { options, first }: DivisibleGenes,
  left: number,
): { readonly index: number; readonly wanted: number } | null {
  let best: { index: number; wanted: number } | null = null;
  let least = Infinity;
  for (const [index, option] of options.entries()) {
    const wanted = Math.ceil(left / option.units - SHORT);
    const cost = wanted * pricedAt(option, prices);
    if (cost >= least) continue;
    const had = genes[first + index]!;
    take(used, option, had, -1);
    const isRoom = fitting(layout, used, option) >= had + wanted;
    take(used, option, had);
    const does = unitsOf(option, had + wanted) - unitsOf(option, had);
    if (isRoom && does >= left * (1 - SHORT)) [best, least] = [{ index, wanted }, cost];
  }
  return best;
}

/** The dearest first, as many as the rest can do without. */
function trim(
  { used, genes }: Repair,
  { options, first, units }: DivisibleGenes,
  { order, done: before }: Filling,
): number {
  let done = before;
  for (let rank = order.length - 1; rank >= 0; rank--) {
    const index = order[rank]!;
    const option = options[index]!;
    const had = genes[first + index]!;
    if (had === 0) continue;
    const spare = Math.min(had, Math.floor((done - units) / option.units + SHORT));
    if (spare <= 0 || costOf(option, had - spare) > costOf(option, had)) continue;
    const left = done - unitsOf(option, had) + unitsOf(option, had - spare);
    if (left < units * (1 - SHORT)) continue;
    take(used, option, had, -1);
    take(used, option, had - spare);
    genes[first + index] = had - spare;
    done = left;
  }
  return done;
}
