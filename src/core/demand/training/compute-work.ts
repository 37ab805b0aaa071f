import { expertHidden, layerProducts, type Product } from './layer-work.ts';
import { passesOf, type WorkScope } from './step-scope.ts';

/** Amounts of matrix products: what a device's rates divide. */
export type ProductWork = {
  readonly flops: number;
  /** Numbers that are read, in the format of the operands. */
  readonly operands: number;
  /** Numbers that are written, in 16 bits or more. */
  readonly results: number;
};

/** What one micro-batch of one pipeline stage asks of a device, whichever it is. */
export type ComputeWork = {
  /** Of attention, feed-forward blocks and shared experts: forward, backward and computed again. */
  readonly dense: ProductWork;
  /** Of routed experts. */
  readonly routed: ProductWork;
  /** Of the output matrix: the stage's share, in 16 bits at least. */
  readonly head: ProductWork;
  /** Weights of 4 bits that are widened for their products. */
  readonly widened: number;
  /** FLOPs of attention scores, those of narrow heads counted as the wide ones they take as long as. */
  readonly attention: number;
  /** Bytes that the operations between products read and write. */
  readonly bytes: number;
  readonly layers: number;
  readonly routedLayers: number;
};

/** Bytes of a 16-bit number. */
const HALF = 2;

/** The products of layers in sums, to which amounts of work are linear. */
export type ProductSums = {
  /** Of one token: multiply-adds, numbers that are read and written. */
  readonly multiplied: number;
  readonly read: number;
  readonly written: number;
  /** All weights, which are read however many tokens there are. */
  readonly weights: number;
};

/** Of one layer without experts, and of one with them, apart from them and of them. */
export type LayerSums = { readonly [part in 'dense' | 'shared' | 'experts']: ProductSums };

export function layerSums(
  model: WorkScope['model'],
  layout: Pick<WorkScope['layout'], 'tensorParallel' | 'expertParallel'>,
): LayerSums {
  const routed = model.routedLayers > 0 ? layerProducts(model, 'routed', layout) : [];
  return {
    dense: sumsOf(layerProducts(model, 'dense', layout)),
    shared: sumsOf(routed.filter(({ isRouted }) => !isRouted)),
    experts: sumsOf(routed.filter(({ isRouted }) => isRouted)),
  };
}

function sumsOf(products: readonly Product[]): ProductSums {
  const sums = { multiplied: 0, read: 0, written: 0, weights: 0 };
  for (const { inner, outer, tokens, copies } of products) {
    sums.multiplied += copies * tokens * inner * outer;
    sums.read += copies * tokens * inner;
    sums.written += copies * tokens * outer;
    sums.weights += copies * inner * outer;
  }
  return sums;
}

/** `sums` may be given where many steps share a model and degrees of parallelism. */
export function computeWork(
  scope: WorkScope,
  sums: LayerSums = layerSums(scope.model, scope.layout),
): ComputeWork {
  const { model, layout, step, tokens } = scope;
  const layers = model.layers / layout.pipelineParallel;
  const routedLayers = model.routedLayers / layout.pipelineParallel;
  const passes = passesOf(scope);
  const plain = (layers - routedLayers) * passes.products;
  const mixed = routedLayers * passes.products;
  const head = headWork(scope);
  const weights =
    plain * sums.dense.weights +
    mixed * (sums.shared.weights + sums.experts.weights) +
    head.times * head.sums.weights;
  return {
    dense: together(worked(sums.dense, plain, tokens), worked(sums.shared, mixed, tokens)),
    routed: worked(sums.experts, mixed, tokens),
    head: worked(head.sums, head.times, head.tokens),
    widened: step.method === 'qlora' ? weights : 0,
    attention: layers * attentionFlops(scope) * passes.attention,
    bytes: layerBytes(scope, { layers, routedLayers }) + layers * scoreBytes(scope) + head.bytes,
    layers,
    routedLayers,
  };
}

function worked(
  { multiplied, read, written, weights }: ProductSums,
  times: number,
  tokens: number,
): ProductWork {
  return {
    flops: times * 2 * tokens * multiplied,
    operands: times * (tokens * read + weights),
    results: times * tokens * written,
  };
}

function together(one: ProductWork, other: ProductWork): ProductWork {
  return {
    flops: one.flops + other.flops,
    operands: one.operands + other.operands,
    results: one.results + other.results,
  };
}

/** Heads of this width are the ones that kernels of attention are fastest with, but for wider ones. */
const WIDE_HEAD = 128;

/**
 * Scores and their product with the values, of the causal half: 4·tokens·s·heads·headDim / 2 (Dao,
 * arXiv:2307.08691, section 4.1; ring attention splits it evenly over context-parallel devices). A
 * score of narrow heads has fewer FLOPs and takes the same exponent: its rate falls about with the
 * root of the width (Shah et al., arXiv:2407.08608, figure 5, from memory: heads of 64 reach some
 * three quarters of what those of 128 do). Where scores are written, both halves are.
 */
function attentionFlops({ model, step, layout, tokens }: WorkScope): number {
  const { window, layers, heads, headDim } = model;
  if (headDim === 0) return 0;
  const half = model.family === 'decoder' && !step.writesScores ? 2 : 1;
  const look = (length: number) => Math.min(length, step.sequenceLength) / half;
  const full = look(step.sequenceLength);
  const narrow = window === null ? full : (window.scan ?? look(half * window.tokens));
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
function scoreBytes({ model, step, layout, tokens }: WorkScope): number {
  if (!step.writesScores) return 0;
  const scores = (tokens * step.sequenceLength * model.heads) / layout.tensorParallel;
  const forward = SCORE_PASSES.forward * (layout.recompute === 'none' ? 1 : 2);
  return (forward + SCORE_PASSES.backward) * scores;
}

/**
 * Numbers of a token, of the model's width, that a layer reads and writes between its products.
 * Forward 10: two norms read and write one each, two residual sums read two and write one. Backward
 * 14: each norm reads its input, its gradient and that of the residual and writes one, each sum as
 * before.
 */
const WIDTH_PASSES = { forward: 10, backward: 14 };
/**
 * Of an activation function, for each number of its width in a block of two matrices, half as many
 * again in a gated one: read and written forward; read with its gradient, and written, backward;
 * both with about a quarter more for biases, casts and what caches lose.
 */
const BLOCK_PASSES = { forward: 2.5, backward: 4 };
/** A token's copy for an expert, gathered and added up again: read and written; backward twice. */
const COPY_PASSES = { forward: 2, backward: 4 };

type Passes = { readonly forward: number; readonly backward: number };

/** Between products: bound by memory; without sequence parallelism each device does all norms. */
function layerBytes(
  { model, layout, tokens, step }: WorkScope,
  { layers, routedLayers }: { readonly layers: number; readonly routedLayers: number },
): number {
  const { hidden, feedForward, sharedFeedForward, gated, expertsPerToken } = model;
  const again = layout.recompute === 'full' ? 2 : 1;
  const passes = ({ forward, backward }: Passes) => forward * again + backward;
  const split = layout.sequenceParallel ? layout.tensorParallel : 1;
  const width = (hidden * passes(WIDTH_PASSES)) / split;
  const block = ((gated ? 3 : 2) * passes(BLOCK_PASSES)) / (2 * layout.tensorParallel);
  const inner = block * feedForward;
  const copies =
    routedLayers === 0 ? 0 : expertsPerToken * (inner + expertHidden(model) * passes(COPY_PASSES));
  const numbers =
    layers * width +
    (layers - routedLayers) * inner +
    routedLayers * (copies + block * sharedFeedForward);
  return activationBytes(step.precision) * tokens * numbers;
}

function activationBytes(precision: WorkScope['step']['precision']): number {
  return precision === 'fp32' || precision === 'tf32' ? 4 : HALF;
}

/** Encoders predict masked tokens alone, 15 % of all (BERT, arXiv:1810.04805, section 3.1). */
const MASKED = 0.15;
/**
 * Of a logit: written in 16 bits and read (2 + 2), written in fp32 (4), read for the sum of the
 * exponents and for the gradient (4 + 4), which is written in fp32 (4).
 */
const LOGIT_BYTES = 20;

/**
 * The output matrix, forward and both backward products; logits and their gradients in fp32. Layers
 * are split evenly over stages, and the last one has the output layer besides: the others wait for
 * it. Where stages are interleaved, finer splits even that out.
 */
function headWork({ model, layout, isFrozen, ...scope }: WorkScope): {
  readonly sums: ProductSums;
  readonly times: number;
  readonly tokens: number;
  readonly bytes: number;
} {
  const { hidden, vocab } = model;
  const share = layout.virtualStages > 1 ? 1 / layout.pipelineParallel : 1;
  const tokens = scope.tokens * (model.family === 'encoder' ? MASKED : 1);
  const outer = vocab / layout.tensorParallel;
  const weights = hidden * outer;
  return {
    sums: { multiplied: weights, read: hidden, written: outer, weights },
    times: (isFrozen ? 2 : 3) * share,
    tokens,
    bytes: share * LOGIT_BYTES * tokens * outer,
  };
}
