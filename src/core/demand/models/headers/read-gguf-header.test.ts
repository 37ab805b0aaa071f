import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KedgeError } from '../../../../base/errors.ts';
import { architectureOf } from '../architecture.ts';
import { findModel } from '../known-models.ts';
import { type GgufParts, ggufBytes, tinyLlama } from './build-headers-for-tests.ts';
import { readGgufHeader } from './read-gguf-header.ts';

const WHOLE = ggufBytes(tinyLlama());

function refusalOf(bytes: Uint8Array): KedgeError {
  try {
    readGgufHeader(bytes, 'someone/model');
  } catch (error) {
    assert.ok(error instanceof KedgeError, String(error));
    assert.match(error.code, /^spec\./);
    return error;
  }
  assert.fail('it was accepted');
}

function withFields(fields: GgufParts['fields']): GgufParts {
  const { fields: before, tensors } = tinyLlama();
  return { fields: { ...before, ...fields }, tensors };
}

describe('the header of a GGUF file', () => {
  it('tells the parameters of each type, and their bytes', () => {
    const header = readGgufHeader(WHOLE, 'tiny');
    assert.equal(header.params, 1_100_048_384);
    assert.equal(header.tensors, 201);
    assert.equal(header.version, 3);
    assert.deepEqual(header.paramsByType, {
      Q4_K: 1_034_420_224,
      F32: 45 * 2048,
      Q6_K: 2048 * 32000,
    });
    const bytes = (1_034_420_224 / 256) * 144 + 45 * 2048 * 4 + ((2048 * 32000) / 256) * 210;
    assert.equal(header.weightBytes, bytes);
  });

  it('gives the architecture that the tables have', () => {
    const known = architectureOf(findModel('TinyLlama-1.1B-Chat-v1.0')!);
    const { architecture } = readGgufHeader(WHOLE, known.name);
    assert.deepEqual(architecture, known);
  });

  it('of version 2 is the same', () => {
    const older = ggufBytes({ ...tinyLlama(), version: 2 });
    assert.equal(readGgufHeader(older, 'tiny').params, 1_100_048_384);
  });

  it('of one part of several counts what it has, and keeps the architecture whole', () => {
    const { fields, tensors } = withFields({ 'split.count': 2, 'split.no': 0 });
    const part = ggufBytes({ fields, tensors: tensors.slice(0, 100) });
    const { isPart, params, architecture } = readGgufHeader(part, 'tiny');
    assert.ok(isPart);
    assert.ok(params < 1e9);
    assert.equal(architecture.params, 1_100_048_384);
  });

  it('of DeepSeek gives its latents', () => {
    const kind = 'deepseek2';
    const fields = {
      'general.architecture': kind,
      'split.count': 15,
      ...Object.fromEntries(
        Object.entries({
          block_count: 61,
          embedding_length: 7168,
          feed_forward_length: 18432,
          vocab_size: 129280,
          expert_count: 256,
          expert_used_count: 8,
          expert_shared_count: 1,
          expert_feed_forward_length: 2048,
          leading_dense_block_count: 3,
          'attention.head_count': 128,
          'attention.head_count_kv': 1,
          'attention.q_lora_rank': 1536,
          'attention.kv_lora_rank': 512,
          'attention.key_length': 576,
          'attention.value_length': 512,
          'attention.key_length_mla': 192,
          'attention.value_length_mla': 128,
          'rope.dimension_count': 64,
        }).map(([key, value]) => [`${kind}.${key}`, value]),
      ),
    };
    const known = architectureOf(findModel('DeepSeek-V3')!);
    const { architecture } = readGgufHeader(ggufBytes({ fields, tensors: [] }), known.name);
    assert.deepEqual(architecture, known);
  });

  it('counts further tensors with what a token is multiplied with', () => {
    const { fields, tensors } = tinyLlama();
    const more = { name: 'rope_freqs.weight', shape: [32], type: 0 };
    const { architecture } = readGgufHeader(
      ggufBytes({ fields, tensors: [...tensors, more] }),
      't',
    );
    const plain = readGgufHeader(WHOLE, 't').architecture;
    for (const field of ['params', 'activeParams', 'matmulParams'] as const)
      assert.equal(architecture[field] - plain[field], 32, field);
  });

  it('leaves out layers that predict further tokens', () => {
    const { fields, tensors } = withFields({
      'llama.block_count': 23,
      'llama.nextn_predict_layers': 1,
    });
    assert.equal(readGgufHeader(ggufBytes({ fields, tensors }), 't').architecture.layers, 22);
  });

  it('finds biases and norms by their tensors', () => {
    const paramsOf = (kind: string, name: string | null): number => {
      const { fields } = tinyLlama();
      const renamed = Object.entries(fields).map(([key, value]) => [
        key.replace(/^llama/, kind),
        value,
      ]);
      const tensor = name === null ? [] : [{ name, shape: [8], type: 0 }];
      const parts = { ...Object.fromEntries(renamed), 'general.architecture': kind };
      const bytes = ggufBytes({
        fields: { ...parts, 'split.count': 2, [`${kind}.vocab_size`]: 32000 },
        tensors: tensor,
      });
      return readGgufHeader(bytes, 't').architecture.params;
    };
    const plain = paramsOf('glm4moe', null);
    assert.equal(paramsOf('glm4moe', 'blk.0.attn_q_norm.weight') - plain, 22 * 2 * 64);
    assert.equal(paramsOf('glm4moe', 'blk.0.attn_q.bias') - plain, 22 * (2048 + 2 * 256));
  });

  it('of Falcon tells its kind by its key-value heads', () => {
    const falcon = (keyHeads: number): GgufParts => ({
      fields: {
        'general.architecture': 'falcon',
        'split.count': 2,
        'falcon.block_count': 32,
        'falcon.embedding_length': 4544,
        'falcon.feed_forward_length': 18176,
        'falcon.attention.head_count': 71,
        'falcon.attention.head_count_kv': keyHeads,
        'falcon.vocab_size': 65024,
      },
      tensors: [],
    });
    const { architecture } = readGgufHeader(ggufBytes(falcon(1)), 'tiiuae/falcon-7b');
    assert.deepEqual(architecture, architectureOf(findModel('falcon-7b')!));
    assert.equal(readGgufHeader(ggufBytes(falcon(71)), 't').architecture.kvHeads, 71);
  });

  it('takes the most heads of a list that says them for each layer', () => {
    const heads = Array.from({ length: 22 }, (_, layer) => (layer === 3 ? 0 : 4));
    const parts = withFields({ 'llama.attention.head_count_kv': heads });
    assert.equal(readGgufHeader(ggufBytes(parts), 'tiny').architecture.kvHeads, 4);
  });

  it('passes over a vocabulary of any size', () => {
    const words = Array.from({ length: 5000 }, () => 'word');
    const parts = withFields({ 'tokenizer.ggml.tokens': words });
    assert.equal(readGgufHeader(ggufBytes(parts), 'tiny').architecture.vocab, 32000);
  });
});

describe('a GGUF file that is not what it says', () => {
  it('is refused where it is another file or version', () => {
    assert.match(refusalOf(new TextEncoder().encode('GGML....')).message, /does not begin with/);
    const newer = ggufBytes({ ...tinyLlama(), version: 9 });
    assert.match(refusalOf(newer).message, /its version is 9; 2 and 3 are read/);
  });

  it('is refused where counts and lengths lie', () => {
    const lying = (at: number, value: bigint): string => {
      const bytes = WHOLE.slice();
      new DataView(bytes.buffer).setBigUint64(at, value, true);
      return refusalOf(bytes).message;
    };
    assert.match(lying(8, 2n ** 50n), /it would have 1125899906842624 tensors/);
    assert.match(lying(16, 2n ** 40n), /it would have 1099511627776 fields/);
    assert.match(lying(24, 2n ** 50n), /its header would be over 100000000 bytes/);
    assert.match(lying(24, 60_000_000n), /ends early/);
  });

  it('is refused where a tensor is none', () => {
    const refused = (tensor: GgufParts['tensors'][number]): string =>
      refusalOf(ggufBytes({ ...tinyLlama(), tensors: [tensor] })).message;
    assert.match(refused({ name: 'a', shape: [256], type: 99 }), /unknown type 99/);
    assert.match(refused({ name: 'a', shape: [100], type: 12 }), /no whole number of blocks/);
    assert.match(refused({ name: 'a', shape: [2 ** 40, 2 ** 40], type: 0 }), /larger than any/);
    assert.match(refused({ name: 'a', shape: [1, 1, 1, 1, 1], type: 0 }), /would have 5 sides/);
  });

  it('is refused where tensors and metadata tell different models', () => {
    const { message } = refusalOf(ggufBytes(withFields({ 'llama.block_count': 44 })));
    assert.match(message, /tensors of .* hold 1100048384 numbers, its metadata make/);
  });

  it('is refused by what it is where its architecture is not known', () => {
    const { message } = refusalOf(ggufBytes(withFields({ 'general.architecture': 'mamba' })));
    assert.match(message, /general\.architecture of someone\/model is "mamba"/);
    const none = refusalOf(ggufBytes({ fields: {}, tensors: [] }));
    assert.match(none.message, /is none/);
    assert.match(none.hint!, /give the size of the model/);
    const later = refusalOf(ggufBytes({ fields: { 'split.count': 2 }, tensors: [] }));
    assert.match(later.hint!, /give the first part/);
  });

  it('is refused at every byte that it may be cut off at', () => {
    const small = ggufBytes({ ...tinyLlama(), tensors: tinyLlama().tensors.slice(0, 2) });
    for (let length = 0; length < small.length; length++)
      assert.match(refusalOf(small.subarray(0, length)).message, /ends early/);
  });

  it('is read or refused whatever bytes are changed, never more', () => {
    const parts = tinyLlama();
    const small = ggufBytes({
      fields: { ...parts.fields, 'split.count': 2 },
      tensors: parts.tensors.slice(0, 2),
    });
    const changes = fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(changes, (all) => {
        const bytes = small.slice();
        for (const [at, value] of all) bytes[at] = value;
        try {
          assert.ok(Number.isFinite(readGgufHeader(bytes, 'm').params));
        } catch (error) {
          if (!(error instanceof KedgeError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
