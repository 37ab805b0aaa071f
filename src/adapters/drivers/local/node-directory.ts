import { join } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import type { CheckpointPlace } from '../shared/transfer-folder.ts';

/** The private directory of one node and what lies in it; absolute paths. */
export type NodeDirectory = {
  readonly dir: string;
  readonly nodeFile: string;
  readonly specFile: string;
  readonly supervisorFile: string;
  readonly taskFile: string;
  readonly stopFile: string;
  readonly exitFile: string;
  /** The beginning of the output; see log-segments.ts for the rest. */
  readonly logFile: string;
  /** Only while the supervisor opens it. */
  readonly pipeFile: string;
  /** Programs of ours on the task's PATH. */
  readonly binDir: string;
  /** The task's working directory. */
  readonly workDir: string;
};

const NAME = /^[a-z0-9_-]{1,128}$/i;

/** `nodes/<tenant>/<run>/<allocation>-<attempt>-<rank>` in the data folder. */
export function nodeDirectory(dataDir: string, ref: NodeRef): NodeDirectory {
  const { tenantId, runId, allocation, attempt, rank } = ref;
  const name = safeName(`${allocation}-${attempt}-${rank}`);
  return directoryAt(join(dataDir, 'nodes', safeName(tenantId), safeName(runId), name));
}

export function directoryAt(dir: string): NodeDirectory {
  return {
    dir,
    nodeFile: join(dir, 'node.json'),
    specFile: join(dir, 'spec.json'),
    supervisorFile: join(dir, 'supervisor.json'),
    taskFile: join(dir, 'task.json'),
    stopFile: join(dir, 'stop'),
    exitFile: join(dir, 'exit.json'),
    logFile: join(dir, 'output.log'),
    pipeFile: join(dir, 'output.pipe'),
    binDir: join(dir, 'bin'),
    workDir: join(dir, 'work'),
  };
}

/** Outlives the attempts of one node of a run: what one of them saves, the next one finds. */
export function checkpointPlace(dataDir: string, ref: NodeRef): CheckpointPlace {
  const { tenantId, runId, allocation, rank } = ref;
  const path = [tenantId, runId, String(allocation), String(rank)].map(safeName);
  return {
    folder: join(dataDir, 'checkpoints', ...path),
    transfers: join(dataDir, 'transfers', ...path),
    anyUser: false,
  };
}

/** A name that becomes part of a path; nothing else from outside does. */
function safeName(name: string): string {
  if (NAME.test(name)) return name;
  throw new KedgeError('driver.unsupported', `${JSON.stringify(name)} cannot name a folder`, {
    hint: 'use letters, digits, - and _',
  });
}
