import { assert } from '../../base/assert.ts';
import type { EpochMs } from '../../base/time.ts';
import type { NodeRef, Observation } from '../../ports/driver.ts';
import type { Plan, PlanAllocation } from '../../spec/plan.ts';
import type { Attempt, Run, RunNode } from '../../spec/run.ts';
import type { Task, TaskFile } from '../../spec/task.ts';

/** One immutable snapshot of a run: what we remember, and what the world says of it. */
export type LaunchView = {
  readonly run: Run;
  readonly plan: Plan;
  readonly file: TaskFile;
  /** By `nodeKey`; a node that was not looked at has no entry. */
  readonly observed: ReadonlyMap<string, Observation>;
  /** By `nodeKey`; read from the log only when a node is missing. */
  readonly absences: ReadonlyMap<string, Absence>;
  /** An attempt of it stands in line for room; it is made due when there is some. */
  readonly waitsForRoom?: boolean;
  readonly now: EpochMs;
  /** When the world was asked, where the answer may have come late; `now` unless given. */
  readonly askedAt?: EpochMs;
};

/**
 * A node that its place, which answers, does not list: never made, or gone, or listed late. Two
 * absences tell these apart, the second so long after the place took a stop of the node that its
 * machine can neither be listed late nor be made by a create that was on its way. All of it is in
 * the log, for an engine that is killed often would forget it.
 */
export type Absence = {
  /** When it was first seen to run; null when it never was. */
  readonly runningAt: EpochMs | null;
  /** The first look since it last ran that did not find it; null before that. */
  readonly since: EpochMs | null;
  /** When its place, not listing it, took a stop of it; null before that. */
  readonly stoppedAt: EpochMs | null;
};

export type NodeId = {
  readonly allocation: number;
  readonly attempt: number;
  readonly rank: number;
};

export function nodeKey({ allocation, attempt, rank }: NodeId): string {
  return `${allocation}/${attempt}/${rank}`;
}

/**
 * The idempotency token of a node: its place in the model, so that the same node can never be
 * asked for under two tokens.
 */
export function nodeToken(runId: string, { allocation, attempt, rank }: NodeId): string {
  return `${runId}-${allocation}-${attempt}-${rank}`;
}

export function nodeRef(run: Run, node: NodeId): NodeRef {
  const { allocation, attempt, rank } = node;
  const token = nodeToken(run.runId, node);
  return { tenantId: run.tenantId, runId: run.runId, allocation, attempt, rank, token };
}

/** The latest attempt of an allocation; undefined before the first. */
export function lastAttempt(run: Run, allocation: number): Attempt | undefined {
  return attemptsOf(run, allocation).at(-1);
}

/** Oldest first. */
export function attemptsOf(run: Run, allocation: number): readonly Attempt[] {
  return run.attempts
    .filter((attempt) => attempt.allocation === allocation)
    .toSorted((a, b) => a.attempt - b.attempt);
}

/** The nodes of one attempt, by rank. */
export function nodesOf(run: Run, attempt: Attempt): readonly RunNode[] {
  return run.nodes
    .filter((node) => node.allocation === attempt.allocation && node.attempt === attempt.attempt)
    .toSorted((a, b) => a.rank - b.rank);
}

export function allocationOf(plan: Plan, allocation: number): PlanAllocation {
  const line = plan.allocations[allocation];
  assert(line, `the plan has no allocation ${allocation}`);
  return line;
}

export function taskOf(view: LaunchView, allocation: number): Task {
  const task = view.file.tasks[allocationOf(view.plan, allocation).task];
  assert(task, `the task file has no task of allocation ${allocation}`);
  return task;
}
