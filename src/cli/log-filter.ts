import { KedgeError } from '../base/errors.ts';
import type { Plan } from '../spec/plan.ts';

/** Of which nodes of a run the output is wanted; null for all. */
export type LogFilter = { readonly rank: number | null; readonly task: string | null };

export const EVERY_NODE: LogFilter = { rank: null, task: null };

type NodeId = { readonly allocation: number; readonly rank: number };

export function isWanted({ allocations }: Plan, node: NodeId, filter: LogFilter): boolean {
  const { rank, task } = filter;
  if (task !== null && allocations[node.allocation]?.taskName !== task) return false;
  return rank === null || node.rank === rank;
}

/** Errors: `run.not-found` for what no node of the plan can ever be. */
export function requireSome({ allocations }: Plan, { rank, task }: LogFilter): void {
  const named = allocations.filter(({ taskName }) => task === null || taskName === task);
  if (named.length === 0) {
    const names = [...new Set(allocations.map(({ taskName }) => taskName))].join(', ');
    throw new KedgeError('run.not-found', `it has no task ${task}`, { hint: `it has ${names}` });
  }
  const size = Math.max(...named.map(({ count }) => count));
  if (rank === null || rank < size) return;
  const hint = size === 1 ? 'it has one node: leave --rank out' : `ranks go from 0 to ${size - 1}`;
  throw new KedgeError('run.not-found', `it has no node of rank ${rank}`, { hint });
}
