/**
 * What proves how little covers of divisible work `per: machine` can cost that share machines of
 * some offers: prices that depend on how many machines a task takes. Whatever they are, what the
 * tasks' own best covers cost at them, less the most that all tasks together could pay, is a bound
 * (Lagrangian decomposition: Guignard, Kim, Lagrangean decomposition, Math. Programming 39, 1987).
 * All numbers are whole micro-dollars, ≥ 0.
 */
export type CoverBound = {
  /** Of one unit of each pool's limit, in thousandths, in the order of the pools. */
  readonly pools: readonly number[];
  /** Those that have a price at all. */
  readonly offers: readonly CountPrices[];
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
