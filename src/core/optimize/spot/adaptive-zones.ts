import { decideZonesWith, planZones } from './decide-zones.ts';
import type { HazardModel } from './hazard.ts';
import { ZonesBelief } from './zones-belief.ts';
import type { DecideZones, ZonesAvailability, ZonesJob } from './zones-job.ts';

/** A fresh decider for each run of one job in several zones; `past` is what came before it. */
export function adaptiveInZones(
  job: ZonesJob,
  tickMs: number,
  model: HazardModel,
): (past: ZonesAvailability['available']) => DecideZones {
  const plan = planZones(job, tickMs, model);
  return (past) => {
    const belief = new ZonesBelief(job.spotNanosPerHour, plan);
    belief.observeAll(past);
    return (moment) => {
      belief.observe(moment.available);
      return decideZonesWith(plan, belief, moment);
    };
  };
}
