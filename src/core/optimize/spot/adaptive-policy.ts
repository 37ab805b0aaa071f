import { decideWith, planSpot, type SpotPlan } from './decide.ts';
import type { HazardModel } from './hazard.ts';
import { HazardBelief } from './hazard-belief.ts';
import type { SpotJob, SpotPolicy } from './spot-job.ts';

/** Ours. The table of the job last begun is kept for the next one like it. */
export function adaptivePolicy(model: HazardModel): SpotPolicy {
  let kept: SpotPlan | null = null;
  return {
    name: 'kedge',
    begin: (job, tickMs, past) => {
      const plan =
        kept?.tickMs === tickMs && isSameJob(kept.job, job) ? kept : planSpot(job, tickMs, model);
      kept = plan;
      const belief = new HazardBelief(model);
      for (const seen of past) belief.observe(seen === 1, tickMs);
      return (moment) => {
        belief.observe(moment.isAvailable, tickMs);
        return decideWith(plan, belief, moment).hold;
      };
    },
  };
}

function isSameJob(one: SpotJob, other: SpotJob): boolean {
  return (Object.keys(one) as (keyof SpotJob)[]).every((key) => one[key] === other[key]);
}
