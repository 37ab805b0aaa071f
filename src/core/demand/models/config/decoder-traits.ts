import type { TransformerShape } from '../transformer-shape.ts';

/** What of a decoder its config.json does not say, as it is the same for all of its type. */
export type DecoderTraits = Partial<
  Pick<TransformerShape, 'biased' | 'norms' | 'queryKeyNorm' | 'gated' | 'outputGate'>
> & {
  /** Of `tie_word_embeddings` where the file leaves it out. */
  readonly tied?: boolean;
  /** Positions are learned, one row each. */
  readonly learnedPositions?: true;
  /** Letters of the matrices that `attention_bias` gives a bias. */
  readonly attentionBias?: string;
  /** The feed-forward width, in widths, where the file does not say it. */
  readonly widening?: number;
};

const LAYER_NORM = { perLayer: 4, outside: 2 };
const FOUR_NORMS = { perLayer: 4, outside: 1 };
const QKV = { attentionBias: 'qkv' };

const GPT: DecoderTraits = {
  biased: 'qkvof',
  norms: LAYER_NORM,
  gated: false,
  tied: true,
  learnedPositions: true,
  widening: 4,
};

/**
 * By `model_type`, against Llama's kind (RMS norms, no biases, gated, not tied, rotary).
 * Source: the classes of these types in transformers 5.24 (models/TYPE/modeling_TYPE.py).
 */
export const DECODER_TRAITS: Readonly<Record<string, DecoderTraits>> = {
  llama: {},
  mistral: {},
  ministral: {},
  mixtral: {},
  internlm2: {},
  olmoe: { queryKeyNorm: 'whole' },
  olmo: { norms: { perLayer: 0, outside: 0 } },
  olmo2: { queryKeyNorm: 'whole' },
  olmo3: { queryKeyNorm: 'whole' },
  granite: { tied: true },
  granitemoe: { tied: true },
  smollm3: { tied: true },
  qwen2: { biased: 'qkv' },
  qwen2_moe: { biased: 'qkv' },
  qwen3: { queryKeyNorm: 'head' },
  qwen3_moe: { queryKeyNorm: 'head' },
  qwen3_next: { queryKeyNorm: 'head', outputGate: true },
  qwen3_5_text: { queryKeyNorm: 'head', outputGate: true },
  qwen3_5_moe_text: { queryKeyNorm: 'head', outputGate: true },
  gemma: { tied: true },
  gemma2: { tied: true, norms: FOUR_NORMS },
  gemma3_text: { tied: true, norms: FOUR_NORMS, queryKeyNorm: 'head' },
  phi3: {},
  phimoe: { biased: 'qkvoh', norms: LAYER_NORM },
  phi: { biased: 'qkvofh', norms: { perLayer: 2, outside: 2 }, gated: false },
  cohere: { tied: true, norms: { perLayer: 1, outside: 1 } },
  cohere2: { tied: true, norms: { perLayer: 1, outside: 1 } },
  deepseek: {},
  deepseek_v2: {},
  deepseek_v3: {},
  deepseek_v32: {},
  deepseek_v4: {},
  kimi_k2: {},
  chatglm: { biased: 'qkv' },
  glm: QKV,
  glm4: { ...QKV, norms: FOUR_NORMS },
  glm4_moe: QKV,
  glm_moe_dsa: {},
  minimax_m2: { queryKeyNorm: 'whole' },
  gpt_oss: { biased: 'qkvofr' },
  llama4_text: {},
  mllama_text_model: {},
  stablelm: { norms: LAYER_NORM },
  starcoder2: { biased: 'qkvof', norms: LAYER_NORM, gated: false, tied: true },
  nemotron: { norms: LAYER_NORM, gated: false },
  nemotron_h: { gated: false },
  gpt2: GPT,
  gpt_bigcode: GPT,
  opt: GPT,
  gpt_neo: { ...GPT, biased: 'of' },
  gptj: { biased: 'fh', norms: { perLayer: 2, outside: 2 }, gated: false, widening: 4 },
  gpt_neox: { biased: 'qkvof', norms: LAYER_NORM, gated: false },
  bloom: {
    biased: 'qkvof',
    norms: { perLayer: 4, outside: 4 },
    gated: false,
    tied: true,
    widening: 4,
  },
  mpt: { gated: false, tied: true, widening: 4 },
  falcon: { norms: LAYER_NORM, gated: false, tied: true, widening: 4 },
};

/**
 * Sizes that the `text_config` of a multimodal model leaves out where they are those of its class.
 * Source: the configurations of these types in transformers 5.24.
 */
export const NESTED_DEFAULTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  llama: {
    vocab_size: 32_000,
    hidden_size: 4096,
    intermediate_size: 11_008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
  },
  mistral: {
    vocab_size: 32_000,
    hidden_size: 4096,
    intermediate_size: 14_336,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: 8,
  },
  gemma3_text: {
    vocab_size: 262_208,
    hidden_size: 2304,
    intermediate_size: 9216,
    num_hidden_layers: 26,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
  },
};
