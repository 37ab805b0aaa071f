import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../src/base/rng.ts';
import { HOUR_MS } from '../../src/base/time.ts';
import {
  ageClass,
  flipChance,
  redrawChance,
  type Side,
} from '../../src/core/optimize/spot/hazard.ts';
import { HAZARDS } from '../../src/core/optimize/spot/hazard-parameters.ts';
import { fitHazards, logLikelihood } from './fit-hazards.ts';
import type { Part } from './halves.ts';

const TICK_MS = HOUR_MS / 6;

/** Availability as the model says, levels included. */
function drawn(seed: number, ticks: number): Part {
  const random = seededRandom(seed);
  const redraw = HAZARDS.persistenceH.map((meanH) => redrawChance(meanH, TICK_MS));
  const anew = (): number => Math.floor(random() * HAZARDS.levels.length);
  let levels = [anew(), anew()];
  let [side, ageMs]: [Side, number] = [1, 0];
  const available = new Uint8Array(ticks).map(() => {
    const now = side;
    levels = levels.map((level, of) => (random() < redraw[of]! ? anew() : level));
    const at = { side, age: ageClass(HAZARDS, ageMs), level: levels[side]! };
    if (random() < flipChance(HAZARDS, at, TICK_MS)) [side, ageMs] = [side === 0 ? 1 : 0, 0];
    else ageMs += TICK_MS;
    return now;
  });
  return { name: `seed ${seed}`, tickMs: TICK_MS, available };
}

describe('fitting hazards', () => {
  it('finds what it was drawn from, and tells new draws nearly as well', () => {
    const found = fitHazards([1, 2, 3, 4].map((seed) => drawn(seed, 20_000)));
    for (const side of [0, 1] as const) {
      for (let age = 0; age < 5; age++) {
        const ratio = found.perHour[side][age]! / HAZARDS.perHour[side][age]!;
        assert.ok(ratio > 0.8 && ratio < 1.25, `side ${side} age ${age}: ${ratio}`);
      }
    }
    const fresh = drawn(9, 5000);
    const lost = logLikelihood(HAZARDS, fresh) - logLikelihood(found, fresh);
    assert.ok(lost < 10, `${lost}`);
  });

  it('says something of ages that it has never seen', () => {
    const { perHour } = fitHazards([
      { name: 'always', tickMs: TICK_MS, available: new Uint8Array(1000).fill(1) },
    ]);
    assert.ok([...perHour[0], ...perHour[1]].every((rate) => rate > 0 && rate < 3));
    assert.ok(perHour[1].at(-1)! < 0.1);
  });
});
