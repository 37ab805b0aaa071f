import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Architecture, architectureOf } from './architecture.ts';
import { findModel } from './known-models.ts';

/**
 * Parameters of the classes of transformers 5.24, built from each model's config.json on PyTorch's
 * meta device and counted there (`num_parameters`), without weights.
 */
const COUNTED: Readonly<Record<string, number>> = {
  'meta-llama/Meta-Llama-3-8B': 8_030_261_248,
  'meta-llama/Llama-3.2-1B': 1_235_814_400,
  'mistralai/Mistral-7B-v0.1': 7_241_732_096,
  'mistralai/Mixtral-8x7B-v0.1': 46_702_792_704,
  'Qwen/Qwen2.5-7B': 7_615_616_512,
  'Qwen/Qwen1.5-MoE-A2.7B': 14_315_784_192,
  'Qwen/Qwen3-4B': 4_022_468_096,
  'Qwen/Qwen3-30B-A3B': 30_532_122_624,
  'Qwen/Qwen3-Next-80B-A3B': 79_674_391_296,
  'Qwen/Qwen3.5-397B-A17B': 396_346_350_336,
  'google/gemma-2-9b': 9_241_705_984,
  'google/gemma-3-1b-pt': 999_885_952,
  'microsoft/phi-2': 2_779_683_840,
  'microsoft/Phi-3.5-MoE-instruct': 41_873_121_280,
  'allenai/OLMo-2-1124-7B': 7_298_617_344,
  'CohereForAI/c4ai-command-r-plus': 103_810_674_688,
  'deepseek-ai/DeepSeek-V2-Lite': 15_706_484_224,
  'deepseek-ai/DeepSeek-V3': 671_026_404_352,
  'deepseek-ai/DeepSeek-V3.2': 671_877_929_216,
  'deepseek-ai/DeepSeek-V4-Pro': 1_572_997_179_491,
  'zai-org/GLM-4.5': 352_797_814_784,
  'zai-org/GLM-5': 743_911_199_232,
  'MiniMaxAI/MiniMax-M2': 228_689_748_992,
  'openai/gpt-oss-20b': 20_914_757_184,
  'openai/gpt-oss-120b': 116_829_156_672,
  'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16': 31_577_937_344,
  'nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16': 120_668_687_360,
  'openai-community/gpt2-xl': 1_557_611_200,
  'facebook/opt-350m': 331_196_416,
  'facebook/opt-6.7b': 6_658_473_984,
  'EleutherAI/gpt-j-6b': 6_050_882_784,
  'EleutherAI/gpt-neo-1.3B': 1_315_575_808,
  'EleutherAI/gpt-neox-20b': 20_554_567_680,
  'bigscience/bloom': 176_247_271_424,
  'mosaicml/mpt-7b': 6_649_286_656,
  'tiiuae/falcon-7b': 6_921_720_704,
  'tiiuae/falcon-40b': 41_303_293_952,
  'bigcode/starcoder': 15_517_456_384,
  'bigcode/starcoder2-7b': 7_173_923_840,
  'ibm-granite/granite-3.0-2b-base': 2_533_531_648,
  'google-bert/bert-large-uncased': 335_141_888,
  'FacebookAI/roberta-base': 124_645_632,
  'distilbert/distilbert-base-uncased': 66_362_880,
  'albert/albert-base-v2': 11_683_584,
  'google/electra-small-discriminator': 13_483_008,
  'google/vit-base-patch16-224': 86_567_656,
  'google/vit-large-patch16-224': 304_326_632,
  'openai/clip-vit-base-patch32': 151_277_313,
  'openai/clip-vit-large-patch14': 427_616_513,
  'google-t5/t5-large': 737_668_096,
  'facebook/bart-large': 406_291_456,
  'openai/whisper-large-v3': 1_543_490_560,
};

function model(id: string): Architecture {
  return architectureOf(findModel(id)!);
}

/** Left out are single numbers: gates of shared experts, sinks, CLIP's scale. */
const NEARLY = /Qwen1\.5-MoE|Qwen3-Next|Qwen3\.5|Phi-3\.5-MoE|gpt-oss|clip/;

describe('the parameters of a transformer', () => {
  for (const [id, counted] of Object.entries(COUNTED)) {
    it(`are those of its class: ${id}`, () => {
      const off = Math.abs(model(id).params - counted);
      assert.ok(off <= (NEARLY.test(id) ? 1e-5 * counted : 0), `${model(id).params}`);
    });
  }
});

describe('what a token is multiplied with', () => {
  it('is everything but the positions, where the embedding is the output matrix too', () => {
    const gpt2 = model('gpt2');
    assert.equal(gpt2.matmulParams, gpt2.params - 1024 * 768);
    assert.equal(gpt2.embeddingParams, (50_257 + 1024) * 768);
  });

  it('is everything but the input embedding, where it has an output matrix of its own', () => {
    const llama = model('Llama-3-8B');
    assert.equal(llama.matmulParams, llama.params - 128_256 * 4096);
    assert.equal(llama.embeddingParams, 2 * 128_256 * 4096);
  });

  it('is of an encoder everything but its tables', () => {
    const bert = model('bert-base-uncased');
    // The pooler takes one token only.
    assert.equal(bert.matmulParams, bert.params - (30_522 + 512 + 2) * 768 - (768 * 768 + 768));
  });

  it('is of layers that are one as much as if they were several', () => {
    const [albert, bert] = [model('albert-base-v2'), model('bert-base-uncased')];
    assert.ok(Math.abs(albert.matmulParams / bert.matmulParams - 1) < 0.01);
    assert.ok(albert.params < 0.12 * bert.params);
  });

  it('is of a mixture what is active', () => {
    const mixtral = model('Mixtral-8x7B-v0.1');
    const expert = 3 * 4096 * 14_336;
    assert.equal(mixtral.expertsPerToken, 2);
    assert.equal(mixtral.expertParams, 32 * 8 * expert);
    assert.equal(mixtral.activeParams, mixtral.params - 32 * 6 * expert);
    assert.equal(mixtral.matmulParams, mixtral.activeParams - 32_000 * 4096);
  });
});

describe('the layers of a mixture of experts', () => {
  it('are routed after the first three of DeepSeek-V3, with one shared expert', () => {
    const { routedLayers, sharedFeedForward, feedForward, experts, expertParams } =
      model('DeepSeek-V3');
    assert.deepEqual(
      [routedLayers, sharedFeedForward, feedForward, experts],
      [58, 2048, 2048, 256],
    );
    assert.equal(expertParams, 58 * 256 * 3 * 7168 * 2048);
  });

  it('are every second one of Llama 4 Maverick', () => {
    assert.equal(model('Llama-4-Maverick').routedLayers, 24);
  });

  it('are none of a dense model', () => {
    const { routedLayers, sharedFeedForward, experts, expertParams } = model('Llama-3-8B');
    assert.deepEqual([routedLayers, sharedFeedForward, experts, expertParams], [0, 0, 1, 0]);
  });

  it('have experts as narrow as their latent in Nemotron 3 Super', () => {
    const { expertParams } = model('Nemotron-3-Super');
    assert.equal(expertParams, 40 * 512 * 2 * 1024 * 2688);
  });
});

describe('the width of a head', () => {
  it('is the mean of scores and values, where attention is latent', () => {
    assert.equal(model('DeepSeek-V3').headDim, (192 + 128) / 2);
    assert.equal(model('GLM-5').headDim, (256 + 256) / 2);
  });
});

describe('an encoder-decoder', () => {
  it('has the layers of both, and caches those of the decoder', () => {
    const whisper = model('whisper-large-v3-turbo');
    assert.equal(whisper.layers, 32 + 4);
    assert.equal(whisper.cachePerToken, 2 * 4 * 1280);
    assert.equal(model('bert-large-uncased').cachePerToken, 0);
  });
});

describe('an image encoder', () => {
  /** Hooks on every matrix and convolution of transformers' classes, and attention's outputs. */
  const HOOKED: readonly [id: string, macs: number, activations: number][] = [
    ['vit-base-patch16-224', 17_563_828_224, 18_307_048],
    ['clip-vit-base-patch32', 7_388_581_888, 9_377_536],
  ];
  for (const [id, macs, activations] of HOOKED) {
    it(`multiplies and writes what its class does: ${id}`, () => {
      const sample = model(id).sample!;
      // Norms and biases count as if each were a product more.
      assert.ok(Math.abs(sample.macs / macs - 1) < 0.002, `${sample.macs}`);
      assert.ok(Math.abs(sample.activations / activations - 1) < 0.0002, `${sample.activations}`);
    });
  }
});
