import type { ArtifactFile } from '../spec/artifact.ts';

/** The node of a run that artifacts are of, whatever the attempt. */
export type ArtifactKey = {
  readonly tenantId: string;
  readonly runId: string;
  readonly allocation: number;
  readonly rank: number;
};

/** A file that has come: its bytes are asked for once, and only if they are wanted. */
export type IncomingFile = Pick<ArtifactFile, 'path' | 'size' | 'modifiedAt'> & {
  readonly bytes: () => AsyncIterable<Uint8Array>;
};

/** What is kept of one node. */
export type Kept = {
  /** By their paths. */
  readonly files: readonly ArtifactFile[];
  /** The last attempt of which all was taken at its end; null before the first. */
  readonly finishedAttempt: number | null;
};

/**
 * Keeps what tasks leave behind, beyond the place that they ran at: of each file the last version
 * that was taken whole. Errors of any write: `state.disk-full`, `state.read-only`.
 */
export interface Artifacts {
  /** Nothing of a node that none were taken of. */
  kept(key: ArtifactKey): Promise<Kept>;
  /**
   * Takes files in place of those of the same paths, each at once and whole; one that is kept with
   * the same size and time is not asked for. One whose bytes are fewer or more than was said is
   * left out, as its task writes to it. Gives what was taken.
   */
  take(
    key: ArtifactKey,
    files: readonly IncomingFile[],
    options: { readonly finishedAttempt: number | null },
  ): Promise<readonly ArtifactFile[]>;
  /** Bytes of a file that is kept. Errors: `files.not-found`. */
  read(
    key: ArtifactKey,
    path: string,
    slice: { readonly offset: number; readonly maxBytes: number },
  ): Promise<Uint8Array>;
  /** Copies what is kept at a path, a file or what is in a folder, to a folder of this machine. */
  deliver(
    key: ArtifactKey,
    delivery: { readonly path: string; readonly to: string },
  ): Promise<void>;
}
