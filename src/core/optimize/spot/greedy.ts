/**
 * Problem: spot under a deadline, online. Method: spot whenever it can be had, otherwise wait; when
 * the slack is used up, on-demand to the end. Complexity: O(1) a tick. Reference: the greedy policy
 * of Wu et al., "Can't Be Late: Optimizing Spot Instance Savings under Deadlines", NSDI 2024, § 3.
 */
import { canStillMeet, hurry, isSafe, type SpotPolicy } from './spot-job.ts';

export const greedy: SpotPolicy = {
  name: 'greedy',
  begin: (job) => (moment) => {
    if (moment.held === 'on-demand') return 'on-demand';
    if (isSafe(job, moment, 'spot')) return 'spot';
    if (isSafe(job, moment, 'none')) return 'none';
    return canStillMeet(job, moment) ? 'on-demand' : hurry(moment);
  },
};
