import type { Compressed } from '../compressed-attention.ts';
import type { Latent, Recurrent, Routing, TransformerShape } from '../transformer-shape.ts';
import type { ConfigFields } from './config-fields.ts';

/** The mixture of experts of a config.json; null for a dense model. */
export function routingOf(
  fields: ConfigFields,
  { layers, type }: { readonly layers: number; readonly type: string },
): Routing | null {
  const inner = fields.object('ffn_config');
  const experts =
    fields.optionalSize('n_routed_experts', 'num_local_experts', 'num_experts') ??
    inner?.optionalSize('moe_num_experts') ??
    0;
  if (experts < 2) return null;
  const expertsPerToken =
    fields.optionalCount('num_experts_per_tok', 'num_experts_per_token') ??
    inner?.optionalCount('moe_top_k') ??
    fields.count('num_experts_per_tok');
  if (expertsPerToken > experts)
    throw fields.bad(
      `num_experts_per_tok (${expertsPerToken}) is more than there are experts (${experts})`,
    );
  const feedForward =
    fields.optionalCount('moe_intermediate_size', 'intermediate_size', 'ffn_hidden_size') ??
    inner?.optionalCount('ffn_hidden_size') ??
    fields.count('moe_intermediate_size');
  const routedLayers = routedLayersOf(fields, layers);
  if (routedLayers === 0) return null;
  return {
    experts,
    expertsPerToken,
    feedForward,
    sharedFeedForward: sharedOf(fields, { feedForward, type }),
    layers: routedLayers,
    latentWidth: fields.optionalSize('moe_latent_size') ?? 0,
  };
}

function sharedOf(
  fields: ConfigFields,
  { feedForward, type }: { readonly feedForward: number; readonly type: string },
): number {
  const width = fields.optionalSize(
    'shared_expert_intermediate_size',
    'moe_shared_expert_intermediate_size',
  );
  if (width !== null) return width;
  if (type === 'llama4_text') return feedForward;
  return (fields.optionalSize('n_shared_experts') ?? 0) * feedForward;
}

/** Of DeepSeek all after the first few, of Llama 4 and Qwen2-MoE every n-th. */
function routedLayersOf(fields: ConfigFields, layers: number): number {
  const listed = fields.list('moe_layers') ?? null;
  if (listed !== null) return Math.min(listed.length, layers);
  const first = fields.optionalSize('first_k_dense_replace') ?? 0;
  if (first > layers)
    throw fields.bad(`first_k_dense_replace (${first}) is more than num_hidden_layers (${layers})`);
  const every =
    fields.optionalCount('interleave_moe_layer_step', 'moe_layer_freq', 'decoder_sparse_step') ?? 1;
  const dense = fields.list('mlp_only_layers')?.length ?? 0;
  return Math.max(0, Math.floor((layers - first) / every) - dense);
}

/** Ranks of latent attention; null where there are none. */
export function latentOf(fields: ConfigFields): Latent | null {
  const keyValueRank = fields.optionalCount('kv_lora_rank');
  if (keyValueRank === null) return null;
  return {
    keyValueRank,
    queryRank: fields.optionalSize('q_lora_rank') ?? 0,
    ropeDim: fields.count('qk_rope_head_dim'),
    nopeDim: fields.count('qk_nope_head_dim'),
    valueDim: fields.count('v_head_dim'),
    indexHeads: fields.optionalSize('index_n_heads') ?? 0,
    indexDim: fields.optionalSize('index_head_dim') ?? 0,
  };
}

/** Kinds of layers by tokens of an entry, in `compress_ratios`; 0 for the last tokens alone. */
const SPARSE = 4;
const CONDENSED = 128;

/** DeepSeek-V4's attention; null where there is none. */
export function compressedOf(fields: ConfigFields, layers: number): Compressed | null {
  const ratios = fields.counts('compress_ratios')?.slice(0, layers) ?? null;
  if (ratios === null) return null;
  if (ratios.length < layers)
    throw fields.bad(
      `compress_ratios lists ${ratios.length} layers, num_hidden_layers says ${layers}`,
    );
  return {
    queryRank: fields.count('q_lora_rank'),
    outputRank: fields.count('o_lora_rank'),
    outputGroups: fields.count('o_groups'),
    indexHeads: fields.count('index_n_heads'),
    indexDim: fields.count('index_head_dim'),
    sparseLayers: ratios.filter((ratio) => ratio === SPARSE).length,
    condensedLayers: ratios.filter((ratio) => ratio === CONDENSED).length,
    streams: fields.optionalCount('hc_mult') ?? 1,
  };
}

export function recurrentOf(
  fields: ConfigFields,
  { recurrentLayers }: { readonly recurrentLayers: number },
): Recurrent | null {
  if (recurrentLayers === 0) return null;
  if (fields.has('mamba_num_heads')) {
    return {
      kind: 'mamba',
      layers: recurrentLayers,
      heads: fields.count('mamba_num_heads'),
      headDim: fields.count('mamba_head_dim'),
      stateDim: fields.count('ssm_state_size'),
      groups: fields.count('n_groups'),
    };
  }
  return {
    kind: 'delta',
    layers: recurrentLayers,
    keyHeads: fields.count('linear_num_key_heads'),
    valueHeads: fields.count('linear_num_value_heads'),
    headDim: fields.count('linear_value_head_dim', 'linear_key_head_dim'),
  };
}

/** Types whose layers all look back at `sliding_window` tokens where it is set. */
const ALL_LAYERS = new Set(['mistral', 'mixtral', 'phi3', 'phimoe', 'starcoder2', 'ministral']);

/** Layers between two that look at everything, where the file does not say it. */
const SPACING: Readonly<Record<string, number>> = {
  gemma2: 2,
  gpt_oss: 2,
  gemma3_text: 6,
  cohere2: 4,
  olmo3: 4,
  llama4_text: 4,
};

/** Layers that look back at a few tokens; null where all look at everything. */
export function windowOf(
  fields: ConfigFields,
  { type, layers }: { readonly type: string; readonly layers: number },
): TransformerShape['window'] {
  if (type === 'gpt_neo') return localWindow(fields, layers);
  const tokens = fields.optionalCount('sliding_window', 'attention_chunk_size');
  if (tokens === null || fields.has('compress_ratios') || !fields.flag('use_sliding_window', true))
    return null;
  const listed = fields.list('layer_types');
  if (listed !== null) {
    const near = new Set(['sliding_attention', 'chunked_attention']);
    const count = listed.filter((kind) => near.has(String(kind))).length;
    return count === 0 ? null : { layers: count, tokens };
  }
  const spacing = fields.optionalCount('sliding_window_pattern') ?? SPACING[type];
  if (spacing !== undefined) return { layers: layers - Math.floor(layers / spacing), tokens };
  const first = fields.optionalSize('max_window_layers');
  if (first !== null) return first >= layers ? null : { layers: layers - first, tokens };
  return ALL_LAYERS.has(type) ? { layers, tokens } : null;
}

/** GPT-Neo's every second layer looks back at `window_size` tokens. */
function localWindow(fields: ConfigFields, layers: number): TransformerShape['window'] {
  const tokens = fields.optionalCount('window_size');
  return tokens === null ? null : { layers: Math.floor(layers / 2), tokens };
}
