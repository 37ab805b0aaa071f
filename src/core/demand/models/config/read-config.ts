import { KedgeError } from '../../../../base/errors.ts';
import { type Architecture, architectureOf, type ModelShape } from '../architecture.ts';
import { ConfigFields, DECLARED, isRecord } from './config-fields.ts';
import { isDecoderType, readDecoder } from './decoder-config.ts';
import { NESTED_DEFAULTS } from './decoder-traits.ts';
import { readDenoiser } from './diffusion-config.ts';
import { readEncoder } from './encoder-config.ts';

/** What a config.json tells of a model. */
export type ConfigReading = {
  readonly architecture: Architecture;
  /** How the weights are stored; null where the file does not say it. */
  readonly storage: WeightStorage | null;
  /** What had to be assumed, one sentence each. */
  readonly notes: readonly string[];
};

/** `bf16`, `fp8`, `gptq` … as the file calls it, and the bits of a weight. */
export type WeightStorage = { readonly format: string; readonly bits: number };

/** The architecture that a config.json describes; see `describeConfig`. */
export function readConfig(json: unknown, name: string): Architecture {
  return describeConfig(json, name).architecture;
}

/**
 * Reads the config.json of a model as Hugging Face's transformers and diffusers write it. Nothing of
 * it is executed. Of a multimodal model its decoder is read (`text_config`), beside which its other
 * towers are small. A decoder of an unknown type is read by the usual names, with a note.
 *
 * @param name What errors call the model: its id or the file's path.
 * Errors: `spec.bad-value` for what is no such file, a type that is not known, an absurd size or two
 * that contradict each other; `spec.invalid` for a size that is missing.
 */
export function describeConfig(json: unknown, name: string): ConfigReading {
  if (!isRecord(json)) {
    throw new KedgeError(
      'spec.bad-value',
      `config.json of ${name.slice(0, 128)} is no JSON object`,
      { hint: `give the config.json of a model, or its size, as in ${DECLARED}` },
    );
  }
  const outer = new ConfigFields(json, { model: name, path: '' });
  const { fields, type, isNested, assumed } = innermost(outer);
  const notes: string[] = [];
  const shape = readShape(fields, { outer, type, notes });
  if (assumed.length > 0) notes.push(`left out, taken as of its class: ${assumed.join(', ')}`);
  if (isNested) notes.push(`read from ${fields.shown('')}* alone, without its other towers`);
  const architecture = checked(architectureOf(shape), outer);
  return { architecture, storage: storageOf(outer, fields), notes };
}

type Innermost = {
  readonly fields: ConfigFields;
  readonly type: string;
  readonly isNested: boolean;
  /** Sizes that the writer left out as they are the class's own. */
  readonly assumed: readonly string[];
};

/** Multimodal models keep their decoder's sizes in an object of their own. */
function innermost(outer: ConfigFields): Innermost {
  const outerType = typeOf(outer);
  const flat = { fields: outer, type: outerType, isNested: false, assumed: [] };
  if (outerType === 'clip') return flat;
  for (const name of ['text_config', 'llm_config', 'language_config']) {
    const inner = outer.object(name);
    if (inner === null) continue;
    const type = typeOf(inner) || outerType;
    const tied = inner.with('tie_word_embeddings', tiesOf(outer, inner));
    return { ...withDefaults(tied, familiar(type)), type, isNested: true };
  }
  return flat;
}

function withDefaults(
  fields: ConfigFields,
  type: string,
): { fields: ConfigFields; assumed: string[] } {
  const defaults = Object.hasOwn(NESTED_DEFAULTS, type) ? NESTED_DEFAULTS[type]! : {};
  const missing = Object.entries(defaults).filter(([name]) => !fields.has(name));
  const whole = missing.reduce((filled, [name, value]) => filled.with(name, value), fields);
  return { fields: whole, assumed: missing.map(([name]) => name) };
}

function typeOf(fields: ConfigFields): string {
  return (fields.text('model_type') ?? '').slice(0, 128);
}

/** What ties the embeddings stands beside the decoder's sizes, or among them. */
function tiesOf(outer: ConfigFields, inner: ConfigFields): unknown {
  return inner.raw('tie_word_embeddings') ?? outer.raw('tie_word_embeddings');
}

type Place = { readonly outer: ConfigFields; readonly type: string; readonly notes: string[] };

function readShape(fields: ConfigFields, { outer, type, notes }: Place): ModelShape {
  const className = outer.text('_class_name');
  const denoiser = className === null ? undefined : readDenoiser(outer, className);
  if (denoiser !== undefined) return denoiser;
  const encoder = readEncoder(fields, type);
  if (encoder !== undefined) return encoder;
  const known = familiar(type);
  if (isDecoderType(known)) return readDecoder(fields, known);
  return readUnknown(fields, { outer, type: type || (className ?? ''), notes });
}

/** Types that are another one's in all that is counted here. */
const SAME_AS: Readonly<Record<string, string>> = {
  RefinedWeb: 'falcon',
  RefinedWebModel: 'falcon',
  codellama: 'llama',
  gemma3: 'gemma3_text',
  kimi_k25: 'kimi_k2',
  llama4: 'llama4_text',
  qwen2_vl: 'qwen2',
  qwen2_vl_text: 'qwen2',
  qwen2_5_vl: 'qwen2',
  qwen2_5_vl_text: 'qwen2',
  qwen3_vl_text: 'qwen3',
  qwen3_vl_moe_text: 'qwen3_moe',
  qwen3_5: 'qwen3_5_text',
  qwen3_5_moe: 'qwen3_5_moe_text',
};

function familiar(type: string): string {
  return Object.hasOwn(SAME_AS, type) ? SAME_AS[type]! : type;
}

/** Names that tell a decoder of the usual kind. */
const USUAL = [
  ['hidden_size', 'n_embd', 'd_model'],
  ['num_hidden_layers', 'n_layer', 'n_layers'],
  ['num_attention_heads', 'n_head', 'n_heads'],
  ['vocab_size'],
] as const;

function readUnknown(fields: ConfigFields, { outer, type, notes }: Place): ModelShape {
  const isRemote = outer.has('auto_map');
  const shown = type === '' ? 'no model_type' : `model_type "${type.slice(0, 64)}"`;
  const isUneven = fields.has('block_configs');
  if (!isUneven && USUAL.every((names) => fields.has(...names))) {
    notes.push(`${shown} is not known: read as a decoder of Llama's kind by the usual names`);
    if (isRemote) notes.push('its own code (auto_map) is never executed');
    return readDecoder(fields, '');
  }
  const why = isUneven
    ? `has ${shown}, whose layers differ from each other (block_configs), which is not read`
    : isRemote
      ? `has ${shown}, whose shape is in code of its own (auto_map), which is never executed`
      : `has ${shown}, which is not known`;
  throw new KedgeError('spec.bad-value', `config.json of ${outer.model} ${why}`, {
    hint: `give the size of the model, as in ${DECLARED}`,
    details: { model: outer.model, modelType: type.slice(0, 128) },
  });
}

/** No model is larger: a hundred times the largest published one. */
const PARAMS_MAX = 1e14;

function checked(architecture: Architecture, outer: ConfigFields): Architecture {
  const { params } = architecture;
  if (Number.isFinite(params) && params > 0 && params <= PARAMS_MAX) return architecture;
  throw outer.bad(
    `its sizes make ${params.toPrecision(3)} parameters; no model has more than ${PARAMS_MAX}`,
  );
}

const BITS: Readonly<Record<string, number>> = {
  float64: 64,
  float32: 32,
  float16: 16,
  bfloat16: 16,
  float8_e4m3fn: 8,
  float8_e5m2: 8,
};

const METHODS: Readonly<Record<string, number>> = { fp8: 8, mxfp4: 4, nvfp4: 4, awq: 4, gptq: 4 };

/** What `quantization_config` says, else `torch_dtype` (`dtype` since transformers 5). */
function storageOf(outer: ConfigFields, inner: ConfigFields): WeightStorage | null {
  const quantized = outer.object('quantization_config') ?? inner.object('quantization_config');
  if (quantized !== null) {
    const method = (quantized.text('quant_method') ?? 'quantized').slice(0, 64);
    const bits = quantized.optionalCount('bits', 'w_bit') ?? flagBits(quantized) ?? METHODS[method];
    if (bits !== undefined && bits <= 64) return { format: method, bits };
  }
  for (const fields of [outer, inner]) {
    const dtype = fields.text('torch_dtype') ?? fields.text('dtype');
    const bits = dtype === null ? undefined : BITS[dtype.replace(/^torch\./, '')];
    if (dtype !== null && bits !== undefined) return { format: dtype, bits };
  }
  return null;
}

/** bitsandbytes says its bits by flags. */
function flagBits(quantized: ConfigFields): number | undefined {
  if (quantized.flag('load_in_4bit', false)) return 4;
  return quantized.flag('load_in_8bit', false) ? 8 : undefined;
}
