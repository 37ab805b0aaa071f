import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { assert } from '../../base/assert.ts';
import { KedgeError } from '../../base/errors.ts';
import { asEpochMs } from '../../base/time.ts';
import type { KeptSecrets, SecretKey } from '../../ports/secrets.ts';
import { fileError } from '../files/file-error.ts';
import { namesIn } from '../files/names-in.ts';

/**
 * Secrets as one file of mode 0600 for each run, in a folder of mode 0700: as safe as the user's
 * own key files, and as durable as the database beside them. Errors: `state.disk-full`,
 * `state.read-only`, `state.corrupt`.
 */
export function fileSecrets(dir: string): KeptSecrets {
  return {
    put: async (key, values) => {
      const file = fileOf(dir, key);
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 });
        await chmod(dir, 0o700);
        await replaceFile(file, JSON.stringify(values));
        await syncFolder(dir);
      } catch (error) {
        throw fileError(error, file);
      }
    },
    get: async (key) => {
      const file = fileOf(dir, key);
      const text = await readIfThere(file);
      return text === null ? {} : parse(text, file);
    },
    remove: async (key) => {
      const file = fileOf(dir, key);
      try {
        // A crash may have left an attempt to keep them, beside the one that did.
        for (const name of await namesIn(dir)) {
          if (isOf(key, name)) await rm(join(dir, name), { force: true });
        }
      } catch (error) {
        throw fileError(error, file);
      }
    },
    keys: async () => {
      const kept = (await namesIn(dir)).map(async (name) => {
        const [, tenantId, runId] = NAME.exec(name) ?? [];
        const file = await lstat(join(dir, name)).catch(() => null);
        if (tenantId === undefined || runId === undefined || file === null) return [];
        return [{ tenantId, runId, at: asEpochMs(Math.floor(file.mtimeMs)) }];
      });
      return (await Promise.all(kept)).flat();
    },
  };
}

/** `<tenant>.<run>.json`, or, cut short by a crash, `<tenant>.<run>.json.<hex>.tmp`. */
const NAME = /^([a-z0-9_-]+)\.([a-z0-9_-]+)\.json(?:\.[0-9a-f]+\.tmp)?$/i;

const valuesSchema = z.record(z.string(), z.string());

/** Names come from ids that were checked where they came in; no part of a name is a user's. */
function fileOf(dir: string, { tenantId, runId }: SecretKey): string {
  for (const id of [tenantId, runId]) assert(/^[a-z0-9_-]+$/i.test(id), `${id} is no id`);
  return join(dir, `${tenantId}.${runId}.json`);
}

/** All of the text or none of it, whenever the process or the machine dies. */
async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A rename lasts once the folder that holds the name is on the disk. */
async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isOf({ tenantId, runId }: SecretKey, name: string): boolean {
  const match = NAME.exec(name);
  return match?.[1] === tenantId && match[2] === runId;
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileError(error, file);
  }
}

/** Neither the message nor its cause may carry what the file holds. */
function parse(text: string, file: string): Readonly<Record<string, string>> {
  const values = valuesSchema.safeParse(jsonOrNull(text));
  if (values.success) return values.data;
  throw new KedgeError('state.corrupt', `${file} is no map of names to values`, {
    hint: `move it aside and start the run again: mv '${file}' '${file}.corrupt'`,
  });
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
