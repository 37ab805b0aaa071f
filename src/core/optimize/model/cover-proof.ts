/**
 * What proves how little covers of divisible work `per: machine` can cost that share machines of
 * some offers: prices that depend on how many machines a task takes. Whatever they are, what the
 * tasks' own best covers cost at them, less the most that all tasks together could pay, is a bound
 * (Lagrangian decomposition: Guignard, Kim, Lagrangean decomposition, Math. Programming 39, 1987).
 * All numbers are whole, prices micro-dollars, ≥ 0.
 */
export type CoverBound = {
  /** Of one unit of each pool's limit, in thousandths, in the order of the pools. */
  readonly pools: readonly number[];
  /** Those that have a price at all. */
  readonly offers: readonly CountPrices[];
  /** Prices of what tasks take of several offers together, beside the others; none where left out. */
  readonly joint?: readonly JointRow[];
  /** What proves more than these prices by themselves: a small search; none where left out. */
  readonly tree?: CoverTree;
};

export type CountPrices = {
  /** One, or several that are the same, of which machines are counted together. */
  readonly offers: readonly number[];
  /** Of one machine, for a task that `byCount` does not name. */
  readonly price: number;
  /** For these tasks: of one machine, of two, and so on, up to all that are available. */
  readonly byCount: readonly {
    readonly tasks: readonly number[];
    readonly prices: readonly number[];
  }[];
};

/**
 * A row that all tasks together keep. A task that takes n machines of the offers counts
 * ⌊(of · n + share) / per⌋, all tasks together no more than ⌊(of · available + Σ shares) / per⌋. Half of
 * one row or two that stand before it: a task counts half of what it counts in those, rounded down
 * after 1 is added for the tasks that are named; together they count no more than half of the right
 * sides and of the number of these tasks, rounded down (Chvátal, Discrete Math. 4, 1973).
 */
export type CountedRow =
  | {
      readonly offers: readonly number[];
      readonly of: number;
      readonly per: number;
      /** Of each task, below `per`; 0 for those that are left out at the end. */
      readonly shares: readonly number[];
    }
  | {
      readonly halfOf: readonly number[];
      readonly tasks: readonly number[];
    };

/** With the price of one on its right side; 0 for one that only others are made of. */
export type JointRow = CountedRow & { readonly price: number };

/**
 * A search that is told so that it can be gone through again. An answer that costs less than the
 * floor has, of each task, one of the few covers that lose no more at the prices of the `CoverBound`
 * than the floor is above its bound; where a cover could do without one of its machines, so does a
 * cheaper answer. At each node these covers are priced anew: those that cost too much are shut, as
 * are those that fit beside no others, and either the node is closed, as its prices alone prove the
 * floor, or the covers of one task are split in two. Whatever it says, it proves the floor or nothing
 * (Land, Doig, Econometrica 28, 1960; Gleixner, Steffy, Linear programming with certified bounds, 2020).
 */
export type CoverTree = {
  /** Micro-dollars that no answer costs less than. */
  readonly floor: number;
  /** Beside those in `joint`, and numbered on from them; a pool counts what a cover takes of it. */
  readonly rows: readonly (CountedRow | { readonly pool: number })[];
  /** A node, then those of the covers that count so much in the row, then those of the others. */
  readonly nodes: readonly CoverNode[];
};

export type CoverNode = {
  /** One after another: row, price, row, price, and so on; a row that is left out has none. */
  readonly prices: readonly (readonly number[])[];
  /** None where the last of these prices close the node. */
  readonly split?: { readonly task: number; readonly row: number; readonly least: number };
};
