import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Interrupt, ModelFiles, ModelSource } from '../../ports/model-source.ts';
import { absence, NOT_OURS } from './absence.ts';
import { MODEL_FILE } from './choose-files.ts';
import { cannotRead, codeOf, folderPlace, NOWHERE } from './folder-place.ts';
import { type Env, expandHome } from './hugging-face-env.ts';
import { readModelFiles } from './read-model-files.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

const SOURCE = 'folder';

/** What is no path, and nothing may open. */
const NO_PATH = /\0/;

type Options = {
  /** Paths are relative to it: the folder of the task file. */
  readonly baseDir: string;
  readonly env: Env;
};

/**
 * Models in the user's own files: a folder as transformers or diffusers save it, a config.json, a
 * .safetensors file (with the config.json beside it), a .gguf file.
 */
export function folderModels({ baseDir, env }: Options): ModelSource {
  return {
    name: SOURCE,
    read: async (id, { signal } = {}) => {
      throwIfAborted(signal);
      if (id === '' || NO_PATH.test(id)) return NOT_OURS;
      const path = resolve(baseDir, expandHome(id, env));
      const kind = await kindOf(path);
      if (kind === null) return absence(`there is no ${path}`);
      const files = kind === 'folder' ? readFolder(path, signal) : readFile(path, signal);
      return (await files) ?? absence(`${path} ${LACKS[kind]}`);
    },
  };
}

const LACKS = {
  folder: 'holds no config.json, .safetensors or .gguf file',
  file: 'is no config.json, .safetensors or .gguf file',
};

async function kindOf(path: string): Promise<'folder' | 'file' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    if (NOWHERE.has(codeOf(cause))) return null;
    throw cannotRead(path, cause);
  }
}

async function readFolder(
  folder: string,
  signal: Interrupt | undefined,
): Promise<ModelFiles | null> {
  const place = await folderPlace(folder, { signal });
  const origin = { source: SOURCE, location: folder, revision: null };
  return await readModelFiles(place, { origin, file: null, root: folder });
}

async function readFile(path: string, signal: Interrupt | undefined): Promise<ModelFiles | null> {
  if (!MODEL_FILE.test(path)) return null;
  const place = await folderPlace(dirname(path), { signal });
  const origin = { source: SOURCE, location: path, revision: null };
  return await readModelFiles(place, { origin, file: basename(path), root: dirname(path) });
}
