import { type TransformerShape, transformerShape } from '../transformer-shape.ts';
import type { ConfigFields } from './config-fields.ts';
import { DECODER_TRAITS, type DecoderTraits } from './decoder-traits.ts';
import { compressedOf, latentOf, recurrentOf, routingOf, windowOf } from './layer-kinds.ts';

/** True for a `model_type` whose decoder is known. */
export function isDecoderType(type: string): boolean {
  return Object.hasOwn(DECODER_TRAITS, type);
}

/**
 * A decoder from its config.json (that of Hugging Face, transformers/configuration_utils).
 * Errors: `spec.invalid` for a size that is missing; `spec.bad-value` for one that is absurd, or two
 * that contradict each other.
 */
export function readDecoder(fields: ConfigFields, type: string): TransformerShape {
  const traits = DECODER_TRAITS[type] ?? {};
  const hidden = fields.count('hidden_size', 'n_embd', 'd_model');
  const mixers = layersOf(fields, type);
  const attention = readAttention(fields, { hidden, type });
  const window = windowOf(fields, { type, layers: mixers.layers });
  const shape = transformerShape({
    id: fields.model,
    layers: mixers.layers,
    feedForwardLayers: mixers.feedForwardLayers,
    hidden,
    ...attention,
    feedForward: feedForwardOf(fields, { traits, hidden }),
    gated: isGated(fields, traits),
    vocab: fields.count('vocab_size', 'padded_vocab_size'),
    tied: fields.flag('tie_word_embeddings', traits.tied ?? false),
    positions: positionsOf(fields, { traits, type }),
    biased: biasedOf(fields, { traits, type }),
    norms: normsOf(fields, { traits, type, blocks: mixers.feedForwardLayers }),
    queryKeyNorm: queryKeyNormOf(fields, traits),
    outputGate: traits.outputGate ?? false,
    routing: routingOf(fields, { layers: mixers.feedForwardLayers, type }),
    latent: latentOf(fields),
    compressed: compressedOf(fields, mixers.layers),
    recurrent: recurrentOf(fields, mixers),
    window,
  });
  return type === 'opt' ? withOptEmbedding(fields, shape) : shape;
}

/** Letters beyond are no layers. */
const LAYERS_MAX = 100_000;

type Mixers = {
  readonly layers: number;
  readonly feedForwardLayers: number;
  readonly recurrentLayers: number;
};

/** Layers, of Nemotron-H by their letters: M(amba), * attention, - and E(xperts). */
function layersOf(fields: ConfigFields, type: string): Mixers {
  const pattern = fields.text('hybrid_override_pattern');
  const kinds = fields.list('layers_block_type');
  if (type === 'nemotron_h' && (pattern !== null || kinds !== null)) {
    const letters = kinds ?? [...(pattern ?? '')].slice(0, LAYERS_MAX);
    const countOf = (...names: string[]): number =>
      letters.filter((letter) => names.includes(String(letter))).length;
    const recurrentLayers = countOf('M', 'mamba');
    const layers = recurrentLayers + countOf('*', 'attention');
    const feedForwardLayers = countOf('-', 'E', 'mlp', 'moe');
    if (layers === 0) throw fields.bad('no layer of it has attention or a state');
    return { layers, feedForwardLayers, recurrentLayers };
  }
  const layers = fields.count('num_hidden_layers', 'n_layer', 'n_layers', 'num_layers');
  const listed = fields.list('layer_types');
  if (listed !== null && listed.length !== layers)
    throw fields.bad(
      `${fields.shown('layer_types')} lists ${listed.length} layers, ` +
        `num_hidden_layers says ${layers}`,
    );
  const interval = fields.optionalCount('full_attention_interval');
  const linear = listed?.filter((kind) => kind === 'linear_attention').length;
  const spaced = interval === null ? 0 : layers - Math.floor(layers / interval);
  return { layers, feedForwardLayers: layers, recurrentLayers: linear ?? spaced };
}

function readAttention(
  fields: ConfigFields,
  { hidden, type }: { readonly hidden: number; readonly type: string },
): Pick<TransformerShape, 'heads' | 'kvHeads' | 'headDim'> {
  const heads = fields.count('num_attention_heads', 'n_head', 'n_heads', 'num_heads');
  const given = fields.optionalCount('head_dim', 'kv_channels');
  const isLatent = fields.has('kv_lora_rank');
  if (given === null && hidden % heads !== 0 && !isLatent)
    throw fields.bad(
      `hidden_size (${hidden}) is no multiple of num_attention_heads (${heads})`,
      'add head_dim where heads are not a part of the width each',
    );
  const kvHeads = kvHeadsOf(fields, { heads, type });
  if (kvHeads > heads || heads % kvHeads !== 0)
    throw fields.bad(
      `num_key_value_heads (${kvHeads}) does not divide num_attention_heads (${heads})`,
    );
  return { heads, kvHeads, headDim: given ?? hidden / heads };
}

function kvHeadsOf(
  fields: ConfigFields,
  { heads, type }: { readonly heads: number; readonly type: string },
): number {
  const isMultiQuery = fields.flag('multi_query', type === 'falcon' || type === 'gpt_bigcode');
  if (type === 'falcon') {
    const isNew = fields.flag('new_decoder_architecture', false);
    const grouped = fields.optionalCount('num_kv_heads', 'n_head_kv') ?? heads;
    return isNew ? grouped : isMultiQuery ? 1 : heads;
  }
  const grouped =
    fields.optionalCount('num_key_value_heads', 'num_kv_heads', 'multi_query_group_num') ??
    fields.object('attn_config')?.optionalCount('kv_n_heads');
  return grouped ?? (isMultiQuery ? 1 : heads);
}

function feedForwardOf(
  fields: ConfigFields,
  { traits, hidden }: { readonly traits: DecoderTraits; readonly hidden: number },
): number {
  const given =
    fields.optionalCount(
      'intermediate_size_mlp',
      'intermediate_size',
      'n_inner',
      'ffn_dim',
      'ffn_hidden_size',
    ) ?? fields.object('ffn_config')?.optionalCount('ffn_hidden_size');
  if (given !== null && given !== undefined) return given;
  const ratio = fields.optionalNumber('expansion_ratio') ?? traits.widening;
  if (ratio !== undefined) return Math.round(ratio * hidden);
  // Where every layer is routed, experts are all there is.
  return fields.optionalCount('moe_intermediate_size') ?? fields.count('intermediate_size');
}

/** A plain block is told by an activation without a gate, where the type leaves it open. */
function isGated(fields: ConfigFields, traits: DecoderTraits): boolean {
  return traits.gated ?? fields.text('mlp_hidden_act') !== 'relu2';
}

function positionsOf(
  fields: ConfigFields,
  { traits, type }: { readonly traits: DecoderTraits; readonly type: string },
): number {
  if (type === 'mpt') {
    const alibi = fields.object('attn_config')?.flag('alibi', false) ?? false;
    const isLearned = fields.flag('learned_pos_emb', true) && !alibi;
    return isLearned ? fields.count('max_seq_len') : 0;
  }
  if (traits.learnedPositions === undefined) return 0;
  const rows = fields.count('n_positions', 'max_position_embeddings', 'n_ctx');
  return type === 'opt' ? rows + 2 : rows;
}

function biasedOf(
  fields: ConfigFields,
  { traits, type }: { readonly traits: DecoderTraits; readonly type: string },
): string {
  if (type === 'falcon') return fields.flag('bias', false) ? 'qkvof' : '';
  const fixed = traits.biased ?? '';
  const letters = traits.attentionBias ?? 'qkvo';
  const attention = fixed === '' && fields.flag('attention_bias', false) ? letters : '';
  const block = fixed === '' && fields.flag('mlp_bias', false) ? 'f' : '';
  return fixed + attention + block;
}

/** Falcon 7B and Command R run attention and block side by side, after one norm. */
function normsOf(
  fields: ConfigFields,
  of: { readonly traits: DecoderTraits; readonly type: string; readonly blocks: number },
): TransformerShape['norms'] {
  if (of.type === 'nemotron_h') return { perLayer: 1, outside: of.blocks + 1 };
  const isSideBySide =
    of.type === 'falcon' &&
    fields.flag('parallel_attn', true) &&
    !fields.flag('new_decoder_architecture', false);
  if (isSideBySide) return { perLayer: 2, outside: 2 };
  return of.traits.norms ?? { perLayer: 2, outside: 1 };
}

function queryKeyNormOf(
  fields: ConfigFields,
  traits: DecoderTraits,
): TransformerShape['queryKeyNorm'] {
  if (traits.queryKeyNorm !== undefined) return traits.queryKeyNorm;
  if (!fields.flag('use_qk_norm', false)) return 'none';
  return traits.norms?.perLayer === 1 ? 'whole' : 'head';
}

/** The tables of OPT-350m are half as wide as its layers; a matrix stands on both sides. */
function withOptEmbedding(fields: ConfigFields, shape: TransformerShape): TransformerShape {
  const width = fields.optionalCount('word_embed_proj_dim') ?? shape.hidden;
  if (width === shape.hidden) return shape;
  const { hidden } = shape;
  return {
    ...shape,
    embeddingWidth: width,
    // Positions are as wide as the layers: so many rows more of the tables' width.
    positions: Math.round((shape.positions * hidden) / width),
    norms: fields.flag('do_layer_norm_before', true) ? shape.norms : { perLayer: 4, outside: 0 },
    otherParams: width * hidden - hidden,
  };
}
