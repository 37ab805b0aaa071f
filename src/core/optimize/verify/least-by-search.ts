/** Of one option: all whole numbers. */
export type Item = {
  /** Of one machine, at least. */
  readonly cost: number;
  readonly units: number;
  readonly cap: number;
  /** Of 0, 1, 2, … machines, up to the cap, where that is not as many times the cost. */
  readonly costs?: readonly number[];
};

/** How many machines of an item are taken, and of those before. */
export type Taken = {
  readonly item: number;
  readonly count: number;
  readonly before: Taken | null;
};

/** What items taken together cost beside what each costs by itself, ≥ 0, and no less for more of them. */
export type JointCost = (taken: Taken | null) => number;

/**
 * The least that items cost which do all the work. Depth first, in order of cost per unit, as they
 * are given: what is left costs as much as at the next item's, at least. Infinity where nothing
 * does all the work; null where that takes too many nodes.
 */
export function leastBySearch(
  sorted: readonly Item[],
  need: number,
  nodesMax: number,
  joint: JointCost | null = null,
): number | null {
  let [least, nodes] = [Infinity, 0];
  const open: { at: number; left: number; cost: number; taken: Taken | null }[] = [
    { at: 0, left: need, cost: 0, taken: null },
  ];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { at, left, cost } = node;
    const item = sorted[at];
    if (item === undefined || cost * item.units + left * item.cost >= least * item.units) continue;
    if (nodes++ > nodesMax) return null;
    const enough = Math.ceil(left / item.units);
    const most = item.costs === undefined ? Math.min(item.cap, enough) : item.cap;
    for (let count = 0; count <= most; count++) {
      const paid = cost + (item.costs === undefined ? count * item.cost : item.costs[count]!);
      const isTaken = joint !== null && count > 0;
      const taken = isTaken ? { item: at, count, before: node.taken } : node.taken;
      if (count < enough) {
        open.push({ at: at + 1, left: left - count * item.units, cost: paid, taken });
      } else if (paid < least) {
        least = Math.min(least, joint === null ? paid : paid + joint(taken));
      }
    }
  }
  return least;
}
