import type { EpochMs } from '../base/time.ts';
import type { Offer } from '../spec/offer.ts';
import type { PoolCapacity } from '../spec/reservation.ts';
import type { Sample } from '../spec/sample.ts';
import type { ExecPart, ExecRequest } from './exec.ts';
import type { NodeFiles } from './node-files.ts';

/** One node of one placement, by the names that Kedge gave it. */
export type NodeRef = {
  readonly tenantId: string;
  readonly runId: string;
  readonly allocation: number;
  readonly attempt: number;
  readonly rank: number;
  /** Idempotency token: unique to this node of this attempt. */
  readonly token: string;
};

/** What to start on a node. Paths are absolute; null means that there is none. */
export type NodeSpec = {
  readonly ref: NodeRef;
  readonly installationId: string;
  /** The offer's id, as the driver gave it. */
  readonly offerId: string;
  /** The container image that the task names, without `docker:`; absent where it names none. */
  readonly image?: string | null;
  readonly setup: string | null;
  /** Run by `bash -c` in the node's own copy of the working directory. */
  readonly run: string;
  /** Of the task, its secrets, and the rank and address variables of a gang. */
  readonly envs: Readonly<Record<string, string>>;
  /** Names of those that are secrets: their values are masked in the output. Absent: none. */
  readonly secretNames?: readonly string[];
  readonly workdir: string | null;
  /** Destination in the working directory → source path. */
  readonly fileMounts: Readonly<Record<string, string>>;
  /**
   * The task wants a directory that outlives the attempt, told to it as KEDGE_CHECKPOINT_DIR, and
   * seen at this path too: relative to the working directory, or absolute in a container.
   */
  readonly checkpoint: { readonly path: string | null } | null;
};

/** What the world says of a node. Out of sight is `unknown`, which is not dead. */
export type Observation =
  /** The provider has never heard of the token. */
  | { readonly state: 'absent' }
  | { readonly state: 'starting' }
  | { readonly state: 'running'; readonly startedAt: EpochMs }
  | {
      readonly state: 'ended';
      /** `exited`: by itself; `stopped`: we asked; `lost`: killed, preempted, gone. */
      readonly how: 'exited' | 'stopped' | 'lost';
      readonly exitCode: number | null;
      readonly startedAt: EpochMs | null;
      readonly endedAt: EpochMs;
      readonly reason: string;
    }
  | { readonly state: 'unknown'; readonly reason: string };

/** A node to be sampled, and the file of its working directory in which it tells its progress. */
export type SampleRequest = { readonly ref: NodeRef; readonly progressFile: string | null };

export type LogSlice = {
  readonly bytes: Uint8Array;
  readonly nextOffset: number;
  /** The node has ended and nothing follows nextOffset. */
  readonly ended: boolean;
};

/** Whether a place can be used now, for `kedge check`. */
export type PlaceCheck = {
  readonly place: string;
  readonly usable: boolean;
  /** One sentence: what was found, or why not. */
  readonly reason: string;
  readonly hint: string | null;
  /** Not set up, and that is no fault: most users do without it. */
  readonly optional?: boolean;
};

/**
 * Something that runs nodes. Every method may be called again after a lost reply; errors are
 * KedgeErrors whose `retry` says whether that helps. The conformance suite beside this file holds
 * for every driver.
 */
export interface Driver {
  readonly name: string;
  /** What nodes work on and leave behind. */
  readonly files: NodeFiles;
  check(): Promise<PlaceCheck>;
  /** What this driver can launch now. */
  offers(): Promise<readonly Offer[]>;
  /** What it may hand out of places of one's own; nothing where others own the machines. */
  capacity(): Promise<readonly PoolCapacity[]>;
  /**
   * Starts one node; the same token twice starts one. Resolves when the provider has accepted.
   * Errors: `launch.no-capacity`, `driver.workdir-unreadable`, `state.disk-full`.
   */
  create(spec: NodeSpec): Promise<void>;
  /** One observation for each ref, in their order. */
  observe(refs: readonly NodeRef[]): Promise<readonly Observation[]>;
  /**
   * Asks a node to end: terminate, then kill after the grace. Done when it is observed ended. A
   * node that was never created is kept from ever starting.
   */
  stop(ref: NodeRef, options: { readonly graceMs: number }): Promise<void>;
  /** Output from a byte offset on, at most so many bytes; empty when there is none yet. */
  readLog(
    ref: NodeRef,
    options: { readonly offset: number; readonly maxBytes: number },
  ): Promise<LogSlice>;
  /**
   * What nodes use now, in the order of the requests; null for one that does not run, or of which
   * the place cannot tell. Cheap, and never a reason to fail: what goes wrong is null too.
   */
  sample(requests: readonly SampleRequest[]): Promise<readonly (Sample | null)[]>;
  /**
   * For a driver that keeps output as it comes: masks these forms of secrets in that of a node that
   * has ended, byte for byte. Absent where output is masked before it is kept.
   */
  maskLog?(ref: NodeRef, forms: readonly string[]): Promise<void>;
  /**
   * Runs a command beside the task of a node, with its variables, in its working directory. It is
   * no attempt, changes nothing of the node, and ends with it at the latest.
   * Errors, before the first part: `run.not-running`, `driver.no-reply`.
   */
  exec(ref: NodeRef, request: ExecRequest): AsyncIterable<ExecPart>;
  /** Every node, live or ended, that carries the installation's tag. */
  list(installationId: string): Promise<readonly NodeRef[]>;
}
