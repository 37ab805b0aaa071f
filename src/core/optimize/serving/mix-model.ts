import { assert } from '../../../base/assert.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { billedSeconds } from '../../match/hire-cost.ts';
import type { Problem, ProblemOffer, ServingWork } from '../model/problem.ts';

/**
 * A GPU mix in the numbers that a search works with: minimize Σ cost·y subject to Σ_k x_bk = 1,
 * Σ_b load_bk·x_bk ≤ y_k ≤ most, rows over y; y whole.
 */
export type Mix = {
  /** Of those that get any requests: indices into the work's buckets. */
  readonly buckets: readonly number[];
  readonly kinds: readonly MixKind[];
  /** By bucket, then kind: machines that take all of its requests; Infinity where it takes none. */
  readonly loads: Float64Array;
  readonly rows: readonly MixRow[];
};

/** Options that nothing tells apart: the same price, throughputs and pools. */
export type MixKind = {
  readonly options: readonly MixOption[];
  /** Micro-dollars of one machine for all of the time. */
  readonly cost: number;
  /** As many as can be had, or can be of use. */
  readonly most: number;
};

export type MixOption = { readonly option: number; readonly available: number };

/** Σ amounts·y ≤ limit. */
export type MixRow = {
  readonly amounts: readonly number[];
  readonly limit: number;
  readonly of: { readonly pool: number } | { readonly offer: number };
};

const NANOS_PER_MICRO = 1000;
/** Of what a kind could do at most: rounding must not hide a machine that is of use. */
const LOAD_SLACK = 1e-9;

/** The work of the only task, where a problem is a GPU mix and nothing else; else null. */
export function servingWork({ tasks }: Problem): ServingWork | null {
  const work = tasks.length === 1 ? tasks[0]!.work : null;
  return work?.kind === 'serving' ? work : null;
}

/** The mix of a problem with one serving task. */
export function mixOf(problem: Problem): Mix {
  const work = servingWork(problem);
  assert(work !== null, 'a mix is made of one serving task');
  const buckets = work.rates.flatMap((rate, bucket) => (rate > 0 ? [bucket] : []));
  const shared = sharedOffers(work);
  const kinds = kindsOf(problem, work, { buckets, shared });
  const loads = buckets.flatMap((bucket) =>
    kinds.map(({ options }) => loadOf(work, options[0]!.option, bucket)),
  );
  const rows = [...poolRows(problem, work, kinds), ...offerRows()];
  return { buckets, kinds, loads: Float64Array.from(loads), rows };

  function offerRows(): readonly MixRow[] {
    return [...shared].flatMap((offer) => {
      const { available } = problem.offers[offer]!;
      if (available === null) return [];
      const amounts = kinds.map(({ options }) => (offerOf(work!, options) === offer ? 1 : 0));
      return [{ amounts, limit: available, of: { offer } }];
    });
  }
}

/** Micro-dollars that one machine costs for so many hours, not rounded. */
export function machineMicros(offer: ProblemOffer, hours: number): number {
  const seconds = billedSeconds(offer, hours);
  return (offer.nanosPerHour * seconds) / SECONDS_PER_HOUR / NANOS_PER_MICRO;
}

/** Offers that several options want, as layouts of different size on the same machine. */
function sharedOffers({ options }: ServingWork): ReadonlySet<number> {
  const seen = new Set<number>();
  const shared = new Set<number>();
  for (const { offer } of options) (seen.has(offer) ? shared : seen).add(offer);
  return shared;
}

function offerOf({ options }: ServingWork, [first]: readonly MixOption[]): number {
  return options[first!.option]!.offer;
}

function kindsOf(
  { offers }: Problem,
  work: ServingWork,
  given: { readonly buckets: readonly number[]; readonly shared: ReadonlySet<number> },
): readonly MixKind[] {
  const { buckets, shared } = given;
  const groups = Map.groupBy(work.options.keys(), (option) => {
    const { offer, throughputs } = work.options[option]!;
    const { nanosPerHour, uses, billingIncrementS, billingMinimumS } = offers[offer]!;
    const alone = shared.has(offer) ? [offer] : [];
    const terms = [nanosPerHour, billingIncrementS, billingMinimumS];
    return JSON.stringify([terms, uses, throughputs, alone]);
  });
  return [...groups.values()].flatMap((options) => {
    const { offer } = work.options[options[0]!]!;
    const useful = usefulMachines(buckets.map((bucket) => loadOf(work, options[0]!, bucket)));
    const members = options.map((option) => ({
      option,
      available: offers[work.options[option]!.offer]!.available ?? Infinity,
    }));
    const most = members.reduce((sum, { available }) => sum + available, 0);
    if (useful === 0 || most === 0) return [];
    const cost = machineMicros(offers[offer]!, work.hours);
    return [{ options: members, cost, most: Math.min(most, useful) }];
  });
}

function loadOf({ rates, options }: ServingWork, option: number, bucket: number): number {
  const throughput = options[option]!.throughputs[bucket]!;
  return throughput > 0 ? rates[bucket]! / throughput : Infinity;
}

/** Machines that could take everything that they can take. */
function usefulMachines(loads: readonly number[]): number {
  const all = loads.reduce((sum, load) => (load === Infinity ? sum : sum + load), 0);
  return Math.ceil(all * (1 + LOAD_SLACK));
}

function poolRows(
  { pools, offers }: Problem,
  work: ServingWork,
  kinds: readonly MixKind[],
): readonly MixRow[] {
  return pools.flatMap((pool, index) => {
    const each = pool.per === 'machine' ? 1 : work.hours;
    const amounts = kinds.map(({ options }) => {
      const { uses } = offers[offerOf(work, options)]!;
      const used = uses.filter((use) => use.pool === index);
      return used.reduce((sum, { amount }) => sum + amount * each, 0);
    });
    const most = kinds.reduce((sum, kind, k) => sum + amounts[k]! * kind.most, 0);
    return most <= pool.limit ? [] : [{ amounts, limit: pool.limit, of: { pool: index } }];
  });
}
