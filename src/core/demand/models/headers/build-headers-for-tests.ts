import { utf8 } from '../../../../base/redaction/secret-forms.ts';

/** A safetensors file of a JSON header alone, as long as it says or as `length` does. */
export function safetensorsBytes(header: unknown, length?: number): Uint8Array {
  const json = utf8(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  bytes.set(json, 8);
  return bytes;
}

/** A value of GGUF's metadata: whole numbers as uint32, texts, and arrays of either. */
export type Field = number | string | readonly number[] | readonly string[];

export type TensorInfo = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
};

export type GgufParts = {
  readonly fields: Readonly<Record<string, Field>>;
  readonly tensors: readonly TensorInfo[];
  readonly version?: number;
};

/** The header of a GGUF file, byte by byte. */
export function ggufBytes({ fields, tensors, version = 3 }: GgufParts): Uint8Array {
  const out: number[] = [...utf8('GGUF')];
  const uint = (value: number, bytes: number): void => {
    for (let at = 0; at < bytes; at++) out.push(Math.floor(value / 256 ** at) % 256);
  };
  const text = (value: string): void => {
    const encoded = utf8(value);
    uint(encoded.length, 8);
    out.push(...encoded);
  };
  const single = (value: number | string): void =>
    typeof value === 'string' ? text(value) : uint(value, 4);
  const typeOf = (value: number | string | undefined): number =>
    typeof value === 'string' ? 8 : 4;
  uint(version, 4);
  uint(tensors.length, 8);
  uint(Object.keys(fields).length, 8);
  for (const [key, value] of Object.entries(fields)) {
    text(key);
    if (typeof value === 'object') {
      uint(9, 4);
      uint(typeOf(value[0]), 4);
      uint(value.length, 8);
      for (const one of value) single(one);
    } else {
      uint(typeOf(value), 4);
      single(value);
    }
  }
  for (const { name, shape, type } of tensors) {
    text(name);
    uint(shape.length, 4);
    for (const side of shape) uint(side, 8);
    uint(type, 4);
    uint(0, 8);
  }
  return Uint8Array.from(out);
}

/** TinyLlama 1.1B as llama.cpp stores it: matrices in Q4_K, the output in Q6_K, norms in F32. */
export function tinyLlama(): GgufParts {
  const [layers, hidden, keys, wide, vocab] = [22, 2048, 256, 5632, 32000];
  const matrix = (name: string, from: number, to: number, type = 12): TensorInfo => ({
    name: `${name}.weight`,
    shape: [from, to],
    type,
  });
  const norm = (name: string): TensorInfo => ({ name: `${name}.weight`, shape: [hidden], type: 0 });
  const tensors = Array.from({ length: layers }, (_, layer) => {
    const block = `blk.${layer}`;
    return [
      matrix(`${block}.attn_q`, hidden, hidden),
      matrix(`${block}.attn_k`, hidden, keys),
      matrix(`${block}.attn_v`, hidden, keys),
      matrix(`${block}.attn_output`, hidden, hidden),
      matrix(`${block}.ffn_gate`, hidden, wide),
      matrix(`${block}.ffn_up`, hidden, wide),
      matrix(`${block}.ffn_down`, wide, hidden),
      norm(`${block}.attn_norm`),
      norm(`${block}.ffn_norm`),
    ];
  }).flat();
  return {
    fields: {
      'general.architecture': 'llama',
      'general.name': 'TinyLlama',
      'llama.block_count': layers,
      'llama.embedding_length': hidden,
      'llama.feed_forward_length': wide,
      'llama.context_length': 2048,
      'llama.attention.head_count': 32,
      'llama.attention.head_count_kv': 4,
      'llama.rope.dimension_count': 64,
      'tokenizer.ggml.model': 'llama',
      'tokenizer.ggml.tokens': Array.from({ length: 50 }, (_, index) => `wörd${index}`),
    },
    tensors: [
      matrix('token_embd', hidden, vocab),
      ...tensors,
      norm('output_norm'),
      matrix('output', hidden, vocab, 14),
    ],
  };
}
