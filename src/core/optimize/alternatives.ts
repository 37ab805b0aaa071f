import { HOUR_MS, SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Candidate } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Alternative } from '../../spec/plan.ts';
import type { Goal } from '../../spec/task.ts';
import { servingMix } from '../demand/serving-mix.ts';
import { INLINE_PROVIDER } from '../match/inline-provider.ts';
import { hired } from './model/hired.ts';
import { MACHINES_MAX } from './model/machines-max.ts';
import type { Line, TaskProblem } from './model/task-problem.ts';
import { divisibleWork } from './model/task-problem.ts';
import { compareMerit, type Merit, meritOf } from './search/choose-way.ts';
import { aloneWays } from './serving/alone-ways.ts';

const FRONTIER_MAX = 8;

type Way = { readonly candidate: Candidate; readonly merit: Merit };

/**
 * What else one could do: the best of each other provider ("what would it cost elsewhere"), and
 * the plans on the cost–time frontier that are faster than the chosen one. Best first.
 */
export function alternativesOf({
  problem,
  lines,
}: {
  readonly problem: TaskProblem;
  readonly lines: readonly Line[];
}): readonly Alternative[] {
  const { goal } = problem.task;
  const ways = waysOf(problem).map((candidate) => ({ candidate, merit: meritOf(candidate) }));
  const taken = new Set(lines.map(({ candidate }) => sellerOf(candidate.offer)));
  const chosen = lines.length === 1 ? lines[0]! : null;
  const faster = chosen === null ? [] : frontier(ways, chosen).slice(0, FRONTIER_MAX);
  return [...new Set([...faster, ...bestOfEach(ways, goal, taken)])]
    .sort((a, b) => compareMerit(a.merit, b.merit, goal))
    .map(({ candidate }) => alternative(problem, candidate));
}

/** Work that is shared as each offer alone would do it, where it can in time. */
function waysOf({ task, candidates }: TaskProblem): readonly Candidate[] {
  const mix = servingMix(task);
  if (mix !== null) return aloneWays(candidates, mix);
  const work = divisibleWork(task);
  if (work === null) return candidates;
  const limitH = task.goal.deadlineMs === null ? Infinity : task.goal.deadlineMs / HOUR_MS;
  return candidates.flatMap((candidate) => {
    const { available } = candidate.offer;
    const alone = work.units / candidate.throughput!;
    const machines = work.per === 'machine' ? Math.ceil(alone) : Math.ceil(alone / limitH) || 1;
    if (machines > (available ?? MACHINES_MAX)) return [];
    const hours = work.per === 'machine' ? 1 : alone / machines;
    return [{ ...candidate, machines, hours: { low: hours, mid: hours, high: hours } }];
  });
}

function bestOfEach(ways: readonly Way[], goal: Goal, taken: ReadonlySet<string>): readonly Way[] {
  const best = new Map<string, Way>();
  for (const way of ways) {
    const seller = sellerOf(way.candidate.offer);
    if (taken.has(seller)) continue;
    const before = best.get(seller);
    if (before === undefined || compareMerit(way.merit, before.merit, goal) < 0) {
      best.set(seller, way);
    }
  }
  return [...best.values()];
}

/** A provider; each of the offers that the task itself states counts as one. */
function sellerOf({ provider, id }: Offer): string {
  return provider === INLINE_PROVIDER ? id : provider;
}

/** Each way that is faster than all cheaper ones, cheapest first, from the chosen one on. */
function frontier(ways: readonly Way[], chosen: Line): readonly Way[] {
  if (chosen.hours === null) return [];
  const endHours = chosen.hours + (chosen.candidate.startS ?? 0) / SECONDS_PER_HOUR;
  let fastest = endHours;
  return ways
    .filter(({ merit }) => merit.hours < endHours)
    .sort((a, b) => a.merit.micros - b.merit.micros || a.merit.hours - b.merit.hours)
    .filter(({ merit }) => {
      const isFaster = merit.hours < fastest;
      if (isFaster) fastest = merit.hours;
      return isFaster;
    });
}

function alternative({ index }: TaskProblem, candidate: Candidate): Alternative {
  const { offer, machines, hours, spotRun, startS } = candidate;
  return { task: index, ...hired(offer, { machines, hours: hours?.mid ?? null, spotRun, startS }) };
}
