import type { Compressed } from './compressed-attention.ts';

/**
 * A transformer as published: what its parameters can be counted from. Decoders, encoders and
 * encoder-decoders; image encoders too, whose tokens are patches.
 */
export type TransformerShape = {
  readonly kind: 'transformer';
  readonly id: string;
  readonly family: 'decoder' | 'encoder' | 'encoder-decoder';
  /** Of an encoder-decoder, those of the decoder. */
  readonly layers: number;
  /** Layers of the encoder beside a decoder; 0 where there is none. */
  readonly encoderLayers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Width of the feed-forward block of a layer that is not routed. */
  readonly feedForward: number;
  /** Three matrices (SwiGLU, GeGLU) rather than two. */
  readonly gated: boolean;
  /** Layers with a feed-forward block: fewer than all where mixers and blocks alternate. */
  readonly feedForwardLayers: number;
  readonly vocab: number;
  /** The output matrix is the input embedding, or there is none. */
  readonly tied: boolean;
  /** Rows of the learned position tables; 0 where positions are rotary or none. */
  readonly positions: number;
  /** Rows of the table of token types (BERT's segments). */
  readonly tokenTypes: number;
  /** Width of those tables; narrower than `hidden` where a matrix widens them (ALBERT). */
  readonly embeddingWidth: number;
  /**
   * Letters of the matrices that have a bias: q, k, v, o (attention), f (feed-forward), r (router),
   * h (output matrix).
   */
  readonly biased: string;
  /**
   * Vectors of width `hidden` that norms keep, in a layer and outside of the layers: an RMS norm
   * keeps one, a layer norm two with its bias.
   */
  readonly norms: { readonly perLayer: number; readonly outside: number };
  /** Norms of queries and keys, over each head or over all of them. */
  readonly queryKeyNorm: 'none' | 'head' | 'whole';
  /** Attention has a matrix as large as that of the queries, which gates its output. */
  readonly outputGate: boolean;
  readonly routing: Routing | null;
  readonly latent: Latent | null;
  readonly compressed: Compressed | null;
  readonly recurrent: Recurrent | null;
  readonly window: { readonly layers: number; readonly tokens: number } | null;
  /** Distinct layers, which the model runs through in turn (ALBERT has one); else `layers`. */
  readonly distinctLayers: number;
  readonly image: ImageInput | null;
  /** A tower for text beside one for images (CLIP). */
  readonly text: TransformerShape | null;
  /** Parameters outside of all this, as an image tower before a decoder or a pooler. */
  readonly otherParams: number;
};

/** A mixture of experts. */
export type Routing = {
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly feedForward: number;
  /** Width of the experts that every token passes; 0 for none. */
  readonly sharedFeedForward: number;
  /** Layers that have routed experts. */
  readonly layers: number;
  /** Width that tokens are squeezed to before the experts (Nemotron 3 Super); 0 for none. */
  readonly latentWidth: number;
};

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1): queries and keys are
 * unfolded from latents of low rank, and the cache keeps the latents.
 */
export type Latent = {
  /** 0 where queries come straight from the token (V2-Lite). */
  readonly queryRank: number;
  readonly keyValueRank: number;
  readonly ropeDim: number;
  readonly nopeDim: number;
  readonly valueDim: number;
  /** Heads and width of the indexer of sparse attention (V3.2, GLM-5); 0 for none. */
  readonly indexHeads: number;
  readonly indexDim: number;
};

/** Layers whose memory is a state of fixed size rather than a cache. */
export type Recurrent =
  | {
      /** Gated DeltaNet (arXiv:2412.06464) as Qwen3-Next and Qwen3.5 have it. */
      readonly kind: 'delta';
      readonly layers: number;
      readonly keyHeads: number;
      readonly valueHeads: number;
      readonly headDim: number;
    }
  | {
      /** Mamba-2 (arXiv:2405.21060). */
      readonly kind: 'mamba';
      readonly layers: number;
      readonly heads: number;
      readonly headDim: number;
      readonly stateDim: number;
      readonly groups: number;
    };

/** Images as a sequence of patches. */
export type ImageInput = {
  /** Pixels on a side. */
  readonly size: number;
  readonly patch: number;
  /** Outputs of the classifier (or of the projection that CLIP compares). */
  readonly outputs: number;
};

type Required = 'id' | 'layers' | 'hidden' | 'heads' | 'feedForward' | 'vocab';

/**
 * A shape from what differs from a decoder of Llama's kind: RMS norms, no biases, gated blocks,
 * rotary positions, an output matrix of its own.
 */
export function transformerShape(
  parts: Partial<TransformerShape> & Pick<TransformerShape, Required>,
): TransformerShape {
  const { hidden, heads, layers } = parts;
  return {
    kind: 'transformer',
    family: 'decoder',
    encoderLayers: 0,
    kvHeads: heads,
    headDim: hidden / heads,
    gated: true,
    feedForwardLayers: layers,
    tied: false,
    positions: 0,
    tokenTypes: 0,
    embeddingWidth: hidden,
    biased: '',
    norms: { perLayer: 2, outside: 1 },
    queryKeyNorm: 'none',
    outputGate: false,
    routing: null,
    latent: null,
    compressed: null,
    recurrent: null,
    window: null,
    distinctLayers: layers,
    image: null,
    text: null,
    otherParams: 0,
    ...parts,
  };
}
