/**
 * Problem: spot under a deadline, online. Method: spot whenever it can be had; without it,
 * on-demand as soon as progress falls behind its even share of the time, and from then on until
 * spot comes. Complexity: O(1) a tick. Reference: Uniform Progress of Wu et al., "Can't Be Late:
 * Optimizing Spot Instance Savings under Deadlines", NSDI 2024, § 4. That on-demand is given up for
 * nothing once progress is ahead is the other reading of its rules, 5 % dearer (ADR 29).
 */
import {
  canStillMeet,
  type Holding,
  hurry,
  isSafe,
  type Moment,
  type SpotJob,
  type SpotPolicy,
} from './spot-job.ts';

/**
 * With its hysteresis: on-demand is left for spot only once progress is ahead of what would be even
 * two changeovers later.
 */
export const uniformProgress: SpotPolicy = {
  name: 'uniform-progress',
  begin: (job) => (moment) => {
    const later = { ...moment, timeLeftMs: moment.timeLeftMs - 2 * job.changeoverMs };
    const stays = moment.held === 'on-demand' && isBehind(job, later);
    if (!stays && isSafe(job, moment, 'spot')) return 'spot';
    return withoutSpot(job, moment);
  },
};

/**
 * Without it: on-demand is left as soon as spot comes. Cheaper where changeovers are short, dearer
 * where they are long.
 */
export const eagerProgress: SpotPolicy = {
  name: 'uniform-progress-eager',
  begin: (job) => (moment) => {
    if (isSafe(job, moment, 'spot')) return 'spot';
    return withoutSpot(job, moment);
  },
};

function withoutSpot(job: SpotJob, moment: Moment): Holding {
  if (!canStillMeet(job, moment)) return hurry(moment);
  if (moment.held === 'on-demand' || isBehind(job, moment)) return 'on-demand';
  return isSafe(job, moment, 'none') ? 'none' : 'on-demand';
}

/** Work done / work < time gone / deadline. */
function isBehind(job: SpotJob, { timeLeftMs, workLeftMs }: Moment): boolean {
  const doneMs = job.workMs - workLeftMs;
  const goneMs = job.deadlineMs - timeLeftMs;
  return doneMs / job.workMs < goneMs / job.deadlineMs;
}
