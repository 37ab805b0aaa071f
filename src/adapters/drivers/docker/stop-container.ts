import { mkdir } from 'node:fs/promises';
import { asEpochMs } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import { writing } from '../../files/file-error.ts';
import { claimRecord, readRecord, replaceRecord } from '../local/durable-file.ts';
import type { Engine } from './engine.ts';
import type { ClaimRecord, NodeFolder, StopRecord } from './node-folder.ts';

type StopOptions = {
  readonly ref: NodeRef;
  readonly graceMs: number;
  readonly clock: Clock;
  /** Of the engine in use now; null where there is none. */
  readonly socket: string | null;
  readonly engineAt: (socket: string) => Promise<Engine>;
};

/**
 * Asks a node to end; a later look kills what has not ended when the grace is over. A node that
 * was never created gets a tombstone; a container of its name that is there all the same is an
 * orphan, and is removed.
 */
export async function stopContainer(node: NodeFolder, options: StopOptions): Promise<void> {
  const { ref, clock, socket, engineAt } = options;
  const claim = await claimOrBury(node, options);
  if (claim.ref.token !== ref.token) return;
  const isOver = claim.socket === null || (await readRecord(node.endFile)) !== null;
  if (isOver) {
    const where = claim.socket ?? socket;
    if (where !== null) await (await engineAt(where)).remove(ref);
    return;
  }
  const before = await readRecord<StopRecord>(node.stopFile);
  const killAt = asEpochMs(Math.min(before?.killAt ?? Infinity, clock.now() + options.graceMs));
  // Before the engine is asked: it outlives us, and a create under way looks for it.
  await writing(node.dir, () =>
    replaceRecord(node.stopFile, { at: before?.at ?? clock.now(), killAt } satisfies StopRecord),
  );
  await end(await engineAt(claim.socket), {
    ref,
    isFirst: before === null,
    graceMs: options.graceMs,
  });
}

async function end(
  engine: Engine,
  { ref, isFirst, graceMs }: { ref: NodeRef; isFirst: boolean; graceMs: number },
): Promise<void> {
  const seen = await engine.inspect(ref);
  if (seen?.State.Status === 'created') return engine.remove(ref);
  if (graceMs === 0) return engine.kill(ref, 'SIGKILL');
  if (isFirst) await engine.kill(ref, 'SIGTERM');
}

async function claimOrBury(
  node: NodeFolder,
  { ref, clock }: Pick<StopOptions, 'ref' | 'clock'>,
): Promise<ClaimRecord> {
  const at = clock.now();
  const tombstone: ClaimRecord = { installationId: '', ref, socket: null, shared: '', at };
  return writing(node.dir, async () => {
    await mkdir(node.dir, { recursive: true, mode: 0o700 });
    if (await claimRecord(node.claimFile, tombstone)) return tombstone;
    return (await readRecord<ClaimRecord>(node.claimFile))!;
  });
}
