import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../../base/rng.ts';
import { HOUR_MS, MINUTE_MS } from '../../../base/time.ts';
import { adaptivePolicy } from './adaptive-policy.ts';
import { drawnFor, jobFor, PLAIN, playFor } from './build-for-tests.ts';
import { dalyIntervalMs } from './checkpoint-interval.ts';
import { checkpointEveryMs, decideSpot, planSpot } from './decide.ts';
import { greedy } from './greedy.ts';
import { HAZARDS } from './hazard-parameters.ts';
import type { Moment, SpotJob, SpotPolicy } from './spot-job.ts';
import { uniformProgress } from './uniform-progress.ts';

const NOTHING = new Uint8Array(0);
const job = jobFor({ work: 6, deadline: 10, changeover: 0.25 });

function momentOf(parts: Partial<Moment>): Moment {
  return {
    tickMs: 10 * MINUTE_MS,
    timeLeftMs: job.deadlineMs,
    workLeftMs: job.workMs,
    held: 'none',
    changeoverLeftMs: 0,
    isAvailable: false,
    ...parts,
  };
}

/** Ticks of which all are equally available, as far back as they go. */
function since(ticks: number, isAvailable: boolean): Uint8Array {
  return new Uint8Array(ticks).fill(isAvailable ? 1 : 0);
}

describe('what to do now', () => {
  const plan = planSpot(job, 10 * MINUTE_MS);

  it('goes on-demand when time left is work left and a changeover, and not a tick before', () => {
    const last = { workLeftMs: 2 * HOUR_MS, timeLeftMs: 2.25 * HOUR_MS };
    assert.equal(decideSpot(plan, NOTHING, momentOf(last)).hold, 'on-demand');
    const before = { ...last, timeLeftMs: last.timeLeftMs + 10 * MINUTE_MS };
    assert.notEqual(decideSpot(plan, NOTHING, momentOf(before)).expectedUsd.none, null);
    const early = { ...last, timeLeftMs: before.timeLeftMs - 1 };
    assert.equal(decideSpot(plan, NOTHING, momentOf(early)).expectedUsd.none, null);
  });

  it('waits out an absence that has just begun, and bridges one that lasts', () => {
    const long = jobFor({ work: 48, deadline: 56, changeover: 0.1 });
    const longPlan = planSpot(long, 10 * MINUTE_MS, { ...HAZARDS, levels: [1] });
    const moment = momentOf({ workLeftMs: 40 * HOUR_MS, timeLeftMs: 46 * HOUR_MS });
    assert.equal(decideSpot(longPlan, since(60, true), moment).hold, 'none');
    assert.equal(decideSpot(longPlan, since(60, false), moment).hold, 'on-demand');
  });

  it('leaves on-demand for spot only once that has lasted', () => {
    const dear = jobFor({ work: 6, deadline: 8, changeover: 0.5 });
    const dearPlan = planSpot(dear, 10 * MINUTE_MS);
    const moment = momentOf({
      workLeftMs: 5 * HOUR_MS,
      timeLeftMs: 6.5 * HOUR_MS,
      held: 'on-demand',
      isAvailable: true,
    });
    const young = new Uint8Array(60);
    assert.equal(decideSpot(dearPlan, young, moment).hold, 'on-demand');
    assert.equal(decideSpot(dearPlan, since(60, true), moment).hold, 'spot');
  });

  it('stays on spot that runs when only that can still meet the deadline', () => {
    const late = { timeLeftMs: 2 * HOUR_MS, workLeftMs: 2 * HOUR_MS };
    const onSpot = momentOf({ ...late, held: 'spot', isAvailable: true });
    assert.equal(decideSpot(plan, NOTHING, onSpot).hold, 'spot');
    assert.equal(decideSpot(plan, NOTHING, momentOf(late)).hold, 'on-demand');
  });
});

describe('checkpoints of a run that goes on', () => {
  it('come at the interval of Daly for the hazard of its age, and less often with it', () => {
    const plan = planSpot(job, 10 * MINUTE_MS, PLAIN);
    const after = (ticks: number): number =>
      checkpointEveryMs(plan, Uint8Array.from([0, ...since(ticks, true)]), MINUTE_MS);
    // One flip an hour in the first hour, 0.4 in the next two.
    assert.equal(after(1), dalyIntervalMs(MINUTE_MS, HOUR_MS));
    assert.equal(after(8), dalyIntervalMs(MINUTE_MS, 2.5 * HOUR_MS));
    assert.ok(after(30) > after(8));
  });
});

describe('the policy', () => {
  const policy = adaptivePolicy(HAZARDS);

  it('never misses a deadline that on-demand alone meets', () => {
    const quick = adaptivePolicy({ ...HAZARDS, levels: [1] });
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 0, max: 200 }),
        (available, work, changeover, spare) => {
          const tight = jobFor({
            work: work / 4,
            changeover: changeover / 60,
            deadline: (15 * work + changeover + spare) / 60,
          });
          const ticks = available.map(Number).join('');
          for (const tickMs of [7 * MINUTE_MS, 20 * MINUTE_MS]) {
            assert.equal(playFor(quick, tight, { ticks, tickMs }).isMissed, false);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps its head on strange traces: always, never, every other tick', () => {
    for (const tickMs of [MINUTE_MS / 2, 20 * MINUTE_MS]) {
      const length = Math.ceil(job.deadlineMs / tickMs);
      const play = (line: string, by: SpotPolicy) => playFor(by, job, { ticks: line, tickMs });
      const always = play('1'.repeat(length), policy);
      assert.deepEqual([always.onDemandMs, always.preemptions], [0, 0]);
      const never = play('0'.repeat(length), policy);
      assert.deepEqual([never.spotMs, never.isMissed], [0, false]);
      const flapping = '10'.repeat(length / 2);
      const least = Math.min(
        play(flapping, greedy).costMicros,
        play(flapping, uniformProgress).costMicros,
      );
      assert.ok(play(flapping, policy).costMicros <= 1.05 * least);
    }
  });

  it('decides by nothing that comes later', () => {
    const tickMs = 10 * MINUTE_MS;
    const choices = (later: number): string[] => {
      const decide = policy.begin(job, tickMs, NOTHING);
      return Array.from({ length: 20 }, (_, tick) =>
        decide(
          momentOf({
            isAvailable: tick < 15 ? tick % 4 !== 0 : later === 1,
            timeLeftMs: job.deadlineMs - tick * tickMs,
          }),
        ),
      ).slice(0, 15);
    };
    assert.deepEqual(choices(0), choices(1));
  });

  it('is cheaper than both others where availability is as the model says', () => {
    const random = seededRandom(5);
    const tickMs = 10 * MINUTE_MS;
    const here = adaptivePolicy(PLAIN);
    const long = jobFor({ work: 12, deadline: 16, changeover: 0.3 });
    const costs = [here, greedy, uniformProgress].map(() => 0);
    for (let window = 0; window < 150; window++) {
      const ticks = drawn(long, tickMs, random);
      for (const [index, one] of [here, greedy, uniformProgress].entries()) {
        costs[index]! += playFor(one, long, { ticks, tickMs }).costMicros;
      }
    }
    assert.ok(costs[0]! < 0.98 * Math.min(costs[1]!, costs[2]!), costs.join(' '));
  });

  it('does as well in short ticks as in long ones, a changeover longer than both', () => {
    const random = seededRandom(11);
    const here = adaptivePolicy(PLAIN);
    const long = jobFor({ work: 12, deadline: 18, changeover: 0.4 });
    const costs = [0, 0];
    for (let window = 0; window < 20; window++) {
      const ticks = drawn(long, 10 * MINUTE_MS, random);
      const fine = [...ticks].map((tick) => tick.repeat(5)).join('');
      costs[0]! += playFor(here, long, { ticks, tickMs: 10 * MINUTE_MS }).costMicros;
      costs[1]! += playFor(here, long, { ticks: fine, tickMs: 2 * MINUTE_MS }).costMicros;
    }
    assert.ok(costs[1]! < 1.03 * costs[0]!, costs.join(' '));
  });
});

function drawn({ deadlineMs }: SpotJob, tickMs: number, random: () => number): string {
  return drawnFor(Math.ceil(deadlineMs / tickMs), tickMs, random);
}
