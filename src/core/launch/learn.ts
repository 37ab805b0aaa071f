import { type EpochMs, SECOND_MS } from '../../base/time.ts';
import type { Observation } from '../../ports/driver.ts';
import type { NewEvent, RunEvent } from '../../spec/event.ts';
import type { Outcome, RunNode } from '../../spec/run.ts';
import { allocationOf, type LaunchView, type NodeId, nodeKey } from './launch-view.ts';

/**
 * What the observations tell that the run's state does not say yet, as events. A node out of
 * sight becomes unknown, never dead; a node that ended is told once.
 */
export function learn(view: LaunchView): readonly NewEvent[] {
  return view.run.nodes.flatMap((node) => {
    const seen = view.observed.get(nodeKey(node));
    return seen === undefined || node.state === 'ended' ? [] : learnNode(view, node, seen);
  });
}

function learnNode(view: LaunchView, node: RunNode, seen: Observation): readonly NewEvent[] {
  switch (seen.state) {
    case 'absent':
      return learnAbsent(view, node);
    case 'starting':
      return [];
    case 'running':
      return isUp(node) ? [] : [running(view, node, seen.startedAt)];
    case 'ended':
      return learnEnded(view, node, seen);
    case 'unknown':
      return mayHide(node)
        ? [{ type: 'node.unknown', data: { ...id(node), reason: seen.reason } }]
        : [];
  }
}

/**
 * Listings lag: an absence is believed so long after the provider took the stop, not earlier. From
 * then on the machine can neither be listed late nor be made by a create that was on its way.
 */
export const ABSENCE_GRACE_MS = 40 * SECOND_MS;

/** A node asked to stop that its provider has never heard of, or has forgotten, has stopped. */
function learnAbsent(view: LaunchView, node: RunNode): readonly NewEvent[] {
  if (node.state === 'stopping') {
    const stopTime = view.stopTimes.get(nodeKey(node));
    if (stopTime === undefined || view.now - stopTime < ABSENCE_GRACE_MS) return [];
    const reason = 'stopped before it started';
    const data = { ...id(node), outcome: 'cancelled' as const, exitCode: null, reason };
    return [{ type: 'node.ended', data: { ...data, endedAt: view.now } }];
  }
  if (node.state !== 'running') return [];
  const reason = 'its place no longer lists it';
  return [{ type: 'node.unknown', data: { ...id(node), reason } }];
}

/** Being stopped, and not listed by its place: never made, or gone, or listed late. */
export function isVanishing(view: LaunchView, node: NodeId): boolean {
  const known = view.run.nodes.find((one) => nodeKey(one) === nodeKey(node));
  return known?.state === 'stopping' && view.observed.get(nodeKey(node))?.state === 'absent';
}

/** The outcome of a stop: told once, of a vanishing node, since its absence counts from there. */
export function toldOfStop(view: LaunchView, node: NodeId): readonly NewEvent[] {
  if (!isVanishing(view, node) || view.stopTimes.has(nodeKey(node))) return [];
  const { allocation, attempt, rank } = node;
  return [{ type: 'node.stopping', data: { allocation, attempt, rank, reason: VANISHING } }];
}

const VANISHING = 'its place was told to stop it, and does not list it';

/** Of a run's whole log, what `LaunchView.stopTimes` holds. */
export function stopTimesOf(events: readonly RunEvent[]): ReadonlyMap<string, EpochMs> {
  const told = events.filter(({ type, data }) => {
    return type === 'node.stopping' && data.reason === VANISHING;
  });
  return new Map(told.toReversed().map(({ data, at }) => [nodeKey(data as NodeId), at]));
}

type Ended = Extract<Observation, { state: 'ended' }>;

/** A node that ran between two looks is billed too: its start is told before its end. */
function learnEnded(view: LaunchView, node: RunNode, seen: Ended): readonly NewEvent[] {
  const events: NewEvent[] = [];
  if (seen.startedAt !== null && node.startedAt === null) {
    events.push(running(view, node, seen.startedAt));
  }
  const { exitCode, reason, endedAt } = seen;
  const data = { ...id(node), outcome: outcomeOf(node, seen), exitCode, reason, endedAt };
  events.push({ type: 'node.ended', data });
  return events;
}

function outcomeOf(node: RunNode, seen: Ended): Outcome {
  if (seen.how === 'lost') return 'infra-lost';
  if (seen.how === 'stopped') return node.state === 'stopping' ? 'cancelled' : 'infra-lost';
  return seen.exitCode === 0 ? 'succeeded' : 'task-failed';
}

function running(view: LaunchView, node: RunNode, startedAt: Ended['endedAt']): NewEvent {
  const offer = allocationOf(view.plan, node.allocation);
  const { nanosPerHour, billingIncrementS, billingMinimumS } = offer;
  const price = { nanosPerHour, billingIncrementS, billingMinimumS };
  return { type: 'node.running', data: { ...id(node), token: node.token, ...price, startedAt } };
}

function isUp(node: RunNode): boolean {
  return node.state === 'running' || node.state === 'stopping';
}

function mayHide(node: RunNode): boolean {
  return node.state === 'starting' || node.state === 'running';
}

function id({ allocation, attempt, rank }: RunNode) {
  return { allocation, attempt, rank };
}
