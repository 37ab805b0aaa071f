import { KedgeError } from '../../base/errors.ts';
import type { ModelFiles, ModelOrigin, WeightHeaders } from '../../ports/model-source.ts';
import { type ChosenFiles, chooseFiles } from './choose-files.ts';
import { type ModelPlace, unreadable } from './model-place.ts';
import { parseJson } from './parse-json.ts';
import { readGgufStart, readSafetensorsStart } from './read-header.ts';

/** A config.json has some kilobytes. */
export const CONFIG_BYTES_MAX = 1024 * 1024;

/** An index has a line for each tensor: that of DeepSeek-V3, with 92,000, has 9 MB. */
const INDEX_BYTES_MAX = 32 * 1024 * 1024;

type Asked = {
  readonly origin: ModelOrigin;
  /** The one file that is meant; null: whatever describes the model. */
  readonly file: string | null;
  /** How the model is called in errors and hints. */
  readonly root: string;
};

/**
 * Reads what describes a model at a place; null where nothing does. Beside a config.json the weights
 * only sharpen what is known: where they cannot be read, a note says why.
 * Errors: `model.unreadable`, `spec.bad-value` (several files), and those of the place.
 */
export async function readModelFiles(
  place: ModelPlace,
  { origin, file, root }: Asked,
): Promise<ModelFiles | null> {
  const chosen = chooseFiles(place.names, { asked: file, root });
  if (chosen.config === null && chosen.weights === null) return null;
  const [config, headers] = await Promise.all([
    chosen.config === null ? null : readJson(place, chosen.config, CONFIG_BYTES_MAX),
    readWeights(place, chosen),
  ]);
  const notes = [...chosen.notes, ...(headers.note === null ? [] : [headers.note])];
  return { found: true, origin, config, weights: headers.weights, notes };
}

type ReadHeaders = { readonly weights: WeightHeaders | null; readonly note: string | null };

async function readWeights(
  place: ModelPlace,
  { config, weights }: ChosenFiles,
): Promise<ReadHeaders> {
  if (weights === null) return { weights, note: null };
  try {
    return { weights: await readHeader(place, weights), note: null };
  } catch (error) {
    if (config === null || !isPassable(error)) throw error;
    return { weights: null, note: `its weights were not counted: ${error.message}` };
  }
}

function isPassable(error: unknown): error is KedgeError {
  return (
    error instanceof KedgeError &&
    (error.code === 'model.unreadable' || error.code === 'model.unreachable')
  );
}

async function readHeader(
  place: ModelPlace,
  { kind, name }: NonNullable<ChosenFiles['weights']>,
): Promise<WeightHeaders> {
  const file = place.shown(name);
  switch (kind) {
    case 'safetensors':
      return { kind, file, header: await readSafetensorsStart(place, name) };
    case 'safetensors-index':
      return { kind, file, json: await readJson(place, name, INDEX_BYTES_MAX) };
    case 'gguf':
      return { kind, file, header: await readGgufStart(place, name) };
  }
}

async function readJson(place: ModelPlace, name: string, bytesMax: number): Promise<unknown> {
  const bytes = await place.readSlice(name, { offset: 0, length: bytesMax + 1 });
  if (bytes.length > bytesMax)
    throw unreadable(place.shown(name), `it is over ${bytesMax} bytes, more than such files have`);
  try {
    return parseJson(bytes);
  } catch (cause) {
    throw unreadable(place.shown(name), 'it is no JSON', { cause });
  }
}
