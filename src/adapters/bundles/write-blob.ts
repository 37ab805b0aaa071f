import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KedgeError } from '../../base/errors.ts';
import { parseBlobName } from '../../spec/bundle.ts';
import type { BundleFolders } from './bundle-folders.ts';

/** Takes bytes as they come; they get their name once they are on the disk and are as named. */
export async function writeBlob(
  folders: BundleFolders,
  { name, bytes }: { readonly name: string; readonly bytes: AsyncIterable<Uint8Array> },
): Promise<void> {
  const wanted = parseBlobName(name);
  if (wanted === null) throw new KedgeError('spec.bad-value', `${name} is no name of a blob`);
  for (const folder of [folders.drafts, folders.blobs]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const draft = join(folders.drafts, randomUUID());
  try {
    const hash = await writeAll(draft, { bytes, mode: wanted.mode });
    if (hash !== wanted.sha256) {
      throw new KedgeError('spec.bad-value', `what came as ${name} has the SHA-256 ${hash}`, {
        hint: 'it has changed on its way: send it again',
      });
    }
    await rename(draft, folders.blobOf(name));
  } finally {
    await rm(draft, { force: true });
  }
}

/** Gives the SHA-256 of what it has written. */
async function writeAll(
  path: string,
  { bytes, mode }: { readonly bytes: AsyncIterable<Uint8Array>; readonly mode: number },
): Promise<string> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    const hash = createHash('sha256');
    for await (const chunk of bytes) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.chmod(mode);
    await file.sync();
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
