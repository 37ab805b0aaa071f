import { areAlike } from '../model/alike-tasks.ts';
import type { PartProof, ProblemCertificate } from '../model/answer.ts';
import { partOf } from '../model/part-of.ts';
import type { Problem } from '../model/problem.ts';

/*
 * Problem: what an answer costs at least, where some of the tasks are bounded each by themselves.
 * Method: the lines of some tasks keep every limit that all lines keep, and cost what they cost: they
 * are an answer to the problem of these tasks alone, which is no cheaper than its bound. Lines and
 * transfers are paid for one by one, so that the bounds of parts that have no task in common add up.
 * Tasks that ask the same, with the same certificate, are looked at once.
 * Complexity: that of the parts.
 */

type BoundOf = (problem: Problem, certificate: ProblemCertificate) => number | null;

/** Micro-dollars; infinite where a part cannot be done. Null where it proves nothing. */
export function boundByParts(
  problem: Problem,
  parts: readonly PartProof[],
  boundOf: BoundOf,
): number | null {
  if (problem.objective.minimize !== 'cost' || !areDisjoint(problem, parts)) return null;
  const known: { readonly part: PartProof; readonly bound: number }[] = [];
  let sum = 0;
  for (const part of parts) {
    const { tasks, certificate } = part;
    const bound =
      known.find((one) => isSame(problem, one.part, part))?.bound ??
      Math.max(0, Math.floor(boundOf(partOf(problem, tasks), certificate) ?? 0));
    known.push({ part, bound });
    sum += bound;
  }
  return sum;
}

function areDisjoint({ tasks }: Problem, parts: readonly PartProof[]): boolean {
  const all = parts.flatMap((part) => part.tasks);
  return new Set(all).size === all.length && all.every((task) => tasks[task] !== undefined);
}

function isSame(problem: Problem, one: PartProof, other: PartProof): boolean {
  if (one.certificate !== other.certificate) return false;
  const [task, ...more] = one.tasks;
  const [same, ...others] = other.tasks;
  if (task === undefined || same === undefined || more.length + others.length > 0) return false;
  return areAlike(problem, problem.tasks[task]!, problem.tasks[same]!);
}
