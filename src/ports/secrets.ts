import type { EpochMs } from '../base/time.ts';

/** Where the values of a run's secrets lie from `up` to the end of the run. */
export interface Secrets {
  /** Keeps the values of one run; replaces what was there. Errors: `state.disk-full`. */
  put(key: SecretKey, values: Readonly<Record<string, string>>): Promise<void>;
  /** The values, or an empty map when none were kept. */
  get(key: SecretKey): Promise<Readonly<Record<string, string>>>;
  remove(key: SecretKey): Promise<void>;
}

/** Secrets that can be looked through, for those that nobody needs any more. */
export interface KeptSecrets extends Secrets {
  /** The runs that any are kept for, and since when. */
  keys(): Promise<readonly (SecretKey & { readonly at: EpochMs })[]>;
}

export type SecretKey = { readonly tenantId: string; readonly runId: string };
