import { type TransformerShape, transformerShape } from '../transformer-shape.ts';
import type { ConfigFields } from './config-fields.ts';

const LAYER_NORM = { perLayer: 4, outside: 2 };

/** What every encoder here shares: biases everywhere, layer norms, plain blocks. */
const PLAIN = {
  family: 'encoder',
  gated: false,
  tied: true,
  biased: 'qkvof',
  norms: LAYER_NORM,
} as const;

/** Encoders of text, by `model_type`: whether they end in a pooler (width² + width). */
const TEXT_ENCODERS: Readonly<Record<string, { readonly pooler: boolean }>> = {
  bert: { pooler: true },
  roberta: { pooler: true },
  'xlm-roberta': { pooler: true },
  camembert: { pooler: true },
  albert: { pooler: true },
  distilbert: { pooler: false },
  electra: { pooler: false },
};

const READERS: Readonly<Record<string, (fields: ConfigFields) => TransformerShape>> = {
  vit: readImageEncoder,
  deit: readImageEncoder,
  clip: readClip,
  t5: readT5,
  mt5: readT5,
  umt5: readT5,
  bart: readBart,
  mbart: readBart,
  whisper: readWhisper,
};

/** Reads an encoder or encoder-decoder; undefined for a `model_type` that is neither. */
export function readEncoder(fields: ConfigFields, type: string): TransformerShape | undefined {
  if (Object.hasOwn(TEXT_ENCODERS, type)) return readTextEncoder(fields, type);
  return Object.hasOwn(READERS, type) ? READERS[type]!(fields) : undefined;
}

function readTextEncoder(fields: ConfigFields, type: string): TransformerShape {
  const hidden = fields.count('hidden_size', 'dim');
  const layers = fields.count('num_hidden_layers', 'n_layers');
  const heads = headsOf(fields, hidden, ['num_attention_heads', 'n_heads']);
  const embeddingWidth = fields.optionalCount('embedding_size') ?? hidden;
  const isShared = type === 'albert';
  // The norm of narrow embeddings is as narrow as they are.
  const narrowNorm = embeddingWidth === hidden ? 0 : 2 * embeddingWidth;
  const pooler = TEXT_ENCODERS[type]!.pooler ? hidden * hidden + hidden : 0;
  return transformerShape({
    ...PLAIN,
    id: fields.model,
    layers,
    hidden,
    heads,
    feedForward: fields.count('intermediate_size', 'hidden_dim'),
    vocab: fields.count('vocab_size'),
    positions: fields.count('max_position_embeddings'),
    tokenTypes: type === 'distilbert' ? 0 : (fields.optionalSize('type_vocab_size') ?? 2),
    embeddingWidth,
    norms: narrowNorm > 0 ? { perLayer: 4, outside: 0 } : LAYER_NORM,
    distinctLayers: isShared ? (fields.optionalCount('num_hidden_groups') ?? 1) : layers,
    otherParams: pooler + narrowNorm,
  });
}

/** ViT; its classifier has as many outputs as `id2label` has labels. */
function readImageEncoder(fields: ConfigFields): TransformerShape {
  const labels = fields.raw('id2label');
  const outputs = typeof labels === 'object' && labels !== null ? Object.keys(labels).length : 0;
  return imageTower(fields, outputs || (fields.optionalCount('num_labels') ?? 1000));
}

function imageTower(fields: ConfigFields, outputs: number): TransformerShape {
  const hidden = fields.optionalCount('hidden_size') ?? 768;
  const size = fields.optionalCount('image_size') ?? 224;
  const patch = fields.optionalCount('patch_size') ?? 16;
  if (patch > size) throw fields.bad(`patch_size (${patch}) is more than image_size (${size})`);
  return transformerShape({
    ...PLAIN,
    id: fields.model,
    layers: fields.optionalCount('num_hidden_layers') ?? 12,
    hidden,
    heads: headsOf(fields, hidden, ['num_attention_heads'], 12),
    feedForward: fields.optionalCount('intermediate_size') ?? 3072,
    vocab: 0,
    // One row for each patch, one for the token of the whole image, and that token.
    positions: Math.floor(size / patch) ** 2 + 2,
    image: { size, patch, outputs },
  });
}

/** Two towers and a projection of each; `vision_config` leaves out what is as in the base. */
function readClip(fields: ConfigFields): TransformerShape {
  const vision = fields.object('vision_config');
  const text = fields.object('text_config');
  if (vision === null) fields.count('vision_config');
  if (text === null) fields.count('text_config');
  const outputs = fields.optionalCount('projection_dim') ?? 512;
  const hidden = text!.optionalCount('hidden_size') ?? 512;
  const tower = transformerShape({
    ...PLAIN,
    id: fields.model,
    layers: text!.optionalCount('num_hidden_layers') ?? 12,
    hidden,
    heads: headsOf(text!, hidden, ['num_attention_heads'], 8),
    feedForward: text!.optionalCount('intermediate_size') ?? 4 * hidden,
    vocab: text!.optionalCount('vocab_size') ?? 49_408,
    positions: text!.optionalCount('max_position_embeddings') ?? 77,
  });
  return {
    ...imageTower(withPatch(vision!), outputs),
    norms: { perLayer: 4, outside: 4 },
    text: { ...tower, id: 'text' },
    otherParams: hidden * outputs,
  };
}

/** CLIP's patches are 32 wide where the file does not say it, ViT's 16. */
function withPatch(vision: ConfigFields): ConfigFields {
  return vision.has('patch_size') ? vision : vision.with('patch_size', 32);
}

/** Source: T5Config; v1.1 says `feed_forward_proj: gated-gelu`. */
function readT5(fields: ConfigFields): TransformerShape {
  const layers = fields.count('num_layers');
  const heads = fields.count('num_heads');
  const buckets = fields.optionalCount('relative_attention_num_buckets') ?? 32;
  return transformerShape({
    family: 'encoder-decoder',
    id: fields.model,
    layers: fields.optionalCount('num_decoder_layers') ?? layers,
    encoderLayers: layers,
    hidden: fields.count('d_model'),
    heads,
    headDim: fields.count('d_kv'),
    feedForward: fields.count('d_ff'),
    gated: (fields.text('feed_forward_proj') ?? 'relu').startsWith('gated'),
    vocab: fields.count('vocab_size'),
    tied: fields.flag('tie_word_embeddings', true),
    norms: { perLayer: 2, outside: 2 },
    otherParams: 2 * buckets * heads,
  });
}

/** Source: BartConfig; two tables of positions with two rows more than there are positions. */
function readBart(fields: ConfigFields): TransformerShape {
  const hidden = fields.count('d_model');
  return transformerShape({
    ...PLAIN,
    family: 'encoder-decoder',
    id: fields.model,
    layers: fields.count('decoder_layers'),
    encoderLayers: fields.count('encoder_layers'),
    hidden,
    heads: headsOf(fields, hidden, ['decoder_attention_heads']),
    feedForward: fields.count('decoder_ffn_dim'),
    vocab: fields.count('vocab_size'),
    positions: 2 * (fields.count('max_position_embeddings') + 2),
    norms: { perLayer: 4, outside: 4 },
  });
}

/** Source: WhisperConfig; keys have no bias; two convolutions of width 3 come first. */
function readWhisper(fields: ConfigFields): TransformerShape {
  const hidden = fields.count('d_model');
  const bins = fields.count('num_mel_bins');
  return transformerShape({
    ...PLAIN,
    family: 'encoder-decoder',
    id: fields.model,
    layers: fields.count('decoder_layers'),
    encoderLayers: fields.count('encoder_layers'),
    hidden,
    heads: headsOf(fields, hidden, ['decoder_attention_heads']),
    feedForward: fields.count('decoder_ffn_dim'),
    vocab: fields.count('vocab_size'),
    positions: fields.count('max_source_positions') + fields.count('max_target_positions'),
    biased: 'qvof',
    norms: { perLayer: 4, outside: 4 },
    otherParams: 3 * hidden * (bins + hidden) + 2 * hidden,
  });
}

function headsOf(
  fields: ConfigFields,
  hidden: number,
  names: readonly [string, ...string[]],
  otherwise?: number,
): number {
  const heads = fields.optionalCount(...names) ?? otherwise ?? fields.count(...names);
  if (hidden % heads !== 0)
    throw fields.bad(`the width (${hidden}) is no multiple of ${names[0]} (${heads})`);
  return heads;
}
