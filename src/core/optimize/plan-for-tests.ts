import { unreachable } from '../../base/assert.ts';
import { asEpochMs } from '../../base/time.ts';
import type { Solver } from '../../ports/solver.ts';
import { buildOffer, buildTask, buildTaskFile } from '../../spec/build-for-tests.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Task } from '../../spec/task.ts';
import { estimateDemand } from '../demand/estimate-demand.ts';
import { inlineOffers } from '../match/inline-offers.ts';
import { matchOffers } from '../match/match-offers.ts';
import type { TaskProblem } from './model/task-problem.ts';
import { optimizePlan } from './optimize-plan.ts';
import { spotPricing } from './spot/price-spot.ts';

/** Plans tasks over offers as the application does, for tests; needs no solver. */
export async function planFor(
  tasks: readonly Partial<Task>[],
  offers: readonly Partial<Offer>[] = [],
  options: {
    readonly needs?: readonly (readonly number[])[];
    readonly solver?: () => Promise<Solver>;
  } = {},
): Promise<{ readonly plan: Plan; readonly problems: readonly TaskProblem[] }> {
  const file = buildTaskFile(tasks.map(buildTask), options.needs);
  const matched = file.tasks.map((task, index) => {
    const all = task.offers.length > 0 ? inlineOffers(task) : offers.map(buildOffer);
    const demand = estimateDemand(task);
    const expect = spotPricing(task, all);
    const result = matchOffers({ task, demand, offers: all, launchableOnly: false, expect });
    return { problem: { index, task, candidates: result.candidates }, refusals: result.refusals };
  });
  const problems = matched.map(({ problem }) => problem);
  const refusals = matched.flatMap((one) => one.refusals);
  const plan = await optimizePlan(
    { file, problems, refusals },
    {
      solverName: 'auto',
      clock: { now: () => asEpochMs(0), sleep: async () => {} },
      timeLimitMs: 1000,
      gap: 1e-4,
      seed: 1,
      grid: [],
      solver: options.solver ?? (async () => unreachable('no solver is needed here' as never)),
    },
  );
  return { plan, problems };
}
