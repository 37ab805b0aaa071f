import { join } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import type { EpochMs } from '../../../base/time.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import type { CheckpointPlace } from '../shared/transfer-folder.ts';

/** What is remembered of one node beside its container; absolute paths. */
export type NodeFolder = {
  readonly dir: string;
  readonly claimFile: string;
  readonly stopFile: string;
  readonly endFile: string;
  /** What the container sees: made whole before the node is claimed under its name. */
  readonly shared: (name: string) => SharedFolder;
};

export type SharedFolder = {
  readonly dir: string;
  /** `/kedge` in the container. */
  readonly controlDir: string;
  /** Copies of what is mounted to absolute paths, by number. */
  readonly mountsDir: string;
  readonly workDir: string;
  readonly scriptFile: string;
  readonly envsFile: string;
  /** What the task is told of its newest checkpoint, as lines of a shell. */
  readonly checkpointFile: string;
  /** Programs of ours on the task's PATH. */
  readonly binDir: string;
  readonly setupFile: string;
  readonly runFile: string;
  /** The beginning of the output; see log-segments.ts for the rest. */
  readonly logFile: string;
  /** Made once by the container's first process; its time is the start of the task. */
  readonly startedMark: string;
  /** `run 3`: the command that ended last, and its code; its time is the end of the task. */
  readonly exitFile: string;
};

/**
 * `claim.json`: created exclusively and never changed. Without a socket it is a tombstone: the
 * node was stopped before it was created, and can never start.
 */
export type ClaimRecord = {
  readonly installationId: string;
  readonly ref: NodeRef;
  /** Of the engine that the container is at: no other can tell anything of it. */
  readonly socket: string | null;
  readonly shared: string;
  readonly at: EpochMs;
  /** Of this machine when it was claimed; absent in what older versions have written. */
  readonly bootId?: string;
};

/** `stop.json`: asked at, and when grace is over: the earliest of all requests. */
export type StopRecord = { readonly at: EpochMs; readonly killAt: EpochMs };

/** `end.json`: how the node ended, created exclusively and never changed. */
export type EndRecord = {
  readonly how: 'exited' | 'stopped' | 'lost';
  readonly exitCode: number | null;
  readonly startedAt: EpochMs | null;
  readonly endedAt: EpochMs;
  readonly reason: string;
};

const NAME = /^[a-z0-9_-]{1,128}$/i;
const CONTAINERS = 'containers';

/** `containers/<tenant>/<run>/<allocation>-<attempt>-<rank>` in the data folder. */
export function nodeFolder(dataDir: string, ref: NodeRef): NodeFolder {
  const { tenantId, runId, allocation, attempt, rank } = ref;
  const path = [tenantId, runId, `${allocation}-${attempt}-${rank}`].map(safeName);
  return folderAt(join(containersDir(dataDir), ...path));
}

export function containersDir(dataDir: string): string {
  return join(dataDir, CONTAINERS);
}

export function folderAt(dir: string): NodeFolder {
  return {
    dir,
    claimFile: join(dir, 'claim.json'),
    stopFile: join(dir, 'stop.json'),
    endFile: join(dir, 'end.json'),
    shared: (name) => sharedAt(join(dir, name)),
  };
}

function sharedAt(dir: string): SharedFolder {
  const controlDir = join(dir, 'control');
  return {
    dir,
    controlDir,
    mountsDir: join(dir, 'mounts'),
    workDir: join(dir, 'work'),
    scriptFile: join(controlDir, 'start.sh'),
    envsFile: join(controlDir, 'envs'),
    checkpointFile: join(controlDir, 'checkpoint'),
    binDir: join(controlDir, 'bin'),
    setupFile: join(controlDir, 'setup'),
    runFile: join(controlDir, 'run'),
    logFile: join(controlDir, 'output.log'),
    startedMark: join(controlDir, 'started'),
    exitFile: join(controlDir, 'exit'),
  };
}

/** Outlives the attempts of one node of a run; not the local driver's, as of another machine. */
export function checkpointPlace(dataDir: string, ref: NodeRef): CheckpointPlace {
  const { tenantId, runId, allocation, rank } = ref;
  const path = [tenantId, runId, String(allocation), String(rank)].map(safeName);
  return {
    folder: join(dataDir, 'container-checkpoints', ...path),
    transfers: join(dataDir, 'container-transfers', ...path),
    anyUser: true,
  };
}

/** The same token, the same name: an engine keeps a second one out. */
export function containerName({ token }: NodeRef): string {
  return `kedge-${safeName(token)}`;
}

/** A name that becomes part of a path or of a container's name; nothing else from outside does. */
function safeName(name: string): string {
  if (NAME.test(name)) return name;
  throw new KedgeError('driver.unsupported', `${JSON.stringify(name)} cannot name a container`, {
    hint: 'use letters, digits, - and _',
  });
}
