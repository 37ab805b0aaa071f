/** Where the values of a run's secrets lie between `up` and the start of its nodes. */
export interface Secrets {
  /** Keeps the values of one run; replaces what was there. Errors: `state.disk-full`. */
  put(key: SecretKey, values: Readonly<Record<string, string>>): Promise<void>;
  /** The values, or an empty map when none were kept. */
  get(key: SecretKey): Promise<Readonly<Record<string, string>>>;
  remove(key: SecretKey): Promise<void>;
}

export type SecretKey = { readonly tenantId: string; readonly runId: string };
