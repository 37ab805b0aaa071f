import { unreachable } from '../../base/assert.ts';
import { asEpochMs } from '../../base/time.ts';
import type { Solver } from '../../ports/solver.ts';
import { buildOffer, buildTask, buildTaskFile } from '../../spec/build-for-tests.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Task } from '../../spec/task.ts';
import { estimateDemand } from '../demand/estimate-demand.ts';
import { inlineOffers } from '../match/inline-offers.ts';
import { matchOffers } from '../match/match-offers.ts';
import { type Optimized, optimizePlan } from './optimize-plan.ts';

/** Plans tasks over offers as the application does, for tests; needs no solver. */
export async function planFor(
  tasks: readonly Partial<Task>[],
  offers: readonly Partial<Offer>[] = [],
  options: {
    readonly needs?: readonly (readonly number[])[];
    readonly solver?: () => Promise<Solver>;
  } = {},
): Promise<Optimized> {
  const file = buildTaskFile(tasks.map(buildTask), options.needs);
  const matched = file.tasks.map((task, index) => {
    const all = task.offers.length > 0 ? inlineOffers(task) : offers.map(buildOffer);
    const demand = estimateDemand(task);
    const result = matchOffers({ task, demand, offers: all, launchableOnly: false });
    return { problem: { index, task, candidates: result.candidates }, refusals: result.refusals };
  });
  return optimizePlan({
    file,
    problems: matched.map(({ problem }) => problem),
    refusals: matched.flatMap(({ refusals }) => refusals),
    clock: { now: () => asEpochMs(0), sleep: async () => {} },
    solver: options.solver ?? (async () => unreachable('no solver is needed here' as never)),
  });
}
