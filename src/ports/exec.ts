import type { AbortSignal } from './clock.ts';

/** A command that is to run beside a task. */
export type ExecRequest = {
  /** The program and its arguments; no shell is between. */
  readonly command: readonly string[];
  /** What the command reads; null for nothing. */
  readonly stdin: AsyncIterable<Uint8Array> | null;
  /** Aborts when nobody wants its output any more: the command is ended. */
  readonly signal: AbortSignal;
};

/** Output as it comes, and once, last, the code of the command: 128 + n when signal n ended it. */
export type ExecPart =
  | { readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly exitCode: number };
