import type { Duals } from '../model/answer.ts';
import type { Objective, Problem, ProblemOffer } from '../model/problem.ts';
import { ceilOf, GRAIN_BITS_OF_NANO_SECONDS, GRAINS, grainsOf } from './grains.ts';
import { BOUND_TOLERANCE, ROUNDED_AWAY_MICROS_MAX } from './tolerance.ts';

/*
 * Problem: what it costs to hire something once everything that couples tasks has a price.
 * Method: weak duality. For any prices π ≥ 0, min value ≥ min (value + Σ π·used) − Σ π·limit, and the
 * right side falls apart into tasks (Geoffrion, Lagrangean relaxation, 1974). A price of the
 * common budget makes each micro-dollar dearer by itself.
 * Complexity: O(pools + offers).
 */

/** All in grains of the objective. */
export type Prices = {
  /** Of so many nano-dollars × seconds, rounded down. */
  readonly cost: (nanoSeconds: bigint) => bigint;
  /** Of whole micro-dollars, as they are billed. */
  readonly micros: (micros: bigint) => bigint;
  /** What rounding may take off the bill of one task on one option. */
  readonly roundedAway: bigint;
  /** Of holding one machine at all, and of each hour that it works; by offer. */
  readonly ofMachine: readonly bigint[];
  readonly ofHour: readonly bigint[];
  /** Of an end so many seconds from now. */
  readonly ofTime: (seconds: number) => bigint;
  /** Of one unit, or of all requests of a bucket. */
  readonly ofTask: (task: number, index: number) => bigint;
  /** What all limits together are worth at these prices. */
  readonly ofLimits: bigint;
};

const WEIGHT_BITS = 60n;
const ONE = 1n << WEIGHT_BITS;
const LIMIT_PARTS = 2 ** 20;
const MICROGRAMS = 1e6;
const MICROSECONDS_PER_HOUR = 3_600_000_000n;
const GRAMS_PER_KILOGRAM = 1000n;

export function pricesOf(problem: Problem, duals: Duals): Prices {
  const { objective, limits } = problem;
  const budget = limits.budgetMicros === null ? 0n : grainsOf(duals.budget, ONE);
  const isMoney = objective.minimize === 'cost' || objective.minimize === 'weighted';
  const weight = (isMoney ? ONE : 0n) + budget;
  const cost = (nanoSeconds: bigint): bigint => {
    const grains = nanoSeconds << GRAIN_BITS_OF_NANO_SECONDS;
    return weight === ONE ? grains : (grains * weight) >> WEIGHT_BITS;
  };
  const micros = (whole: bigint): bigint => (whole * GRAINS * weight) >> WEIGHT_BITS;
  const pools = problem.pools.map((_, index) => grainsOf(duals.pools[index]));
  const offers = offerPrices(problem, duals);
  const taken = (per: 'machine' | 'machine-hour', { uses }: ProblemOffer): bigint =>
    uses.reduce((sum, { pool, amount }) => {
      const isCounted = problem.pools[pool]?.per === per;
      return isCounted ? sum + pools[pool]! * BigInt(amount) : sum;
    }, 0n);
  return {
    cost,
    micros,
    roundedAway: micros(BigInt(ROUNDED_AWAY_MICROS_MAX * 2)) / 2n + 1n,
    ofMachine: problem.offers.map((offer, index) => {
      return taken('machine', offer) + (offers.get(index) ?? 0n);
    }),
    ofHour: problem.offers.map((offer) => {
      return taken('machine-hour', offer) + carbonOf(objective, offer);
    }),
    ofTime: (seconds) => priceOfTime(objective, seconds),
    ofTask: (task, index) => grainsOf(duals.tasks[task]?.[index]),
    ofLimits:
      limitsWorth(problem, pools) +
      [...offers].reduce((sum, [offer, price]) => {
        return sum + price * BigInt(problem.offers[offer]!.available!);
      }, 0n) +
      ceilOf(BigInt(limits.budgetMicros ?? 0) * GRAINS * budget, ONE),
  };
}

/** Where there is no limit, there is nothing to price. */
function offerPrices({ offers }: Problem, duals: Duals): ReadonlyMap<number, bigint> {
  const prices = new Map<number, bigint>();
  for (const { offer, price } of duals.offers) {
    const available = offers[offer]?.available ?? null;
    const grains = grainsOf(price);
    if (available !== null && grains > 0n) prices.set(offer, grains);
  }
  return prices;
}

function limitsWorth({ pools }: Problem, prices: readonly bigint[]): bigint {
  return pools.reduce((sum, { per, limit }, index) => {
    const most = limit * (1 + BOUND_TOLERANCE);
    if (per === 'machine') return sum + prices[index]! * BigInt(Math.floor(most));
    const parts = BigInt(Math.ceil(most * LIMIT_PARTS));
    return sum + ceilOf(prices[index]! * parts, BigInt(LIMIT_PARTS));
  }, 0n);
}

/** Of the carbon of one machine in an hour. */
function carbonOf(objective: Objective, { gramsPerHour }: ProblemOffer): bigint {
  const micrograms = BigInt(Math.round((gramsPerHour ?? 0) * MICROGRAMS));
  if (objective.minimize === 'carbon') return (micrograms * GRAINS) / BigInt(MICROGRAMS);
  if (objective.minimize !== 'weighted') return 0n;
  const grains = micrograms * GRAINS * BigInt(objective.microsPerKilogram);
  return grains / (BigInt(MICROGRAMS) * GRAMS_PER_KILOGRAM);
}

/** Of an end so many seconds from now. */
export function priceOfTime(objective: Objective, seconds: number): bigint {
  if (objective.minimize !== 'weighted') return 0n;
  const microseconds = BigInt(Math.floor(seconds * (1 - BOUND_TOLERANCE) * 1e6));
  return (BigInt(objective.microsPerHour) * GRAINS * microseconds) / MICROSECONDS_PER_HOUR;
}

/** Whether carbon counts, so that an offer of which it is not known cannot be hired. */
export function carbonCounts(objective: Objective): boolean {
  return (
    objective.minimize === 'carbon' ||
    (objective.minimize === 'weighted' && objective.microsPerKilogram > 0)
  );
}
