import type { Observation } from '../../ports/driver.ts';
import type { NewEvent } from '../../spec/event.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { Outcome, RunNode } from '../../spec/run.ts';
import { learnAbsent } from './absence.ts';
import { type LaunchView, nodeKey } from './launch-view.ts';

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
  const offer = lineOf(view.run, view.plan, node);
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
