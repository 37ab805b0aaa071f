/**
 * How much to work between two checkpoints, where each takes `checkpointMs` and interruptions come
 * without memory every `betweenMs` in the mean, to first order: √(2 δ M).
 * Source: Young, "A First Order Approximation to the Optimum Checkpoint Interval", CACM 17 (1974).
 */
export function youngIntervalMs(checkpointMs: number, betweenMs: number): number {
  return Math.sqrt(2 * checkpointMs * betweenMs);
}

/**
 * The same to higher order: √(2 δ M) · (1 + ⅓ √(δ / 2M) + ⅑ δ / 2M) − δ, and M where δ ≥ 2M.
 * Source: Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps",
 * Future Generation Computer Systems 22 (2006), equation 37.
 */
export function dalyIntervalMs(checkpointMs: number, betweenMs: number): number {
  const ratio = checkpointMs / (2 * betweenMs);
  if (ratio >= 1) return betweenMs;
  const series = 1 + Math.sqrt(ratio) / 3 + ratio / 9;
  return youngIntervalMs(checkpointMs, betweenMs) * series - checkpointMs;
}
