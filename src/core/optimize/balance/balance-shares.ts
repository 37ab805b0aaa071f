import { balanceLoad, type Latency, latencyOf } from './balance-load.ts';
import { type Balance, loadsOfKinds, type ReplicaKind } from './replica-load.ts';

/** Machines of some kinds, with the shares that they take of each size of request. */
export type ServedLoad = {
  readonly replicas: readonly {
    readonly machines: number;
    /** Of one machine: of each size, if it had no other; 0 for none. */
    readonly requestsPerSecond: readonly number[];
    /** Requests that it works on at once. */
    readonly concurrency: number;
  }[];
  /** Requests a second of each size. */
  readonly rates: readonly number[];
  /** By kind, then size; those of a size sum to 1. */
  readonly shares: readonly (readonly number[])[];
};

export type BalancedShares = {
  /** By kind, then size. */
  readonly shares: readonly (readonly number[])[];
  /** Null where waits would not end. */
  readonly latency: Latency | null;
  /** Of the busiest kind. */
  readonly utilization: number;
};

export type BalancedBy = {
  /** Null keeps the split as it is, where something else decides it. */
  readonly latency: 'mean' | 'p95' | null;
  readonly utilizationMax: number;
};

/** Busier than this is busy all the time, but for what a solver's tolerance leaves. */
const FULL = 1 - 1e-5;

/**
 * The split with the least latency in which no machine is busier than it may be; the given one where
 * machines are too full for any other. A machine that works on c requests at once is c servers, each
 * of which takes c times as long: only so is what it does in a second what was measured.
 */
export function balanceShares(
  { replicas, rates, shares }: ServedLoad,
  goal: BalancedBy,
): BalancedShares {
  const servers = replicas.map(({ machines, requestsPerSecond, concurrency }): ReplicaKind => {
    const each = Math.max(1, Math.round(concurrency));
    return { count: machines * each, throughputs: requestsPerSecond.map((all) => all / each) };
  });
  const balance = { replicas: servers, rates };
  const bySize = splitOf(balance, goal) ?? rates.map((_, size) => shares.map((own) => own[size]!));
  const loads = loadsOfKinds(balance, Float64Array.from(bySize.flat()));
  const utilization = Math.max(...loads.map(({ busy }, kind) => busy / servers[kind]!.count));
  return {
    shares: replicas.map((_, kind) => bySize.map((own) => own[kind]!)),
    latency: utilization < FULL ? latencyOf(balance, bySize) : null,
    utilization,
  };
}

/** By size, then kind; null where there is none in which no machine is busier than it may be. */
function splitOf(
  { replicas, rates }: Balance,
  { latency, utilizationMax }: BalancedBy,
): readonly (readonly number[])[] | null {
  if (latency === null) return null;
  // Machines that are a little slower are full when these are as busy as they may be.
  const slower = replicas.map(({ count, throughputs }) => ({
    count,
    throughputs: throughputs.map((speed) => speed * utilizationMax),
  }));
  const found = balanceLoad({ replicas: slower, rates }, { minimize: latency });
  return found.kind === 'balanced' ? found.shares : null;
}
