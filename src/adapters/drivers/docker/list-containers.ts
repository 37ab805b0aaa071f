import { join } from 'node:path';
import type { NodeRef } from '../../../ports/driver.ts';
import { namesIn } from '../../files/names-in.ts';
import { readRecord } from '../local/durable-file.ts';
import { installationLabel, refOf } from './container-config.ts';
import type { Engine } from './engine.ts';
import { type ClaimRecord, containersDir, folderAt, nodeFolder } from './node-folder.ts';

/**
 * Every node of an installation: by the labels of the engine's containers, and by our folders,
 * which know those whose container was removed at their end.
 */
export async function listContainers(
  installationId: string,
  { dataDir, engine }: { readonly dataDir: string; readonly engine: Engine | null },
): Promise<readonly NodeRef[]> {
  const labels = await engine?.labelsOfAll(installationLabel(installationId));
  const labelled = (labels ?? []).map(refOf).filter((ref) => ref !== null);
  for (const ref of labelled) await removeEnded(ref, dataDir, engine!);
  const remembered = await refsIn(containersDir(dataDir), installationId);
  const refs = [...labelled, ...remembered];
  return [...new Map(refs.map((ref) => [ref.token, ref])).values()];
}

/** A server may die, or an engine fail, between an end that is kept and the removal after it. */
async function removeEnded(ref: NodeRef, dataDir: string, engine: Engine): Promise<void> {
  if ((await readRecord(nodeFolder(dataDir, ref).endFile)) === null) return;
  // One that cannot be removed now is listed again.
  await engine.remove(ref).catch(() => {});
}

/** Tombstones are no nodes. */
async function refsIn(root: string, installationId: string): Promise<readonly NodeRef[]> {
  const refs: NodeRef[] = [];
  for (const tenant of await namesIn(root)) {
    for (const run of await namesIn(join(root, tenant))) {
      for (const name of await namesIn(join(root, tenant, run))) {
        const { claimFile } = folderAt(join(root, tenant, run, name));
        const claim = await readRecord<ClaimRecord>(claimFile);
        if (claim !== null && claim.socket !== null && claim.installationId === installationId) {
          refs.push(claim.ref);
        }
      }
    }
  }
  return refs;
}
