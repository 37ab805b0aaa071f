import { asEpochMs, type EpochMs, SECOND_MS } from '../../base/time.ts';
import type { NewEvent, RunEvent } from '../../spec/event.ts';
import type { RunNode } from '../../spec/run.ts';
import { type Absence, type LaunchView, type NodeId, nodeKey } from './launch-view.ts';

/** Listings lag, as this much at most: what is absent for longer is absent. */
export const ABSENCE_GRACE_MS = 40 * SECOND_MS;

const NOT_LISTED = 'its place no longer lists it';
const BARRED = 'its place no longer lists it, and was told to stop it';
const VANISHING = 'its place was told to stop it, and does not list it';

const PRESENT: Absence = { runningAt: null, since: null, stoppedAt: null };

/** What a run's whole log tells of absences, by `nodeKey`. */
export function absencesOf(events: readonly RunEvent[]): ReadonlyMap<string, Absence> {
  const absences = new Map<string, Absence>();
  for (const event of events) {
    const { type } = event;
    if (type !== 'node.running' && type !== 'node.unknown' && type !== 'node.stopping') continue;
    const key = nodeKey(event.data);
    absences.set(key, afterEvent(absences.get(key) ?? PRESENT, event));
  }
  return absences;
}

type Told = Extract<RunEvent, { readonly type: 'node.running' | 'node.unknown' | 'node.stopping' }>;

function afterEvent(absence: Absence, { type, data, at }: Told): Absence {
  if (type === 'node.running') {
    return { runningAt: absence.runningAt ?? at, since: null, stoppedAt: null };
  }
  const since = data.reason === NOT_LISTED ? (absence.since ?? at) : absence.since;
  const tookStop = data.reason === BARRED || data.reason === VANISHING;
  return { ...absence, since, stoppedAt: tookStop ? (absence.stoppedAt ?? at) : absence.stoppedAt };
}

/** Whether what the log tells of absences decides anything now. */
export function isMissing(view: LaunchView, node: NodeId): boolean {
  const known = view.run.nodes.find((one) => nodeKey(one) === nodeKey(node));
  if (known === undefined || view.observed.get(nodeKey(node))?.state !== 'absent') return false;
  return known.state === 'stopping' || hasRun(known);
}

/**
 * Of a node that is not found: that it is missing; then, after a stop of it and the grace, its end.
 * One that was asked for and never seen is left to be asked for again.
 */
export function learnAbsent(view: LaunchView, node: RunNode): readonly NewEvent[] {
  const absence = view.absences.get(nodeKey(node)) ?? PRESENT;
  if (node.state === 'stopping') {
    if (!isOver(absence.stoppedAt, view)) return [];
    const reason = hasRun(node) ? 'stopped, and gone from its place' : 'stopped before it started';
    return [gone(view, node, { outcome: 'cancelled', reason })];
  }
  if (!hasRun(node)) return [];
  if (absence.since === null) return [unknown(node, NOT_LISTED)];
  if (!isOver(absence.stoppedAt, view)) return [];
  return [gone(view, node, { outcome: 'infra-lost', reason: 'its place no longer has it' })];
}

/** Absent for longer than listings lag: it is to be barred, so that it cannot come back. */
export function isForgotten(view: LaunchView, node: RunNode): boolean {
  if (node.state !== 'unknown' || !isMissing(view, node)) return false;
  return isOver(view.absences.get(nodeKey(node))?.since ?? null, view);
}

/** The outcome of a stop: told once, of a missing node, since its end counts from there. */
export function toldOfStop(view: LaunchView, node: NodeId): readonly NewEvent[] {
  const stoppedAt = view.absences.get(nodeKey(node))?.stoppedAt ?? null;
  if (stoppedAt !== null || !isMissing(view, node)) return [];
  const known = view.run.nodes.find((one) => nodeKey(one) === nodeKey(node));
  if (known?.state === 'unknown') return [unknown(node, BARRED)];
  if (known?.state !== 'stopping') return [];
  return [{ type: 'node.stopping', data: { ...id(node), reason: VANISHING } }];
}

/** By the moment of the question: what was true then is all that a late answer tells. */
function isOver(since: EpochMs | null, { now, askedAt = now }: LaunchView): boolean {
  return since !== null && askedAt - since >= ABSENCE_GRACE_MS;
}

function hasRun({ startedAt }: RunNode): boolean {
  return startedAt !== null;
}

function gone(
  view: LaunchView,
  node: RunNode,
  { outcome, reason }: { readonly outcome: 'cancelled' | 'infra-lost'; readonly reason: string },
): NewEvent {
  const data = { ...id(node), outcome, exitCode: null, reason, endedAt: endOf(view, node) };
  return { type: 'node.ended', data };
}

/**
 * By the clock of its place, which told of its start and of no end: as long after its start as it
 * was seen to be there, by our own clock.
 */
function endOf({ absences, now }: LaunchView, node: RunNode): EpochMs {
  const { runningAt, since, stoppedAt } = absences.get(nodeKey(node)) ?? PRESENT;
  if (node.startedAt === null || runningAt === null) return now;
  return asEpochMs(node.startedAt + Math.max(0, (since ?? stoppedAt ?? now) - runningAt));
}

function unknown(node: NodeId, reason: string): NewEvent {
  return { type: 'node.unknown', data: { ...id(node), reason } };
}

function id({ allocation, attempt, rank }: NodeId) {
  return { allocation, attempt, rank };
}
