import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { NodeSpec } from '../../../ports/driver.ts';
import { fileError } from '../../files/file-error.ts';
import { copyInto } from '../local/copy-tree.ts';
import { claimRecord, readRecord } from '../local/durable-file.ts';
import { bootId } from '../local/process-table.ts';
import { CHECKPOINT_COMMAND, CHECKPOINT_PROGRAM } from '../shared/checkpoint-program.ts';
import { CHECKPOINT_PATH, CONTROL_PATH, type Mount, WORK_PATH } from './container-config.ts';
import type { ClaimRecord, NodeFolder, SharedFolder } from './node-folder.ts';
import { exportLines, START_SCRIPT } from './start-script.ts';

/** The image may have a user of its own; the folders above are nobody else's. */
const FOR_ANY_USER = 0o777;
const TO_READ = 0o644;
const TO_WRITE = 0o666;
const TO_RUN = 0o755;
/** Beside the task's own variables: our programs, and what is known only at the start. */
const SURROUNDINGS = `export PATH="${CONTROL_PATH}/bin:$PATH"
[ ! -f ${CONTROL_PATH}/checkpoint ] || . ${CONTROL_PATH}/checkpoint
`;
/** Beginning of the names of copies for one container. */
export const SHARED = 'shared-';

/**
 * Copies what the task brings, and claims the node with it. Of several creates at once one wins,
 * and the copies of the others, and of those that were cut short, are removed.
 * Errors: `driver.workdir-unreadable`, `driver.unsupported`, `state.disk-full`, `state.read-only`.
 */
export async function prepareNode(
  spec: NodeSpec,
  options: {
    readonly node: NodeFolder;
    readonly dataDir: string;
    readonly socket: string;
    readonly clock: Clock;
  },
): Promise<ClaimRecord> {
  const { node, dataDir, socket, clock } = options;
  const shared = `${SHARED}${randomUUID()}`;
  try {
    await mkdir(node.dir, { recursive: true, mode: 0o700 });
    await fill(node.shared(shared), { spec, dataDir });
    const { installationId, ref } = spec;
    const at = clock.now();
    const claim: ClaimRecord = { installationId, ref, socket, shared, at, bootId: bootId() };
    if (await claimRecord(node.claimFile, claim)) {
      await sweep(node, shared);
      return claim;
    }
  } catch (error) {
    await rm(node.shared(shared).dir, { recursive: true, force: true });
    // The one that won has swept our copy away.
    const winner = await readRecord<ClaimRecord>(node.claimFile);
    if (winner !== null) return winner;
    throw fileError(error, node.dir);
  }
  await rm(node.shared(shared).dir, { recursive: true, force: true });
  return (await readRecord<ClaimRecord>(node.claimFile))!;
}

/** What the container sees of this machine. */
export async function mountsOf(
  spec: NodeSpec,
  { shared, dataDir }: { readonly shared: SharedFolder; readonly dataDir: string },
): Promise<readonly Mount[]> {
  const mounts = [
    { source: shared.controlDir, target: CONTROL_PATH },
    { source: shared.workDir, target: WORK_PATH },
    ...absoluteMounts(spec).map(([to], at) => ({
      source: join(shared.mountsDir, String(at)),
      target: to,
    })),
  ];
  if (spec.checkpoint === null) return mounts;
  // Loaded where there is something to run: a plan has no use for it.
  const { showCheckpoint } = await import('./show-checkpoint.ts');
  return [...mounts, ...(await showCheckpoint(spec, { shared, dataDir }))];
}

async function fill(
  shared: SharedFolder,
  { spec, dataDir }: { readonly spec: NodeSpec; readonly dataDir: string },
): Promise<void> {
  for (const dir of [shared.controlDir, shared.binDir, shared.workDir, shared.mountsDir]) {
    await mkdir(dir, { recursive: true });
    await chmod(dir, FOR_ANY_USER);
  }
  await copySources(shared, { spec, leaveOut: dataDir });
  const { ref, setup, run } = spec;
  const envs: Record<string, string> = { ...spec.envs, KEDGE_RUN_ID: ref.runId };
  if (spec.checkpoint !== null) envs['KEDGE_CHECKPOINT_DIR'] = CHECKPOINT_PATH;
  const files: readonly (readonly [string, string, number])[] = [
    [shared.scriptFile, START_SCRIPT, TO_READ],
    // With the secrets: the first process removes it as soon as it has read it.
    [shared.envsFile, exportLines(envs) + SURROUNDINGS, TO_READ],
    [join(shared.binDir, CHECKPOINT_COMMAND), CHECKPOINT_PROGRAM, TO_RUN],
    ...(setup === null ? [] : [[shared.setupFile, setup, TO_READ] as const]),
    [shared.runFile, run, TO_READ],
    [shared.logFile, '', TO_WRITE],
  ];
  for (const [path, text, mode] of files) {
    await writeFile(path, text);
    await chmod(path, mode);
  }
}

async function copySources(
  shared: SharedFolder,
  { spec, leaveOut }: { readonly spec: NodeSpec; readonly leaveOut: string },
): Promise<void> {
  if (spec.workdir !== null) {
    await copyInto(shared.workDir, { from: spec.workdir, what: 'workdir', leaveOut });
  }
  for (const [to, from] of Object.entries(spec.fileMounts)) {
    if (isAbsolute(to)) continue;
    const path = join(shared.workDir, pathWithin(to));
    await copyInto(path, { from, what: `file mount ${to}`, leaveOut });
  }
  for (const [at, [to, from]] of absoluteMounts(spec).entries()) {
    const path = join(shared.mountsDir, String(at));
    await copyInto(path, { from, what: `file mount ${to}`, leaveOut });
  }
}

/** In a container they are mounts of their own. */
function absoluteMounts({ fileMounts }: NodeSpec): readonly (readonly [string, string])[] {
  return Object.entries(fileMounts).filter(([to]) => isAbsolute(to));
}

function pathWithin(to: string): string {
  const path = normalize(to);
  if (path !== '..' && !path.startsWith('../') && !path.startsWith('~')) return path;
  throw new KedgeError('driver.unsupported', `file mount ${to} would lie outside of the workdir`, {
    hint: 'in a container mount to an absolute path, or to one in the workdir',
  });
}

async function sweep(node: NodeFolder, kept: string): Promise<void> {
  for (const name of await readdir(node.dir)) {
    if (!name.startsWith(SHARED) || name === kept) continue;
    await rm(node.shared(name).dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
