import type { Problem } from '../model/problem.ts';
import type { Item, JointCost, Taken } from './least-by-search.ts';

/*
 * Problem: the same least cost of all tasks together, with fewer ways to take machines.
 * Method: an offer of which there are enough machines for everything beats one that costs no less, does
 * no more for each task and takes no less of any pool: whatever uses the one can use the other. And
 * items that are the same in all that counts are one, of which there are as many as of all.
 * Complexity: O(offers × offers that are enough × tasks).
 * Reference: Kellerer, Pferschy, Pisinger, Knapsack Problems (2004), section 3.2.
 */

/** The items of a task, in order of what they cost at some prices per unit of work. */
export type TaskItems = {
  readonly need: number;
  readonly items: readonly Item[];
  /** Of each item, the offers whose machines it counts together. */
  readonly offers: readonly (readonly number[])[];
  /** Of each item, grains of one machine without any prices. */
  readonly costs: readonly bigint[];
  readonly joint: JointCost | null;
};

/** Without the items of beaten offers. */
export function unbeaten(
  problem: Problem,
  caps: readonly number[],
  tasks: readonly TaskItems[],
): readonly TaskItems[] {
  const beaten = beatenOffers(problem, caps, tasks);
  return tasks.map((task) => {
    const kept = [...task.items.keys()].filter((item) => {
      return !task.offers[item]!.every((offer) => beaten.has(offer));
    });
    return kept.length === task.items.length ? task : someOf(task, kept);
  });
}

/** Items of the same key are one; of those that have none, each is by itself. */
export function merged(
  task: TaskItems,
  keyOf: (offers: readonly number[]) => string | null,
): TaskItems {
  const { items, offers, costs, need } = task;
  const groups = new Map<string, number[]>();
  items.forEach(({ cost, units, costs: byCount }, item) => {
    const key = byCount === undefined ? keyOf(offers[item]!) : null;
    const one = key === null ? `${item}` : `${cost} ${units} ${costs[item]} ${key}`;
    groups.set(one, [...(groups.get(one) ?? []), item]);
  });
  if (groups.size === items.length) return task;
  const all = [...groups.values()];
  const { offers: _, ...first } = someOf(
    task,
    all.map(([item]) => item!),
  );
  return {
    ...first,
    items: first.items.map((item, index) => {
      const cap = all[index]!.reduce((sum, one) => sum + items[one]!.cap, 0);
      return { ...item, cap: Math.min(cap, Math.ceil(need / item.units)) };
    }),
    offers: all.map((some) => some.flatMap((item) => offers[item]!)),
  };
}

/** Only these of its items, in this order. */
export function someOf(
  { need, items, offers, costs, joint }: TaskItems,
  kept: readonly number[],
): TaskItems {
  const before = (taken: Taken | null): Taken | null =>
    taken === null ? null : { ...taken, item: kept[taken.item]!, before: before(taken.before) };
  return {
    need,
    items: kept.map((item) => items[item]!),
    offers: kept.map((item) => offers[item]!),
    costs: kept.map((item) => costs[item]!),
    joint: joint === null ? null : (taken: Taken | null) => joint(before(taken)),
  };
}

/** What one machine of an offer costs a task and does for it, in each way that it can be taken. */
type Way = { readonly cost: bigint; readonly units: number };
type Ways = ReadonlyMap<number, readonly Way[]>;

function beatenOffers(
  problem: Problem,
  caps: readonly number[],
  tasks: readonly TaskItems[],
): ReadonlySet<number> {
  const useful = new Map<number, number>();
  const ways = problem.offers.map(() => new Map<number, readonly Way[]>());
  tasks.forEach(({ need, items, offers, costs }, task) => {
    items.forEach(({ units }, item) => {
      for (const offer of offers[item]!) {
        const own = ways[offer]!;
        own.set(task, [...(own.get(task) ?? []), { cost: costs[item]!, units }]);
      }
    });
    for (const [offer, own] of ways.entries()) {
      const units = Math.min(...(own.get(task) ?? []).map((way) => way.units));
      useful.set(offer, (useful.get(offer) ?? 0) + Math.ceil(need / units));
    }
  });
  const costOf = (offer: number): number => Number([...ways[offer]!.values()][0]?.[0]?.cost ?? 0n);
  const sorted = [...problem.offers.keys()].sort((a, b) => costOf(a) - costOf(b) || a - b);
  const beaten = new Set<number>();
  const enough: number[] = [];
  for (const offer of sorted) {
    const isBeaten = enough.some((other) => {
      return usesNoMore(problem, other, offer) && isAsGood(ways[other]!, ways[offer]!);
    });
    if (isBeaten) beaten.add(offer);
    else if (caps[offer]! >= useful.get(offer)!) enough.push(offer);
  }
  return beaten;
}

/** For each task, in some way, as good as the other in any. */
function isAsGood(better: Ways, worse: Ways): boolean {
  for (const [task, all] of worse) {
    const own = better.get(task) ?? [];
    const beats = ({ cost, units }: Way): boolean => {
      return own.some((way) => way.cost <= cost && way.units >= units);
    };
    if (!all.every(beats)) return false;
  }
  return true;
}

function usesNoMore({ offers }: Problem, better: number, worse: number): boolean {
  const amountOf = (offer: number, pool: number): number => {
    return offers[offer]!.uses.reduce(
      (sum, use) => (use.pool === pool ? sum + use.amount : sum),
      0,
    );
  };
  return offers[better]!.uses.every(({ pool }) => amountOf(better, pool) <= amountOf(worse, pool));
}
