import type { Candidate } from '../../../spec/match.ts';
import type { Offer } from '../../../spec/offer.ts';
import { servingMix } from '../../demand/serving-mix.ts';
import { carbonCounts } from '../../match/carbon-requirement.ts';
import { INLINE_PROVIDER } from '../../match/inline-provider.ts';
import type { ServingWork } from '../model/problem.ts';
import type { TaskProblem } from '../model/task-problem.ts';
import { unbeatenCandidates } from './unbeaten-candidates.ts';

/** An hour of a service that has no end. */
const SERVED_HOURS = 1;

/** The candidates that are the options of a task's work, in their order. */
export function optionCandidates({ task, candidates }: TaskProblem): readonly Candidate[] {
  // Services are up for equally long, whatever time is worth.
  if (carbonCounts(task.goal) || servingMix(task) === null) return candidates;
  if (task.spread === null) return unbeatenCandidates(candidates);
  // Where it matters whose a machine is, or where, only its like can stand for it.
  const { apart } = task.spread;
  const byPlace = Map.groupBy(candidates, ({ offer }) => spreadOver(offer, apart !== null));
  const kept = new Set([...byPlace.values()].flatMap(unbeatenCandidates));
  return candidates.filter((one) => kept.has(one));
}

/** Each of the offers that a task states itself is a provider of its own. */
function spreadOver({ provider, id, region, zone }: Offer, byPlace: boolean): string {
  if (provider === INLINE_PROVIDER) return id;
  return byPlace ? `${provider}/${region}/${zone}` : provider;
}

/**
 * So many requests a second of each size, for as long as the task says, else for an hour. Machines
 * that may not always be busy do as much less. Null for a task that serves no mix.
 */
export function servingWorkOf(
  matched: TaskProblem,
  indexOf: (offer: Offer) => number,
): ServingWork | null {
  const { task } = matched;
  const mix = servingMix(task);
  if (mix === null) return null;
  const { sizes, requestsPerSecond, utilizationMax } = mix;
  return {
    kind: 'serving',
    hours: task.work !== null && 'hours' in task.work ? task.work.hours : SERVED_HOURS,
    rates: sizes.map(({ share }) => share * requestsPerSecond),
    options: optionCandidates(matched).map(({ offer, serves }) => ({
      offer: indexOf(offer),
      throughputs: serves!.requestsPerSecond.map((each) => each * utilizationMax),
    })),
  };
}
