import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { architectureOf } from '../architecture.ts';
import { knownModels } from '../known-models.ts';
import { CONFIGS } from './configs-for-tests.ts';
import { describeConfig, readConfig } from './read-config.ts';
import { refusalOf } from './refusal-for-tests.ts';

const LLAMA = CONFIGS['meta-llama/Meta-Llama-3-8B']!;

describe('what a config.json leaves out', () => {
  it('is whether embeddings are tied, where the type always ties them', () => {
    const untied = readConfig({ ...LLAMA, tie_word_embeddings: null }, 'm').params;
    for (const type of ['gemma', 'granite', 'smollm3']) {
      const config = { ...LLAMA, model_type: type, tie_word_embeddings: null };
      assert.equal(untied - readConfig(config, 'm').params, 128_256 * 4096, type);
    }
  });

  it('is of a text_config what is as in its class', () => {
    const llava = { model_type: 'llava', text_config: { model_type: 'llama', vocab_size: 32_064 } };
    assert.equal(readConfig(llava, 'm').params, 6_738_415_616 + 2 * 64 * 4096);
    const text = { model_type: 'gemma3_text', hidden_size: 2560, intermediate_size: 10_240 };
    const gemma = { ...text, num_hidden_layers: 34, sliding_window: 1024 };
    const read = readConfig({ model_type: 'gemma3', text_config: gemma }, 'm');
    const known = architectureOf(knownModels().get('google/gemma-3-4b-pt')!);
    assert.ok(Math.abs(read.params / (known.params - 420e6) - 1) < 1e-6, `${read.params}`);
    assert.deepEqual(read.window, known.window);
    const { notes } = describeConfig(llava, 'm');
    assert.match(notes.join(), /left out, taken as of its class: hidden_size, intermediate_size/);
  });

  it('is of CLIP what is as in its base', () => {
    const config = { model_type: 'clip', text_config: {}, vision_config: {} };
    const known = architectureOf(knownModels().get('openai/clip-vit-base-patch32')!);
    assert.deepEqual(readConfig(config, known.name), known);
  });

  it('is the number of labels that are listed', () => {
    const vit = { ...CONFIGS['google/vit-large-patch16-224']!, num_labels: null };
    const labels = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [at, `label ${at}`]));
    const few = readConfig({ ...vit, id2label: labels }, 'm').params;
    assert.equal(readConfig(vit, 'm').params - few, 990 * 1025);
  });

  it('is the pooler of an encoder that has one', () => {
    const roberta = CONFIGS['FacebookAI/roberta-base']!;
    const paramsOf = (type: string): number =>
      readConfig({ ...roberta, model_type: type }, 'm').params;
    assert.equal(paramsOf('xlm-roberta'), paramsOf('roberta'));
    assert.equal(paramsOf('xlm-roberta') - paramsOf('electra'), 768 * 768 + 768);
  });
});

describe('layers that look back at a window', () => {
  const windowOf = (extra: object) => readConfig({ ...LLAMA, ...extra }, 'm').window;
  const sliding = { sliding_window: 4096 };

  it('are all of Mistral, and none where the window is off', () => {
    assert.deepEqual(windowOf({ ...sliding, model_type: 'mistral' }), { layers: 32, tokens: 4096 });
    assert.equal(windowOf({ ...sliding, model_type: 'mistral', use_sliding_window: false }), null);
    assert.equal(windowOf({ ...sliding, model_type: 'llama' }), null);
  });

  it('are those that the file lists', () => {
    const kinds = (count: number) =>
      Array.from({ length: 32 }, (_, layer) =>
        layer < count ? 'sliding_attention' : 'full_attention',
      );
    assert.deepEqual(windowOf({ ...sliding, layer_types: kinds(20) }), {
      layers: 20,
      tokens: 4096,
    });
    assert.equal(windowOf({ ...sliding, layer_types: kinds(0) }), null);
  });

  it('are all but each n-th where the file or the type says so', () => {
    const each = { ...sliding, sliding_window_pattern: 8 };
    assert.deepEqual(windowOf(each), { layers: 28, tokens: 4096 });
    assert.deepEqual(windowOf({ ...sliding, model_type: 'cohere2' })?.layers, 24);
    assert.deepEqual(windowOf({ ...sliding, model_type: 'gemma2' })?.layers, 16);
  });

  it('are of Qwen those after the first that do not', () => {
    const qwen = { ...sliding, model_type: 'qwen2', max_window_layers: 20 };
    assert.deepEqual(windowOf(qwen), { layers: 12, tokens: 4096 });
    assert.equal(windowOf({ ...qwen, max_window_layers: 32 }), null);
  });

  it('are every second one of GPT-Neo', () => {
    const neo = {
      model_type: 'gpt_neo',
      hidden_size: 2048,
      num_layers: 24,
      num_heads: 16,
      vocab_size: 50257,
      max_position_embeddings: 2048,
      window_size: 256,
    };
    assert.deepEqual(readConfig(neo, 'm').window, { layers: 12, tokens: 256 });
    assert.equal(readConfig(neo, 'm').params, 1_315_575_808);
  });
});

describe('layers that are routed', () => {
  const EXPERTS = { num_local_experts: 8, num_experts_per_tok: 2 };
  const routedOf = (extra: object) =>
    readConfig({ ...LLAMA, ...EXPERTS, ...extra }, 'm').routedLayers;

  it('are all, those after the first, or every n-th', () => {
    assert.equal(routedOf({}), 32);
    assert.equal(routedOf({ first_k_dense_replace: 2 }), 30);
    assert.equal(routedOf({ decoder_sparse_step: 4 }), 8);
    assert.equal(routedOf({ mlp_only_layers: [0, 5] }), 30);
    assert.equal(routedOf({ moe_layers: [1, 3, 5] }), 3);
  });

  it('are none where every layer is said to be dense', () => {
    const model = readConfig({ ...LLAMA, ...EXPERTS, first_k_dense_replace: 32 }, 'm');
    assert.equal(model.experts, 1);
    assert.equal(model.params, 8_030_261_248);
  });

  it('may be told by letters or by words', () => {
    const nemotron = CONFIGS['nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16']!;
    const words: Record<string, string> = { M: 'mamba', '*': 'attention', E: 'moe' };
    const letters = String(nemotron['hybrid_override_pattern']);
    const kinds = Array.from(letters, (letter) => words[letter]);
    const listed = { ...nemotron, hybrid_override_pattern: null, layers_block_type: kinds };
    assert.deepEqual(readConfig(listed, 'm'), readConfig(nemotron, 'm'));
    const none = { ...nemotron, hybrid_override_pattern: 'EEE' };
    assert.match(refusalOf(none).message, /no layer of it has attention or a state/);
  });
});

describe('matrices with a bias', () => {
  const paramsOf = (extra: object): number => readConfig({ ...LLAMA, ...extra }, 'm').params;
  const plain = 8_030_261_248;

  it('are those of attention or of the block, as the file says', () => {
    const attention = 32 * (4096 + 2 * 1024 + 4096);
    assert.equal(paramsOf({ attention_bias: true }) - plain, attention);
    assert.equal(paramsOf({ mlp_bias: true }) - plain, 32 * (2 * 14_336 + 4096));
  });

  it('are the queries, keys and values of GLM alone', () => {
    const glm = { model_type: 'glm', attention_bias: true };
    assert.equal(paramsOf(glm) - plain, 32 * (4096 + 2 * 1024));
  });
});
