/**
 * Problem: what to hold now where a job may run in any of several zones, each with its own price of
 * spot. Method: two questions. Which zone it would be: the one that is held, unless the price of
 * another, until either goes, saves more than the changeovers it adds; else of those that have spot
 * the one of least dollars an hour, a changeover shared by all of the run expected. And whether to
 * hold it, on-demand or nothing: as in one zone (decide.ts), where absence is that of all zones and
 * the run of availability that zone's, and what it costs later lies between the tables of the least
 * and of the highest price, by what the cheapest zone to be had has cost in the mean. That takes a
 * dear zone for an equal of a cheap one; so wherever keeping to one that is cheaper than usual is
 * expected to cost less, this is done instead (parallel rollout). Complexity: O(zones × levels²) a
 * decision, a table for each price. References: decide.ts; Chang, Givan and Chong, "Parallel Rollout
 * for Online Solution of Partially Observable Markov Decision Processes", Discrete Event Dynamic
 * Systems 14 (2004).
 */
import { assert } from '../../../base/assert.ts';
import type { Rate } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import { cheapest, type ExpectedUsd, expectedUsdOf, planSpot, type SpotPlan } from './decide.ts';
import { ageClass, firstToEnd, type HazardModel, type Run } from './hazard.ts';
import { HAZARDS } from './hazard-parameters.ts';
import { canStillMeet, type Holding, hurry, isSafe } from './spot-job.ts';
import { ZonesBelief } from './zones-belief.ts';
import {
  momentIn,
  type ZoneChoice,
  type ZonesAvailability,
  type ZonesJob,
  type ZonesMoment,
} from './zones-job.ts';

/** By so much going from zone to zone costs more than is said. */
const HINDERED = 1.03;

/** What a job's decisions need: made once for it. */
export type ZonesPlan = {
  readonly job: ZonesJob;
  readonly tickMs: number;
  readonly model: HazardModel;
  /** By zone: as if there were no other; zones of one price share a table. */
  readonly zones: readonly SpotPlan[];
  /** Those of the least and of the highest price. */
  readonly cheap: SpotPlan;
  readonly dear: SpotPlan;
};

export function planZones(job: ZonesJob, tickMs: number, model: HazardModel = HAZARDS): ZonesPlan {
  const prices = job.spotNanosPerHour;
  const byPrice = new Map<Rate, SpotPlan>();
  for (const spotNanosPerHour of new Set(prices)) {
    byPrice.set(spotNanosPerHour, planSpot({ ...job, spotNanosPerHour }, tickMs, model));
  }
  const sorted = [...byPrice.values()].toSorted(
    (one, other) => one.job.spotNanosPerHour - other.job.spotNanosPerHour,
  );
  const zones = prices.map((price) => byPrice.get(price)!);
  return { job, tickMs, model, zones, cheap: sorted[0]!, dear: sorted.at(-1)! };
}

/** What to hold in this tick. `past` is the availability before it by zone, oldest first. */
export function decideZones(
  plan: ZonesPlan,
  past: ZonesAvailability['available'],
  moment: ZonesMoment,
): ZoneChoice {
  const belief = new ZonesBelief(plan.job.spotNanosPerHour, plan);
  belief.observeAll(past);
  belief.observe(moment.available);
  return decideZonesWith(plan, belief, moment);
}

/** `decideZones` for one who has told the belief of all ticks, this one included. */
export function decideZonesWith(
  plan: ZonesPlan,
  belief: ZonesBelief,
  moment: ZonesMoment,
): ZoneChoice {
  const { heldZone } = moment;
  const here = momentIn(moment, heldZone ?? 0);
  if (!canStillMeet(plan.job, here)) return choiceOf(hurry(here), heldZone);
  let zone = zoneFor(plan, belief, moment);
  let expected = throughAll(plan, belief, moment, zone);
  for (const [one, alone] of plan.zones.entries()) {
    if (!belief.isCheap(one)) continue;
    const kept = expectedUsdOf(alone, belief.zones[one]!, momentIn(moment, one));
    if (leastOf(kept) < HINDERED * leastOf(expected)) [expected, zone] = [kept, one];
  }
  return choiceOf(cheapest(expected), zone);
}

function choiceOf(hold: Holding, zone: number | null): ZoneChoice {
  if (hold !== 'spot') return { hold };
  assert(zone !== null, 'spot is held only in a zone that has it');
  return { hold, zone };
}

function leastOf(expected: ExpectedUsd): number {
  return expected[cheapest(expected)] ?? Infinity;
}

/** Going from zone to zone, and now to this one. */
function throughAll(
  { job, cheap, dear }: ZonesPlan,
  belief: ZonesBelief,
  moment: ZonesMoment,
  zone: number | null,
): ExpectedUsd {
  const seen = { ...momentIn(moment, zone ?? 0), isAvailable: zone !== null };
  const spotNanosPerHour = job.spotNanosPerHour[zone ?? 0]!;
  const of = (plan: SpotPlan): ExpectedUsd =>
    expectedUsdOf({ ...plan, job: { ...plan.job, spotNanosPerHour } }, belief.from(zone), seen);
  const low = of(cheap);
  return cheap === dear ? low : blend(low, of(dear), belief.dearness);
}

/** Where spot would be held; null where it can be had nowhere in time. */
function zoneFor(plan: ZonesPlan, belief: ZonesBelief, moment: ZonesMoment): number | null {
  const { job, model } = plan;
  const { heldZone, available, workLeftMs } = moment;
  const run = (zone: number): Run => belief.zones[zone]!.run();
  const usdPerMs = (zone: number): number => job.spotNanosPerHour[zone]! / 1e9 / HOUR_MS;
  const stays = heldZone !== null && available[heldZone]! ? heldZone : null;
  const others = available
    .keys()
    .filter((zone) => zone !== stays && isSafe(job, momentIn(moment, zone), 'spot'))
    .toArray();
  if (others.length === 0) return stays;
  const startUsd = changeoverUsd(plan, belief, moment);
  if (stays === null) {
    const rate = (zone: number): number =>
      usdPerMs(zone) + startUsd / firstToEnd(model, [run(zone)], workLeftMs).ms;
    return others.reduce((best, zone) => (rate(zone) < rate(best) ? zone : best));
  }
  // One changeover to go there, one to come back if that ends first; if this does, one is saved.
  const saved = (zone: number): number => {
    if (zone === stays) return 0;
    const { ms, chances } = firstToEnd(model, [run(stays), run(zone)], workLeftMs);
    const starts = 1 + chances[1]! - chances[0]!;
    return (usdPerMs(stays) - usdPerMs(zone)) * ms - starts * startUsd;
  };
  return others.reduce((best, zone) => (saved(zone) > saved(best) ? zone : best), stays);
}

/** What a changeover costs: its bill, and that there is less slack after it. */
function changeoverUsd(
  { job, model, cheap, dear }: ZonesPlan,
  { any, dearness }: ZonesBelief,
  { timeLeftMs, workLeftMs }: ZonesMoment,
): number {
  const held = { kind: 'spot', pending: 0 } as const;
  const state = { timeLeftMs, side: 1, age: ageClass(model, any.ageMs), held } as const;
  const weights = any.pairs();
  const lost = ({ table }: SpotPlan): number => {
    const slackMs = timeLeftMs - workLeftMs;
    const left = table.expect(
      { ...state, slackMs: Math.max(0, slackMs - job.changeoverMs) },
      weights,
    );
    return left - table.expect({ ...state, slackMs }, weights);
  };
  return lost(cheap) * (1 - dearness) + lost(dear) * dearness;
}

function blend(low: ExpectedUsd, high: ExpectedUsd, share: number): ExpectedUsd {
  const between = (one: number | null, other: number | null): number | null =>
    one === null || other === null ? null : one * (1 - share) + other * share;
  return {
    none: between(low.none, high.none),
    spot: between(low.spot, high.spot),
    'on-demand': between(low['on-demand'], high['on-demand']),
  };
}
