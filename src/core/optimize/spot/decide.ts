/**
 * Problem: what to hold now, so that the job ends in time and costs least in expectation. Method:
 * one tick ahead of a table of what follows, each choice weighed by the chances of what has been
 * seen of the hazard; only what leaves on-demand in time for the deadline is chosen from, which does
 * not depend on the hazard being right. Complexity: O(levels²) a decision. References: those of
 * policy-table.ts and hazard-belief.ts.
 */
import { HOUR_MS } from '../../../base/time.ts';
import { dalyIntervalMs } from './checkpoint-interval.ts';
import { ageClass, flipChance, type HazardModel, type Side } from './hazard.ts';
import { HazardBelief } from './hazard-belief.ts';
import { HAZARDS } from './hazard-parameters.ts';
import { type Held, PolicyTable } from './policy-table.ts';
import {
  canStillMeet,
  changeoverInto,
  type Holding,
  hurry,
  isSafe,
  type Moment,
  type SpotJob,
} from './spot-job.ts';

/** What a job's decisions need: made once for it, in well under a second. */
export type SpotPlan = {
  readonly job: SpotJob;
  readonly tickMs: number;
  readonly model: HazardModel;
  readonly table: PolicyTable;
};

/** Expected dollars from now to the end by choice; null for what is not safe now. */
export type ExpectedUsd = Readonly<Record<Holding, number | null>>;

export type SpotDecision = {
  readonly hold: Holding;
  readonly expectedUsd: ExpectedUsd;
};

export function planSpot(job: SpotJob, tickMs: number, model: HazardModel = HAZARDS): SpotPlan {
  return { job, tickMs, model, table: new PolicyTable(job, tickMs, model) };
}

/**
 * What to hold in this tick. `past` is the availability of the ticks before it, oldest first, as
 * far as it is known.
 */
export function decideSpot(plan: SpotPlan, past: Uint8Array, moment: Moment): SpotDecision {
  const belief = new HazardBelief(plan.model);
  for (const seen of past) belief.observe(seen === 1, plan.tickMs);
  belief.observe(moment.isAvailable, plan.tickMs);
  return decideWith(plan, belief, moment);
}

/**
 * How much to work between two checkpoints on spot that runs, each of which takes `checkpointMs`:
 * Daly's interval at the hazard that is expected now, so that a run which has lasted writes fewer.
 * `past` is the availability up to now, this tick included.
 */
export function checkpointEveryMs(plan: SpotPlan, past: Uint8Array, checkpointMs: number): number {
  const { model } = plan;
  const belief = new HazardBelief(model);
  for (const seen of past) belief.observe(seen === 1, plan.tickMs);
  const perHour = belief.meanLevel(1) * model.perHour[1][ageClass(model, belief.ageMs)]!;
  return dalyIntervalMs(checkpointMs, HOUR_MS / perHour);
}

/** `decideSpot` for one who has told the belief of all ticks, this one included. */
export function decideWith(plan: SpotPlan, belief: HazardBelief, moment: Moment): SpotDecision {
  if (!canStillMeet(plan.job, moment)) {
    return { hold: hurry(moment), expectedUsd: { none: null, spot: null, 'on-demand': null } };
  }
  const expectedUsd = expectedUsdOf(plan, belief, moment);
  return { hold: cheapest(expectedUsd), expectedUsd };
}

/** As long as on-demand can still meet the deadline. */
export function expectedUsdOf(plan: SpotPlan, belief: HazardBelief, moment: Moment): ExpectedUsd {
  const { job, table } = plan;
  const ahead = new Ahead(job, table, belief);
  const cost = (next: 'none' | 'spot'): number | null =>
    isSafe(job, moment, next) ? ahead.costOf(moment, next) : null;
  return { none: cost('none'), spot: cost('spot'), 'on-demand': ahead.costOf(moment, 'on-demand') };
}

export function cheapest({ none, spot, 'on-demand': onDemand }: ExpectedUsd): Holding {
  const least = Math.min(onDemand ?? Infinity, none ?? Infinity, spot ?? Infinity);
  if (least === onDemand) return 'on-demand';
  return least === none ? 'none' : 'spot';
}

class Ahead {
  readonly #job: SpotJob;
  readonly #table: PolicyTable;
  readonly #belief: HazardBelief;

  constructor(job: SpotJob, table: PolicyTable, belief: HazardBelief) {
    [this.#job, this.#table, this.#belief] = [job, table, belief];
  }

  /** Expected dollars to the end when this is held in this tick. */
  costOf(moment: Moment, next: Holding): number {
    const { tickMs, timeLeftMs, workLeftMs } = moment;
    const changeoverMs = changeoverInto(this.#job, moment, next);
    const neededMs = changeoverMs + workLeftMs;
    const at = { timeLeftMs: timeLeftMs - tickMs, slackMs: timeLeftMs - neededMs };
    if (next === 'none') {
      return this.#later({ ...at, slackMs: at.slackMs - tickMs }, { kind: 'none' }, 0, tickMs);
    }
    const perHour = next === 'spot' ? this.#job.spotNanosPerHour : this.#job.onDemandNanosPerHour;
    const now = (Math.min(tickMs, neededMs) * perHour) / 1e9 / HOUR_MS;
    if (neededMs <= tickMs) return now;
    if (next === 'on-demand') return now + this.#later(at, { kind: next }, 0, tickMs);
    return now + this.#laterOnSpot(at, Math.max(0, changeoverMs - tickMs), tickMs);
  }

  /** Between the two states of the table that have less and more left of the changeover. */
  #laterOnSpot(
    at: { readonly timeLeftMs: number; readonly slackMs: number },
    restMs: number,
    tickMs: number,
  ): number {
    const { pendingMs } = this.#table;
    const more = Math.max(
      0,
      pendingMs.findIndex((ms) => ms >= restMs),
    );
    const value = (pending: number): number =>
      this.#later(at, { kind: 'spot', pending }, restMs, tickMs);
    if (pendingMs[more] === restMs) return value(more);
    const [low, high] = [pendingMs[more - 1]!, pendingMs[more]!];
    const share = (restMs - low) / (high - low);
    return value(more - 1) * (1 - share) + value(more) * share;
  }

  #later(
    at: { readonly timeLeftMs: number; readonly slackMs: number },
    held: Held,
    restMs: number,
    tickMs: number,
  ): number {
    const { model, levels, ageMs } = this.#belief;
    const side = this.#belief.side as Side;
    const count = model.levels.length;
    const [stays, flips] = [new Float64Array(count * count), new Float64Array(count * count)];
    for (let pair = 0; pair < stays.length; pair++) {
      const [absent, available] = [Math.floor(pair / count), pair % count];
      const level = side === 0 ? absent : available;
      const flip = flipChance(model, { side, age: ageClass(model, ageMs), level }, tickMs);
      const chance = levels[0][absent]! * levels[1][available]!;
      flips[pair] = chance * flip;
      stays[pair] = chance * (1 - flip);
    }
    const age = ageClass(model, ageMs + tickMs);
    const kept = this.#table.expect({ ...at, side, age, held }, stays);
    const other: Side = side === 0 ? 1 : 0;
    const isLost = held.kind === 'spot';
    const slackMs = at.slackMs + (isLost ? restMs : 0);
    const left: Held = isLost ? { kind: 'none' } : held;
    return kept + this.#table.expect({ ...at, slackMs, side: other, age: 0, held: left }, flips);
  }
}
