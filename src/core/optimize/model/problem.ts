import type { Micros, Rate } from '../../../base/money.ts';

/**
 * min C(T, S) as one immutable value, `kedge.problem/v1`: what there is to hire, what must be done,
 * and what limits both. What a task must not use (residency, placement, spot policy, what does not
 * fit) is not among its options: matching has refused it. Places in arrays are names: an offer, a
 * pool and a task are referred to by their index. Every number is finite; null is no limit.
 */
export type Problem = {
  readonly schema: 'kedge.problem/v1';
  readonly name: string | null;
  readonly objective: Objective;
  /** Of all tasks together. */
  readonly limits: Limits;
  readonly offers: readonly ProblemOffer[];
  readonly pools: readonly Pool[];
  readonly tasks: readonly ProblemTask[];
  /** Data that one task hands to another; only between tasks of kind `choice`. */
  readonly transfers: readonly Transfer[];
  readonly routes: readonly Route[];
  readonly apart: readonly Apart[];
};

/**
 * What is minimized. `cost`: micro-dollars, of machines and transfers. `time`: seconds from now to
 * the end of the last task, then cost. `carbon`: grams of CO2e, then cost. `weighted`: micro-dollars,
 * with a price for each hour to the end of the last task, and for each kilogram of CO2e.
 */
export type Objective =
  | { readonly minimize: 'cost' | 'time' | 'carbon' }
  | {
      readonly minimize: 'weighted';
      readonly microsPerHour: Micros;
      readonly microsPerKilogram: Micros;
    };

export type Limits = {
  /** Seconds from now to the end. */
  readonly deadlineS: number | null;
  readonly budgetMicros: Micros | null;
  /** Of all machines that run at the same time. */
  readonly nanosPerHourMax: Rate | null;
};

/** Something for hire, as `Offer`, with what a choice among many must know. */
export type ProblemOffer = {
  readonly id: string;
  readonly provider: string;
  readonly region: string | null;
  readonly zone: string | null;
  readonly spot: boolean;
  readonly nanosPerHour: Rate;
  /** Forecast or agreed: from so many seconds from now on, in order of time; empty for one price. */
  readonly laterPrices: readonly { readonly fromS: number; readonly nanosPerHour: Rate }[];
  /** Seconds: hired time is rounded up to the increment, and never billed below the minimum. */
  readonly billingIncrementS: number;
  readonly billingMinimumS: number;
  /** Machines that can be hired at once, by all tasks together. */
  readonly available: number | null;
  /** Of one machine that runs for an hour; null when not known. */
  readonly gramsPerHour: number | null;
  /** What one machine takes of shared pools; whole numbers. */
  readonly uses: readonly { readonly pool: number; readonly amount: number }[];
};

/**
 * A quota, a shared capacity, a commitment. `machine`: the sum of `amount × machines` of all lines
 * keeps the limit, as if all ran at once. `machine-hour`: the sum of `amount × machines × hours`.
 * Hours already paid for are an offer at price 0 whose pool of machine-hours is what is left.
 */
export type Pool = {
  readonly id: string;
  readonly per: 'machine' | 'machine-hour';
  readonly limit: number;
};

export type ProblemTask = {
  readonly name: string | null;
  /** Tasks that must have ended before this one begins. */
  readonly needs: readonly number[];
  readonly limits: Limits;
  /** At least so many providers must carry a part of it: 1 for no wish. */
  readonly providersMin: number;
  /** No provider carries more of its work (divisible), load (serving) than this share; 1 for no wish. */
  readonly shareMax: number;
  readonly work: ChoiceWork | DivisibleWork | ServingWork;
};

/** Gangs and whatever cannot be divided: exactly one option is chosen. */
export type ChoiceWork = {
  readonly kind: 'choice';
  readonly options: readonly {
    readonly offer: number;
    readonly machines: number;
    readonly hours: number;
    /** Begins no earlier, in seconds from now: a cheaper hour may be worth the wait. */
    readonly startS: number;
    /**
     * Beside the machines, as what it costs to bring its data there; below 0 for hours that are not
     * paid, as waits for spot, and never by more than the machines cost.
     */
    readonly extraMicros: Micros;
  }[];
};

/** Work that any machines share: Σ throughput × machines × hours ≥ units. */
export type DivisibleWork = {
  readonly kind: 'divisible';
  /** `machine`: throughput is what one hired machine does at all, for an hour's price. */
  readonly per: 'hour' | 'machine';
  readonly units: number;
  readonly options: readonly { readonly offer: number; readonly throughput: number }[];
};

/**
 * Requests in buckets of size: for each option y machines and shares x of each bucket, such that
 * Σ_k x_bk = 1 and Σ_b rate_b · x_bk / throughput_bk ≤ y_k. Billed for `hours`.
 */
export type ServingWork = {
  readonly kind: 'serving';
  readonly hours: number;
  /** Requests a second of each bucket. */
  readonly rates: readonly number[];
  readonly options: readonly {
    readonly offer: number;
    /** Requests a second of each bucket that one machine can take, alone; 0 for none. */
    readonly throughputs: readonly number[];
  }[];
};

export type Transfer = {
  readonly from: number;
  readonly to: number;
  /** Decimal gigabytes. */
  readonly gigabytes: number;
};

/**
 * What moving data from one region to another costs; within a region it is free and at once, and
 * between two without a route it cannot be done. An offer without a region is at `provider/`.
 */
export type Route = {
  /** `provider/region`. */
  readonly from: string;
  readonly to: string;
  readonly nanosPerGigabyte: Rate;
  /** Null when not known: taken as at once. */
  readonly gigabitsPerSecond: number | null;
};

/** No two of these tasks are at the same provider, region or zone. */
export type Apart = {
  readonly tasks: readonly number[];
  readonly by: 'provider' | 'region' | 'zone';
};
