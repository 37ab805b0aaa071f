import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { architectureOf } from './architecture.ts';
import { findModel, knownModels } from './known-models.ts';
import { type Figure, PUBLISHED_COUNTS } from './tables/published-params-for-tests.ts';

/** By what part a count misses a figure, beyond what the figure's rounding explains. */
function missBy(count: number, published: Figure): number {
  return Math.max(0, Math.abs(count - published.count) - published.rounding) / published.count;
}

describe('every model of the tables', () => {
  it('has the published number of parameters within 1 %', () => {
    for (const { id, params, source } of PUBLISHED_COUNTS) {
      const counted = architectureOf(knownModels().get(id)!).params;
      const off = Math.abs(counted / params.count - 1);
      // Two digits are published of some: then rounding may hide more than a percent.
      const allowed = Math.max(0.01, params.rounding / params.count);
      assert.ok(off <= allowed, `${id}: ${counted}, not ${params.count} (${source})`);
    }
  });

  it('has it to the digits that are published, but for a few', () => {
    const off = PUBLISHED_COUNTS.filter(({ id, params }) => {
      const counted = architectureOf(knownModels().get(id)!).params;
      return missBy(counted, params) > 0.001;
    });
    assert.ok(off.length <= 0.04 * PUBLISHED_COUNTS.length, off.map(({ id }) => id).join(', '));
  });

  it('is in the list of published counts', () => {
    const listed = PUBLISHED_COUNTS.map(({ id }) => id).toSorted();
    assert.deepEqual(listed, [...knownModels().keys()].toSorted());
  });

  it('has the published active parameters, where they are published', () => {
    for (const { id, active } of PUBLISHED_COUNTS) {
      if (active === null) continue;
      const model = architectureOf(knownModels().get(id)!);
      const counted = active.withoutEmbedding ? model.matmulParams : model.activeParams;
      assert.ok(missBy(counted, active) < 0.02, `${id}: ${counted} active`);
    }
  });

  it('has counts that are finite, and none that contradicts another', () => {
    for (const [id, shape] of knownModels()) {
      const model = architectureOf(shape);
      assert.equal(model.name, id);
      for (const [field, value] of Object.entries(model))
        if (typeof value === 'number')
          assert.ok(Number.isFinite(value) && value >= 0, `${id} ${field}`);
      assert.ok(model.activeParams <= model.params, id);
      assert.ok(model.expertParams <= model.params, id);
      assert.ok(model.embeddingParams <= model.params, id);
      assert.ok(model.routedLayers <= model.layers, id);
      assert.equal(model.routedLayers > 0, model.experts > 1, id);
      assert.ok(model.window === null || model.window.layers <= model.layers, id);
    }
  });
});

describe('a model without tokens', () => {
  for (const id of ['resnet50', 'yolov8n', 'dlrm-dcnv2']) {
    it(`has nothing of what only they need: ${id}`, () => {
      const { heads, kvHeads, headDim, feedForward, cachePerToken, routedLayers, experts } =
        architectureOf(findModel(id)!);
      const counts = [heads, kvHeads, headDim, feedForward, cachePerToken, routedLayers, experts];
      assert.deepEqual(counts, [0, 0, 0, 0, 0, 0, 1]);
    });
  }
});

describe('what a cache keeps of a token', () => {
  const perToken = (id: string): number => architectureOf(findModel(id)!).cachePerToken;

  it('is two vectors of the key-value heads for each layer', () => {
    assert.equal(perToken('Llama-3-8B'), 2 * 32 * 8 * 128);
    assert.equal(perToken('falcon-7b'), 2 * 32 * 64);
  });

  it('is one latent of 576 numbers for each layer of DeepSeek-V3', () => {
    assert.equal(perToken('DeepSeek-V3'), 61 * 576);
  });

  it('is of DeepSeek-V4 an entry for each 4 or 128 tokens, and its index', () => {
    assert.equal(perToken('DeepSeek-V4-Flash'), (21 * (512 + 128)) / 4 + (20 * 512) / 128);
  });

  it('is nothing for an encoder', () => {
    assert.equal(perToken('bert-large-uncased'), 0);
    assert.equal(perToken('vit-base-patch16-224'), 0);
  });
});

describe('a layer with a recurrent state', () => {
  it('keeps as much as its window says, whatever the length', () => {
    const model = architectureOf(findModel('Qwen3.5-397B-A17B')!);
    const { layers, tokens } = model.window!;
    const state = 64 * 128 * 128;
    assert.equal(layers, 45);
    assert.equal((model.cachePerToken / model.layers) * tokens, state);
  });

  it('is scanned as long as attention over 2,048 tokens takes for 64 numbers of each head', () => {
    const { heads, headDim, window } = architectureOf(
      findModel('NVIDIA-Nemotron-3-Nano-30B-A3B-BF16')!,
    );
    const [scanHeads, scanDim, stateDim] = [64, 64, 128];
    const positions = (2048 / 2) * (stateDim / 64);
    assert.equal(window!.recurrent!.reach * heads * headDim, positions * scanHeads * scanDim);
  });
});

describe('the forward pass of one image', () => {
  /** Billions of multiply-adds: timm's cards; DiT's table 1; 803 GFLOPs of Stable Diffusion 1. */
  const PUBLISHED: readonly [id: string, macs: number][] = [
    ['resnet50', 4.11],
    ['vit-base-patch16-224', 17.58],
    ['vit-large-patch16-224', 61.6],
    ['DiT-XL-2-256', 118.6],
    ['DiT-B-2-256', 23.0],
    ['stable-diffusion-v1-5', 401.5],
    ['yolov8n', 4.35],
  ];
  for (const [id, macs] of PUBLISHED) {
    it(`of ${id} takes ${macs} billion multiply-adds within 2 %`, () => {
      const sample = architectureOf(findModel(id)!).sample!;
      assert.ok(Math.abs(sample.macs / 1e9 / macs - 1) < 0.02, `${sample.macs}`);
      assert.ok(sample.activations > 0);
    });
  }
});

describe('a plain name', () => {
  const EXPECTED: readonly [name: string, id: string][] = [
    ['Llama-3-70B', 'meta-llama/Meta-Llama-3-70B'],
    ['meta-llama/Meta-Llama-3-8B-Instruct', 'meta-llama/Meta-Llama-3-8B'],
    ['meta-llama/Llama-2-13b-chat-hf', 'meta-llama/Llama-2-13b-hf'],
    ['Llama2-7B', 'meta-llama/Llama-2-7b-hf'],
    ['LLaMA-33B', 'huggyllama/llama-30b'],
    ['unsloth/llama-3.1-8b-instruct-bnb-4bit', 'meta-llama/Llama-3.1-8B'],
    ['GPT-3 175B', 'openai/gpt-3-175b'],
    ['GPT-3-175B', 'openai/gpt-3-175b'],
    ['GPT2-XL', 'openai-community/gpt2-xl'],
    ['GPT-J 6B (MLPerf CNN-DM, beam 4, ~69 out)', 'EleutherAI/gpt-j-6b'],
    ['GPT-1T', 'nvidia/gpt-1008b'],
    ['MT-NLG-530B', 'nvidia/mt-nlg-530b'],
    ['BERT-Large', 'google-bert/bert-large-uncased'],
    ['BERT-Base', 'google-bert/bert-base-uncased'],
    ['ResNet-50', 'timm/resnet50'],
    ['ResNet-50 v1.5 (MLPerf)', 'timm/resnet50'],
    ['mobilenet_v2_1.0', 'timm/mobilenetv2_100'],
    ['BLOOM-176B', 'bigscience/bloom'],
    ['Pythia-1.0B', 'EleutherAI/pythia-1b'],
    ['Falcon-180B', 'tiiuae/falcon-180B'],
    ['Qwen/Qwen3-235B-A22B-FP8', 'Qwen/Qwen3-235B-A22B'],
    ['Mistral-7B-Instruct-v0.1', 'mistralai/Mistral-7B-v0.1'],
    ['mistralai/Mistral-Nemo-Instruct-2407', 'mistralai/Mistral-Nemo-Base-2407'],
    ['DeepSeek-V3-Base', 'deepseek-ai/DeepSeek-V3'],
    ['Kimi-K2', 'moonshotai/Kimi-K2-Instruct'],
    ['zhipuai/GLM-5', 'zai-org/GLM-5'],
    ['OLMo-3-32B', 'allenai/Olmo-3-1125-32B'],
    ['Nemotron-3-Nano', 'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16'],
    ['Stable Diffusion XL', 'stabilityai/stable-diffusion-xl-base-1.0'],
    ['Stable Diffusion v2 base (MLPerf)', 'stabilityai/stable-diffusion-2-base'],
    ['Wan 2.1 14B (video DiT)', 'Wan-AI/Wan2.1-T2V-14B'],
    ['DLRM-DCNv2 (MLPerf)', 'mlcommons/dlrm-dcnv2'],
    ['3D U-Net (MLPerf)', 'mlcommons/3d-unet'],
    ['T5-3B', 'google-t5/t5-3b'],
    ['ViT-B/16', 'google/vit-base-patch16-224'],
  ];
  for (const [name, id] of EXPECTED) {
    it(`${name} means ${id}`, () => assert.equal(findModel(name)?.id, id));
  }

  it('that no model has means none', () => {
    for (const name of ['', '-', 'Llama-3-9B', 'constructor', 'someone/else', '__proto__'])
      assert.equal(findModel(name), undefined, name);
  });

  it('of every id, in another case and from another owner, means that model', () => {
    for (const id of knownModels().keys()) {
      const copy = `someone/${id.replace(/^.*\//, '').toUpperCase()}`;
      const found = architectureOf(findModel(copy)!);
      const own = architectureOf(knownModels().get(id)!);
      assert.deepEqual({ ...found, name: '' }, { ...own, name: '' }, id);
    }
  });
});
