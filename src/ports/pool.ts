/**
 * Threads that all run one pure function: what it gives depends on the job alone, so that how many
 * threads there are shows in nothing but time. Jobs and results are plain values. Errors:
 * `pool.failed`.
 */
export interface Pool<Job, Result> {
  /** Waits its turn where all threads are busy. */
  readonly run: (job: Job) => Promise<Result>;
  /** Ends its threads; a later job starts new ones. */
  readonly close: () => Promise<void>;
}
