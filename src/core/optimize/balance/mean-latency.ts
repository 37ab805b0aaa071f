import {
  type Balance,
  type LatencyOfShares,
  loadsOfKinds,
  MEAN_SQUARE,
  waitOf,
} from './replica-load.ts';

/** Mean seconds from a request's arrival to its end: Σ_k (requests·wait + busy) / rate, by the shares. */
export function meanLatency(balance: Balance): LatencyOfShares {
  const { replicas, rates } = balance;
  const all = rates.reduce((sum, rate) => sum + rate, 0);
  return (shares, gradient) => {
    let total = 0;
    for (const [kind, load] of loadsOfKinds(balance, shares).entries()) {
      const { count, throughputs } = replicas[kind]!;
      if (load.busy >= count) return Infinity;
      const wait = waitOf(count, load);
      total += load.requests * wait.mean + load.busy;
      for (const [bucket, rate] of rates.entries()) {
        const throughput = throughputs[bucket]!;
        const seconds = throughput > 0 ? 1 / throughput : 0;
        const byBusy = load.requests * wait.meanByBusy + 1;
        const bySquares = load.requests * wait.meanBySquares * MEAN_SQUARE * seconds;
        const slope = wait.mean + (byBusy + bySquares) * seconds;
        gradient[bucket * replicas.length + kind] = throughput > 0 ? (rate * slope) / all : 0;
      }
    }
    return total / all;
  };
}
