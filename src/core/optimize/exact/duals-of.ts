import type { Duals } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import type { Fraction } from '../model/task-problem.ts';
import type { ExactModel } from './exact-model.ts';

/** A price keeps so many binary digits, as far as a safe denominator allows. */
const BITS = 40;
const PER_BITS_MAX = 52;
/**
 * Work at exactly no price is a knapsack to the checker, whole and without the ranges of a tree:
 * next to nothing keeps it to the prices.
 */
const PRICE_LEAST = 2 ** -50;
/** Of thousandths of a dollar, in which the row of the budget is. */
const PER_MICRO = 1e-3;

/**
 * The duals of the relaxation as prices that a checker multiplies out. What other rows do for the
 * bound (transfers, shares, starts) has no price there, and is lost.
 */
export function dualsOf(
  problem: Problem,
  { coupling, needRows }: ExactModel,
  duals: readonly number[],
): Duals {
  // A row with an upper limit has a dual of 0 or less in a minimization: its price is the opposite.
  const limitPrice = (row: number | null, factor = 1) =>
    fraction(row === null ? 0 : Math.max(0, -duals[row]! * factor));
  return {
    pools: coupling.pools.map((pool) =>
      pool === null ? fraction(0) : limitPrice(pool.row, pool.factor),
    ),
    offers: coupling.offers.flatMap((row, offer) =>
      row === null || duals[row]! >= 0 ? [] : [{ offer, price: limitPrice(row) }],
    ),
    budget: limitPrice(coupling.budget, PER_MICRO),
    tasks: problem.tasks.map(({ work }, task) =>
      work.kind === 'choice'
        ? []
        : needRows[task]!.map(({ row, factor }) =>
            fraction(Math.max(PRICE_LEAST, duals[row]! * factor)),
          ),
    ),
  };
}

/** The nearest fraction with a power of two below, both safe integers. */
export function fraction(value: number): Fraction {
  if (value === 0) return { of: 0, per: 1 };
  const exponent = Math.floor(Math.log2(value));
  const bits = Math.max(0, Math.min(PER_BITS_MAX, BITS - exponent));
  const per = 2 ** bits;
  return { of: Math.round(value * per), per };
}
