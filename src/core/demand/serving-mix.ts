import type { Serving, ServingMix, Task } from '../../spec/task.ts';

/** What a service is asked for, where that is known: its requests a second, of sizes. */
export type MixDemand = ServingMix & { readonly requestsPerSecond: number };

/**
 * The requests that a task serves, on machines of several kinds where that is cheaper; null where
 * it is no service, or nothing tells how many requests there are or how fast they go.
 */
export function servingMix({ kind, model, serving }: Task): MixDemand | null {
  if (kind !== 'serve' || serving === null) return null;
  const { requestsPerSecond } = serving;
  if (requestsPerSecond === null) return null;
  if (serving.mix !== undefined) return { ...serving.mix, requestsPerSecond };
  return model === null ? null : { ...mixOfOne(serving), requestsPerSecond };
}

/** All requests are of one size. */
function mixOfOne({ inputTokens, outputTokens }: Serving): ServingMix {
  return {
    sizes: [{ share: 1, inputTokens, outputTokens, throughput: null }],
    concurrency: null,
    utilizationMax: 1,
    latency: 'mean',
  };
}
