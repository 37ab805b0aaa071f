import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { erlangC } from './erlang.ts';
import { meanLatency } from './mean-latency.ts';
import { type Balance, waitOf } from './replica-load.ts';
import { tailLatency } from './tail-latency.ts';

function isNear(actual: number, expected: number, tolerance = 1e-9): void {
  const away = Math.abs(actual - expected);
  assert.ok(away <= tolerance * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);
}

const UNLIKE: Balance = {
  replicas: [
    { count: 3, throughputs: [2, 1] },
    { count: 1, throughputs: [9, 0.8] },
  ],
  rates: [3, 0.7],
};

function one(count: number, speed: number, rate: number): Balance {
  return { replicas: [{ count, throughputs: [speed] }], rates: [rate] };
}

const ALL = Float64Array.of(1);

describe('the chance to wait', () => {
  it('is the load of one server, and 1/3 for two with the load of one', () => {
    isNear(erlangC(1, 0.7).chance, 0.7);
    isNear(erlangC(2, 1).chance, 1 / 3);
    assert.equal(erlangC(4, 0).chance, 0);
  });

  it('keeps its digits with a thousand servers', () => {
    // Halfin and Whitt: with c = a + √a servers the chance is about 0.223.
    isNear(erlangC(1000, 1000 - Math.sqrt(1000)).chance, 0.223, 0.02);
  });

  it('is that of the whole recursion, wherever it is begun', () => {
    for (const [servers, load] of [
      [150, 149.5],
      [700, 640],
      [5000, 4990],
      [20_000, 19_700],
    ] as const) {
      let blocked = 1;
      for (let count = 1; count <= servers; count++) {
        blocked = (load * blocked) / (count + load * blocked);
      }
      const chance = (servers * blocked) / (servers - load * (1 - blocked));
      isNear(erlangC(servers, load).chance / chance, 1, 1e-11);
    }
    assert.ok(erlangC(1e9, 5e8).chance < 1e-20);
  });

  it('grows as its slope says', () => {
    for (const [servers, load] of [
      [1, 0.4],
      [3, 2.2],
      [40, 31],
    ] as const) {
      const step = 1e-6;
      const rise = erlangC(servers, load + step).chance - erlangC(servers, load - step).chance;
      isNear(erlangC(servers, load).slope, rise / (2 * step), 1e-6);
    }
  });
});

describe('latency', () => {
  it('of one server is exact: 1/(μ − λ) on average, ln 20 times that for 95 %', () => {
    isNear(meanLatency(one(1, 5, 3))(ALL, new Float64Array(1)), 1 / 2);
    isNear(tailLatency(one(1, 5, 3))(ALL, new Float64Array(1)), Math.log(20) / 2);
  });

  it('of unlike requests on one server is that of Pollaczek and Khinchine', () => {
    // Λ·E[S²] / (2(1 − ρ)), for seconds of 0.1 and 1 with exponential times around them.
    const squares = 2 * (2 * 0.1 ** 2 + 0.3);
    isNear(waitOf(1, { requests: 2.3, busy: 0.5, squares }).mean, squares / (2 * (1 - 0.5)));
  });

  it('of many servers with one kind of request is that of M/M/c', () => {
    const { chance } = erlangC(4, 3);
    isNear(meanLatency(one(4, 1, 3))(ALL, new Float64Array(1)), 1 + chance / (4 - 3));
  });

  it('is the time that 5 % take longer than', () => {
    // M/M/2 with λ = 1.5, μ = 1: e^(−t) + C·(e^(−t) − e^(−t/2)) / (1/2 − 1).
    const time = tailLatency(one(2, 1, 1.5))(ALL, new Float64Array(1));
    const { chance } = erlangC(2, 1.5);
    const more = (Math.exp(-time) - Math.exp(-time / 2)) / -0.5;
    isNear(Math.exp(-time) + chance * more, 0.05);
  });

  it('has the gradient that differences tell', () => {
    const shares = Float64Array.of(0.6, 0.4, 0.7, 0.3);
    for (const latency of [meanLatency, tailLatency]) {
      const gradient = new Float64Array(4);
      latency(UNLIKE)(shares, gradient);
      gradient.forEach((slope, at) => {
        const valueAt = (share: number): number =>
          latency(UNLIKE)(shares.with(at, share), new Float64Array(4));
        const rise = valueAt(shares[at]! + 1e-6) - valueAt(shares[at]! - 1e-6);
        isNear(slope, rise / 2e-6, 1e-5);
      });
    }
  });

  it('has no end where a kind has more than it can do', () => {
    assert.equal(meanLatency(one(2, 1, 2))(ALL, new Float64Array(1)), Infinity);
    assert.equal(tailLatency(one(2, 1, 2))(ALL, new Float64Array(1)), Infinity);
  });
});
