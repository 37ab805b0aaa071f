import { attentionFlops, scoreBytes } from './attention-work.ts';
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

/**
 * Of what a recurrent layer convolves, forward 8: read and written by the convolution and by the scan,
 * its gate and its norm read and written. Backward each reads twice as much.
 */
const RECURRENT_PASSES = { forward: 8, backward: 16 };

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
  const { window } = model;
  const recurrent =
    ((window?.recurrent?.width ?? 0) * passes(RECURRENT_PASSES)) / layout.tensorParallel;
  const recurrentLayers = ((window?.layers ?? 0) * layers) / model.layers;
  const numbers =
    layers * width +
    recurrentLayers * recurrent +
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
