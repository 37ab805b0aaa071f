import { KedgeError } from '../../../../base/errors.ts';
import type { Architecture } from '../architecture.ts';
import { readConfig } from '../config/read-config.ts';
import type { GgufValue } from './gguf-cursor.ts';
import type { WeightCounts } from './weight-counts.ts';

/**
 * The `model_type` of a config.json that each `general.architecture` stands for.
 * Source: github.com/ggml-org/llama.cpp, gguf-py/gguf/constants.py, MODEL_ARCH_NAMES.
 */
const MODEL_TYPES: Readonly<Record<string, string>> = {
  llama: 'llama',
  llama4: 'llama4_text',
  mistral3: 'mistral',
  qwen2: 'qwen2',
  qwen2moe: 'qwen2_moe',
  qwen2vl: 'qwen2',
  qwen3: 'qwen3',
  qwen3moe: 'qwen3_moe',
  qwen3vl: 'qwen3',
  qwen3vlmoe: 'qwen3_moe',
  gemma: 'gemma',
  gemma2: 'gemma2',
  gemma3: 'gemma3_text',
  phi2: 'phi',
  phi3: 'phi3',
  phimoe: 'phimoe',
  olmo: 'olmo',
  olmo2: 'olmo2',
  olmoe: 'olmoe',
  'command-r': 'cohere',
  cohere2: 'cohere2',
  deepseek: 'deepseek',
  deepseek2: 'deepseek_v3',
  glm4: 'glm4',
  glm4moe: 'glm4_moe',
  'glm-dsa': 'glm_moe_dsa',
  'minimax-m2': 'minimax_m2',
  'gpt-oss': 'gpt_oss',
  granite: 'granite',
  internlm2: 'internlm2',
  smollm3: 'smollm3',
  stablelm: 'stablelm',
  starcoder: 'gpt_bigcode',
  starcoder2: 'starcoder2',
  nemotron: 'nemotron',
  gpt2: 'gpt2',
  gptj: 'gptj',
  gptneox: 'gpt_neox',
  bloom: 'bloom',
  mpt: 'mpt',
  falcon: 'falcon',
};

/** Keys after the architecture's name, and the field of a config.json that says the same. */
const FIELDS: readonly [key: string, field: string][] = [
  ['block_count', 'num_hidden_layers'],
  ['embedding_length', 'hidden_size'],
  ['feed_forward_length', 'intermediate_size'],
  ['context_length', 'max_position_embeddings'],
  ['attention.head_count', 'num_attention_heads'],
  ['attention.head_count_kv', 'num_key_value_heads'],
  ['attention.key_length', 'head_dim'],
  ['attention.sliding_window', 'sliding_window'],
  ['attention.q_lora_rank', 'q_lora_rank'],
  ['attention.kv_lora_rank', 'kv_lora_rank'],
  ['attention.indexer.head_count', 'index_n_heads'],
  ['attention.indexer.key_length', 'index_head_dim'],
  ['expert_count', 'num_local_experts'],
  ['expert_used_count', 'num_experts_per_tok'],
  ['expert_feed_forward_length', 'moe_intermediate_size'],
  ['expert_shared_feed_forward_length', 'shared_expert_intermediate_size'],
  ['expert_shared_count', 'n_shared_experts'],
  ['leading_dense_block_count', 'first_k_dense_replace'],
  ['interleave_moe_layer_step', 'interleave_moe_layer_step'],
];

/** Layers that predict further tokens stand among the others, and are not run for one. */
const FURTHER = 'nextn_predict_layers';

/** The counts of the tensors, and the names by which blocks without a matrix are told. */
export type GgufTensors = {
  readonly counts: WeightCounts;
  readonly names: ReadonlySet<string>;
  /** Rows of the embedding of tokens; null where this part has it not. */
  readonly vocab: number | null;
};

type Source = {
  readonly name: string;
  readonly tensors: GgufTensors;
  readonly isPart: boolean;
};

/**
 * The architecture that the metadata of a GGUF file describes. Where the file is whole, its tensors
 * say how many parameters there are; the rest follows from the metadata.
 */
export function architectureOfGguf(
  metadata: ReadonlyMap<string, GgufValue>,
  { name, tensors, isPart }: Source,
): Architecture {
  const kind = metadata.get('general.architecture');
  const type = typeof kind === 'string' && Object.hasOwn(MODEL_TYPES, kind) ? kind : null;
  if (type === null) throw unknownKind(kind, { name, isPart });
  const config = configOf(metadata, { type, tensors, isPart });
  const described = readConfig(config, name);
  return isPart ? described : withParams(described, tensors.counts.params);
}

function unknownKind(
  kind: GgufValue | undefined,
  { name, isPart }: { readonly name: string; readonly isPart: boolean },
): KedgeError {
  const shown = typeof kind === 'string' ? `"${kind.slice(0, 64)}"` : 'none';
  const size = 'give the size of the model, as in model: {params: 8B, layers: 32, hidden: 4096}';
  return new KedgeError(
    'spec.bad-value',
    `general.architecture of ${name.slice(0, 128)} is ${shown}, which is not known`,
    { hint: isPart && kind === undefined ? 'give the first part of the file' : size },
  );
}

function configOf(
  metadata: ReadonlyMap<string, GgufValue>,
  { type, tensors, isPart }: { type: string; tensors: GgufTensors; isPart: boolean },
): Record<string, unknown> {
  const valueOf = (key: string): number | undefined => single(metadata.get(`${type}.${key}`));
  const config: Record<string, unknown> = { model_type: MODEL_TYPES[type]! };
  for (const [key, field] of FIELDS) {
    const value = valueOf(key);
    if (value !== undefined && value !== 0) config[field] = value;
  }
  const blocks = valueOf('block_count');
  if (blocks !== undefined) config['num_hidden_layers'] = blocks - (valueOf(FURTHER) ?? 0);
  const words = metadata.get('tokenizer.ggml.tokens');
  config['vocab_size'] =
    tensors.vocab ?? valueOf('vocab_size') ?? (hasLength(words) ? words.length : null);
  // A part may have the output matrix elsewhere: then the type says whether there is one.
  if (!isPart) config['tie_word_embeddings'] = !tensors.names.has('output.weight');
  if (tensors.names.has('blk.0.attn_q_norm.weight')) config['use_qk_norm'] = true;
  if (tensors.names.has('blk.0.attn_q.bias')) config['attention_bias'] = true;
  return { ...config, ...latentFields(valueOf), ...fieldsOf(type, { config, tensors }) };
}

/** Widths of latent attention: with `_mla` those of heads, in older files those of heads alone. */
function latentFields(valueOf: (key: string) => number | undefined): Record<string, unknown> {
  if (valueOf('attention.kv_lora_rank') === undefined) return {};
  const rope = valueOf('rope.dimension_count');
  const key = valueOf('attention.key_length_mla') ?? valueOf('attention.key_length');
  const value = valueOf('attention.value_length_mla') ?? valueOf('attention.value_length');
  return {
    qk_rope_head_dim: rope,
    qk_nope_head_dim: key === undefined || rope === undefined ? undefined : key - rope,
    v_head_dim: value,
    num_key_value_heads: valueOf('attention.head_count'),
  };
}

/** What the config.json of a type says by flags, and a GGUF file by heads or tensors. */
function fieldsOf(
  type: string,
  { config, tensors }: { config: Record<string, unknown>; tensors: GgufTensors },
): Record<string, unknown> {
  const keyHeads = config['num_key_value_heads'];
  if (type === 'mpt') {
    const isLearned = tensors.names.has('position_embd.weight');
    return { learned_pos_emb: isLearned, max_seq_len: config['max_position_embeddings'] };
  }
  // The larger Falcons have several key-value heads, and two norms in a layer.
  if (type === 'falcon')
    return { new_decoder_architecture: keyHeads !== 1, num_kv_heads: keyHeads };
  return {};
}

/** A number, or the largest of a list that says one for each layer. */
function single(value: GgufValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (!Array.isArray(value)) return undefined;
  const numbers = value.filter((one): one is number => typeof one === 'number');
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

function hasLength(value: GgufValue | undefined): value is { readonly length: number } {
  return typeof value === 'object';
}

/** How far the tensors may be from what the metadata make, before one of them is taken for wrong. */
const TOLERANCE = 0.1;

function withParams(described: Architecture, params: number): Architecture {
  const more = params - described.params;
  if (Math.abs(more) > TOLERANCE * described.params) {
    throw new KedgeError(
      'spec.bad-value',
      `the tensors of ${described.name} hold ${params} numbers, ` +
        `its metadata make ${described.params} parameters`,
      { hint: 'give the size of the model, as in model: {params: 8B, layers: 32, hidden: 4096}' },
    );
  }
  return {
    ...described,
    params,
    activeParams: described.activeParams + more,
    matmulParams: described.matmulParams + more,
  };
}
