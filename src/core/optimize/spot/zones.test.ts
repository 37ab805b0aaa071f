import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rateFromUsd, usd } from '../../../base/money.ts';
import { type Random, seededRandom } from '../../../base/rng.ts';
import { HOUR_MS, MINUTE_MS } from '../../../base/time.ts';
import { adaptivePolicy } from './adaptive-policy.ts';
import { adaptiveInZones } from './adaptive-zones.ts';
import { availabilityFor, drawnFor, jobFor, PLAIN, playFor } from './build-for-tests.ts';
import { decideZones, planZones } from './decide-zones.ts';
import { firstToEnd, type HazardModel } from './hazard.ts';
import { omniscientInZones } from './omniscient.ts';
import { simulateZones } from './simulate-window.ts';
import type { DecideZones, ZoneChoice, ZonesJob, ZonesMoment } from './zones-job.ts';

type Hours = Parameters<typeof jobFor>[0];
const TEN_MINUTES = 10 * MINUTE_MS;

function zonesJob(hours: Hours, dollars: readonly number[]): ZonesJob {
  return { ...jobFor(hours), spotNanosPerHour: dollars.map(rateFromUsd) };
}

function play(job: ZonesJob, lines: readonly string[], decide: DecideZones, tickMs = HOUR_MS) {
  return simulateZones(job, { tickMs, available: lines.map(availabilityFor) }, decide);
}

/** `-` nothing, `o` on-demand, a digit spot in that zone. */
function byLetters(letters: string): DecideZones {
  let tick = 0;
  return () => choiceOf(letters[tick++]!);
}

function choiceOf(letter: string): ZoneChoice {
  if (letter === '-') return { hold: 'none' };
  return letter === 'o' ? { hold: 'on-demand' } : { hold: 'spot', zone: Number(letter) };
}

describe('one window in several zones', () => {
  const job = zonesJob({ work: 2, deadline: 9, changeover: 0.5 }, [1, 2]);

  it('bills each zone its price, and a changeover for a move', () => {
    const { costMicros, endMs, spotMs } = play(job, ['1111', '1111'], byLetters('0111'));
    // Half an hour of work at $1, then a changeover and an hour and a half at $2.
    assert.deepEqual([usd(costMicros), endMs / HOUR_MS, spotMs / HOUR_MS], [5, 3, 3]);
  });

  it('loses spot when its own zone goes, whatever the others have', () => {
    const { preemptions, endMs } = play(job, ['1011', '1111'], byLetters('0111'));
    assert.deepEqual([preemptions, endMs / HOUR_MS], [1, 3]);
  });
});

describe('the omniscient optimum over zones', () => {
  it('is the best of all schedules', () => {
    const letters = '-o01';
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 3 }), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        (both, work, changeover, price) => {
          const hours = { work: work / 2, deadline: 5, changeover: changeover / 4 };
          const job = zonesJob(hours, [1, price / 4]);
          const lines = [both.map((one) => one & 1).join(''), both.map((one) => one >> 1).join('')];
          let least = Infinity;
          for (let code = 0; code < 4 ** 5; code++) {
            const schedule = Array.from({ length: 5 }, (_, tick) => (code >> (2 * tick)) & 3);
            const isPossible = schedule.every((at, tick) => at < 2 || lines[at - 2]![tick] === '1');
            if (!isPossible) continue;
            const tried = play(job, lines, byLetters(schedule.map((at) => letters[at]).join('')));
            if (!tried.isMissed) least = Math.min(least, tried.costMicros);
          }
          const available = lines.map(availabilityFor);
          const decide = omniscientInZones(job, { tickMs: HOUR_MS, available });
          if (decide === null) return assert.equal(least, Infinity);
          assert.equal(play(job, lines, decide).costMicros, least);
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe('runs that end', () => {
  const model: HazardModel = {
    ...PLAIN,
    agesMinutes: [0, 60],
    perHour: [
      [1, 1],
      [2, 0.5],
    ],
  };
  const run = { side: 1, ageMs: 0, level: 1 } as const;

  it('last as long as their hazard by age says, and no longer than is asked', () => {
    // ∫ e^(−2t) over an hour, and from then on two hours more at e^(−2).
    const mean = (1 - Math.exp(-2)) / 2 + 2 * Math.exp(-2);
    assert.ok(Math.abs(firstToEnd(model, [run], 1e6 * HOUR_MS).ms / HOUR_MS - mean) < 1e-9);
    const short = firstToEnd(model, [run], HOUR_MS / 2);
    assert.ok(Math.abs(short.ms / HOUR_MS - (1 - Math.exp(-1)) / 2) < 1e-9);
    assert.ok(Math.abs(short.chances[0]! - (1 - Math.exp(-1))) < 1e-9);
  });

  it('end first the likelier the higher their hazard is', () => {
    const old = { ...run, ageMs: 2 * HOUR_MS };
    const { chances } = firstToEnd(model, [old, run], HOUR_MS);
    assert.ok(Math.abs(chances[1]! / chances[0]! - 4) < 1e-9);
  });
});

describe('what to do now in several zones', () => {
  const job = zonesJob({ work: 6, deadline: 10, changeover: 0.25 }, [1, 0.9, 0.3]);
  const plan = planZones(job, TEN_MINUTES, PLAIN);
  const past = [0, 1, 2].map(() => new Uint8Array(30).fill(1));
  const momentOf = (parts: Partial<ZonesMoment>): ZonesMoment => ({
    tickMs: TEN_MINUTES,
    timeLeftMs: job.deadlineMs,
    workLeftMs: job.workMs,
    held: 'none',
    heldZone: null,
    changeoverLeftMs: 0,
    available: [true, true, true],
    ...parts,
  });

  it('starts where spot is cheapest, of those that have it', () => {
    assert.deepEqual(decideZones(plan, past, momentOf({})), { hold: 'spot', zone: 2 });
    const without = momentOf({ available: [true, true, false] });
    assert.deepEqual(decideZones(plan, past, without), { hold: 'spot', zone: 1 });
  });

  it('starts where a run has lasted, at one price', () => {
    const equal = planZones(
      { ...job, spotNanosPerHour: [1, 1].map(rateFromUsd) },
      TEN_MINUTES,
      PLAIN,
    );
    const young = new Uint8Array(30);
    const moment = momentOf({ available: [true, true] });
    assert.deepEqual(decideZones(equal, [young, past[0]!], moment), { hold: 'spot', zone: 1 });
  });

  it('moves for a price that is far lower, and not for one that saves less than a changeover', () => {
    const held = { held: 'spot', heldZone: 0 } as const;
    const far = decideZones(plan, past, momentOf({ ...held }));
    assert.deepEqual(far, { hold: 'spot', zone: 2 });
    const late = { timeLeftMs: 5 * HOUR_MS, workLeftMs: HOUR_MS };
    const near = momentOf({ ...held, ...late, available: [true, true, false] });
    assert.deepEqual(decideZones(plan, past, near), { hold: 'spot', zone: 0 });
  });

  it('stays on spot that runs when only that can still meet the deadline', () => {
    const late = { timeLeftMs: 2 * HOUR_MS, workLeftMs: 2 * HOUR_MS };
    const onSpot = momentOf({ ...late, held: 'spot', heldZone: 1 });
    assert.deepEqual(decideZones(plan, past, onSpot), { hold: 'spot', zone: 1 });
    assert.deepEqual(decideZones(plan, past, momentOf(late)), { hold: 'on-demand' });
  });
});

describe('the policy in several zones', () => {
  it('never misses a deadline that on-demand alone meets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 3 }), { minLength: 24, maxLength: 24 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: 8 }),
        (both, work, changeover, spare, price) => {
          const deadline = (15 * work + changeover + spare) / 60;
          const hours = { work: work / 4, changeover: changeover / 60, deadline };
          const tight = zonesJob(hours, [1, price / 4]);
          const lines = [both.map((one) => one & 1).join(''), both.map((one) => one >> 1).join('')];
          const decide = adaptiveInZones(tight, 7 * MINUTE_MS, PLAIN)([]);
          assert.equal(play(tight, lines, decide, 7 * MINUTE_MS).isMissed, false);
        },
      ),
      { numRuns: 6 },
    );
  });

  const hours = { work: 9, deadline: 12, changeover: 0.3 };
  const ticks = (hours.deadline * HOUR_MS) / TEN_MINUTES;
  const drawn = (random: Random): string => drawnFor(ticks, TEN_MINUTES, random);

  it('does in one zone what it does where there are no others, and a dead one changes nothing', () => {
    const random = seededRandom(3);
    const one = adaptiveInZones(zonesJob(hours, [1]), TEN_MINUTES, PLAIN);
    const withDead = adaptiveInZones(zonesJob(hours, [1, 1]), TEN_MINUTES, PLAIN);
    for (let window = 0; window < 4; window++) {
      const line = drawn(random);
      const alone = playFor(adaptivePolicy(PLAIN), jobFor(hours), {
        ticks: line,
        tickMs: TEN_MINUTES,
      });
      assert.deepEqual(play(zonesJob(hours, [1]), [line], one([]), TEN_MINUTES), alone);
      const lines = [line, '0'.repeat(ticks)];
      assert.deepEqual(play(zonesJob(hours, [1, 1]), lines, withDead([]), TEN_MINUTES), alone);
    }
  });

  it('costs the same in whatever order zones of unlike prices are named', () => {
    const random = seededRandom(4);
    const [there, back] = [zonesJob(hours, [1, 0.7]), zonesJob(hours, [0.7, 1])];
    const begin = [there, back].map((job) => adaptiveInZones(job, TEN_MINUTES, PLAIN));
    for (let window = 0; window < 4; window++) {
      const lines = [drawn(random), drawn(random)];
      const one = play(there, lines, begin[0]!([]), TEN_MINUTES);
      const other = play(back, lines.toReversed(), begin[1]!([]), TEN_MINUTES);
      assert.equal(one.costMicros, other.costMicros);
    }
  });

  for (const prices of [
    [1, 1],
    [1, 0.5],
  ] as const) {
    it(`is cheaper than in the better zone alone, at $${prices.join(' and $')}`, () => {
      const random = seededRandom(6);
      const job = zonesJob(hours, prices);
      const begin = adaptiveInZones(job, TEN_MINUTES, PLAIN);
      const policies = prices.map(() => adaptivePolicy(PLAIN));
      let [both, alone] = [0, [0, 0]];
      for (let run = 0; run < 25; run++) {
        const lines = [drawn(random), drawn(random)];
        both += play(job, lines, begin([]), TEN_MINUTES).costMicros;
        alone = alone.map((sum, zone) => {
          const single = { ...job, spotNanosPerHour: job.spotNanosPerHour[zone]! };
          const window = { ticks: lines[zone]!, tickMs: TEN_MINUTES };
          return sum + playFor(policies[zone]!, single, window).costMicros;
        });
      }
      assert.ok(both < 0.97 * Math.min(...alone), `${both} ${alone.join(' ')}`);
    });
  }
});
