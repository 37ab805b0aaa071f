import type { EpochMs } from '../base/time.ts';
import type { NewEvent } from '../spec/event.ts';
import type { Amounts, Span } from '../spec/reservation.ts';
import type { Run } from '../spec/run.ts';

/** One attempt in the line of a pool, with all of its machines. */
export type Waiter = {
  readonly tenantId: string;
  readonly runId: string;
  readonly allocation: number;
  readonly attempt: number;
  /** What it takes; never more than the whole pool had when it asked. */
  readonly amounts: Amounts;
  /** How long it is expected to hold that; null when nothing tells. */
  readonly span: Span | null;
  /** Higher goes first. */
  readonly priority: number;
  /** When its run was created: one whose attempt was lost keeps its place in the line. */
  readonly since: EpochMs;
};

/** One that has room, since when. */
export type Holder = Waiter & { readonly heldAt: EpochMs };

/** What is read of the front of a line; who stands further back does not start yet. */
export const LINE_READ_MAX = 100;

/** A pool at one moment, of all tenants. */
export type PoolState = {
  readonly pool: string;
  readonly now: EpochMs;
  readonly held: readonly Holder[];
  /** The first of the line, in its order: priority, then age of the run, then its id. */
  readonly waiting: readonly Waiter[];
};

export type PlaceRequest = Pick<
  Waiter,
  'allocation' | 'attempt' | 'amounts' | 'span' | 'priority'
> & { readonly pool: string };

export type Verdict =
  | { readonly placed: true }
  /** One sentence: what it waits for. */
  | { readonly placed: false; readonly reason: string };

/**
 * Whether one of the line may start, by what the store reads in its transaction while nobody else
 * is placed in that pool. The one that asks stands in the line already; it is told of an empty
 * state when it stands too far back to start.
 */
export type DecidePlace = (state: PoolState, own: Waiter) => Verdict;

export type Placing = {
  readonly request: PlaceRequest;
  /** Written with the reservation, or not at all. */
  readonly intent: readonly NewEvent[];
  readonly decide: DecidePlace;
};

export type Placed = { readonly run: Run; readonly placed: boolean };

/** One attempt that waits, and what its start depends on. */
export type QueueEntry = {
  readonly own: Waiter;
  readonly state: PoolState;
  /** 1 for the first of the line. */
  readonly position: number;
  /** How many wait in that line. */
  readonly length: number;
};

/** Where an attempt of a run stands in the line of its pool. */
export type QueuePosition = { readonly runId: string; readonly position: number };

/** Runs of one tenant from one id to another, both included. */
export type RunRange = { readonly tenantId: string; readonly from: string; readonly to: string };

/** The part of a Store that hands out the capacity of pools. */
export interface QueueStore<Claim, RunKey> {
  /**
   * Writes the intent of an attempt if its pool has room, in one transaction with the reservation,
   * which is given back with `attempt.ended` or `run.ended`. Otherwise the attempt stands in line,
   * and the run tells why it waits, once for each reason. Needs what `writeIntent` needs.
   */
  place(claim: Claim, placing: Placing): Promise<Placed>;
  /** Makes the runs due of those that `pick` chooses in each line; false when nobody waits. */
  wakeWaiting(pick: (state: PoolState) => readonly Waiter[]): Promise<boolean>;
  /** What waits of a run, with at most so many of its line; empty when nothing does. */
  readQueue(key: RunKey, waitingMax: number): Promise<readonly QueueEntry[]>;
  /** The foremost place of each run that waits. */
  queuePositions(range: RunRange): Promise<readonly QueuePosition[]>;
}
