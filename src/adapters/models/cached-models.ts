import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelSource } from '../../ports/model-source.ts';
import { absence, NOT_OURS } from './absence.ts';
import { cannotRead, codeOf, folderPlace, NOWHERE } from './folder-place.ts';
import { COMMIT, type HubId, modelWord, parseHubId } from './hub-id.ts';
import { type Env, huggingFaceEnv } from './hugging-face-env.ts';
import { readModelFiles } from './read-model-files.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

const SOURCE = 'Hugging Face cache';

/**
 * Models that other programs have fetched from the hub into the cache of this machine. Nothing is
 * written there.
 * Source: huggingface.co/docs/hub/local-cache.
 */
export function cachedModels({ env }: { readonly env: Env }): ModelSource {
  const { cacheDir } = huggingFaceEnv(env);
  return {
    name: SOURCE,
    read: async (id, { signal } = {}) => {
      throwIfAborted(signal);
      const asked = parseHubId(id);
      if (asked === null) return NOT_OURS;
      const folder = join(cacheDir, `models--${asked.repo.replace('/', '--')}`);
      if (!(await isThere(folder))) return absence(`${cacheDir} does not have it`);
      const commit = await commitOf(folder, asked);
      const snapshot = commit === null ? null : join(folder, 'snapshots', commit);
      if (snapshot === null || !(await isThere(snapshot)))
        return absence(`${folder} does not have its revision "${asked.revision}"`);
      if (asked.file !== null && !(await isThere(join(snapshot, asked.file))))
        return absence(`${snapshot} does not have ${asked.file}`);
      const location = join(snapshot, asked.file ?? '');
      const origin = { source: SOURCE, location, revision: commit };
      const inner = asked.file === null ? [] : [dirname(asked.file)];
      const place = await folderPlace(snapshot, { inner, signal });
      const what = { origin, file: asked.file, root: modelWord(asked) };
      const files = await readModelFiles(place, what);
      return files ?? absence(`${snapshot} holds no config.json, .safetensors or .gguf file`);
    },
  };
}

/** A branch or tag is a file that names a commit; what is no such file is a commit itself. */
async function commitOf(folder: string, { revision }: HubId): Promise<string | null> {
  const named = await readRef(join(folder, 'refs', ...revision.split('/')));
  const commit = (named ?? revision).trim();
  return COMMIT.test(commit) ? commit : null;
}

async function readRef(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(cause))) return null;
    throw cannotRead(path, cause);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    if (NOWHERE.has(codeOf(cause))) return false;
    throw cannotRead(path, cause);
  }
}
