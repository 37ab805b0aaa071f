import type { Architecture } from './architecture.ts';

/**
 * Parameters of low-rank adapters on all linear layers: an n × m matrix gets rank·(n + m) (Hu et al.,
 * LoRA, arXiv:2106.09685, section 4.1). `experts` of a routed layer count: all that are kept, or those
 * that a token passes.
 */
export function adapterParams(
  model: Architecture,
  rank: number,
  experts: number = model.experts,
): number {
  const { hidden, headDim, heads, kvHeads, feedForward, gated, layers, routedLayers } = model;
  const attention = 2 * (hidden + heads * headDim) + 2 * (hidden + kvHeads * headDim);
  const blocks = layers - routedLayers + routedLayers * experts;
  return rank * (layers * attention + blocks * (gated ? 3 : 2) * (hidden + feedForward));
}
