import { z } from 'zod';
import type { Rate } from '../base/money.ts';
import type { EpochMs } from '../base/time.ts';
import { alarmSubject } from './alarm.ts';
import { planAllocationSchema } from './plan.ts';
import { OUTCOMES } from './run.ts';

const node = {
  allocation: z.number().int().min(0),
  attempt: z.number().int().min(1),
  rank: z.number().int().min(0),
};
const outcome = z.enum(OUTCOMES);
const move = { move: z.number().int().min(1), allocation: node.allocation };

/**
 * What can happen to a run. Data is what a fold needs and nothing more: RunState and Bill are
 * computed from these alone. Additive changes keep a type's schema_version.
 */
export const EVENT_DATA = {
  'run.created': z.object({ name: z.string() }),
  'run.queued': z.object({ reason: z.string() }),
  /** Without a reason the user has asked for it. */
  'run.stop-requested': z.object({ reason: z.string().optional() }),
  /** Kedge itself fails on it, again and again: it is taken down without its task being read. */
  'run.quarantined': z.object({ reason: z.string() }),
  'run.ended': z.object({ outcome, exitCode: z.number().int().nullable(), reason: z.string() }),
  'attempt.created': z.object({
    allocation: node.allocation,
    attempt: node.attempt,
    place: z.string(),
    /** Number of the move that chose the place; 0 for the plan's own. */
    move: z.number().int().min(0).default(0),
  }),
  'attempt.ended': z.object({
    allocation: node.allocation,
    attempt: node.attempt,
    outcome,
    reason: z.string(),
  }),
  /** The intent: written before the driver is asked to create the machine. */
  'node.starting': z.object({ ...node, token: z.string() }),
  'node.running': z.object({
    ...node,
    token: z.string(),
    /** What an hour of it costs, as the price was. */
    nanosPerHour: z
      .number()
      .int()
      .transform((value) => value as Rate),
    billingIncrementS: z.number(),
    billingMinimumS: z.number(),
    startedAt: z.number().transform((value) => value as EpochMs),
  }),
  'node.unknown': z.object({ ...node, reason: z.string() }),
  /** The intent to take it down. */
  'node.stopping': z.object({ ...node, reason: z.string() }),
  'node.ended': z.object({
    ...node,
    outcome,
    exitCode: z.number().int().nullable(),
    reason: z.string(),
    endedAt: z.number().transform((value) => value as EpochMs),
  }),
  /** Somebody wants the allocation elsewhere: what its next attempt is placed by. */
  'move.requested': z.object({
    ...move,
    line: planAllocationSchema,
    reason: z.string(),
  }),
  /** It does not get on for now. */
  'move.delayed': z.object({ ...move, reason: z.string() }),
  /** The checkpoint lies at the new place, verified. */
  'move.copied': z.object({ ...move, bytes: z.number().int(), chunks: z.number().int() }),
  /** It runs at the new place, or goes on where it was. */
  'move.ended': z.object({ ...move, moved: z.boolean(), reason: z.string() }),
  /** What the node has left is kept; `note` says what could not be, and why. */
  'artifacts.collected': z.object({
    ...node,
    files: z.number().int().min(0),
    bytes: z.number().int().min(0),
    note: z.string().nullable(),
  }),
  'alarm.raised': z.object({ ...alarmSubject, reason: z.string() }),
  'alarm.cleared': z.object({ ...alarmSubject, reason: z.string() }),
} as const;

export type EventType = keyof typeof EVENT_DATA;

/** An event before the store has numbered it. */
export type NewEvent = {
  [T in EventType]: { readonly type: T; readonly data: z.infer<(typeof EVENT_DATA)[T]> };
}[EventType];

/** One line of the log: append-only, written in the transaction that changes state. */
export type RunEvent = NewEvent & {
  readonly tenantId: string;
  readonly runId: string;
  /** 1, 2, 3, … within its run. */
  readonly seq: number;
  readonly schemaVersion: 1;
  readonly at: EpochMs;
  /** `user`, or `engine`. */
  readonly actor: string;
};
