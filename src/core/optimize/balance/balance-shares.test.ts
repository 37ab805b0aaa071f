import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latencyOf } from './balance-load.ts';
import { balanceShares, type ServedLoad } from './balance-shares.ts';

const LOAD: ServedLoad = {
  replicas: [
    { machines: 2, requestsPerSecond: [2, 1], concurrency: 1 },
    { machines: 2, requestsPerSecond: [8, 3], concurrency: 1 },
  ],
  rates: [6, 2],
  shares: [
    [0.3, 0.2],
    [0.7, 0.8],
  ],
};
const MEAN = { latency: 'mean', utilizationMax: 1 } as const;

describe('balanced shares of a service', () => {
  it('take less time than those that only fit', () => {
    const { shares, latency } = balanceShares(LOAD, MEAN);
    const replicas = LOAD.replicas.map(({ machines, requestsPerSecond }) => ({
      count: machines,
      throughputs: requestsPerSecond,
    }));
    const bySize = (own: ServedLoad['shares']) =>
      LOAD.rates.map((_, size) => own.map((s) => s[size]!));
    const before = latencyOf({ replicas, rates: LOAD.rates }, bySize(LOAD.shares));
    assert.ok(latency!.meanS < before.meanS);
    assert.deepEqual(latency, latencyOf({ replicas, rates: LOAD.rates }, bySize(shares)));
  });

  it('keep every machine as idle as it has to be', () => {
    const { utilization } = balanceShares(LOAD, { latency: 'mean', utilizationMax: 0.7 });
    assert.ok(utilization <= 0.7, `${utilization}`);
  });

  it('stay as they are on machines that are full, whose waits do not end', () => {
    const full = {
      ...LOAD,
      rates: [20, 0],
      shares: [
        [0.2, 0.2],
        [0.8, 0.8],
      ],
    };
    const { shares, latency, utilization } = balanceShares(full, MEAN);
    assert.deepEqual([shares, latency, utilization], [full.shares, null, 1]);
  });

  it('count a machine that works on many requests at once as so many slower ones', () => {
    const many = LOAD.replicas.map((one) => ({ ...one, concurrency: 100 }));
    const { latency, utilization } = balanceShares({ ...LOAD, replicas: many }, MEAN);
    // Nobody waits, and nobody is served faster than in a hundred times the share of a second.
    assert.ok(latency!.meanS > 100 / 8 && latency!.meanS < 100);
    assert.ok(utilization < 1);
  });

  it('take a moment for a million requests at once', () => {
    const [one, other] = LOAD.replicas;
    const crowd = [one!, other!].map((kind) => ({ ...kind, machines: 4000, concurrency: 250 }));
    const { latency } = balanceShares({ ...LOAD, replicas: crowd, rates: [12_000, 4000] }, MEAN);
    assert.ok(latency!.meanS > 0);
  });
});
