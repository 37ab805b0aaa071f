import { MINUTE_MS, SECOND_MS } from '../../base/time.ts';
import type { NewEvent } from '../../spec/event.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { Attempt, Outcome, RunNode } from '../../spec/run.ts';
import { isForgotten } from './absence.ts';
import {
  close,
  create,
  isAbsent,
  place,
  reasonOf,
  STOP_GRACE_MS,
  type Step,
  stop,
  stopNodes,
  worst,
} from './attempt-steps.ts';
import {
  allocationOf,
  attemptsOf,
  type LaunchView,
  lastAttempt,
  nodesOf,
  taskOf,
} from './launch-view.ts';
import { moveSteps, openMove, wasTurnedAway } from './move-steps.ts';

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
  const lines = linesOf(view);
  const verdict = verdictOf(view);
  if (verdict !== null) return windDown(view, lines, verdict);
  const steps = lines.flatMap((allocation) => stepsOf(view, allocation));
  if (steps.length > 0 || !lines.every((line) => isDone(view, line))) return steps;
  return [end('succeeded', 0, 'the task succeeded')];
}

/** It is taken down: asked to stop, or a part of it has failed for good. */
export function isWindingDown(view: LaunchView): boolean {
  return verdictOf(view) !== null;
}

function verdictOf(view: LaunchView): Outcome | null {
  return view.run.stopRequested ? 'cancelled' : failure(view, linesOf(view));
}

function linesOf({ plan }: LaunchView): readonly number[] {
  return plan.allocations.map((_, allocation) => allocation);
}

/** When to look at a run again: soon at its start, less often as it goes on. */
export function nextLookMs(view: LaunchView): number {
  const pauses = pausesOf(view);
  if (pauses.length === 0) return pollMs(view);
  return Math.min(...pauses, ...(hasLive(view) ? [pollMs(view)] : []));
}

/**
 * Standing in line is all that it does: it is made due when there is room. An attempt that is still
 * to be closed may be what holds that room.
 */
export function onlyWaits(view: LaunchView): boolean {
  const isOpen = view.run.attempts.some(({ state }) => state !== 'ended');
  return view.waitsForRoom === true && !isOpen && pausesOf(view).length === 0;
}

function pausesOf(view: LaunchView): readonly number[] {
  return view.plan.allocations
    .map((_, line) => backoffLeftMs(view, line))
    .filter((pause) => pause > 0);
}

function hasLive({ run }: LaunchView): boolean {
  return run.nodes.some(({ state }) => state !== 'ended');
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
  const moving = moveSteps(view, allocation);
  if (moving !== null) return moving;
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
  const forgotten = nodes.filter((node) => isForgotten(view, node));
  if (forgotten.length > 0) return forgotten.map(bar);
  const absent = nodes.filter((node) => mayNeverHaveBeen(node) && isAbsent(view, node));
  if (absent.length === 0) return [];
  const hidden = absent.filter((node) => node.state === 'unknown');
  return [{ intent: hidden.map(starting), act: absent.map(create) }];
}

/** So that what its place has lost sight of does not come back beside the next attempt. */
function bar(node: RunNode): Step {
  return { intent: [], act: [stop(node, STOP_GRACE_MS)] };
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
  const asked = view.run.stopReason ?? 'the user asked for it';
  const why = verdict === 'cancelled' ? asked : 'another part of the run failed';
  return open.flatMap((attempt) => {
    const nodes = nodesOf(view.run, attempt);
    const ended = nodes.every((node) => node.state === 'ended');
    return ended ? [close(attempt, worst(nodes), nodes)] : stopNodes(view, nodes, why);
  });
}

function end(outcome: Outcome, exitCode: number | null, reason: string): Step {
  return { intent: [{ type: 'run.ended', data: { outcome, exitCode, reason } }], act: [] };
}

/** Ends the run as its verdict says, with the exit code and words of the node that failed it. */
function endAs(view: LaunchView, lines: readonly number[], verdict: Outcome): Step {
  if (verdict === 'cancelled') {
    return end('cancelled', null, view.run.stopReason ?? 'stopped by the user');
  }
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
    const ended = endedAttempts(view, line);
    const failures = ended.filter((attempt) => attempt.outcome === 'task-failed').length;
    if (failures > taskOf(view, line).retries) return 'task-failed';
    const unexpected = ended.filter((attempt) => !isExpectedLoss(view, attempt));
    if (lossesInARow(unexpected) >= INFRA_LOSSES_MAX) return 'infra-lost';
    if (ended.at(-1)?.outcome === 'cancelled') return 'cancelled';
  }
  return null;
}

/** Where a move was turned away nothing has failed: it goes back to where it was. */
function endedAttempts({ run }: LaunchView, allocation: number): readonly Attempt[] {
  return attemptsOf(run, allocation).filter((attempt) => {
    return attempt.state === 'ended' && !wasTurnedAway(run, attempt);
  });
}

/** Spot that the plan expects to be taken away, and to be waited for, has failed nobody. */
function isExpectedLoss({ run, plan }: LaunchView, attempt: Attempt): boolean {
  return attempt.outcome === 'infra-lost' && lineOf(run, plan, attempt).spotRun !== undefined;
}

/** Losses since the last attempt that ended otherwise. */
function lossesInARow(ended: readonly Attempt[]): number {
  const other = ended.findLastIndex((attempt) => attempt.outcome !== 'infra-lost');
  return ended.length - 1 - other;
}

/**
 * Doubling pauses after each loss in a row; none after a failure of the task itself, or at a place
 * that it is being moved to.
 */
function backoffLeftMs(view: LaunchView, allocation: number): number {
  if (openMove(view.run, allocation) !== undefined) return 0;
  const ended = endedAttempts(view, allocation);
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
