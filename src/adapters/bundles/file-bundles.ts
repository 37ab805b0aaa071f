import { createHash } from 'node:crypto';
import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KedgeError } from '../../base/errors.ts';
import { asEpochMs } from '../../base/time.ts';
import type { Bundles, Pin } from '../../ports/bundles.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RunKey } from '../../ports/store.ts';
import { bundleText } from '../../spec/bundle.ts';
import { readRecord, replaceRecord } from '../drivers/local/durable-file.ts';
import { writing } from '../files/file-error.ts';
import { namesIn } from '../files/names-in.ts';
import { safeId } from '../files/safe-id.ts';
import { type BundleFolders, foldersAt } from './bundle-folders.ts';
import { sweepFolders } from './sweep-folders.ts';
import { unpackBundle } from './unpack-bundle.ts';
import { writeBlob } from './write-blob.ts';

/** `pins/<run>.json` */
type PinRecord = {
  readonly bundleId: string;
  /** Absolute path that a source had → where it lies in the bundle. */
  readonly sources: Readonly<Record<string, string>>;
};

/**
 * Bundles in a private folder of this machine: each blob is one file, and each bundle a tree of
 * hard links to blobs. Drivers copy from there, so that no task can change what the next one gets.
 */
export function fileBundles(options: { readonly dir: string; readonly clock: Clock }): Bundles {
  const { dir, clock } = options;
  const foldersOf = (tenantId: string): BundleFolders => foldersAt(join(dir, safeId(tenantId)));
  const pinFile = ({ tenantId, runId }: RunKey): string =>
    join(foldersOf(tenantId).pins, `${safeId(runId)}.json`);

  return {
    put: async (tenantId, bundleId, bundle) => {
      const id = createHash('sha256').update(bundleText(bundle)).digest('hex');
      if (id !== bundleId) throw new KedgeError('spec.bad-value', `bundle ${bundleId} is ${id}`);
      return writing(dir, () => unpackBundle(foldersOf(tenantId), { bundleId, bundle, clock }));
    },
    putBlob: (tenantId, name, bytes) =>
      writing(dir, () => writeBlob(foldersOf(tenantId), { name, bytes })),
    pin: async (key, { bundleId, baseDir }) => {
      const tree = foldersOf(key.tenantId).treeOf(safeId(bundleId));
      const paths = await keepYoung(tree, clock);
      const sources = paths.map((path, index) => [resolve(baseDir, path), join(tree, `${index}`)]);
      const record: PinRecord = { bundleId, sources: Object.fromEntries(sources) };
      await writing(dir, async () => {
        await mkdir(foldersOf(key.tenantId).pins, { recursive: true, mode: 0o700 });
        await replaceRecord(pinFile(key), record);
      });
    },
    sourcesOf: async (key) => {
      const record = await readRecord<PinRecord>(pinFile(key));
      return record === null ? null : new Map(Object.entries(record.sources));
    },
    pins: async () => {
      const tenants = await namesIn(dir);
      return (await Promise.all(tenants.map((id) => pinsOf(id, foldersOf(id).pins)))).flat();
    },
    unpin: (key) => writing(dir, () => rm(pinFile(key), { force: true })),
    sweep: async ({ olderThanMs }) => {
      for (const tenantId of await namesIn(dir)) {
        const folders = foldersOf(tenantId);
        const pins = (await pinsOf(tenantId, folders.pins)).map(pinFile);
        const records = await Promise.all(pins.map((file) => readRecord<PinRecord>(file)));
        const pinned = new Set(records.map((record) => record?.bundleId ?? ''));
        await writing(dir, () =>
          sweepFolders(folders, { pinned, before: clock.now() - olderThanMs }),
        );
      }
    },
  };
}

/** Makes a tree young, so that no sweep takes it before it is pinned; gives its sources' paths. */
async function keepYoung(tree: string, clock: Clock): Promise<readonly string[]> {
  const now = new Date(clock.now());
  const paths = await readRecord<readonly string[]>(join(tree, 'sources.json'));
  if (paths === null) {
    throw new KedgeError('driver.workdir-unreadable', 'the bundle of this run is not there', {
      hint: 'send it again: call `kedge up` once more',
    });
  }
  await utimes(tree, now, now);
  return paths;
}

async function pinsOf(tenantId: string, folder: string): Promise<readonly Pin[]> {
  const names = (await namesIn(folder)).filter((name) => /^[a-z0-9_-]+\.json$/i.test(name));
  const found = names.map(async (name): Promise<Pin | null> => {
    const file = await stat(join(folder, name)).catch(() => null);
    const at = asEpochMs(Math.floor(file?.mtimeMs ?? 0));
    return file === null ? null : { tenantId, runId: name.slice(0, -'.json'.length), at };
  });
  return (await Promise.all(found)).filter((pin) => pin !== null);
}
