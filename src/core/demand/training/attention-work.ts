import type { WorkScope } from './step-scope.ts';

/** Heads of this width are the ones that kernels of attention are fastest with, but for wider ones. */
const WIDE_HEAD = 128;

/**
 * Scores and their product with the values, of the causal half: 4·tokens·s·heads·headDim / 2 (Dao,
 * arXiv:2307.08691, section 4.1; ring attention splits it evenly over context-parallel devices). A
 * score of narrow heads has fewer FLOPs and takes the same exponent: its rate falls about with the
 * root of the width (Shah et al., arXiv:2407.08608, figure 5, from memory: heads of 64 reach some
 * three quarters of what those of 128 do). Where scores are written, both halves are. FLOPs of one
 * layer and one forward pass.
 */
export function attentionFlops({ model, step, layout, tokens }: WorkScope): number {
  const { window, layers, heads, headDim } = model;
  if (headDim === 0) return 0;
  const half = model.family === 'decoder' && !step.writesScores ? 2 : 1;
  const look = (length: number) => Math.min(length, step.sequenceLength) / half;
  const full = look(step.sequenceLength);
  const narrow = window === null ? full : (window.recurrent?.reach ?? look(half * window.tokens));
  const share = window === null ? 0 : window.layers / layers;
  const reach = share * narrow + (1 - share) * full;
  const flops = (4 * tokens * reach * heads * headDim) / layout.tensorParallel;
  const slowness = step.writesScores
    ? slownessOfProducts(headDim)
    : Math.max(1, Math.sqrt(WIDE_HEAD / headDim));
  return flops * slowness;
}

/**
 * Rows of a product on tensor cores begin at multiples of so many 16-bit numbers (NVIDIA, Matrix
 * Multiplication Background, section 4.1). Fused kernels fill narrower ones up.
 */
const ALIGNED = 8;
/**
 * By how much products without tensor cores are slower: the fp32 rate of an A100 or an H100 against
 * its 16-bit one (data sheets: 19.5 of 312, 67 of 989 TFLOP/s).
 */
const WITHOUT_TENSOR_CORES = 16;

/** Of a width that is no whole number, nobody knows what ran. */
function slownessOfProducts(headDim: number): number {
  return Number.isInteger(headDim) && headDim % ALIGNED !== 0 ? WITHOUT_TENSOR_CORES : 1;
}

/**
 * Bytes of a score that is written to memory. Forward 13: written by the first product (2), read and
 * written by the softmax (4), read and written with a mask by dropout (5), read by the second product
 * (2). Backward 19: read for the values' gradient (2), its own gradient written (2), through dropout
 * (5) and the softmax (6), and read for those of queries and keys (4). The tensors are those that
 * Korthikanti et al. (arXiv:2205.05198, section 4.1) count.
 */
const SCORE_PASSES = { forward: 13, backward: 19 };

/** Bytes of the scores of one layer; none where one kernel makes and uses them. */
export function scoreBytes({ model, step, layout, tokens }: WorkScope): number {
  if (!step.writesScores) return 0;
  const scores = (tokens * step.sequenceLength * model.heads) / layout.tensorParallel;
  const forward = SCORE_PASSES.forward * (layout.recompute === 'none' ? 1 : 2);
  return (forward + SCORE_PASSES.backward) * scores;
}
