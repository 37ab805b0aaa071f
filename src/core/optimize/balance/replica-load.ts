import { erlangC } from './erlang.ts';

/** Replicas of one kind, which share a queue. */
export type ReplicaKind = {
  readonly count: number;
  /** Requests a second of each bucket that one of them can take, alone; 0 for none. */
  readonly throughputs: readonly number[];
};

/** What a request is to replicas: kinds with the rates of the buckets. */
export type Balance = {
  readonly replicas: readonly ReplicaKind[];
  /** Requests a second of each bucket. */
  readonly rates: readonly number[];
};

/**
 * Seconds that requests take, of a split; Infinity where a kind has more than it can do. Shares are
 * by bucket, then by kind; writes the gradient by them.
 */
export type LatencyOfShares = (shares: Float64Array, gradient: Float64Array) => number;

/** What one kind has to do: sums over the buckets of rate × share. */
export type KindLoad = {
  /** Requests a second. */
  requests: number;
  /** × seconds each: the servers that are busy on average. */
  busy: number;
  /** × the mean square of their seconds. */
  squares: number;
};

/**
 * Sizes in a bucket vary, and so does what else a replica does: times are taken to be exponential
 * around the bucket's mean, whose mean square is twice the square of the mean.
 */
export const MEAN_SQUARE = 2;

/** Loads of each kind; shares are by bucket, then by kind. */
export function loadsOfKinds({ replicas, rates }: Balance, shares: Float64Array): KindLoad[] {
  return replicas.map(({ throughputs }, kind) => {
    const load = { requests: 0, busy: 0, squares: 0 };
    rates.forEach((rate, bucket) => {
      const taken = rate * shares[bucket * replicas.length + kind]!;
      if (taken === 0) return;
      const seconds = 1 / throughputs[bucket]!;
      load.requests += taken;
      load.busy += taken * seconds;
      load.squares += MEAN_SQUARE * taken * seconds * seconds;
    });
    return load;
  });
}

/** The wait of a kind, as functions of its load. */
export type Wait = {
  readonly chance: number;
  readonly chanceByBusy: number;
  /** Seconds on average, of all requests. */
  readonly mean: number;
  readonly meanByBusy: number;
  readonly meanBySquares: number;
};

/**
 * The mean wait in M/G/c, by Lee and Longton: that in M/M/c times (1 + C²)/2, where C² is the squared
 * coefficient of variation of service. With offered load a and the sum of squares q it comes to
 * C(c, a) · q / (2a(c − a)): exact for M/M/c, and for M/G/1 (Pollaczek and Khinchine).
 * Reference: Lee, Longton, Queueing Processes Associated with Airline Passenger Check-in (1959);
 * Kimura, Approximations for Multi-Server Queues (1994).
 * The load must be below the count.
 */
export function waitOf(count: number, { busy, squares }: KindLoad): Wait {
  const { chance, slope } = erlangC(count, busy);
  if (busy <= 0) {
    // A first request waits for nobody: only its own square counts, and that is of second order.
    const each = count === 1 ? 1 / 2 : 0;
    return {
      chance: 0,
      chanceByBusy: slope,
      mean: each * squares,
      meanByBusy: 0,
      meanBySquares: each,
    };
  }
  const factor = chance / (2 * busy * (count - busy));
  const mean = factor * squares;
  return {
    chance,
    chanceByBusy: slope,
    mean,
    meanByBusy: mean * (slope / chance - 1 / busy + 1 / (count - busy)),
    meanBySquares: factor,
  };
}
