import { SECOND_MS } from '../../base/time.ts';
import type { NewEvent } from '../../spec/event.ts';
import { lineOf, placingMove } from '../../spec/place-of-attempt.ts';
import type { Attempt, Move, Outcome, RunNode } from '../../spec/run.ts';
import { type LaunchView, type NodeId, nodeKey, nodeToken } from './launch-view.ts';

/**
 * The next safe action: events that state the intent, then calls to the driver that carry it
 * out. Carrying out the same step twice is harmless: creates bear the node's token.
 */
export type Step = {
  readonly intent: readonly NewEvent[];
  readonly act: readonly Action[];
};

export type NodeAction =
  | { readonly kind: 'create'; readonly node: NodeId }
  | { readonly kind: 'stop'; readonly node: NodeId; readonly graceMs: number };
export type MoveAction =
  /** Copies the checkpoints of all nodes to where the move leads. */
  | { readonly kind: 'carry'; readonly move: Move }
  /** It runs there: nothing of it is needed where it was. */
  | { readonly kind: 'arrive'; readonly move: Move }
  /** That place has turned it away: it goes on where it was. */
  | { readonly kind: 'return'; readonly move: Move };
export type Action = NodeAction | MoveAction;

/** Time for a task to write a checkpoint after it is asked to end. */
export const STOP_GRACE_MS = 10 * SECOND_MS;

/** Intent and creates of a new attempt: all its nodes together. */
export function place(view: LaunchView, allocation: number, attempt: number): Step {
  const line = lineOf(view.run, view.plan, { allocation, attempt });
  const move = placingMove(view.run, allocation);
  const nodes = Array.from({ length: line.count }, (_, rank) => ({ allocation, attempt, rank }));
  const intent: NewEvent[] = [
    { type: 'attempt.created', data: { allocation, attempt, place: line.place, move } },
    ...nodes.map((node) => ({
      type: 'node.starting' as const,
      data: { ...node, token: nodeToken(view.run.runId, node) },
    })),
  ];
  return { intent, act: nodes.map(create) };
}

export function stopNodes(
  view: LaunchView,
  nodes: readonly RunNode[],
  reason: string,
): readonly Step[] {
  return nodes
    .filter(({ state }) => state !== 'ended')
    .filter((node) => node.state !== 'stopping' || isLive(view, node))
    .map((node) => {
      const { allocation, attempt, rank } = node;
      const data = { allocation, attempt, rank, reason };
      const intent: NewEvent[] = node.state === 'stopping' ? [] : [{ type: 'node.stopping', data }];
      return { intent, act: [stop(node, STOP_GRACE_MS)] };
    });
}

export function close(attempt: Attempt, outcome: Outcome, nodes: readonly RunNode[]): Step {
  const reason = reasonOf(outcome, nodes);
  const { allocation } = attempt;
  const data = { allocation, attempt: attempt.attempt, outcome, reason };
  return { intent: [{ type: 'attempt.ended', data }], act: [] };
}

export function create({ allocation, attempt, rank }: NodeId): NodeAction {
  return { kind: 'create', node: { allocation, attempt, rank } };
}

export function stop({ allocation, attempt, rank }: NodeId, graceMs: number): NodeAction {
  return { kind: 'stop', node: { allocation, attempt, rank }, graceMs };
}

/** The outcome of a gang so far: lost before failed before cancelled before succeeded. */
export function worst(nodes: readonly RunNode[]): Outcome {
  const order: readonly Outcome[] = ['infra-lost', 'task-failed', 'cancelled', 'unknown'];
  return order.find((outcome) => nodes.some((node) => node.outcome === outcome)) ?? 'succeeded';
}

/** The words of the node that decided the outcome, with its rank where it was one of several. */
export function reasonOf(outcome: Outcome, nodes: readonly RunNode[]): string {
  if (outcome === 'succeeded') return 'the task succeeded';
  const culprit = nodes.find((node) => node.outcome === outcome);
  const where = culprit !== undefined && nodes.length > 1 ? ` (node ${culprit.rank})` : '';
  return `${culprit?.reason ?? outcome}${where}`;
}

export function isAbsent(view: LaunchView, node: NodeId): boolean {
  return view.observed.get(nodeKey(node))?.state === 'absent';
}

/** Seen alive, or not seen: a stop must reach it. */
function isLive(view: LaunchView, node: NodeId): boolean {
  const seen = view.observed.get(nodeKey(node));
  return seen === undefined || seen.state !== 'ended';
}
