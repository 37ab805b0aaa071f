import { layerProducts, type Product } from './layer-work.ts';
import { passesOf, type StepScope } from './step-scope.ts';

/** Bytes of a 16-bit number, and of one of 4 bits with its scale (NVFP4: one of 8 bits for 16). */
const HALF = 2;
const FP4_BYTES = 4.5 / 8;

/** Seconds of one micro-batch on one device, but for exchanges. */
export type ComputeSeconds = {
  readonly products: number;
  readonly attention: number;
  readonly elementwise: number;
  /** What kernels take to start and to run out, whatever their size. */
  readonly launches: number;
};

/** The layers of one stage, and its share of the output layer. */
export function computeSeconds(scope: StepScope): ComputeSeconds {
  const { model, layout, coefficients } = scope;
  const stages = layout.pipelineParallel;
  const layers = model.layers / stages;
  const routed = model.routedLayers / stages;
  const passes = passesOf(scope);
  const forward =
    (layers > routed ? (layers - routed) * layerSeconds(scope, 'dense') : 0) +
    (routed > 0 ? routed * layerSeconds(scope, 'routed') : 0);
  const head = headSeconds(scope);
  // Layers are split evenly, and the last stage has the output layer besides: the others wait for
  // it. Where stages are interleaved, finer splits even that out.
  const share = layout.virtualStages > 1 ? 1 / stages : 1;
  const products = forward * passes.products + head.products * share;
  const attention = layers * attentionSeconds(scope) * passes.attention;
  const elementwise = elementwiseSeconds(scope, { layers, routed }) + head.elementwise * share;
  const launches = (layers - routed) * coefficients.launch + routed * coefficients.routedLaunch;
  return { products, attention, elementwise, launches };
}

function layerSeconds(scope: StepScope, kind: 'dense' | 'routed'): number {
  return layerProducts(scope.model, kind, scope.layout).reduce(
    (sum, one) => sum + productSeconds(scope, one),
    0,
  );
}

/**
 * Arithmetic at a share of the ceiling, plus a share of the traffic of operands and result: for
 * narrow formats half of it, since results stay in 16 bits, and what casting adds.
 */
function productSeconds(
  scope: StepScope,
  { inner, outer, tokens, copies, isRouted }: Product,
): number {
  const { device, coefficients, step } = scope;
  const rows = scope.tokens * tokens;
  const { flops, bytes } = operandsOf(scope);
  const rate = flops * coefficients.products * (isRouted ? coefficients.experts : 1);
  const arithmetic = (2 * rows * inner * outer) / rate;
  const operands = bytes * (rows * inner + inner * outer) + HALF * rows * outer;
  const casts = bytes < HALF ? coefficients.casts * HALF * (rows * inner + inner * outer) : 0;
  const traffic = (coefficients.traffic * operands + casts) / device.memoryBytesPerS;
  const widening = step.method === 'qlora' ? (HALF * inner * outer) / device.memoryBytesPerS : 0;
  return copies * (arithmetic + traffic + widening);
}

/** FLOP/s of products, and bytes of an operand: the widest that the device has, if not its own. */
function operandsOf({ device, step }: StepScope): {
  readonly flops: number;
  readonly bytes: number;
} {
  const { peak, ceiling, narrowCeiling } = device;
  const half = { flops: Math.max(peak.bf16, peak.fp16) * ceiling, bytes: HALF };
  const eight = { flops: peak.fp8 * narrowCeiling, bytes: 1 };
  switch (step.precision) {
    case 'fp32':
      return { flops: peak.fp32 * ceiling, bytes: 4 };
    case 'tf32':
      return { flops: (peak.tf32 > 0 ? peak.tf32 : peak.fp32) * ceiling, bytes: 4 };
    case 'fp4':
      if (peak.fp4 > 0) return { flops: peak.fp4 * narrowCeiling, bytes: FP4_BYTES };
      return peak.fp8 > 0 ? eight : half;
    case 'fp8':
      return peak.fp8 > 0 ? eight : half;
    default:
      return half;
  }
}

/**
 * Scores and their product with the values, of the causal half: 2·tokens·s·heads·(headDim + headDim)
 * / 2, in 16 bits (ring attention splits it evenly over context-parallel devices).
 */
function attentionSeconds({
  model,
  step,
  device,
  layout,
  coefficients,
  tokens,
}: StepScope): number {
  const { window, layers, heads, headDim } = model;
  const half = model.family === 'decoder' ? 2 : 1;
  const look = (length: number) => Math.min(length, step.sequenceLength) / half;
  const full = look(step.sequenceLength);
  const narrow = window === null ? full : look(2 * window.tokens);
  const share = window === null ? 0 : window.layers / layers;
  const reach = share * narrow + (1 - share) * full;
  const flops = (4 * tokens * reach * heads * headDim) / layout.tensorParallel;
  const peak =
    step.precision === 'fp32' ? device.peak.fp32 : Math.max(device.peak.bf16, device.peak.fp16);
  // Narrow heads spend more on exponents for each product.
  const shape = Math.min(1, Math.sqrt(headDim / WIDE_HEAD));
  return flops / (peak * coefficients.attention * shape);
}

const WIDE_HEAD = 128;

/** Numbers of a token that norms, residuals, activations and gates of a layer read and write. */
const WIDTH_PASSES = { forward: 10, backward: 14 };
const FEED_FORWARD_PASSES = { forward: 2.5, backward: 4 };

/** Between products: bound by memory; without sequence parallelism each device does all norms. */
function elementwiseSeconds(
  { model, layout, coefficients, device, tokens, step }: StepScope,
  { layers, routed }: { readonly layers: number; readonly routed: number },
): number {
  const { hidden, feedForward, gated, expertsPerToken } = model;
  const again = layout.recompute === 'full' ? 2 : 1;
  const passes = (one: { readonly forward: number; readonly backward: number }) =>
    one.forward * again + one.backward;
  const split = layout.sequenceParallel ? layout.tensorParallel : 1;
  const width = (hidden * passes(WIDTH_PASSES)) / split;
  const inner =
    ((gated ? 3 : 2) * feedForward * passes(FEED_FORWARD_PASSES)) / (2 * layout.tensorParallel);
  const copies = expertsPerToken * (inner + 2 * hidden * again + 4 * hidden);
  const bytes = step.precision === 'fp32' || step.precision === 'tf32' ? 4 : HALF;
  const numbers = layers * width + (layers - routed) * inner + routed * copies;
  return (coefficients.elementwise * bytes * tokens * numbers) / device.memoryBytesPerS;
}

/** The output matrix, forward and both backward products; logits and their gradients in fp32. */
function headSeconds(scope: StepScope): {
  readonly products: number;
  readonly elementwise: number;
} {
  const { model, layout, device, coefficients, isFrozen } = scope;
  // Encoders predict masked tokens alone, 15 % of all (BERT, arXiv:1810.04805, section 3.1).
  const tokens = scope.tokens * (model.family === 'encoder' ? 0.15 : 1);
  const outer = model.vocab / layout.tensorParallel;
  const wide: StepScope = {
    ...scope,
    tokens,
    step: {
      ...scope.step,
      precision:
        scope.step.precision === 'fp32' || scope.step.precision === 'tf32'
          ? scope.step.precision
          : 'bf16',
    },
  };
  const product = { inner: model.hidden, outer, tokens: 1, copies: 1, isRouted: false };
  return {
    products: (isFrozen ? 2 : 3) * productSeconds(wide, product),
    elementwise: (coefficients.elementwise * LOGIT_BYTES * tokens * outer) / device.memoryBytesPerS,
  };
}

/** Written, widened, exponentiated, summed, turned into gradients. */
const LOGIT_BYTES = 20;
