import type { EpochMs } from '../base/time.ts';
import type { CarriedModel } from '../spec/carried-model.ts';
import type { NewEvent, RunEvent } from '../spec/event.ts';
import type { Plan } from '../spec/plan.ts';
import type { Run } from '../spec/run.ts';
import type { NodeSeries } from '../spec/sample.ts';
import type { QueueStore } from './store-queue.ts';

/** What `up` sends and every attempt is made from. */
export type RunRequest = {
  /** The task file as the user wrote it. */
  readonly taskText: string;
  /** The folder that its relative paths start from; absolute. */
  readonly baseDir: string;
  /** Override the task's own. */
  readonly envs: Readonly<Record<string, string>>;
  readonly plan: Plan;
  /** Models of its tasks that are not in the tables, as they were at `up`; none unless given. */
  readonly models?: readonly CarriedModel[] | undefined;
  /** Where there is not room for all, higher goes first; 0 unless given. */
  readonly priority?: number | undefined;
  /** Whether Kedge may move it by itself whenever that pays; not unless given. */
  readonly autoRetune?: boolean | undefined;
};

export type StoredRun = { readonly run: Run; readonly request: RunRequest };

/**
 * The right to change one run for a while. The token grows with every claim of the run; a write
 * with an older one is refused with `state.stale-lease`.
 */
export type Claim = {
  readonly tenantId: string;
  readonly runId: string;
  readonly token: number;
  readonly expiresAt: EpochMs;
  /**
   * Claims of the run in a row, this one included, that were not given back in order: its holders
   * died, or were failed by a bug.
   */
  readonly strikes: number;
};

export type RunKey = { readonly tenantId: string; readonly runId: string };

/** Keyset paging: the page after this id, newest first. */
export type Page = { readonly after: string | null; readonly limit: number };

/**
 * Folds new events into a run's state. The store calls it inside its transaction, on the state it
 * reads there, so that the rows are always the fold of the log.
 */
export type FoldRun = (run: Run | null, event: RunEvent) => Run;

/**
 * What Kedge remembers. Each method is one transaction; every key starts with the tenant.
 * Errors of any write: `state.disk-full`, `state.read-only`, `state.corrupt`.
 */
export interface Store extends QueueStore<Claim, RunKey> {
  /** The only clock for leases and deadlines. */
  now(): Promise<EpochMs>;
  /** Made at the first start, and never changed: the tag of everything this installation owns. */
  installationId(): Promise<string>;
  /** The same key again gives the run that exists, unchanged: asking twice is safe. */
  createRun(key: RunKey, request: RunRequest, events: readonly NewEvent[]): Promise<Run>;
  /** Errors: `run.not-found`. */
  readRun(key: RunKey): Promise<StoredRun>;
  /** Newest first. Without `request`, which may be large. */
  pageRuns(tenantId: string, page: Page): Promise<readonly Run[]>;
  /** The events after a sequence number, oldest first. */
  pageEvents(key: RunKey, after: number, limit: number): Promise<readonly RunEvent[]>;
  /** Takes due runs (next_at passed, no live lease), each with a new token. */
  claimDue(options: {
    readonly leaseMs: number;
    readonly limit: number;
  }): Promise<readonly Claim[]>;
  /** Runs that have not ended, over all tenants. */
  countActive(): Promise<number>;
  /** When the next unended run is due; null when nothing waits. */
  nextDueAt(): Promise<EpochMs | null>;
  /** A longer lease under the same token. Errors: `state.stale-lease`. */
  renew(claim: Claim, leaseMs: number): Promise<Claim>;
  /**
   * Gives the run back, due again at the given moment, or never when null. The next claim counts
   * its strikes on from the given ones; none unless given.
   */
  release(claim: Claim, nextAt: EpochMs | null, strikes?: number): Promise<void>;
  /** Before acting: needs the claim's token and a lease that has not run out. */
  writeIntent(claim: Claim, events: readonly NewEvent[]): Promise<Run>;
  /** After acting: needs the claim's token; nobody may have claimed the run since. */
  writeOutcome(claim: Claim, events: readonly NewEvent[]): Promise<Run>;
  /** What users and the outside say, without a claim; makes the run due at once. */
  append(key: RunKey, actor: string, events: readonly NewEvent[]): Promise<Run>;
  /** Remembers what nodes of a run used, in place of what is known of them; needs its token. */
  writeSamples(claim: Claim, series: readonly NodeSeries[]): Promise<void>;
  /** Of a run's nodes, by allocation, attempt and rank. */
  readSamples(key: RunKey): Promise<readonly NodeSeries[]>;
  /** Runs of which nodes live, newest first, at most so many. */
  busyRuns(tenantId: string, limit: number): Promise<readonly Run[]>;
  close(): Promise<void>;
}
