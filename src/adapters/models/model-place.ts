import { KedgeError } from '../../base/errors.ts';

/** Where files of one model lie: a folder, or a revision on a hub. */
export type ModelPlace = {
  /** Of the files, with slashes, below one root. */
  readonly names: readonly string[];
  /** A path or URL of one of them, for errors. */
  readonly shown: (name: string) => string;
  /**
   * Bytes of a file, fewer only at its end.
   * Errors: `model.unreadable`, and those of what is talked to.
   */
  readonly readSlice: (name: string, slice: Slice) => Promise<Uint8Array>;
};

export type Slice = { readonly offset: number; readonly length: number };

/** Error `model.unreadable`: a file that is not what it says. */
export function unreadable(
  shown: string,
  why: string,
  parts: { readonly cause?: unknown; readonly hint?: string } = {},
): KedgeError {
  return new KedgeError('model.unreadable', `cannot read ${shown}: ${why}`, {
    hint: 'download it once more, or give the size of the model (model: {params: 8B, …})',
    details: { file: shown },
    ...parts,
  });
}
