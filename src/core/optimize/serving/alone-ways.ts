import type { Candidate } from '../../../spec/match.ts';
import { type MixDemand, servingMix } from '../../demand/serving-mix.ts';
import type { TaskProblem } from '../model/task-problem.ts';

/** What a mix of requests can do without, before one more machine is needed for it. */
const LOAD_TOLERANCE = 1e-9;

/** The candidates as they carry a task alone: for a mix of requests enough machines of each, if any. */
export function wholeWays({ task, candidates }: TaskProblem): readonly Candidate[] {
  const mix = servingMix(task);
  const alone = mix === null ? candidates : aloneWays(candidates, mix);
  return alone.length === 0 ? candidates : alone;
}

/** Each candidate of a mix of requests with as many machines as serve it alone, where they can. */
export function aloneWays(
  candidates: readonly Candidate[],
  { sizes, requestsPerSecond, utilizationMax }: MixDemand,
): readonly Candidate[] {
  return candidates.flatMap((candidate) => {
    const busy = sizes.reduce(
      (sum, { share }, size) => sum + share / candidate.serves!.requestsPerSecond[size]!,
      0,
    );
    const load = (busy * requestsPerSecond) / utilizationMax;
    if (load > (candidate.offer.available ?? Number.MAX_SAFE_INTEGER)) return [];
    return [{ ...candidate, machines: Math.max(1, Math.ceil(load * (1 - LOAD_TOLERANCE))) }];
  });
}
