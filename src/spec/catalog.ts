import type { PriceSource } from './offer.ts';

/**
 * Price rows as columns: one entry for each row in every array. A word is an index into `words`;
 * word 0 is the empty string and stands for null. NaN stands for an unknown number.
 */
export type CatalogColumns = {
  readonly rows: number;
  readonly words: readonly string[];
  readonly sources: readonly PriceSource[];
  readonly provider: Uint16Array;
  readonly region: Uint16Array;
  readonly zone: Uint16Array;
  readonly instance: Uint16Array;
  readonly accelerator: Uint16Array;
  readonly acceleratorCount: Float32Array;
  readonly acceleratorMemoryGib: Float32Array;
  readonly vcpus: Float32Array;
  readonly memoryGib: Float32Array;
  /** 0 or 1. */
  readonly spot: Uint8Array;
  /** Dollars an hour × 1e6: whole micro-dollars (up to $4,294 an hour). */
  readonly microsPerHour: Uint32Array;
  /** Index into `sources`. */
  readonly source: Uint8Array;
};
