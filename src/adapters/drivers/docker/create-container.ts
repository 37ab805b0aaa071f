import { existsSync } from 'node:fs';
import { KedgeError } from '../../../base/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { NodeSpec } from '../../../ports/driver.ts';
import { readRecord } from '../local/durable-file.ts';
import { containerConfig, IMAGE_DEFAULT } from './container-config.ts';
import type { sliceOf } from './docker-offers.ts';
import type { Engine } from './engine.ts';
import { requireImageName } from './image-name.ts';
import type { ClaimRecord, NodeFolder } from './node-folder.ts';
import { mountsOf, prepareNode } from './prepare-node.ts';

/** Podman's name for what was built on a machine. Source: podman-build(1), --tag. */
const OF_MACHINE = 'localhost/';

export type CreateOptions = {
  readonly node: NodeFolder;
  readonly dataDir: string;
  /** The engine in use now, for a node that none has been asked for yet. */
  readonly socket: string;
  readonly engineAt: (socket: string) => Promise<Engine>;
  readonly sliceAt: (socket: string) => Promise<ReturnType<typeof sliceOf>>;
  readonly clock: Clock;
};

/**
 * Claims the node, creates its container under the one name that its token gives, and starts it.
 * Each part may be repeated after any crash; the first process of a container sees to it that the
 * task begins once.
 */
export async function createContainer(spec: NodeSpec, options: CreateOptions): Promise<void> {
  const { node } = options;
  const known = await readRecord<ClaimRecord>(node.claimFile);
  const claim = known ?? (await prepared(spec, options));
  if (claim.socket === null || (await isOver(node, claim))) return;
  const engine = await options.engineAt(claim.socket);
  const seen = await engine.inspect(spec.ref);
  if (seen === null) {
    await ensureImage(engine, spec.image ?? IMAGE_DEFAULT);
    const { dataDir } = options;
    const mounts = await mountsOf(spec, { shared: node.shared(claim.shared), dataDir });
    const slice = await options.sliceAt(claim.socket);
    await engine.create(containerConfig(spec, { mounts, slice }));
  } else if (seen.State.Status !== 'created') return;
  await start(spec, { node, claim, engine });
}

async function prepared(spec: NodeSpec, options: CreateOptions): Promise<ClaimRecord> {
  // Before anything is copied: most often it is the image that is not there.
  await ensureImage(await options.engineAt(options.socket), spec.image ?? IMAGE_DEFAULT);
  return prepareNode(spec, options);
}

/**
 * Looked at once more when the container is there: a stop, or an observed end, that has removed
 * an earlier one by this name has left its word before.
 */
async function start(
  { ref }: NodeSpec,
  { node, claim, engine }: { node: NodeFolder; claim: ClaimRecord; engine: Engine },
): Promise<void> {
  if (await isOver(node, claim)) return engine.remove(ref);
  try {
    await engine.start(ref);
  } catch (error) {
    // A lost reply tells nothing: it may run.
    const isRefused = error instanceof KedgeError && error.retry !== 'later';
    if (isRefused) await engine.remove(ref).catch(() => {});
    throw error;
  }
}

async function isOver(node: NodeFolder, claim: ClaimRecord): Promise<boolean> {
  if ((await readRecord(node.endFile)) !== null) return true;
  if ((await readRecord(node.stopFile)) !== null) return true;
  return existsSync(node.shared(claim.shared).startedMark);
}

/** Registries that are out of reach may come back; an image that nobody has does not. */
async function ensureImage(engine: Engine, image: string): Promise<void> {
  requireImageName(image);
  if (await engine.hasImage(image)) return;
  if (image.startsWith(OF_MACHINE)) {
    const what = `there is no image ${image} here, and no registry has those of ${OF_MACHINE}`;
    throw new KedgeError('driver.unsupported', what, { hint: 'build it, or load it, first' });
  }
  const why = await engine.pull(image).catch(wordsOfRefusal);
  if (why === null) return;
  const isAway = /dial tcp|no such host|timeout|connection re|network is|EOF/i.test(why);
  const message = `there is no image ${image} here, and it cannot be pulled: ${why}`;
  const hint = isAway ? 'see to it that its registry can be reached' : 'name one that can be had';
  throw new KedgeError(isAway ? 'driver.no-reply' : 'driver.unsupported', message, { hint });
}

/** Docker refuses at once what its registry does not have. */
function wordsOfRefusal(error: unknown): string {
  if (error instanceof KedgeError && error.retry !== 'later') return error.message;
  throw error;
}
