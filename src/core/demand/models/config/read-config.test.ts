import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KedgeError } from '../../../../base/errors.ts';
import { architectureOf } from '../architecture.ts';
import { knownModels } from '../known-models.ts';
import { CONFIGS } from './configs-for-tests.ts';
import { describeConfig, readConfig } from './read-config.ts';
import { refusalOf } from './refusal-for-tests.ts';

const LLAMA = CONFIGS['meta-llama/Meta-Llama-3-8B']!;

describe('the config.json of a model', () => {
  for (const [id, config] of Object.entries(CONFIGS)) {
    it(`of ${id} gives the shape of the table`, () => {
      const known = architectureOf(knownModels().get(id)!);
      assert.deepEqual(readConfig(config, id), known);
    });
  }

  it('of several modalities gives its decoder, and says so', () => {
    const { architecture, notes } = describeConfig(
      { model_type: 'llava', text_config: LLAMA, vision_config: { hidden_size: 1024 } },
      'llava',
    );
    assert.equal(architecture.params, 8_030_261_248);
    assert.match(notes.join(), /text_config\.\* alone/);
  });

  it('of Llama 4 gives a routed layer for each second one', () => {
    const text = {
      model_type: 'llama4_text',
      hidden_size: 5120,
      num_hidden_layers: 48,
      head_dim: 128,
      num_attention_heads: 40,
      num_key_value_heads: 8,
      intermediate_size: 8192,
      intermediate_size_mlp: 16384,
      num_local_experts: 128,
      num_experts_per_tok: 1,
      interleave_moe_layer_step: 2,
      vocab_size: 202048,
      attention_chunk_size: 8192,
    };
    const model = readConfig({ model_type: 'llama4', text_config: text }, 'maverick');
    assert.equal(model.routedLayers, 24);
    assert.equal(model.sharedFeedForward, 8192);
    assert.deepEqual(model.window, { layers: 36, tokens: 8192 });
    assert.ok(Math.abs(model.params / 400.7e9 - 1) < 0.001, `${model.params}`);
  });

  it('of Qwen3.5 counts its recurrent layers by their list', () => {
    const kinds = ['linear_attention', 'linear_attention', 'linear_attention', 'full_attention'];
    const text = {
      model_type: 'qwen3_5_moe_text',
      hidden_size: 4096,
      num_hidden_layers: 60,
      num_attention_heads: 32,
      num_key_value_heads: 2,
      head_dim: 256,
      vocab_size: 248320,
      num_experts: 512,
      num_experts_per_tok: 10,
      moe_intermediate_size: 1024,
      shared_expert_intermediate_size: 1024,
      linear_num_key_heads: 16,
      linear_num_value_heads: 64,
      linear_key_head_dim: 128,
      linear_value_head_dim: 128,
      layer_types: Array.from({ length: 60 }, (_, layer) => kinds[layer % 4]),
    };
    const config = { model_type: 'qwen3_5_moe', tie_word_embeddings: false, text_config: text };
    const known = architectureOf(knownModels().get('Qwen/Qwen3.5-397B-A17B')!);
    assert.equal(readConfig(config, 'q').params, known.params);
    assert.deepEqual(readConfig(config, 'q').window, known.window);
  });
});

describe('how the weights are stored', () => {
  const storageOf = (extra: object) => describeConfig({ ...LLAMA, ...extra }, 'm').storage;

  it('is what torch_dtype says', () => {
    assert.deepEqual(storageOf({}), { format: 'bfloat16', bits: 16 });
    assert.deepEqual(storageOf({ torch_dtype: null, dtype: 'float32' }), {
      format: 'float32',
      bits: 32,
    });
  });

  it('is what quantization_config says where there is one', () => {
    const bitsOf = (config: object) => storageOf({ quantization_config: config })?.bits;
    assert.equal(bitsOf({ quant_method: 'gptq', bits: 4 }), 4);
    assert.equal(bitsOf({ quant_method: 'fp8' }), 8);
    assert.equal(bitsOf({ quant_method: 'bitsandbytes', load_in_8bit: true }), 8);
    assert.equal(bitsOf({ quant_method: 'mxfp4' }), 4);
  });

  it('is left open where the file does not say it', () => {
    assert.equal(storageOf({ torch_dtype: null }), null);
    assert.equal(storageOf({ torch_dtype: 'auto' }), null);
  });
});

describe('a config.json that is not known', () => {
  it('but has the usual names is read as a decoder, and says so', () => {
    const { architecture, notes } = describeConfig({ ...LLAMA, model_type: 'newest' }, 'm');
    assert.equal(architecture.params, 8_030_261_248);
    assert.match(notes.join(), /model_type "newest" is not known: read as a decoder/);
  });

  it('and has code of its own is not executed, and says what does', () => {
    const error = refusalOf({ model_type: 'own', auto_map: { AutoModel: 'code.Model' } });
    assert.match(error.message, /code of its own \(auto_map\), which is never executed/);
    assert.match(error.hint!, /model: \{params: 8B/);
    const { notes } = describeConfig({ ...LLAMA, model_type: 'own', auto_map: {} }, 'm');
    assert.match(notes.join(), /never executed/);
  });

  it('and has layers that differ from each other is refused', () => {
    const uneven = { ...LLAMA, model_type: 'nemotron-nas', block_configs: [{}] };
    assert.match(refusalOf(uneven).message, /layers differ from each other \(block_configs\)/);
  });

  it('is refused with its type, or that it has none', () => {
    assert.match(refusalOf({ model_type: 'resnet' }).message, /model_type "resnet".*not known/);
    assert.match(refusalOf({}).message, /no model_type/);
    assert.match(refusalOf([]).message, /no JSON object/);
    assert.match(refusalOf(null).message, /no JSON object/);
    assert.match(refusalOf({ model_type: 'constructor' }).message, /not known/);
  });
});

describe('no JSON', () => {
  const size = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -2, max: 300 }) },
    fc.constantFrom(1e9, 1e30, null, '8', [2, 2], {}, true, -0),
  );
  const names = [...new Set(Object.values(CONFIGS).flatMap((config) => Object.keys(config)))];
  const types = [...new Set(Object.values(CONFIGS).map(({ model_type: type }) => type))];

  it('crashes it, or makes an architecture of wrong numbers', () => {
    const config = fc
      .record({
        start: fc.constantFrom(...Object.values(CONFIGS), {}),
        changes: fc.dictionary(fc.constantFrom(...names), fc.oneof(size, fc.jsonValue()), {
          maxKeys: 4,
        }),
        type: fc.option(fc.constantFrom(...types), { nil: undefined }),
      })
      .map(({ start, changes, type }) => ({
        ...start,
        ...changes,
        ...(type === undefined ? {} : { model_type: type }),
      }));
    fc.assert(fc.property(fc.oneof(config, fc.jsonValue()), isReadOrRefused), { numRuns: 600 });
  });
});

function isReadOrRefused(json: unknown): void {
  try {
    const model = readConfig(json, 'someone/model');
    for (const [field, value] of Object.entries(model)) {
      if (typeof value !== 'number') continue;
      assert.ok(Number.isFinite(value) && value >= 0, `${field} is ${value}`);
    }
    assert.ok(model.params > 0);
    assert.ok(model.activeParams <= model.params);
    assert.ok(model.routedLayers <= model.layers);
  } catch (error) {
    if (error instanceof assert.AssertionError || !(error instanceof KedgeError)) throw error;
    assert.match(error.code, /^spec\./);
    assert.ok(error.message.length < 400, error.message);
  }
}
