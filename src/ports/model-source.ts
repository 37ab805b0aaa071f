import type { AbortSignal } from './clock.ts';

/** Where the files that describe a model are looked for: a folder, a cache, a hub. */
export interface ModelSource {
  /** For people: `folder`, `Hugging Face cache`, `huggingface.co`. */
  readonly name: string;
  /**
   * The files that describe a model, or why this source does not have them. What they say is not
   * judged, nothing in them is executed, and of the weights only the headers are read.
   *
   * @param id A Hugging Face id, `owner/name`, with a revision and a file where they are given
   *   (`owner/name@revision/file.gguf`), or the path of a folder, a config.json, a .safetensors or a
   *   .gguf file.
   * Errors: `model.denied` for one that is there, but not for us; `model.unreadable` for files that
   * are not what they say, or larger than any model's; `spec.bad-value` where it has to be said
   * which of several files is meant; the reason of the signal where that aborts.
   */
  read(id: string, options?: ReadModelOptions): Promise<ModelFiles | ModelAbsence>;
}

/**
 * Asks sources one after the other, and gives what the first has.
 * Errors: those of a source; `model.not-found` when none has it; `model.unreachable` when one of
 * those that may have it could not be asked.
 */
export type FindModel = (id: string, options?: ReadModelOptions) => Promise<ModelFiles>;

export type ReadModelOptions = { readonly signal?: Interrupt | undefined };

/** Tells that nobody waits any more, and why. */
export type Interrupt = AbortSignal & { readonly reason: unknown };

/** What is read of a model: its config.json, the headers of its weights, or both. */
export type ModelFiles = {
  readonly found: true;
  readonly origin: ModelOrigin;
  /** config.json as JSON, `NaN` and infinite numbers as null; null where there is none. */
  readonly config: unknown;
  /** Null where there are none, or none that could be read; a note then says why. */
  readonly weights: WeightHeaders | null;
  /** What was left out, one sentence each. */
  readonly notes: readonly string[];
};

/** Where it was found, to be cited. */
export type ModelOrigin = {
  /** The name of the source. */
  readonly source: string;
  /** An absolute path, or a URL without secrets that a person can open. */
  readonly location: string;
  /** The commit, where the source has such. */
  readonly revision: string | null;
};

export type WeightHeaders =
  /** Of one file: the eight bytes of its length, then the header, and no more. */
  | { readonly kind: 'safetensors'; readonly file: string; readonly header: Uint8Array }
  /** Of weights in several files, as JSON. */
  | { readonly kind: 'safetensors-index'; readonly file: string; readonly json: unknown }
  /** Metadata and tensor infos, up to where the tensors begin. Of several parts, the first. */
  | { readonly kind: 'gguf'; readonly file: string; readonly header: Uint8Array };

export type ModelAbsence = {
  readonly found: false;
  /** Why, as a clause that names the place; null where such an id is not this source's at all. */
  readonly why: string | null;
  /** True where it may have it, but could not be asked. */
  readonly isOutOfReach: boolean;
};
