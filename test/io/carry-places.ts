import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { containerFiles } from '../../src/adapters/drivers/docker/container-files.ts';
import { checkpointPlace as containerCheckpoint } from '../../src/adapters/drivers/docker/node-folder.ts';
import { localFiles } from '../../src/adapters/drivers/local/local-files.ts';
import { checkpointPlace } from '../../src/adapters/drivers/local/node-directory.ts';
import type { Random } from '../../src/base/rng.ts';
import type { CarryOptions } from '../../src/engine/carry-files.ts';
import { buildRef } from '../../src/ports/driver.conformance.ts';
import type { Driver } from '../../src/ports/driver.ts';
import type { NodeFiles } from '../../src/ports/node-files.ts';

export const CHUNK_BYTES = 4096;

/** A carry of the checkpoint of one rank, from local to docker. Both lie in one data folder. */
export function buildCarry(dataDir: string, rank: number, parts: Files = {}): CarryOptions {
  const ref = buildRef({ rank });
  const { from = localFiles(dataDir), to = containerFiles(dataDir) } = parts;
  return {
    from: { files: from } as Driver,
    fromRef: ref,
    to: { files: to } as Driver,
    toRef: { ...ref, attempt: 2, token: 'next' },
    transferId: `move_${rank}`,
    chunkBytes: CHUNK_BYTES,
  };
}

type Files = { readonly from?: NodeFiles; readonly to?: NodeFiles };

export function sourceOf(dataDir: string, rank: number): string {
  return checkpointPlace(dataDir, buildRef({ rank })).folder;
}

export function targetOf(dataDir: string, rank: number): string {
  return containerCheckpoint(dataDir, buildRef({ rank })).folder;
}

/** A few files of random sizes and bytes, some of them empty, some in folders. */
export function fillSource(dataDir: string, rank: number, random: Random, chunks = 12): void {
  const folder = sourceOf(dataDir, rank);
  for (const path of ['step-7/model', 'step-7/.kedge/complete', 'loose', 'deep/er/still', 'none']) {
    const size = path === 'none' ? 0 : Math.floor(random() * chunks * CHUNK_BYTES);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), randomBytes(size, random));
  }
}

function randomBytes(size: number, random: Random): Uint8Array {
  return Uint8Array.from({ length: size }, () => Math.floor(random() * 256));
}

/** The hashes of all files below a folder, by their paths; null where there is no folder. */
export function contentOf(folder: string): Readonly<Record<string, string>> | null {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return null;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, sha256(readFileSync(join(folder, path)))]));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
