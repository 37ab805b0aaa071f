import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { reckon } from './reckon-for-tests.ts';
import {
  bytes,
  count,
  factor,
  flops,
  formatSeconds,
  larger,
  minus,
  over,
  plus,
  rate,
  seconds,
  smoothlyLarger,
  type Term,
  times,
} from './term.ts';

describe('a piece of arithmetic', () => {
  it('is shown with its units, three digits, and brackets where they are needed', () => {
    const speed = [rate(989e12, 'FLOP/s', 'bf16'), factor(0.80312, 'ceiling')];
    const work = times(
      count(3, 'passes'),
      over(times(count(2), count(6.98e9, 'weights')), ...speed),
    );
    assert.equal(work.text, '3 passes × 2 × 6.98B weights / (989 TFLOP/s bf16 × 0.803 ceiling)');
    const sum = times(count(4, 'layers'), plus(seconds(12e-6), bytes(3), flops(2e9)));
    assert.equal(sum.text, '4 layers × (12 µs + 3 B + 2 GFLOP)');
  });

  it('leaves out factors and divisors of one, and parts of nothing', () => {
    assert.equal(times(count(1, 'replicas'), count(8, 'requests')).text, '8 requests');
    assert.equal(times(count(1, 'layers'), factor(1)).text, '1 layers');
    assert.equal(over(count(8), count(1, 'ranks'), factor(1)).text, '8');
    assert.equal(plus(count(5, 'layers'), times(count(0), seconds(3))).text, '5 layers');
  });

  it('of a difference or a maximum keeps its parts apart', () => {
    const rest = minus(seconds(2), plus(seconds(1), seconds(0.5)));
    assert.deepEqual([rest.value, rest.text], [0.5, '2 s − (1 s + 500 ms)']);
    const most = times(count(2), larger(seconds(0.1), rest));
    assert.equal(most.text, '2 × (the larger of 100 ms and (2 s − (1 s + 500 ms)))');
    assert.equal(most.value, 1);
  });

  it('of the longer of two, smoothly, shows the cubes of both', () => {
    const both = smoothlyLarger(seconds(0.003), times(count(4), seconds(1e-3)));
    assert.equal(both.text, '∛((3 ms)³ + (4 × 1 ms)³)');
    assert.ok(Math.abs(both.value - 91e-9 ** (1 / 3)) < 1e-12);
    assert.ok(Math.abs(reckon(both.text) - both.value) < 1e-12);
  });

  it('shows whole numbers to five digits, larger ones with three', () => {
    assert.deepEqual(
      [count(16384), count(99_999), count(128_256), count(3.5)].map(({ text }) => text),
      ['16384', '99999', '128K', '3.5'],
    );
  });

  it('shows times as people read them', () => {
    assert.deepEqual([1.934, 0.0912, 137e-6, 2e-9, 0].map(formatSeconds), [
      '1.93 s',
      '91.2 ms',
      '137 µs',
      '2 ns',
      '0 s',
    ]);
  });

  it('can be reckoned from its text, whatever it is made of', () => {
    fc.assert(
      fc.property(termTree(), (term) => {
        const reckoned = reckon(term.text);
        assert.ok(Math.abs(reckoned / term.value - 1) < 0.1, `${term.text} is ${term.value}`);
      }),
    );
  });
});

/** Terms of up to four levels, of parts that are all positive. */
function termTree(): fc.Arbitrary<Term> {
  const amount = fc.double({ min: 0.001, max: 1e13, noNaN: true });
  const leaf = fc.oneof(
    amount.map((value) => count(Math.ceil(value), 'tokens')),
    amount.map((value) => factor(value, 'reached')),
    amount.map((value) => bytes(value, 'of it')),
    amount.map((value) => rate(value, 'B/s')),
    amount.map((value) => seconds(value / 1e9, 'a step')),
  );
  return fc.letrec<{ tree: Term }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => times(one, other)),
      fc.tuple(tie('tree'), tie('tree'), leaf).map(([one, ...by]) => over(one, ...by)),
      fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => plus(one, other)),
      fc.tuple(leaf, leaf).map(([one, other]) => larger(one, other)),
      fc.tuple(tie('tree'), leaf).map(([one, other]) => smoothlyLarger(one, other)),
    ),
  })).tree;
}
