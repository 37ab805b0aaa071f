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

/** No items cost less, and some cost as little where it is reached. */
export type Least = { readonly least: number; readonly isReached: boolean };

/** Of what is known to be the least, how far above it a search looks first; and how that grows. */
const ABOVE_FIRST = 2 ** -12;
const ABOVE_STEP = 1.5;

/**
 * What items cost at least which do all the work, given in order of cost per unit: the least of all,
 * unless that takes too many nodes. What costs less than a limit is searched for; where there is
 * nothing, below a higher one, and so on: without a good answer to start from, one search would go
 * astray in what is too dear. Infinity where nothing does all the work.
 * Reference: Korf, Depth-first iterative-deepening (Artificial Intelligence 27, 1985).
 */
export function leastByDeepening(
  sorted: readonly Item[],
  need: number,
  {
    nodesMax,
    joint = null,
    from = 0,
  }: {
    readonly nodesMax: number;
    readonly joint?: JointCost | null;
    /** That it is not less than. */
    readonly from?: number;
  },
): Least {
  let least = Math.max(from, relaxedLeast(sorted, need));
  if (least === Infinity) return { least, isReached: true };
  let nodesLeft = nodesMax;
  for (let above = least * ABOVE_FIRST + 1; ; above *= ABOVE_STEP) {
    const below = least + Math.ceil(above);
    const found = searchBelow(sorted, need, { nodesMax: nodesLeft, joint, below });
    if (found === null) return { least, isReached: false };
    if (found.cost < below) return { least: found.cost, isReached: true };
    [least, nodesLeft] = [below, nodesLeft - found.nodes];
  }
}

/** Where parts of machines do. */
function relaxedLeast(sorted: readonly Item[], need: number): number {
  let [left, cost] = [need, 0];
  for (const item of sorted) {
    if (item.units * item.cap >= left) return cost + Math.floor((item.cost * left) / item.units);
    left -= item.units * item.cap;
    cost += item.cost * item.cap;
  }
  return Infinity;
}

/** The same by one search; null where that takes too many nodes. */
export function leastBySearch(
  sorted: readonly Item[],
  need: number,
  nodesMax: number,
): number | null {
  const found = searchBelow(sorted, need, { nodesMax, joint: null, below: Infinity });
  return found === null ? null : found.cost;
}

/**
 * Depth first: what is left costs as much as at the next item's, at least. What is given where nothing
 * costs less than that; null where there are too many nodes.
 */
function searchBelow(
  sorted: readonly Item[],
  need: number,
  given: { readonly nodesMax: number; readonly joint: JointCost | null; readonly below: number },
): { readonly cost: number; readonly nodes: number } | null {
  const { nodesMax, joint, below } = given;
  let [least, nodes] = [below, 0];
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
  return { cost: least, nodes };
}
