import type { ServedTime } from './batching.ts';
import { decodeSeconds } from './decode-seconds.ts';
import { prefillSeconds } from './prefill-seconds.ts';
import type { ServingRequest, ServingScope } from './serving-replica.ts';

/** A part of a time, and its seconds. */
export type ServingLine = { readonly what: string; readonly seconds: number };

/** One step of the whole batch; the lines add up to the last one. */
export function explainDecode(
  scope: ServingScope,
  { inputTokens, outputTokens }: ServingRequest,
  { batch, interference, perToken }: ServedTime,
): readonly ServingLine[] {
  const time = decodeSeconds(scope, batch, inputTokens + outputTokens / 2);
  return [
    { what: 'weights', seconds: time.weights },
    { what: 'arithmetic', seconds: time.arithmetic },
    { what: 'cache', seconds: time.cache },
    { what: 'communication', seconds: time.communication },
    { what: 'launches', seconds: time.launches },
    { what: 'engine', seconds: time.engine },
    { what: 'interference', seconds: interference },
    { what: 'time per token', seconds: perToken },
  ];
}

/** Until the first token; the lines add up to the last one. */
export function explainFirstToken(
  scope: ServingScope,
  { inputTokens }: ServingRequest,
  { firstToken, waiting, queue }: ServedTime,
): readonly ServingLine[] {
  const pass = prefillSeconds(scope, { inputTokens, prompts: 1 });
  return [
    { what: 'products', seconds: pass.products },
    { what: 'attention', seconds: pass.attention },
    { what: 'elementwise', seconds: pass.elementwise },
    { what: 'communication', seconds: pass.communication },
    { what: 'launches', seconds: pass.launches },
    { what: 'waiting', seconds: waiting },
    { what: 'queue', seconds: queue },
    { what: 'engine', seconds: firstToken - pass.total - waiting - queue },
    { what: 'time to first token', seconds: firstToken },
  ];
}
