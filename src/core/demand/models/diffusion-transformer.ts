import { type Architecture, type SampleWork, WITHOUT_TOKENS } from './architecture.ts';

/**
 * A transformer that denoises latents: DiT (Peebles and Xie, arXiv:2212.09748), MMDiT of Stable
 * Diffusion 3 (arXiv:2403.03206) and Flux, whose joint layers have weights for text and image each,
 * and Wan (arXiv:2503.20314), whose layers look at the text by attention of their own.
 */
export type DiffusionTransformerShape = {
  readonly kind: 'diffusion-transformer';
  readonly id: string;
  /** Layers of one stream, or of two streams of weights that attend jointly (`joint`). */
  readonly layers: number;
  readonly joint: boolean;
  /** Layers after those, which run attention and block side by side on all tokens (Flux). */
  readonly singleLayers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly feedForward: number;
  /** A second attention of each layer, to the text (Wan). */
  readonly attendsToText: boolean;
  /** Vectors that the time step gives each layer, by a matrix of its own or one for all. */
  readonly modulation: 'layer' | 'shared';
  /** Norms of queries and keys: over heads, over all of them, or none. */
  readonly queryKeyNorm: 'none' | 'head' | 'whole';
  /** Width of the text before it is embedded, and tokens of it; 0 for none. */
  readonly textWidth: number;
  readonly textTokens: number;
  /** Numbers of one patch of latents, in and out. */
  readonly patchIn: number;
  readonly patchOut: number;
  /** Patches of one image, or of one clip, at the size it is known for. */
  readonly tokens: number;
  /** Parameters of further embeddings: classes, positions, pooled text, guidance. */
  readonly otherParams: number;
};

export function countDiffusionTransformer(shape: DiffusionTransformerShape): Architecture {
  const { hidden, heads, feedForward } = shape;
  const params =
    layerParams(shape) +
    modulationParams(shape) +
    linear(shape.patchIn, hidden) +
    linear(hidden, shape.patchOut) +
    timeParams(shape) +
    textParams(shape) +
    shape.otherParams;
  return {
    ...WITHOUT_TOKENS,
    name: shape.id,
    family: 'diffusion',
    layers: shape.layers + shape.singleLayers,
    hidden,
    heads,
    kvHeads: heads,
    headDim: hidden / heads,
    feedForward,
    params,
    activeParams: params,
    matmulParams: params,
    sample: sampleWork(shape),
  };
}

function linear(from: number, to: number): number {
  return (from + 1) * to;
}

/** Weights that tokens are multiplied with, of one stream of one layer. */
function streamParams(shape: DiffusionTransformerShape): number {
  const { hidden, feedForward } = shape;
  const attentions = shape.attendsToText ? 2 : 1;
  const normed = { none: 0, head: 2 * (hidden / shape.heads), whole: 2 * hidden }[
    shape.queryKeyNorm
  ];
  return (
    attentions * (4 * linear(hidden, hidden) + normed) +
    linear(hidden, feedForward) +
    linear(feedForward, hidden) +
    (shape.attendsToText ? 2 * hidden : 0)
  );
}

/** Queries, keys, values and the block's input in one matrix, their outputs in another. */
function singleParams(shape: DiffusionTransformerShape): number {
  const { hidden, feedForward, heads } = shape;
  const normed = shape.queryKeyNorm === 'head' ? 2 * (hidden / heads) : 0;
  return linear(hidden, 3 * hidden + feedForward) + linear(hidden + feedForward, hidden) + normed;
}

function layerParams(shape: DiffusionTransformerShape): number {
  const streams = shape.joint ? 2 : 1;
  const whole =
    shape.layers * streams * streamParams(shape) + shape.singleLayers * singleParams(shape);
  return whole - (endsJoint(shape) ? unusedParams(shape) : 0);
}

/** The last joint layer hands its text on to nobody: no output, no block, two vectors not six. */
function endsJoint(shape: DiffusionTransformerShape): boolean {
  return shape.joint && shape.singleLayers === 0;
}

function unusedParams({ hidden, feedForward }: DiffusionTransformerShape): number {
  return 5 * linear(hidden, hidden) + linear(hidden, feedForward) + linear(feedForward, hidden);
}

/** Six vectors for each stream of a layer, three for a single one, two for the output. */
function modulationParams(shape: DiffusionTransformerShape): number {
  const { hidden, layers, singleLayers } = shape;
  if (shape.modulation === 'shared') return linear(hidden, 6 * hidden) + (6 * layers + 2) * hidden;
  const vectors = 6 * layers * (shape.joint ? 2 : 1) + 3 * singleLayers + 2;
  return vectors * linear(hidden, hidden);
}

/** Sines of width 256, then two matrices (DiT, and all after it). */
function timeParams({ hidden }: DiffusionTransformerShape): number {
  return linear(256, hidden) + linear(hidden, hidden);
}

function textParams({ hidden, textWidth, attendsToText }: DiffusionTransformerShape): number {
  if (textWidth === 0) return 0;
  return linear(textWidth, hidden) + (attendsToText ? linear(hidden, hidden) : 0);
}

function sampleWork(shape: DiffusionTransformerShape): SampleWork {
  const { hidden, layers, singleLayers, tokens, textTokens, feedForward } = shape;
  const jointTokens = shape.joint ? tokens + textTokens : tokens;
  const allTokens = tokens + (shape.attendsToText ? 0 : textTokens);
  const text = shape.attendsToText ? textWork(shape) : { macs: 0, activations: 0 };
  const weights =
    layers * streamParams(shape) * jointTokens + singleLayers * singleParams(shape) * allTokens;
  const scores = 2 * hidden * (layers * jointTokens ** 2 + singleLayers * allTokens ** 2);
  // Queries, keys, values, what they weigh and its output; then the block.
  const written = 5 * hidden + feedForward + hidden;
  const writtenSingle = 5 * hidden + feedForward;
  return {
    macs: weights + scores + text.macs + tokens * hidden * (shape.patchIn + shape.patchOut),
    activations:
      layers * written * jointTokens + singleLayers * writtenSingle * allTokens + text.activations,
  };
}

/** Attention to the text: keys and values are of its tokens, not of the image's. */
function textWork({ hidden, layers, tokens, textTokens }: DiffusionTransformerShape): SampleWork {
  const keysAndValues = 2 * hidden ** 2 * (textTokens - tokens);
  const scores = 2 * hidden * tokens * textTokens;
  return {
    macs: layers * (keysAndValues + scores),
    activations: layers * (3 * hidden * tokens + 2 * hidden * textTokens),
  };
}
