import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildMix } from '../../../../bench/instances/small-mixes.ts';
import { type Mix, mixOf } from './mix-model.ts';
import { evenShares, penaltiesOf, roomFor } from './mix-room.ts';
import { type RelaxedMix, relaxMix } from './mix-simplex.ts';

/** Four and two requests a second; the cheap kind takes two or one of them, the dear one three each. */
const MIX = mixOf(
  buildMix(
    [4, 2],
    [
      { usd: 1, throughputs: [2, 1] },
      { usd: 2, throughputs: [3, 3] },
    ],
  ),
);

function relax(mix: Mix, box: { lower?: number[]; upper?: number[] } = {}, cutoff = Infinity) {
  const { lower = [0, 0], upper = [9, 9] } = box;
  return relaxMix(mix, { lower, upper }, { cutoff, near: null, penalties: penaltiesOf(mix, 1) });
}

function isNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-5 * expected, `${actual} is not ${expected}`);
}

function machinesOf({ optimum }: RelaxedMix): readonly number[] {
  return Array.from(optimum!.machines, (count) => Number(count.toFixed(9)));
}

describe('the relaxation of a mix', () => {
  it('puts each bucket where it costs least, in parts of machines', () => {
    const relaxed = relax(MIX);
    assert.deepEqual(machinesOf(relaxed), [2, 0.666666667]);
    isNear(relaxed.bound, 2e6 + 1.333333e6);
  });

  it('moves what costs least to be moved where a kind is limited', () => {
    // A machine less of the cheap kind is two requests for the dear one.
    const relaxed = relax(MIX, { upper: [1, 9] });
    assert.deepEqual(machinesOf(relaxed), [1, 1.333333333]);
    isNear(relaxed.bound, 1e6 + 2.666667e6);
    isNear(relaxed.prices[0]!, (2 * 2e6) / 3);
  });

  it('pays for machines that it must have', () => {
    const relaxed = relax(MIX, { lower: [4, 0] });
    assert.deepEqual(machinesOf(relaxed), [4, 0]);
    isNear(relaxed.bound, 4e6);
  });

  it('shows what is missing, and that it is dear', () => {
    const relaxed = relax(MIX, { upper: [1, 1] });
    assert.ok(relaxed.optimum!.overflow > 0.1);
    assert.ok(relaxed.bound > 5e6);
  });

  it('ends at the cutoff, as soon as that is proven', () => {
    const relaxed = relax(MIX, { upper: [1, 1] }, 4e6);
    assert.equal(relaxed.optimum, null);
    assert.ok(relaxed.bound >= 4e6);
  });
});

describe('the room that counts have', () => {
  it('is none where they are too few, or more than there are', () => {
    assert.notEqual(roomFor(MIX, [2, 1]), null);
    assert.equal(roomFor(MIX, [2, 0]), null);
    assert.equal(roomFor(MIX, [0, 99]), null);
  });

  it('is shared such that no kind is fuller than it must be', () => {
    const shares = evenShares(MIX, [2, 2]);
    const used = [0, 1].map((kind) => {
      const load = shares[kind]! * MIX.loads[kind]! + shares[2 + kind]! * MIX.loads[2 + kind]!;
      return load / 2;
    });
    // All of the second bucket on the dear kind, and the first split: both kinds to the same part.
    assert.ok(
      used.every((part) => part > 0.599 && part < 0.601),
      `${used} is not 0.6 of each`,
    );
  });
});
