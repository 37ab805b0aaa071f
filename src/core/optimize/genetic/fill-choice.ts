import type { Repair } from './fill-divisible.ts';
import type { ChoiceGenes, ChoiceOption, Layout, Link } from './layout.ts';
import { fits, type Used } from './resources.ts';

/** Options that are chosen so far, by task; null where none is. */
export type Chosen = (ChoiceOption | null)[];

/** What it costs to break a rule, in micro-dollars: more than any plan does. */
const BROKEN = 1e15;

/** Keeps the option where it fits, else takes the one that costs least with what is chosen already. */
export function fillChoice(repair: Repair, task: number, chosen: Chosen): void {
  const { layout, used, genes } = repair;
  const { options, first } = layout.tasks[task]! as ChoiceGenes;
  if (options.length === 0) return;
  const wanted = options[Math.min(options.length - 1, genes[first]!)]!;
  const keeps =
    fits(layout, used, wanted.takes) && costIn(layout, { task, chosen }, wanted) < BROKEN;
  const index = keeps ? options.indexOf(wanted) : cheapestOf(repair, task, chosen);
  genes[first] = index;
  chosen[task] = options[index]!;
  takeChoice(used, options[index]!, 1);
}

/** One pass over all choices, each to the best that it has among the others; true when one changed. */
export function improveChoices(repair: Repair, order: Iterable<number>, chosen: Chosen): boolean {
  const { layout, used, genes } = repair;
  let isChanged = false;
  for (const task of order) {
    const now = chosen[task];
    if (now === null || now === undefined) continue;
    const { options, first } = layout.tasks[task]! as ChoiceGenes;
    takeChoice(used, now, -1);
    const index = cheapestOf(repair, task, chosen);
    const best = options[index]!;
    takeChoice(used, best, 1);
    if (best === now) continue;
    genes[first] = index;
    chosen[task] = best;
    isChanged = true;
  }
  return isChanged;
}

/** Index of the option that costs least with what the others have chosen; the present one of equals. */
function cheapestOf({ layout, used, genes, prices }: Repair, task: number, chosen: Chosen): number {
  const { options, first } = layout.tasks[task]! as ChoiceGenes;
  const isHere = { task, chosen };
  let [best, least] = [Math.min(options.length - 1, genes[first]!), Infinity];
  for (let index = 0; index < options.length; index++) {
    const option = options[index]!;
    let cost = option.micros;
    if (cost >= least) continue;
    for (const { resource, amount } of option.takes) {
      if (resource < prices.length) cost += prices[resource]! * amount;
    }
    if (!fits(layout, used, option.takes)) cost += BROKEN;
    if (cost >= least) continue;
    cost += costIn(layout, isHere, option) - option.micros;
    if (cost < least) [best, least] = [index, cost];
  }
  return best;
}

/** With its transfers, and what it breaks among the others. */
export function costIn(
  { links, aparts }: Pick<Layout, 'links' | 'aparts'> & Layout,
  { task, chosen }: { readonly task: number; readonly chosen: Chosen },
  option: ChoiceOption,
): number {
  let cost = option.micros;
  for (const link of links[task]!) {
    const other = chosen[link.other];
    if (other !== null && other !== undefined)
      cost += Math.min(BROKEN, movedFor(link, option, other));
  }
  if (aparts[task]!.length > 0) cost += BROKEN * clashes({ task, chosen, aparts }, option);
  return cost;
}

export function movedFor({ isFrom, micros }: Link, own: ChoiceOption, other: ChoiceOption): number {
  return isFrom ? micros[own.region]![other.region]! : micros[other.region]![own.region]!;
}

/** How many tasks are where this must not be. */
export function clashes(
  {
    task,
    chosen,
    aparts,
  }: { readonly task: number; readonly chosen: Chosen; readonly aparts: Layout['aparts'] },
  option: ChoiceOption,
): number {
  let count = 0;
  for (const apart of aparts[task]!) {
    for (const [other, its] of chosen.entries()) {
      if (other === task || its === null || !aparts[other]!.includes(apart)) continue;
      if (its.places[apart] === option.places[apart]) count++;
    }
  }
  return count;
}

function takeChoice(used: Used, { takes }: ChoiceOption, sign: 1 | -1): void {
  for (const { resource, amount } of takes) used[resource]! += sign * amount;
}
