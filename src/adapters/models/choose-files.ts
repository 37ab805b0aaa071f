import { KedgeError } from '../../base/errors.ts';
import type { WeightHeaders } from '../../ports/model-source.ts';

/** Which files of a model are worth reading; names with slashes, below one root. */
export type ChosenFiles = {
  readonly config: string | null;
  readonly weights: { readonly kind: WeightHeaders['kind']; readonly name: string } | null;
  readonly notes: readonly string[];
};

/** What a file is called that describes a model. */
export const MODEL_FILE = /\.(?:json|safetensors|gguf)$/i;

/** Folders of a diffusers pipeline that hold the network which does most of its work. */
export const DENOISER_FOLDERS = ['transformer', 'unet'];

/** How transformers and diffusers call the weights of a model. */
const STEMS = ['model', 'diffusion_pytorch_model'];

/** Not the model itself: a projector of images, statistics of a quantization. */
const BESIDE_GGUF = /(?:^|[/._-])(?:mmproj|imatrix)/i;

/** One file of several; the number is that of the part. */
const PART = /-(?<part>\d{5})-of-\d{5}\.(?:gguf|safetensors)$/i;

/** How many names an error lists. */
const LISTED = 5;

/**
 * Of all files of a model, or of the one that was named, those that describe it. Weights of
 * safetensors go before those of GGUF.
 *
 * @param root How the model is called, for errors.
 * Errors: `spec.bad-value` where only GGUF files describe it and there are several, as each holds
 * weights of another precision.
 */
export function chooseFiles(
  names: readonly string[],
  { asked, root }: { readonly asked: string | null; readonly root: string },
): ChosenFiles {
  if (asked !== null) return besides(asked, names);
  const folder = ['', ...DENOISER_FOLDERS.map((name) => `${name}/`)].find((one) =>
    names.includes(`${one}config.json`),
  );
  const config = folder === undefined ? null : `${folder}config.json`;
  const weights = safetensorsIn(folder ?? '', names);
  if (weights !== null) return { config, weights, notes: [] };
  const files = names.filter(isGguf);
  const [only] = files;
  if (only === undefined) return { config, weights: null, notes: [] };
  if (files.length === 1) return { config, weights: { kind: 'gguf', name: only }, notes: [] };
  if (config === null) throw several(files, root);
  const note = `${root} holds ${files.length} GGUF files, none of which was named: not counted`;
  return { config, weights: null, notes: [note] };
}

/** A named file, with the config.json beside it where it has none itself. */
function besides(asked: string, names: readonly string[]): ChosenFiles {
  if (/\.json$/i.test(asked)) return { config: asked, weights: null, notes: [] };
  if (/\.gguf$/i.test(asked))
    return { config: null, weights: { kind: 'gguf', name: asked }, notes: [] };
  const beside = `${asked.slice(0, asked.lastIndexOf('/') + 1)}config.json`;
  const config = names.includes(beside) ? beside : null;
  return { config, weights: { kind: 'safetensors', name: asked }, notes: [] };
}

function safetensorsIn(folder: string, names: readonly string[]): ChosenFiles['weights'] {
  const here = names.filter(
    (name) => name.startsWith(folder) && !name.slice(folder.length).includes('/'),
  );
  for (const stem of STEMS) {
    const name = `${folder}${stem}.safetensors`;
    if (here.includes(name)) return { kind: 'safetensors', name };
    const index = `${name}.index.json`;
    if (here.includes(index)) return { kind: 'safetensors-index', name: index };
  }
  const index = here.find((name) => name.endsWith('.safetensors.index.json'));
  if (index !== undefined) return { kind: 'safetensors-index', name: index };
  const files = here.filter((name) => name.endsWith('.safetensors') && !isExtra(name));
  return files.length === 1 ? { kind: 'safetensors', name: files[0]! } : null;
}

/** Weights that are laid over others, or a part of them. */
function isExtra(name: string): boolean {
  return /(?:^|\/)adapter_model/.test(name) || PART.test(name);
}

function isGguf(name: string): boolean {
  if (!/\.gguf$/i.test(name) || BESIDE_GGUF.test(name)) return false;
  const part = PART.exec(name)?.groups?.['part'];
  return part === undefined || Number(part) === 1;
}

function several(files: readonly string[], root: string): KedgeError {
  const shown = files.slice(0, LISTED).join(', ');
  const rest = files.length > LISTED ? ', …' : '';
  return new KedgeError(
    'spec.bad-value',
    `${root} holds ${files.length} GGUF files, of different precisions (${shown}${rest})`,
    { hint: `name one of them: model: ${root}/${files[0]}`, details: { files } },
  );
}
