import { demandOfTask } from '../core/demand/demand-of-task.ts';
import type { ModelBook } from '../core/demand/estimate-demand.ts';
import { servingMix } from '../core/demand/serving-mix.ts';
import { matchOffers } from '../core/match/match-offers.ts';
import { unknownAccelerator } from '../core/match/unknown-accelerator.ts';
import { needsHours, nothingFits } from '../core/optimize/infeasible.ts';
import type { TaskProblem } from '../core/optimize/model/task-problem.ts';
import { spotPricing } from '../core/optimize/spot/price-spot.ts';
import type { Demand } from '../spec/demand.ts';
import type { Refusal } from '../spec/match.ts';
import type { Offer } from '../spec/offer.ts';
import type { Task } from '../spec/task.ts';

export type Matched = { readonly problem: TaskProblem; readonly refusals: readonly Refusal[] };

export type MatchRequest = {
  /** What is for hire; a task that brings its own offers looks at none of these. */
  readonly offers: readonly Offer[];
  /** Only places that this installation can launch on. */
  readonly launchableOnly: boolean;
  /** Models that the registry does not have. */
  readonly models?: ModelBook;
};

/**
 * One task of a file with all that can carry it, at least one. Errors: `plan.infeasible`,
 * `plan.needs-hours`, `launch.nothing-launchable`, `spec.bad-value` for an unknown accelerator.
 */
export async function matchTask(
  { offers: all, launchableOnly, models }: MatchRequest,
  task: Task,
  index: number,
): Promise<Matched> {
  const offers = task.offers.length > 0 ? await ownOffers(task) : all;
  requireDevices(task, offers);
  const demand = await demandOfTask(task, models);
  const missing = hasHours(task, demand) ? null : needsHours(task);
  if (missing !== null) throw missing;
  const { candidates, refusals } = matchOffers({
    task,
    demand,
    offers,
    launchableOnly,
    expect: spotPricing(task, offers),
  });
  if (candidates.length === 0) throw nothingFits(task, refusals, launchableOnly);
  return { problem: { index, task, candidates }, refusals };
}

async function ownOffers(task: Task): Promise<readonly Offer[]> {
  const { inlineOffers } = await import('../core/match/inline-offers.ts');
  return inlineOffers(task);
}

/** Whether something tells how long the task takes. */
function hasHours(task: Task, { basis }: Demand): boolean {
  const { kind, work } = task;
  if (servingMix(task) !== null) return work !== null;
  return basis === 'work' || (basis === 'model' && kind !== 'serve');
}

function requireDevices({ resources, accelerators: own }: Task, offers: readonly Offer[]): void {
  const declared = own.map(({ name }) => name);
  for (const { name } of resources.flatMap(({ accelerators }) => accelerators)) {
    const error = unknownAccelerator(name, offers, declared);
    if (error !== null) throw error;
  }
}
