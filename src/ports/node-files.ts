import type { EpochMs } from '../base/time.ts';
import type { Transfer } from '../spec/transfer.ts';
import type { NodeRef } from './driver.ts';

/**
 * `work`: where the task of one attempt runs. `checkpoint`: what outlives the attempts of one node
 * of a run; the same folder whatever the attempt of the ref.
 */
export type FileRoot = 'work' | 'checkpoint';

/** One thing in a root; the path is relative to it, with `/` between its names. */
export type FileEntry =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | {
      readonly kind: 'file';
      readonly path: string;
      /** Permission bits. */
      readonly mode: number;
      readonly size: number;
      readonly modifiedAt: EpochMs;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** More things than this in one root are not listed. */
export const FILE_ENTRIES_MAX = 200_000;

/**
 * The files of nodes, while they run and after, as long as their place keeps them. A task may have
 * put anything there: no link is ever followed, nothing outside of the root is read or written.
 */
export interface NodeFiles {
  /**
   * Files, folders and links by their paths, folders before what is in them; without sockets and
   * pipes. Empty where there is nothing. Errors: `files.unreadable`, `input.too-large`.
   */
  list(
    ref: NodeRef,
    root: FileRoot,
    options?: {
      /** A file, or a folder with what is in it, in place of all. */
      readonly under?: string;
    },
  ): Promise<readonly FileEntry[]>;
  /**
   * Bytes of a file from an offset on, at most so many; fewer only at its end.
   * Errors: `files.not-found`, also for what is no file or lies behind a link; `files.unreadable`.
   */
  read(
    ref: NodeRef,
    root: FileRoot,
    path: string,
    slice: { readonly offset: number; readonly maxBytes: number },
  ): Promise<Uint8Array>;
  /**
   * Begins to receive a checkpoint, or goes on with it: gives the chunks that are on the disk
   * already. What other transfers to this node have left is removed. The same as often as one
   * likes; after the commit all chunks are there. Errors: `move.source-changed` when the id is
   * known with another manifest; `state.disk-full`.
   */
  openTransfer(ref: NodeRef, transferId: string, transfer: Transfer): Promise<readonly number[]>;
  /**
   * Takes one chunk: its bytes are on the disk before the journal says so.
   * Errors: `move.wrong-bytes`, and nothing of it is kept; `move.not-open`; `state.disk-full`.
   */
  putChunk(ref: NodeRef, transferId: string, index: number, bytes: Uint8Array): Promise<void>;
  /**
   * Makes what has come the checkpoint folder of the node, in place of the one there was: every
   * byte is read again and compared before, and a cut at any moment leaves the old or the new one
   * whole. Done twice it does nothing. Errors: `move.wrong-bytes` when bytes are missing or have
   * gone bad since: the next `openTransfer` does not name their chunks; `move.not-open`.
   */
  commitTransfer(ref: NodeRef, transferId: string): Promise<void>;
  /** Removes the checkpoint folder of a node, as of one that was carried away. */
  dropCheckpoint(ref: NodeRef): Promise<void>;
}
