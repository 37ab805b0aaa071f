import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Problem } from '../model/problem.ts';
import type { Mix } from './mix-model.ts';

/** What floating point may add to the hours of a deadline. */
const SLACK = 1e-9;

/** True where no number of machines helps: it ends too late, or some requests fit no machine. */
export function isHopeless(problem: Problem, mix: Mix): boolean {
  return isTooLate(problem) || !canTakeAll(mix);
}

function isTooLate({ limits, tasks }: Problem): boolean {
  const { work, limits: own } = tasks[0]!;
  const seconds = work.kind === 'serving' ? work.hours * SECONDS_PER_HOUR : 0;
  const deadline = Math.min(limits.deadlineS ?? Infinity, own.deadlineS ?? Infinity);
  return seconds > deadline * (1 + SLACK);
}

function canTakeAll({ buckets, kinds, loads }: Mix): boolean {
  return buckets.every((_, bucket) =>
    kinds.some((__, kind) => loads[bucket * kinds.length + kind]! < Infinity),
  );
}
