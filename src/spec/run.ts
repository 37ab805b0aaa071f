import { z } from 'zod';
import type { EpochMs } from '../base/time.ts';
import { alarmSchema } from './alarm.ts';
import { planAllocationSchema } from './plan.ts';

const moment = z.number().transform((value) => value as EpochMs);

/** Tenant of everything until tenants exist. */
export const DEFAULT_TENANT = 'default';

/**
 * Run → Allocation → Attempt → Node: a launched plan; one line of it; one placement of that line
 * (a generation); one machine or pod of that placement, with its rank.
 */
export const RUN_STATES = ['queued', 'starting', 'running', 'stopping', 'ended'] as const;
export const ATTEMPT_STATES = ['starting', 'running', 'stopping', 'ended'] as const;
export const NODE_STATES = [
  'pending',
  'starting',
  'running',
  'unknown',
  'stopping',
  'ended',
] as const;
/** `moved`: of an attempt, ended so that the next one goes on at another place. */
export const OUTCOMES = [
  'succeeded',
  'task-failed',
  'infra-lost',
  'unknown',
  'cancelled',
  'moved',
] as const;
export const MOVE_STATES = ['asked', 'copied', 'moved', 'abandoned'] as const;

export type RunPhase = (typeof RUN_STATES)[number];
export type AttemptPhase = (typeof ATTEMPT_STATES)[number];
export type NodePhase = (typeof NODE_STATES)[number];
export type Outcome = (typeof OUTCOMES)[number];

/** The legal transitions; a state may always stay as it is. `ended` is final. */
export const RUN_TRANSITIONS: Readonly<Record<RunPhase, readonly RunPhase[]>> = {
  queued: ['starting', 'running', 'stopping', 'ended'],
  starting: ['queued', 'running', 'stopping', 'ended'],
  running: ['queued', 'starting', 'stopping', 'ended'],
  stopping: ['ended'],
  ended: [],
};
export const ATTEMPT_TRANSITIONS: Readonly<Record<AttemptPhase, readonly AttemptPhase[]>> = {
  starting: ['running', 'stopping', 'ended'],
  running: ['stopping', 'ended'],
  stopping: ['ended'],
  ended: [],
};
export const NODE_TRANSITIONS: Readonly<Record<NodePhase, readonly NodePhase[]>> = {
  pending: ['starting', 'ended'],
  starting: ['running', 'unknown', 'stopping', 'ended'],
  running: ['unknown', 'stopping', 'ended'],
  unknown: ['starting', 'running', 'stopping', 'ended'],
  stopping: ['ended'],
  ended: [],
};

/** True when a row may go from one state to the other. */
export function isLegal<State extends string>(
  transitions: Readonly<Record<State, readonly State[]>>,
  from: State,
  to: State,
): boolean {
  return from === to || transitions[from].includes(to);
}

export const nodeSchema = z.object({
  allocation: z.number().int().min(0),
  attempt: z.number().int().min(1),
  rank: z.number().int().min(0),
  /** Sent with the create, so that the same create twice makes one machine. */
  token: z.string(),
  state: z.enum(NODE_STATES),
  /** One sentence: why it is out of sight, is being stopped, or ended. */
  reason: z.string().nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  exitCode: z.number().int().nullable(),
  startedAt: moment.nullable(),
  endedAt: moment.nullable(),
});
export type RunNode = z.infer<typeof nodeSchema>;

export const attemptSchema = z.object({
  allocation: z.number().int().min(0),
  attempt: z.number().int().min(1),
  /** Number of the move that chose its place; 0 for the plan's own. */
  move: z.number().int().min(0).default(0),
  state: z.enum(ATTEMPT_STATES),
  outcome: z.enum(OUTCOMES).nullable(),
  createdAt: moment,
  endedAt: moment.nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/**
 * One allocation hauled elsewhere: its attempt is stopped, its checkpoint copied and verified, and
 * the next attempt starts at the new place. Abandoned, it goes on where it was.
 */
export const moveSchema = z.object({
  /** 1, 2, 3, … within its run. */
  move: z.number().int().min(1),
  allocation: z.number().int().min(0),
  state: z.enum(MOVE_STATES),
  /** What takes the place of the plan's line. */
  line: planAllocationSchema,
  /** One sentence: why it moves, what delays it, how it ended. */
  reason: z.string(),
  /** Of the checkpoint that was carried; null before. */
  bytes: z.number().int().nullable(),
  requestedAt: moment,
  /** Since when it fails to get on; null while it does. */
  delayedAt: moment.nullable(),
  endedAt: moment.nullable(),
});
export type Move = z.infer<typeof moveSchema>;

/** What a run is now: the fold of its events, kept beside them for queries. `kedge.run/v1`. */
export const runSchema = z.object({
  schema: z.literal('kedge.run/v1'),
  tenantId: z.string(),
  runId: z.string(),
  name: z.string(),
  state: z.enum(RUN_STATES),
  /** One sentence: why it waits, failed or was stopped. */
  reason: z.string().nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  /** Of the task's command; null until it ended by itself. */
  exitCode: z.number().int().nullable(),
  /** It was asked to stop. */
  stopRequested: z.boolean(),
  /** One sentence: why it was asked to; null where the user asked. */
  stopReason: z.string().nullable().default(null),
  createdAt: moment,
  startedAt: moment.nullable(),
  endedAt: moment.nullable(),
  attempts: z.array(attemptSchema),
  nodes: z.array(nodeSchema),
  moves: z.array(moveSchema).default([]),
  /** What is wrong with it now. */
  alarms: z.array(alarmSchema).default([]),
});
export type Run = z.infer<typeof runSchema>;
