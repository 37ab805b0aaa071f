import {
  countDiffusionTransformer,
  type DiffusionTransformerShape,
} from './diffusion-transformer.ts';
import { countImageNetwork, type ImageNetworkShape } from './image-network.ts';
import { countRecommender, type RecommenderShape } from './recommender.ts';
import { countTransformer } from './transformer.ts';
import type { TransformerShape } from './transformer-shape.ts';
import { countUnet, type UnetShape } from './unet.ts';

/**
 * The counts of a model that memory, arithmetic and time follow from, however it was described.
 * Widths and counts are those of one layer; totals are of the whole model. What a family does not
 * have (the heads of a convolutional network, the vocabulary of an image model) is zero.
 */
export type Architecture = {
  /** As people call it: the id, or its size. */
  readonly name: string;
  readonly family: ModelFamily;
  /**
   * Of an encoder-decoder, those of both; where mixers and feed-forward blocks alternate (Nemotron-H),
   * the mixers.
   */
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Of a layer that is not routed; of a mixture of experts, of one expert. */
  readonly feedForward: number;
  readonly gated: boolean;
  readonly vocab: number;
  /** Routed experts of a layer; 1 for a dense model. */
  readonly experts: number;
  readonly expertsPerToken: number;
  /** Layers that have routed experts; 0 for a dense model. */
  readonly routedLayers: number;
  /** Width of the experts that every token passes beside the routed ones; 0 for none. */
  readonly sharedFeedForward: number;
  readonly params: number;
  /** Of a mixture of experts, those that a token passes; else all. */
  readonly activeParams: number;
  /**
   * Multiplied with each token: the active ones less the input embedding, which is looked up. A
   * layer that is run several times (ALBERT) counts as often.
   */
  readonly matmulParams: number;
  /** Input embedding and output matrix: what a quantized model keeps in 16 bits. */
  readonly embeddingParams: number;
  /** All routed experts of all layers: what expert parallelism splits; 0 for a dense model. */
  readonly expertParams: number;
  /**
   * Numbers that the cache keeps of a token, over all layers: 2·layers·kvHeads·headDim, or the
   * compressed latents of MLA; 0 for a model without a cache.
   */
  readonly cachePerToken: number;
  /**
   * Layers that look back at this many tokens at most; null where all look at everything. A
   * recurrent layer (Mamba, gated delta rule) counts as one that looks back at as many tokens as
   * its state has room for.
   */
  readonly window: Window | null;
  /** Of a model that counts images or rows rather than tokens; null for all others. */
  readonly sample: SampleWork | null;
};

export type Window = {
  readonly layers: number;
  readonly tokens: number;
  /** Of recurrent layers alone. */
  readonly recurrent?: {
    /** How far back attention would look that takes as long as their scan. */
    readonly reach: number;
    /** Numbers of a token that a layer convolves. */
    readonly width: number;
  };
};

export type ModelFamily =
  | 'decoder'
  | 'encoder'
  | 'encoder-decoder'
  | 'diffusion'
  | 'convolution'
  | 'recommender';

/** The forward pass of one image (or row), at the input size that the model is known for. */
export type SampleWork = {
  /** Multiply-adds. */
  readonly macs: number;
  /**
   * Numbers that layers hand on to each other: what a pass writes to and reads from memory. Outputs
   * of convolutions and matrices, as timm counts them; attention scores stay on the chip.
   */
  readonly activations: number;
};

/** A model as its paper or its config.json describes it, by what its family needs. */
export type ModelShape =
  | TransformerShape
  | UnetShape
  | DiffusionTransformerShape
  | ImageNetworkShape
  | RecommenderShape;

/** The architecture of a shape: its parameters counted matrix by matrix. */
export function architectureOf(shape: ModelShape): Architecture {
  switch (shape.kind) {
    case 'transformer':
      return countTransformer(shape);
    case 'unet':
      return countUnet(shape);
    case 'diffusion-transformer':
      return countDiffusionTransformer(shape);
    case 'image-network':
      return countImageNetwork(shape);
    case 'recommender':
      return countRecommender(shape);
  }
}

/** What the families without tokens share: everything that they do not have is zero. */
export const WITHOUT_TOKENS = {
  heads: 0,
  kvHeads: 0,
  headDim: 0,
  feedForward: 0,
  gated: false,
  vocab: 0,
  experts: 1,
  expertsPerToken: 1,
  routedLayers: 0,
  sharedFeedForward: 0,
  embeddingParams: 0,
  expertParams: 0,
  cachePerToken: 0,
  window: null,
} as const;

/** `8.03B`, `124M`: three digits. */
export function formatCount(count: number): string {
  const units: readonly [number, string][] = [
    [1e15, 'P'],
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ];
  const [size, letter] = units.find(([least]) => count >= least) ?? [1, ''];
  return `${Number((count / size).toPrecision(3))}${letter}`;
}
