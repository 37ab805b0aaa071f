import type { Repair } from './fill-divisible.ts';
import type { ServingGenes } from './layout.ts';
import { fitting, pricedAt, take } from './resources.ts';
import { copyShared, moveExcess, type Shared, sharedAtPrices } from './serve-load.ts';

/** How the buckets are shared out, and what of all loads has no machine. */
export type Served = { readonly shared: Shared | null; readonly short: number };

const ROUNDS_MAX = 10_000;

/**
 * Adds machines where one relieves most for its price until all requests are carried, and takes
 * away those that the others can do without, the dearest first.
 */
export function fillServing(repair: Repair, task: ServingGenes): Served {
  const { layout, used, genes } = repair;
  const { options, first, loads } = task;
  const machines = new Float64Array(options.length);
  for (const [index, option] of options.entries()) {
    machines[index] = Math.min(genes[first + index]!, fitting(layout, used, option));
    take(used, option, machines[index]!);
  }
  const prices = Float64Array.from(options, (option) => priceOf(repair, option));
  let shared = sharedAtPrices(loads, prices);
  if (shared === null) return { shared, short: 1 };
  let short = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const stuck = moveExcess(loads, shared, machines);
    if (stuck === null) break;
    const index = bestRelief(repair, task, { machines, prices, relief: stuck.relief });
    if (index < 0) {
      short = excessOf(shared, machines);
      break;
    }
    machines[index]! += 1;
    take(used, options[index]!, 1);
  }
  if (short === 0) shared = trimmed(repair, task, { machines, shared, prices });
  genes.set(machines, first);
  return { shared, short };
}

function priceOf(
  { prices, noise, random, layout, used }: Repair,
  option: ServingGenes['options'][number],
) {
  if (fitting(layout, used, option) === 0 && option.most === 0) return Infinity;
  const factor = noise === 0 ? 1 : Math.exp(noise * (2 * random() - 1));
  return factor * pricedAt(option, prices);
}

/** The option of which one more machine costs least for what it takes off the others. */
function bestRelief(
  { layout, used }: Repair,
  { options }: ServingGenes,
  {
    machines,
    prices,
    relief,
  }: {
    readonly machines: Float64Array;
    readonly prices: Float64Array;
    readonly relief: Float64Array;
  },
): number {
  let [best, least] = [-1, Infinity];
  for (const [index, option] of options.entries()) {
    const cost = prices[index]! * relief[index]!;
    if (!(cost < least) || machines[index]! >= option.most) continue;
    if (fitting(layout, used, option) < 1) continue;
    [best, least] = [index, cost];
  }
  return best;
}

function excessOf({ load }: Shared, machines: Float64Array): number {
  return load.reduce((sum, one, index) => sum + Math.max(0, one - machines[index]!), 0);
}

function trimmed(
  { used }: Repair,
  { options, loads }: ServingGenes,
  given: {
    readonly machines: Float64Array;
    readonly shared: Shared;
    readonly prices: Float64Array;
  },
): Shared {
  const { machines, prices } = given;
  let { shared } = given;
  const dearest = [...options.keys()].sort((a, b) => prices[b]! - prices[a]! || a - b);
  for (const index of dearest) {
    while (machines[index]! > 0) {
      const trial = copyShared(shared);
      machines[index]! -= 1;
      if (moveExcess(loads, trial, machines) !== null) {
        machines[index]! += 1;
        break;
      }
      take(used, options[index]!, 1, -1);
      shared = trial;
    }
  }
  return shared;
}
