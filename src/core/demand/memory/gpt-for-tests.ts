import type { Architecture } from '../models/architecture.ts';

/** A GPT of the shape that papers on training state: four times as wide within, one tied table. */
export function gpt(shape: {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly vocab: number;
  readonly params?: number;
}): Architecture {
  const { layers, hidden, heads, vocab } = shape;
  const embeddingParams = vocab * hidden;
  const params = shape.params ?? 12 * layers * hidden ** 2 + embeddingParams;
  return {
    name: 'GPT',
    family: 'decoder',
    layers,
    hidden,
    heads,
    kvHeads: heads,
    headDim: hidden / heads,
    feedForward: 4 * hidden,
    gated: false,
    vocab,
    experts: 1,
    expertsPerToken: 1,
    routedLayers: 0,
    sharedFeedForward: 0,
    params,
    activeParams: params,
    matmulParams: params,
    embeddingParams,
    expertParams: 0,
    cachePerToken: 2 * layers * hidden,
    window: null,
    sample: null,
  };
}

/** Within a share of what was published. */
export function isClose(value: number, published: number, share: number): boolean {
  return Math.abs(value / published - 1) <= share;
}
