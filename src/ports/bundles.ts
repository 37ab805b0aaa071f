import type { EpochMs } from '../base/time.ts';
import type { Bundle } from '../spec/bundle.ts';
import type { RunKey } from './store.ts';

/** That a run needs a bundle, since when. */
export type Pin = RunKey & { readonly at: EpochMs };

/**
 * Keeps what runs are made of, as it was when they were launched: files by the hash of their
 * content, and for each bundle the folders in which drivers find them. Nothing in it ever
 * changes. Errors of any write: `state.disk-full`, `state.read-only`.
 */
export interface Bundles {
  /**
   * Unpacks a bundle; when some of its blobs are not there, does nothing and names them. The same
   * again is fine, and makes an old bundle a young one. Errors: `spec.bad-value`.
   */
  put(tenantId: string, bundleId: string, bundle: Bundle): Promise<readonly string[]>;
  /** Takes the bytes of one file under its `blobName`. Errors: `spec.bad-value`. */
  putBlob(tenantId: string, name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Keeps a bundle for a run, whose task file has paths relative to baseDir. Errors:
   * `driver.workdir-unreadable` when the bundle is not there.
   */
  pin(key: RunKey, what: { readonly bundleId: string; readonly baseDir: string }): Promise<void>;
  /** Where the sources of a run lie now, by the absolute path that they had; null: no bundle. */
  sourcesOf(key: RunKey): Promise<ReadonlyMap<string, string> | null>;
  pins(): Promise<readonly Pin[]>;
  unpin(key: RunKey): Promise<void>;
  /** Removes bundles that no pin names, and blobs of no bundle, once they are so old. */
  sweep(options: { readonly olderThanMs: number }): Promise<void>;
}
