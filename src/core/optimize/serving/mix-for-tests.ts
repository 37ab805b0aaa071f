const SIZE = { share: 0.5, inputTokens: null, outputTokens: null, throughput: null };

/** Eight requests a second, half of each of two sizes, on machines that are busy up to 80 %. */
export const MIX = {
  sizes: [SIZE, SIZE],
  requestsPerSecond: 8,
  concurrency: null,
  utilizationMax: 0.8,
  latency: 'mean',
} as const;
