import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usd } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import { jobFor, PLAIN } from './build-for-tests.ts';
import { decideSpot, planSpot } from './decide.ts';
import { ageClass, flipChance, type Side } from './hazard.ts';
import { HazardBelief } from './hazard-belief.ts';
import { PolicyTable } from './policy-table.ts';
import { simulateWindow } from './simulate-window.ts';
import type { Decide, SpotJob } from './spot-job.ts';

/** Classes of age as wide as a tick: the table's steps are then as exact as the trace. */
const MODEL = { ...PLAIN, agesMinutes: [0, 60, 120] };
const PAIR = Float64Array.of(1);

/** The mean over every course that availability can take, each by its chance. */
function expectedByTrying(job: SpotJob, begin: () => Decide): number {
  const ticks = Math.ceil(job.deadlineMs / HOUR_MS);
  let sum = 0;
  for (let code = 0; code < 2 ** (ticks - 1); code++) {
    const available = new Uint8Array(ticks).fill(1);
    let [chance, side, ageMs]: [number, Side, number] = [1, 1, 0];
    for (let tick = 1; tick < ticks; tick++) {
      const next: Side = (code >> (tick - 1)) & 1 ? 1 : 0;
      const flip = flipChance(MODEL, { side, age: ageClass(MODEL, ageMs), level: 0 }, HOUR_MS);
      chance *= next === side ? 1 - flip : flip;
      ageMs = next === side ? ageMs + HOUR_MS : 0;
      side = next;
      available[tick] = next;
    }
    sum += chance * usd(simulateWindow(job, { tickMs: HOUR_MS, available }, begin()).costMicros);
  }
  return sum;
}

describe('the table of what is to come', () => {
  for (const changeover of [0, 1, 2]) {
    it(`says what the policy costs in the mean of all courses, changeover ${changeover} h`, () => {
      const job = jobFor({ work: 5, deadline: 9 + changeover, changeover });
      const plan = planSpot(job, HOUR_MS, MODEL);
      const seen = { side: 1 as Side, age: 0, held: { kind: 'none' } as const };
      const said = plan.table.expect(
        { timeLeftMs: job.deadlineMs, slackMs: job.deadlineMs - job.workMs, ...seen },
        PAIR,
      );
      const tried = expectedByTrying(job, () => {
        const past: number[] = [0];
        return (moment) => {
          const { hold } = decideSpot(plan, Uint8Array.from(past), moment);
          past.push(moment.isAvailable ? 1 : 0);
          return hold;
        };
      });
      assert.ok(Math.abs(said - tried) < 1e-3, `${said} said, ${tried} tried`);
    });
  }

  it('says the same of what is left of a longer job, though it keeps fewer states of a short one', () => {
    const [short, long] = [4, 24].map((work) => {
      const job = jobFor({ work, deadline: work + 20, changeover: 0.25 });
      return new PolicyTable(job, HOUR_MS / 6, MODEL);
    });
    for (const worked of [0, 1, 2.5]) {
      for (const spare of [20, 17, 12, 5]) {
        const state = { side: 0, age: 1, held: { kind: 'none' } } as const;
        const timeLeftMs = (4 - worked + spare) * HOUR_MS;
        const at = { timeLeftMs, slackMs: spare * HOUR_MS, ...state };
        const [one, other] = [short!.expect(at, PAIR), long!.expect(at, PAIR)];
        assert.ok(Math.abs(one / other - 1) < 2e-3, `${worked} h, ${spare} h: ${one}, ${other}`);
      }
    }
  });

  it('expects no more of a later deadline, nor of less work', () => {
    const cost = (work: number, deadline: number): number => {
      const job = jobFor({ work, deadline, changeover: 0.5 });
      const at = { timeLeftMs: job.deadlineMs, slackMs: job.deadlineMs - job.workMs };
      const table = new PolicyTable(job, HOUR_MS, MODEL);
      return table.expect({ ...at, side: 0, age: 0, held: { kind: 'none' } }, PAIR);
    };
    for (let deadline = 7; deadline < 16; deadline++) {
      assert.ok(cost(6, deadline + 1) <= cost(6, deadline), `${deadline} h`);
      assert.ok(cost(5, deadline) <= cost(6, deadline), `${deadline} h`);
    }
  });
});

describe('what a plan expects of levels', () => {
  const job = jobFor({ work: 24, deadline: 40, changeover: 0.25 });
  /** How much dearer the job is at the highest level of that side than at the lowest. */
  const spread = (foresightH: readonly [number, number], side: Side): number => {
    const model = { ...PLAIN, levels: [0.5, 1, 2], foresightH };
    const table = new PolicyTable(job, HOUR_MS / 2, model);
    const at = { timeLeftMs: job.deadlineMs, slackMs: job.deadlineMs - job.workMs };
    const cost = (level: number): number => {
      const pair = side === 0 ? 3 * level + 1 : 3 + level;
      const weights = Float64Array.from({ length: 9 }, (_, index) => (index === pair ? 1 : 0));
      return table.expect({ ...at, side: 0, age: 0, held: { kind: 'none' } }, weights);
    };
    return Math.abs(cost(2) - cost(0));
  };

  it('is the less the shorter its foresight is, of either side by its own', () => {
    const [far, near] = [1000, 4];
    for (const side of [0, 1] as const) {
      const long = spread([far, far], side);
      const other = spread(side === 0 ? [far, near] : [near, far], side);
      const own = spread(side === 0 ? [near, far] : [far, near], side);
      assert.ok(own < 0.5 * long, `side ${side}: ${own} of ${long}`);
      assert.ok(other > 0.8 * long, `side ${side}: ${other} of ${long}`);
    }
  });
});

describe('what is believed of the hazard', () => {
  it('takes a place that flips often for one that does', () => {
    const model = { ...PLAIN, levels: [0.5, 1, 2] };
    const [calm, restless] = [new HazardBelief(model), new HazardBelief(model)];
    for (let tick = 0; tick < 60; tick++) {
      calm.observe(true, HOUR_MS / 6);
      restless.observe(tick % 2 === 0, HOUR_MS / 6);
    }
    assert.ok(calm.levels[1][0]! > 0.5 && restless.levels[1][2]! > 0.5);
    for (const chances of [...calm.levels, ...restless.levels]) {
      assert.ok(Math.abs(chances.reduce((sum, one) => sum + one, 0) - 1) < 1e-12);
    }
  });

  it('forgets a level with time', () => {
    const belief = new HazardBelief({ ...PLAIN, levels: [0.5, 1, 2] });
    for (let tick = 0; tick < 60; tick++) belief.observe(tick % 2 === 0, HOUR_MS / 6);
    const before = belief.levels[1][2]!;
    for (let hour = 0; hour < 200; hour++) belief.observe(false, HOUR_MS);
    assert.ok(belief.levels[1][2]! < before && Math.abs(belief.levels[1][2]! - 1 / 3) < 0.02);
  });

  it('forgets that of either side in its own time', () => {
    const after = (persistenceH: readonly [number, number]): number => {
      const belief = new HazardBelief({ ...PLAIN, levels: [0.5, 1, 2], persistenceH });
      for (let tick = 0; tick < 60; tick++) belief.observe(tick % 2 === 0, HOUR_MS / 6);
      for (let hour = 0; hour < 40; hour++) belief.observe(false, HOUR_MS);
      return belief.levels[1][2]!;
    };
    assert.ok(after([4, 1000]) > 0.6 && after([1000, 4]) < 0.34);
  });
});
