import type { Training } from '../../../spec/task.ts';
import { USUAL_TASK } from '../memory/training-task.ts';
import { adapterParams } from '../models/adapter-params.ts';
import type { Architecture } from '../models/architecture.ts';

/** Floating-point operations on one token of a sequence, recomputation not counted. */
export type TokenFlops = {
  /** In products with weights. */
  readonly weights: number;
  /** In attention scores and their product with the values, of the causal half. */
  readonly attention: number;
};

/**
 * A multiply-add is two operations; the backward pass does the forward's products twice, once for
 * the gradient of the input and once for that of the weight (Kaplan et al., arXiv:2001.08361,
 * section 2.1: C ≈ 6N). Frozen weights need no gradient of their own: 4N. An adapter's weights
 * are trained: 6 operations each. Attention multiplies scores and values, 4·s·width each layer,
 * tripled by the backward pass and halved by causality: 6·L·s·width (Chowdhery et al., PaLM,
 * arXiv:2204.02311, appendix B: 12·L·H·Q·T without the half). The input embedding is a lookup.
 */
export function trainingFlops(
  model: Architecture,
  training: Pick<Training, 'method' | 'loraRank'> & { readonly sequenceLength: number },
): TokenFlops {
  const isFrozen = training.method === 'lora' || training.method === 'qlora';
  const weights = isFrozen
    ? 4 * model.matmulParams +
      6 * adapterParams(model, training.loraRank ?? USUAL_TASK.loraRank, model.expertsPerToken)
    : 6 * model.matmulParams;
  const width = model.heads * model.headDim;
  return { weights, attention: 6 * model.layers * width * training.sequenceLength };
}
