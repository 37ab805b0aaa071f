import { MINUTE_MS, SECOND_MS } from '../../base/time.ts';
import type { NewEvent } from '../../spec/event.ts';
import type { Attempt, Outcome, RunNode } from '../../spec/run.ts';
import {
  allocationOf,
  attemptsOf,
  type LaunchView,
  lastAttempt,
  type NodeId,
  nodeKey,
  nodesOf,
  nodeToken,
  taskOf,
} from './launch-view.ts';

/**
 * The next safe action: events that state the intent, then calls to the driver that carry it
 * out. Carrying out the same step twice is harmless: creates bear the node's token.
 */
export type Step = {
  readonly intent: readonly NewEvent[];
  readonly act: readonly Action[];
};

export type Action =
  | { readonly kind: 'create'; readonly node: NodeId }
  | { readonly kind: 'stop'; readonly node: NodeId; readonly graceMs: number };

/** Time for a task to write a checkpoint after it is asked to end. */
export const STOP_GRACE_MS = 10 * SECOND_MS;
/** A run whose places fail it so many times in a row is taken out of the loop. */
export const INFRA_LOSSES_MAX = 5;

const BACKOFF_FIRST_MS = SECOND_MS;
const BACKOFF_MAX_MS = 5 * MINUTE_MS;
const POLL_MIN_MS = 200;
const POLL_MAX_MS = 5 * SECOND_MS;
/** Between two stops of a node that its place does not list: nothing is seen to happen there. */
const POLL_ABSENT_MS = 2 * SECOND_MS;

/** What to do now, in order; empty when there is nothing to do but wait. */
export function nextSteps(view: LaunchView): readonly Step[] {
  const { run } = view;
  if (run.state === 'ended') return [];
  const lines = view.plan.allocations.map((_, allocation) => allocation);
  const verdict = run.stopRequested ? 'cancelled' : failure(view, lines);
  if (verdict !== null) return windDown(view, lines, verdict);
  const steps = lines.flatMap((allocation) => stepsOf(view, allocation));
  if (steps.length > 0 || !lines.every((line) => isDone(view, line))) return steps;
  return [end('succeeded', 0, 'the task succeeded')];
}

/** When to look at a run again: soon at its start, less often as it goes on. */
export function nextLookMs(view: LaunchView): number {
  const pauses = view.plan.allocations
    .map((_, line) => backoffLeftMs(view, line))
    .filter((pause) => pause > 0);
  const hasLive = view.run.nodes.some((node) => node.state !== 'ended');
  if (pauses.length === 0) return pollMs(view);
  return Math.min(...pauses, ...(hasLive ? [pollMs(view)] : []));
}

/** Somebody waits for what is starting or stopping; what runs for long may be seen a bit later. */
function pollMs(view: LaunchView): number {
  const { run, now } = view;
  const stopping = run.nodes.filter((node) => node.state === 'stopping');
  if (stopping.some((node) => !isAbsent(view, node))) return POLL_MIN_MS;
  if (stopping.length > 0) return POLL_ABSENT_MS;
  // By our own clock: the start of a node is told by the clock of its place.
  const since = run.attempts.map(({ createdAt }) => createdAt);
  const ageMs = now - Math.max(run.createdAt, ...since);
  return Math.min(POLL_MAX_MS, Math.max(POLL_MIN_MS, ageMs / 100));
}

/** The steps of one allocation while nothing has failed the run. */
function stepsOf(view: LaunchView, allocation: number): readonly Step[] {
  const last = lastAttempt(view.run, allocation);
  if (last === undefined) return mayStart(view, allocation) ? [place(view, allocation, 1)] : [];
  if (last.state !== 'ended') return stepsOfAttempt(view, last);
  if (last.outcome === 'succeeded' || backoffLeftMs(view, allocation) > 0) return [];
  return [place(view, allocation, last.attempt + 1)];
}

/** A gang is one: where one node has failed, the others are torn down; then the attempt ends. */
function stepsOfAttempt(view: LaunchView, attempt: Attempt): readonly Step[] {
  const nodes = nodesOf(view.run, attempt);
  const outcome = worst(nodes);
  if (nodes.every((node) => node.state === 'ended')) return [close(attempt, outcome, nodes)];
  if (outcome !== 'succeeded') return stopNodes(view, nodes, 'another node of its gang ended');
  const absent = nodes.filter((node) => mayNeverHaveBeen(node) && isAbsent(view, node));
  if (absent.length === 0) return [];
  const hidden = absent.filter((node) => node.state === 'unknown');
  return [{ intent: hidden.map(starting), act: absent.map(create) }];
}

/** Its create may have been lost, whether or not it was out of sight since. */
function mayNeverHaveBeen({ state, startedAt }: RunNode): boolean {
  return state === 'starting' || (state === 'unknown' && startedAt === null);
}

function starting({ allocation, attempt, rank, token }: RunNode): NewEvent {
  return { type: 'node.starting', data: { allocation, attempt, rank, token } };
}

/** Stops what lives, closes what has ended, and ends the run when all is closed. */
function windDown(view: LaunchView, lines: readonly number[], verdict: Outcome): readonly Step[] {
  const open = lines
    .map((line) => lastAttempt(view.run, line))
    .filter((attempt) => attempt !== undefined && attempt.state !== 'ended') as Attempt[];
  if (open.length === 0) return [endAs(view, lines, verdict)];
  const why = verdict === 'cancelled' ? 'the user asked for it' : 'another part of the run failed';
  return open.flatMap((attempt) => {
    const nodes = nodesOf(view.run, attempt);
    const ended = nodes.every((node) => node.state === 'ended');
    return ended ? [close(attempt, worst(nodes), nodes)] : stopNodes(view, nodes, why);
  });
}

function stopNodes(view: LaunchView, nodes: readonly RunNode[], reason: string): readonly Step[] {
  return nodes
    .filter((node) => node.state !== 'ended')
    .map((node) => {
      const { allocation, attempt, rank } = node;
      const data = { allocation, attempt, rank, reason };
      const intent: NewEvent[] = node.state === 'stopping' ? [] : [{ type: 'node.stopping', data }];
      return { intent, act: [stop(node, STOP_GRACE_MS)] };
    })
    .filter((step) => step.intent.length > 0 || isLive(view, step.act[0]!.node));
}

/** Intent and creates of a new attempt: all its nodes together. */
function place(view: LaunchView, allocation: number, attempt: number): Step {
  const line = allocationOf(view.plan, allocation);
  const nodes = Array.from({ length: line.count }, (_, rank) => ({ allocation, attempt, rank }));
  const intent: NewEvent[] = [
    { type: 'attempt.created', data: { allocation, attempt, place: line.place } },
    ...nodes.map((node) => ({
      type: 'node.starting' as const,
      data: { ...node, token: nodeToken(view.run.runId, node) },
    })),
  ];
  return { intent, act: nodes.map(create) };
}

function create({ allocation, attempt, rank }: NodeId): Action {
  return { kind: 'create', node: { allocation, attempt, rank } };
}

function close(attempt: Attempt, outcome: Outcome, nodes: readonly RunNode[]): Step {
  const reason = reasonOf(outcome, nodes);
  const { allocation } = attempt;
  const data = { allocation, attempt: attempt.attempt, outcome, reason };
  return { intent: [{ type: 'attempt.ended', data }], act: [] };
}

function stop({ allocation, attempt, rank }: NodeId, graceMs: number): Action {
  return { kind: 'stop', node: { allocation, attempt, rank }, graceMs };
}

function end(outcome: Outcome, exitCode: number | null, reason: string): Step {
  return { intent: [{ type: 'run.ended', data: { outcome, exitCode, reason } }], act: [] };
}

/** Ends the run as its verdict says, with the exit code and words of the node that failed it. */
function endAs(view: LaunchView, lines: readonly number[], verdict: Outcome): Step {
  if (verdict === 'cancelled') return end('cancelled', null, 'stopped by the user');
  const failed = lines
    .map((line) => lastAttempt(view.run, line))
    .find((attempt) => attempt?.outcome === verdict);
  const nodes = failed === undefined ? [] : nodesOf(view.run, failed);
  const culprit = nodes.find((node) => node.outcome === verdict);
  const name = failed === undefined ? null : allocationOf(view.plan, failed.allocation).taskName;
  const which = lines.length > 1 && name !== null ? `${name}: ` : '';
  return end(verdict, culprit?.exitCode ?? null, which + reasonOf(verdict, nodes));
}

/** What has failed the whole run, or null: a task out of retries, a place lost too often. */
function failure(view: LaunchView, lines: readonly number[]): Outcome | null {
  for (const line of lines) {
    const ended = attemptsOf(view.run, line).filter((attempt) => attempt.state === 'ended');
    const failures = ended.filter((attempt) => attempt.outcome === 'task-failed').length;
    if (failures > taskOf(view, line).retries) return 'task-failed';
    if (lossesInARow(ended) >= INFRA_LOSSES_MAX) return 'infra-lost';
    if (ended.at(-1)?.outcome === 'cancelled') return 'cancelled';
  }
  return null;
}

/** Losses since the last attempt that ended otherwise. */
function lossesInARow(ended: readonly Attempt[]): number {
  const other = ended.findLastIndex((attempt) => attempt.outcome !== 'infra-lost');
  return ended.length - 1 - other;
}

/** Doubling pauses after each loss in a row; none after a failure of the task itself. */
function backoffLeftMs(view: LaunchView, allocation: number): number {
  const ended = attemptsOf(view.run, allocation).filter((attempt) => attempt.state === 'ended');
  const losses = lossesInARow(ended);
  const last = lastAttempt(view.run, allocation);
  if (losses === 0 || last === undefined || last.endedAt === null) return 0;
  const pause = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (losses - 1));
  return Math.max(0, last.endedAt + pause - view.now);
}

/** A task starts when every task that it needs has succeeded. */
function mayStart(view: LaunchView, allocation: number): boolean {
  const needs = view.file.needs[allocationOf(view.plan, allocation).task] ?? [];
  return view.plan.allocations.every(
    (line, index) => !needs.includes(line.task) || isDone(view, index),
  );
}

function isDone(view: LaunchView, allocation: number): boolean {
  return lastAttempt(view.run, allocation)?.outcome === 'succeeded';
}

/** The outcome of a gang so far: lost before failed before cancelled before succeeded. */
function worst(nodes: readonly RunNode[]): Outcome {
  const order: readonly Outcome[] = ['infra-lost', 'task-failed', 'cancelled', 'unknown'];
  return order.find((outcome) => nodes.some((node) => node.outcome === outcome)) ?? 'succeeded';
}

/** The words of the node that decided the outcome, with its rank where it was one of several. */
function reasonOf(outcome: Outcome, nodes: readonly RunNode[]): string {
  if (outcome === 'succeeded') return 'the task succeeded';
  const culprit = nodes.find((node) => node.outcome === outcome);
  const where = culprit !== undefined && nodes.length > 1 ? ` (node ${culprit.rank})` : '';
  return `${culprit?.reason ?? outcome}${where}`;
}

function isAbsent(view: LaunchView, node: NodeId): boolean {
  return view.observed.get(nodeKey(node))?.state === 'absent';
}

/** Seen alive, or not seen: a stop must reach it. */
function isLive(view: LaunchView, node: NodeId): boolean {
  const seen = view.observed.get(nodeKey(node));
  return seen === undefined || seen.state !== 'ended';
}
