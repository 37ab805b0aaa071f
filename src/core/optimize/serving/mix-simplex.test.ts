import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SERVING_CLASSES, servingInstance } from '../../../../bench/instances/serving-instances.ts';
import { buildMix } from '../../../../bench/instances/small-mixes.ts';
import { seededRandom } from '../../../base/rng.ts';
import type { BasisState } from './mix-basis.ts';
import { type Mix, mixOf } from './mix-model.ts';
import { evenShares, NOWHERE, penaltiesOf, Room, roomFor } from './mix-room.ts';
import { type RelaxedMix, relaxMix } from './mix-simplex.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 30 : 1000;

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

/** With what is missing, by the price that both kinds and rows have at the first level. */
function costOf(mix: Mix, { optimum }: RelaxedMix): number {
  const { machines, overflow } = optimum!;
  const missing = overflow * penaltiesOf(mix, 1)[0]!;
  return mix.kinds.reduce((sum, { cost }, kind) => sum + cost * machines[kind]!, missing);
}

function machinesOf({ optimum }: RelaxedMix): readonly number[] {
  return Array.from(optimum!.machines, (count) => Number(count.toFixed(9)));
}

/** Mixes as they are, with rows and without, and what draws counts about as many as they need. */
const drawnMixes = fc
  .tuple(fc.constantFrom(...SERVING_CLASSES.filter((kind) => kind !== 'catalog')), fc.nat(1e6))
  .map(([kind, seed]) => {
    const mix = mixOf(servingInstance(kind, { seed: 1000 + seed }));
    const random = seededRandom(seed);
    const draw = (): number[] => {
      const part = 0.4 * random();
      return mix.kinds.map(({ most }) => Math.ceil(most * part * random()));
    };
    return { mix, draw };
  });

describe('the relaxation of a mix', () => {
  it('comes to the same from the basis of any other box as from nothing', () => {
    const property = fc.property(drawnMixes, ({ mix, draw }) => {
      const penalties = penaltiesOf(mix, 1);
      let from: BasisState | null = null;
      for (let box = 0; box < 6; box++) {
        const lower = draw();
        const more = draw();
        const upper = box % 2 === 0 ? lower : lower.map((count, kind) => count + more[kind]!);
        const solved = (start: BasisState | null): RelaxedMix =>
          relaxMix(mix, { lower, upper }, { cutoff: Infinity, from: start, near: null, penalties });
        const warm: RelaxedMix = solved(from);
        isNear(costOf(mix, warm), costOf(mix, solved(null)));
        from = warm.basis;
      }
    });
    fc.assert(property, { numRuns: CASES });
  });

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

  it('is there or not, whatever was learned of other counts before', () => {
    const property = fc.property(drawnMixes, ({ mix, draw }) => {
      const room = new Room(mix);
      let near = NOWHERE;
      for (let tried = 0; tried < 20; tried++) {
        const counts = draw();
        const held = room.in(counts, near);
        assert.equal(held !== null, roomFor(mix, counts) !== null, counts.join());
        near = held ?? near;
      }
    });
    fc.assert(property, { numRuns: CASES });
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
