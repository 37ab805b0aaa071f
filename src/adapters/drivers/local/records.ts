import type { EpochMs } from '../../../base/time.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import type { ProcessId } from './process-table.ts';

/** `node.json`: whose node a directory is; written before anything can run there. */
export type NodeRecord = {
  readonly installationId: string;
  readonly ref: NodeRef;
  /** Of the preparation: what a crash of the machine interrupted is prepared again. */
  readonly bootId: string;
};

/** `spec.json`: what the supervisor runs. It holds secrets, and is removed when the node ends. */
export type SpecRecord = {
  readonly setup: string | null;
  readonly run: string;
  readonly envs: Readonly<Record<string, string>>;
  /** Where checkpoints lie; null or absent where the task wants none. */
  readonly checkpointDir?: string | null;
  /** Names of those whose values are masked in the output; absent before there were any. */
  readonly secretNames?: readonly string[];
};

/**
 * `supervisor.json`: who owns the node, created exclusively and never changed. Without a process
 * it is a tombstone: the node was stopped before it started, and nobody can own it any more.
 */
export type SupervisorRecord = {
  readonly token: string;
  readonly process: ProcessId | null;
  readonly at: EpochMs;
};

/** `task.json`: the task runs, since when. */
export type TaskRecord = { readonly startedAt: EpochMs };

/** `stop`: the last request to stop. */
export type StopRecord = { readonly graceMs: number };

/** `exit.json`: how the node ended, created exclusively and never changed. */
export type EndRecord = {
  readonly how: 'exited' | 'stopped' | 'lost';
  readonly exitCode: number | null;
  readonly startedAt: EpochMs | null;
  readonly endedAt: EpochMs;
  readonly reason: string;
};
