import type { Architecture } from '../models/architecture.ts';

/** The forward pass of one sample on the chip and through memory. */
export type PassWork = {
  /** Multiply-adds. */
  readonly macs: number;
  /** Numbers that layers write for each other. */
  readonly activations: number;
  /** Attention's scores; through memory unless attention is fused. */
  readonly scores: number;
};

/**
 * The work of one sample: the registry's for images and rows, counted for text by its tokens. Of a
 * transformer layer of width d over s tokens: the matrices once a token, scores and what they weigh
 * 2·s²·d (Kaplan et al., arXiv:2001.08361, table 1). A sentence where the model says neither.
 */
export function passWork(model: Architecture, tokens: number | null): PassWork | string {
  if (model.sample !== null) {
    return { macs: model.sample.macs, activations: model.sample.activations, scores: 0 };
  }
  if (tokens === null) return 'how long its sequences are is not stated';
  if (model.layers === 0) return 'the work of a sample is not known';
  const { layers, hidden, heads, kvHeads, headDim, feedForward, gated } = model;
  const queries = heads * headDim;
  const keys = 2 * kvHeads * headDim;
  const inner = (gated ? 2 : 1) * feedForward;
  const matrices = hidden * (2 * queries + keys) + hidden * (inner + feedForward);
  return {
    macs: layers * tokens * (matrices + 2 * tokens * queries),
    activations: layers * tokens * (2 * queries + keys + hidden + inner),
    scores: layers * heads * tokens ** 2,
  };
}

/** Kernels that a framework starts for a layer, forward: convolution, normalization, activation. */
const KERNELS_OF_CONVOLUTION = 3;
/** Of a transformer layer: matrices, biases, norms, softmax, activations, additions. */
const KERNELS_OF_BLOCK = 16;
/** Of a transformer layer between the convolutions of a UNet, with its two residual blocks. */
const KERNELS_OF_UNET_BLOCK = 50;

/** Kernels of a forward pass without a compiler. */
export function kernelsOf(model: Architecture): number {
  const each =
    model.family === 'convolution'
      ? KERNELS_OF_CONVOLUTION
      : model.family === 'diffusion'
        ? KERNELS_OF_UNET_BLOCK
        : KERNELS_OF_BLOCK;
  return Math.max(1, model.layers) * each;
}
