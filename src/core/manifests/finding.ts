import type { Span } from '../../spec/reading/reading.ts';
import type { LintCode } from './codes.ts';

/** A piece of the text that something else takes the place of. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

/** What makes one finding go away, when that is certain. */
export type Fix = {
  /** One imperative sentence. */
  readonly what: string;
  readonly edits: readonly Edit[];
  /** What no other fix may touch at the same time; default: the edits alone. */
  readonly claims?: Span;
};

/** One thing that is wrong, by its offset in the text of the file. */
export type Finding = {
  readonly code: LintCode;
  readonly at: number;
  readonly path: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
};

export type Report = (finding: Finding) => void;
