export type Unit = 'ms' | 's' | 'MiB' | 'x' | '%' | 'USD' | '/s';

/**
 * What a figure must not be beyond, and where that comes from. The tolerance is the share of the
 * limit that is still taken for noise. A figure without a limit is there to be compared with.
 */
export type Limit = {
  readonly unit: Unit;
  readonly better: 'lower' | 'higher';
  readonly limit: number | null;
  readonly tolerance: number;
  /** How many runs, and which of them counts. */
  readonly runs: string;
  readonly origin: string;
};

export const lowerMs = { unit: 'ms', better: 'lower', tolerance: 0 } as const;
export const lowerS = { unit: 's', better: 'lower', tolerance: 0 } as const;
export const lowerRatio = { unit: 'x', better: 'lower', tolerance: 0.1 } as const;
export const baseline = { limit: null, origin: 'a baseline, not ours to limit' } as const;
