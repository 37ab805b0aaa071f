import type { RunEvent } from '../../spec/event.ts';
import {
  ATTEMPT_TRANSITIONS,
  type Attempt,
  isLegal,
  NODE_TRANSITIONS,
  type NodePhase,
  RUN_TRANSITIONS,
  type Run,
  type RunNode,
  type RunPhase,
} from '../../spec/run.ts';
import { clearAlarm, clearAlarmsOf, raiseAlarm } from './fold-alarm.ts';
import { abandonMoves, foldMove } from './fold-move.ts';
import { illegal } from './illegal-event.ts';

/**
 * A run after one more event of its log; null is the run before `run.created`. Telling the same
 * fact twice changes nothing, and what has ended stays as it ended. Parts that an event does not
 * concern keep their identity. Errors: `state.illegal-transition`.
 */
export function foldRun(run: Run | null, event: RunEvent): Run {
  if (event.type === 'run.created') return run === null ? created(event) : refuse(run, event);
  if (run === null) throw illegal(event, 'its run was never created');
  switch (event.type) {
    case 'run.queued':
      return queued(run, event);
    case 'run.stop-requested':
      return stopRequested(run, event);
    case 'run.quarantined':
      return quarantined(run, event);
    case 'run.ended':
      return ended(run, event);
    case 'attempt.created':
      return attemptCreated(run, event);
    case 'attempt.ended':
      return attemptEnded(run, event);
    case 'node.starting':
      return nodeStarting(run, event);
    case 'node.running':
      return nodeRunning(run, event);
    case 'node.unknown':
      return withNode(run, nodeMoved(run, 'unknown', event));
    case 'node.stopping':
      return nodeStopping(run, event);
    case 'node.ended':
      return nodeEnded(run, event);
    case 'move.requested':
    case 'move.delayed':
    case 'move.copied':
    case 'move.ended':
      return foldMove(run, event);
    case 'artifacts.collected':
      return run;
    case 'alarm.raised':
      return raiseAlarm(run, event.data, event.at);
    case 'alarm.cleared':
      return clearAlarm(run, event.data);
  }
}

/** The run that a whole log tells of; null for an empty one. */
export function foldEvents(events: readonly RunEvent[]): Run | null {
  return events.reduce<Run | null>(foldRun, null);
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

function created(event: EventOf<'run.created'>): Run {
  return {
    schema: 'kedge.run/v1',
    tenantId: event.tenantId,
    runId: event.runId,
    name: event.data.name,
    state: 'queued',
    reason: null,
    outcome: null,
    exitCode: null,
    stopRequested: false,
    stopReason: null,
    createdAt: event.at,
    startedAt: null,
    endedAt: null,
    attempts: [],
    nodes: [],
    moves: [],
    alarms: [],
  };
}

/** Why it waits matters no more when the user has asked to stop just before that was told. */
function queued(run: Run, event: EventOf<'run.queued'>): Run {
  if (run.state === 'stopping') return run;
  return { ...moved(run, 'queued', event), reason: event.data.reason };
}

function stopRequested(run: Run, event: EventOf<'run.stop-requested'>): Run {
  if (run.state === 'ended') return { ...run, stopRequested: true };
  const stopReason = run.stopRequested ? run.stopReason : (event.data.reason ?? null);
  return { ...moved(run, 'stopping', event), stopRequested: true, stopReason };
}

function quarantined(run: Run, event: EventOf<'run.quarantined'>): Run {
  if (run.state === 'ended') return run;
  const { reason } = event.data;
  const stopReason = run.stopRequested ? run.stopReason : reason;
  return { ...moved(run, 'stopping', event), reason, stopReason };
}

function ended(run: Run, event: EventOf<'run.ended'>): Run {
  if (run.state === 'ended') return run;
  const { outcome, exitCode, reason } = event.data;
  const over = { ...moved(run, 'ended', event), outcome, exitCode, reason, endedAt: event.at };
  return { ...abandonMoves(over, event.at), alarms: [] };
}

/** Also legal while stopping: the intent may be written just after the user asked to stop. */
function attemptCreated(run: Run, event: EventOf<'attempt.created'>): Run {
  if (run.state === 'ended') return refuse(run, event);
  const { allocation, attempt, move } = event.data;
  const known = findAttempt(run, event.data);
  if (known !== undefined) return known.state === 'starting' ? run : refuse(run, event);
  const fresh: Attempt = {
    allocation,
    attempt,
    move,
    state: 'starting',
    outcome: null,
    createdAt: event.at,
    endedAt: null,
  };
  const attempts = [...run.attempts, fresh].sort(byId);
  const state = isBusy(run) ? run.state : 'starting';
  return { ...moved(run, state, event), attempts, reason: null };
}

/** Another allocation of it already runs, or it is being taken down: a new attempt alters neither. */
function isBusy(run: Run): boolean {
  if (run.state === 'stopping') return true;
  const lives = run.attempts.some((attempt) => attempt.state === 'running');
  return run.state === 'running' && lives;
}

function attemptEnded(run: Run, event: EventOf<'attempt.ended'>): Run {
  const attempt = findAttempt(run, event.data);
  if (attempt === undefined) return refuse(run, event);
  if (attempt.state === 'ended') return run;
  const { outcome, reason } = event.data;
  const over: Attempt = { ...attempt, state: 'ended', outcome, endedAt: event.at };
  const told = withAttempt(run, over);
  // A run goes on after a lost attempt: its reason then says what it waits for.
  return outcome === 'succeeded' || run.state === 'ended' ? told : { ...told, reason };
}

function nodeStarting(run: Run, event: EventOf<'node.starting'>): Run {
  const { allocation, attempt, rank, token } = event.data;
  const owner = findAttempt(run, event.data);
  if (run.state === 'ended' || owner === undefined || owner.state === 'ended') {
    return refuse(run, event);
  }
  const known = findNode(run, event.data);
  if (known !== undefined) {
    if (known.token !== token) return refuse(run, event);
    return withNode(run, nodeMoved(run, 'starting', event));
  }
  const fresh: RunNode = {
    allocation,
    attempt,
    rank,
    token,
    state: 'starting',
    reason: null,
    outcome: null,
    exitCode: null,
    startedAt: null,
    endedAt: null,
  };
  return { ...run, nodes: [...run.nodes, fresh].sort(byId) };
}

/** A node that is being taken down stays so; that it had started is noted, as it is billed. */
function nodeRunning(run: Run, event: EventOf<'node.running'>): Run {
  const before = findNode(run, event.data);
  if (before?.state === 'ended') return run;
  const state = before?.state === 'stopping' ? 'stopping' : 'running';
  const node = nodeMoved(run, state, event);
  const startedAt = node.startedAt ?? event.data.startedAt;
  const told = withNode(run, { ...node, startedAt });
  return attemptRunning({ ...told, startedAt: run.startedAt ?? startedAt }, event);
}

/** A gang runs when each of its nodes has started. */
function attemptRunning(run: Run, event: EventOf<'node.running'>): Run {
  const attempt = findAttempt(run, event.data);
  if (attempt?.state !== 'starting') return run;
  const gang = run.nodes.filter((node) => isOf(attempt, node));
  if (!gang.every((node) => node.startedAt !== null)) return run;
  const told = withAttempt(run, { ...attempt, state: 'running' });
  return isWindingDown(run) ? told : { ...moved(told, 'running', event), reason: null };
}

function isWindingDown(run: Run): boolean {
  return run.state === 'stopping' || run.state === 'ended';
}

function nodeStopping(run: Run, event: EventOf<'node.stopping'>): Run {
  const told = withNode(run, nodeMoved(run, 'stopping', event));
  const attempt = findAttempt(told, event.data);
  if (attempt === undefined || !isLegal(ATTEMPT_TRANSITIONS, attempt.state, 'stopping')) {
    return refuse(run, event);
  }
  return withAttempt(told, { ...attempt, state: 'stopping' });
}

function nodeEnded(run: Run, event: EventOf<'node.ended'>): Run {
  const before = findNode(run, event.data);
  if (before?.state === 'ended') return run;
  const { outcome, exitCode, endedAt } = event.data;
  const told = withNode(run, { ...nodeMoved(run, 'ended', event), outcome, exitCode, endedAt });
  return clearAlarmsOf(told, event.data);
}

function moved(run: Run, state: RunPhase, event: RunEvent): Run {
  if (!isLegal(RUN_TRANSITIONS, run.state, state)) return refuse(run, event);
  return { ...run, state };
}

type NodeEvent = Extract<RunEvent, { readonly data: { readonly rank: number } }>;

function nodeMoved(run: Run, state: NodePhase, event: NodeEvent): RunNode {
  const node = findNode(run, event.data);
  if (node === undefined) return refuse(run, event);
  if (!isLegal(NODE_TRANSITIONS, node.state, state)) {
    throw illegal(event, `the node is ${node.state}`);
  }
  const reason = 'reason' in event.data ? event.data.reason : null;
  return { ...node, state, reason };
}

type AttemptId = { readonly allocation: number; readonly attempt: number };
type NodeId = AttemptId & { readonly rank: number };

function findAttempt(run: Run, id: AttemptId): Attempt | undefined {
  return run.attempts.find((attempt) => isOf(id, attempt));
}

function findNode(run: Run, id: NodeId): RunNode | undefined {
  return run.nodes.find((node) => node.rank === id.rank && isOf(id, node));
}

function withAttempt(run: Run, changed: Attempt): Run {
  const attempts = run.attempts.map((attempt) => (isOf(changed, attempt) ? changed : attempt));
  return { ...run, attempts };
}

function withNode(run: Run, changed: RunNode): Run {
  const isSame = (node: RunNode): boolean => node.rank === changed.rank && isOf(changed, node);
  return { ...run, nodes: run.nodes.map((node) => (isSame(node) ? changed : node)) };
}

function isOf(id: AttemptId, part: AttemptId): boolean {
  return part.allocation === id.allocation && part.attempt === id.attempt;
}

/** By allocation, attempt, rank: the order in which every reader finds the parts of a run. */
function byId(a: AttemptId & { rank?: number }, b: AttemptId & { rank?: number }): number {
  return a.allocation - b.allocation || a.attempt - b.attempt || (a.rank ?? 0) - (b.rank ?? 0);
}

function refuse(run: Run, event: RunEvent): never {
  throw illegal(event, `the run is ${run.state}`);
}
