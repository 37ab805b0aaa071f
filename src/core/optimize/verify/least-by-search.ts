/** Of one option: all whole numbers. */
export type Item = {
  /** Of one machine, at least. */
  readonly cost: number;
  readonly units: number;
  readonly cap: number;
  /** Of 0, 1, 2, … machines, up to the cap, where that is not as many times the cost. */
  readonly costs?: readonly number[];
};

/**
 * The least that items cost which do all the work. Depth first, in order of cost per unit, as they
 * are given: what is left costs as much as at the next item's, at least. Infinity where nothing
 * does all the work; null where that takes too many nodes.
 */
export function leastBySearch(
  sorted: readonly Item[],
  need: number,
  nodesMax: number,
): number | null {
  let [least, nodes] = [Infinity, 0];
  const open: { at: number; left: number; cost: number }[] = [{ at: 0, left: need, cost: 0 }];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { at, left, cost } = node;
    const item = sorted[at];
    if (item === undefined || cost * item.units + left * item.cost >= least * item.units) continue;
    if (nodes++ > nodesMax) return null;
    const enough = Math.ceil(left / item.units);
    const most = item.costs === undefined ? Math.min(item.cap, enough) : item.cap;
    for (let count = 0; count <= most; count++) {
      const paid = cost + (item.costs === undefined ? count * item.cost : item.costs[count]!);
      if (count >= enough) least = Math.min(least, paid);
      else open.push({ at: at + 1, left: left - count * item.units, cost: paid });
    }
  }
  return least;
}
