import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AssertionFailure } from './assert.ts';
import {
  addMicros,
  asMicros,
  asRate,
  charge,
  microsFromUsd,
  rateFromUsd,
  usd,
  usdPerUnit,
} from './money.ts';

const hours = (of: number) => ({ of, per: 1 });
const seconds = (of: number) => ({ of, per: 3600 });

describe('money', () => {
  it('two hours at $98.32 cost $196.64', () => {
    assert.equal(usd(charge(rateFromUsd(98.32), hours(2))), 196.64);
  });

  it('a second at a cent an hour is rounded once, half to even', () => {
    assert.equal(charge(rateFromUsd(0.01), seconds(1)), 3);
    assert.equal(charge(asRate(500), hours(1)), 0);
    assert.equal(charge(asRate(1500), hours(1)), 2);
    assert.equal(charge(asRate(2500), hours(1)), 2);
  });

  it('is exact where floating point is not', () => {
    const year = charge(rateFromUsd(1234.567891), hours(8760));
    assert.equal(BigInt(year), 1_234_567_891n * 8760n);
  });

  it('refuses what is no whole amount', () => {
    assert.throws(() => asMicros(0.5), AssertionFailure);
    assert.throws(() => asMicros(2 ** 53), AssertionFailure);
    assert.throws(() => asRate(-1), AssertionFailure);
    assert.throws(() => charge(asRate(1), { of: 1, per: 0 }), AssertionFailure);
  });

  it('a price survives the wire at six decimals', () => {
    const price = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(price, (micros) => {
        const rate = rateFromUsd(micros / 1e6);
        assert.equal(rateFromUsd(usdPerUnit(rate)), rate);
      }),
    );
  });

  it('more time never costs less, and a split bill differs by its roundings at most', () => {
    const rate = fc.integer({ min: 0, max: 1e12 }).map(asRate);
    const span = fc.integer({ min: 0, max: 1e7 });
    fc.assert(
      fc.property(rate, span, span, (price, first, second) => {
        const whole = charge(price, seconds(first + second));
        assert.ok(whole >= charge(price, seconds(first)));
        const parts = addMicros(charge(price, seconds(first)), charge(price, seconds(second)));
        assert.ok(Math.abs(whole - parts) <= 1);
      }),
    );
  });

  it('reads a budget to the micro-dollar', () => {
    assert.equal(microsFromUsd(500), 500_000_000);
    assert.equal(microsFromUsd(0.000001), 1);
  });
});
