import type { Item, JointCost, Taken } from './least-by-search.ts';

/*
 * Problem: all covers of one task that cost no more than a limit and need each of their machines.
 * Method: depth first over items in order of cost per unit; what is left costs as much as at the next
 * item's, at least. What items cost together is added where a cover is whole. All whole numbers.
 * Complexity: as many nodes as there are such covers at the items' own costs, and some dead ends.
 * Reference: Baldacci, Christofides, Mingozzi, An exact algorithm for the vehicle routing problem
 * based on the set partitioning formulation (Math. Programming 115, 2008).
 */

/** What items cost together is found in the time of so many nodes. */
const NODES_OF_JOINT = 50;

/** What all lists together may still take; each takes its part of it. */
export type ListBudget = { nodes: number; covers: number };

/** Null where there are too many, or where numbers would not be exact. */
export function listCovers(
  sorted: readonly Item[],
  need: number,
  given: {
    readonly costMax: number;
    readonly joint: JointCost | null;
    readonly budget: ListBudget;
  },
): readonly Taken[] | null {
  const { costMax, joint, budget } = given;
  const largest = sorted.reduce((most, { units }) => Math.max(most, units), 1);
  if (!Number.isSafeInteger(Math.ceil(costMax) * largest * 2)) return null;
  const found: Taken[] = [];
  const open: { at: number; left: number; cost: number; taken: Taken | null }[] = [
    { at: 0, left: need, cost: 0, taken: null },
  ];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { at, left, cost } = node;
    const item = sorted[at];
    if (item === undefined || cost * item.units + left * item.cost > costMax * item.units) continue;
    if (budget.nodes-- <= 0) return null;
    const enough = Math.ceil(left / item.units);
    for (let count = 0; count <= Math.min(item.cap, enough); count++) {
      const paid = cost + (item.costs === undefined ? count * item.cost : item.costs[count]!);
      if (paid > costMax) continue;
      const taken = count > 0 ? { item: at, count, before: node.taken } : node.taken;
      const rest = left - count * item.units;
      if (rest > 0) open.push({ at: at + 1, left: rest, cost: paid, taken });
      if (rest > 0 || !isNeeded(sorted, taken, -rest)) continue;
      if (joint !== null) budget.nodes -= NODES_OF_JOINT;
      if (paid + (joint?.(taken) ?? 0) > costMax) continue;
      if (budget.covers-- <= 0) return null;
      found.push(taken!);
    }
  }
  return found;
}

/** Whether a cover that does so much too much needs each of its machines. */
function isNeeded(sorted: readonly Item[], taken: Taken | null, over: number): boolean {
  for (let one = taken; one !== null; one = one.before) {
    if (sorted[one.item]!.units <= over) return false;
  }
  return true;
}
