import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gpt, isClose } from '../memory/gpt-for-tests.ts';
import type { Architecture } from '../models/architecture.ts';
import { LLAMA_8B, modelOf } from './build-for-tests.ts';
import { trainingFlops } from './training-flops.ts';

const METHODS = ['full', 'lora', 'qlora', 'pretrain'] as const;

describe('arithmetic of a training', () => {
  it('is 6N a token and the causal half of attention', () => {
    // Llama 3.1 8B: 8.03e9 parameters, less 128,256 × 4,096 looked up; 32 layers of width 4,096.
    const { weights, attention } = flopsOf('full', 8192);
    assert.equal(weights, 6 * (8_030_261_248 - 128_256 * 4096));
    assert.equal(attention, 6 * 32 * 4096 * 8192);
  });

  it('of frozen weights is two thirds, and a little for the adapters', () => {
    const ratio = flopsOf('lora', 4096).weights / flopsOf('full', 4096).weights;
    assert.ok(ratio > 2 / 3 && ratio < 0.68, `${ratio}`);
    assert.deepEqual(flopsOf('qlora', 4096), flopsOf('lora', 4096));
  });

  it('never shrinks with longer sequences', () => {
    const length = fc.integer({ min: 1, max: 1e6 });
    fc.assert(
      fc.property(length, length, fc.constantFrom(...METHODS), (one, other, method) => {
        const [shorter, longer] = [Math.min(one, other), Math.max(one, other)];
        assert.ok(total(flopsOf(method, shorter)) <= total(flopsOf(method, longer)));
      }),
    );
  });
});

/**
 * Narayanan et al., arXiv:2104.04473, table 1: parameters in billions, heads, width, layers, GPUs,
 * sequences of a batch, TFLOP/s of a GPU, PFLOP/s of all.
 */
const SC21_TABLE_1 = [
  [1.7, 24, 2304, 24, 32, 512, 137, 4.4],
  [3.6, 32, 3072, 30, 64, 512, 138, 8.8],
  [7.5, 32, 4096, 36, 128, 512, 142, 18.2],
  [18.4, 48, 6144, 40, 256, 1024, 135, 34.6],
  [39.1, 64, 8192, 48, 512, 1536, 138, 70.8],
  [76.1, 80, 10_240, 60, 1024, 1792, 140, 143.8],
  [145.6, 96, 12_288, 80, 1536, 2304, 148, 227.1],
  [310.1, 128, 16_384, 96, 1920, 2160, 155, 297.4],
  [529.6, 128, 20_480, 105, 2520, 2520, 163, 410.2],
  [1008, 160, 25_600, 128, 3072, 3072, 163, 502],
] as const;
const SC21 = { vocab: 51_200, sequence: 2048 };

describe('table 1 of Megatron at SC21', () => {
  for (const [billions, heads, hidden, layers, devices, batch, tflops, pflops] of SC21_TABLE_1) {
    const model = gpt({ layers, hidden, heads, vocab: SC21.vocab });

    it(`has ${billions}B parameters, its equation 2`, () => {
      // What the shape of papers leaves out: 13h of biases and norms a layer, and positions.
      const rest = 13 * layers * hidden + SC21.sequence * hidden;
      assert.equal(round(model.params + rest, 1e8), Math.round(billions * 10));
    });

    it(`of ${billions}B computes what its equation 3 says, at ${pflops} PFLOP/s`, () => {
      const work = batch * SC21.sequence * hardwareFlops(model, SC21.sequence);
      const { sequence: s, vocab: V } = SC21;
      const equation = 96 * batch * s * layers * hidden ** 2;
      const terms = 1 + s / (6 * hidden) + V / (16 * layers * hidden);
      assert.ok(isClose(work, equation * terms, 1e-9), `${work}`);
      // The table's two figures are rounded on their own.
      const seconds = work / (tflops * 1e12 * devices);
      assert.ok(isClose(work / seconds / 1e15, pflops, 0.5 / tflops + 0.05 / pflops));
    });
  }

  it('tells the days of the runs that it is extrapolated to', () => {
    // Section 5.1, equation 4: 175B on 300B tokens in 34 days, 1T on 450B in 84.
    const days = (shape: Parameters<typeof gpt>[0], tokens: number, flopsPerS: number): number =>
      (tokens * hardwareFlops(gpt(shape), SC21.sequence)) / flopsPerS / 86_400;
    const gpt3 = { layers: 96, hidden: 12_288, heads: 96, vocab: SC21.vocab };
    const trillion = { layers: 128, hidden: 25_600, heads: 160, vocab: SC21.vocab };
    assert.ok(isClose(days(gpt3, 300e9, 1024 * 140e12), 34, 0.05));
    assert.ok(isClose(days(trillion, 450e9, 3072 * 163e12), 84, 0.05));
  });
});

describe('arithmetic of published runs', () => {
  for (const { run, model, tokens, flops, share } of publishedRuns()) {
    it(`of ${run} is the ${flops.toExponential(2)} of its paper`, () => {
      const { weights } = trainingFlops(model, { method: 'pretrain', sequenceLength: 2048 });
      assert.ok(isClose(weights * tokens, flops, share), `${weights * tokens}`);
    });
  }
});

/** Their papers count 6N a token, with or without the embedding that is looked up. */
function publishedRuns(): readonly {
  readonly run: string;
  readonly model: Architecture;
  readonly tokens: number;
  readonly flops: number;
  readonly share: number;
}[] {
  return [
    {
      // Brown et al., arXiv:2005.14165, appendix D.
      run: 'GPT-3 175B',
      model: gpt({ params: 174.6e9, layers: 96, hidden: 12_288, heads: 96, vocab: 50_257 }),
      tokens: 300e9,
      flops: 3.14e23,
      share: 0.01,
    },
    {
      // Hoffmann et al., arXiv:2203.15556, table 3 and section 4: Gopher's budget of 5.76e23.
      run: 'Chinchilla 70B',
      model: gpt({ params: 70e9, layers: 80, hidden: 8192, heads: 64, vocab: 32_000 }),
      tokens: 1.4e12,
      flops: 5.76e23,
      share: 0.03,
    },
    {
      // Chowdhery et al., arXiv:2204.02311, table 1 and section 5: 780B tokens.
      run: 'PaLM 540B',
      model: gpt({ params: 540.35e9, layers: 118, hidden: 18_432, heads: 48, vocab: 256_000 }),
      tokens: 780e9,
      flops: 2.53e24,
      share: 0.01,
    },
    {
      // Llama Team, arXiv:2407.21783, section 1: 3.8e25 for 15.6T tokens.
      run: 'Llama 3 405B',
      model: modelOf('meta-llama/Llama-3.1-405B'),
      tokens: 15.6e12,
      flops: 3.8e25,
      share: 0.01,
    },
  ];
}

/**
 * FLOPs of a token with all layers computed again, and attention counted in full, as Narayanan et
 * al. count: 4/3 of all but the output layer.
 */
function hardwareFlops(model: Architecture, sequenceLength: number): number {
  const { weights, attention } = trainingFlops(model, { method: 'pretrain', sequenceLength });
  const output = 6 * model.vocab * model.hidden;
  return (4 / 3) * (weights - output + 2 * attention) + output;
}

function round(value: number, unit: number): number {
  return Math.round(value / unit);
}

function flopsOf(method: (typeof METHODS)[number], sequenceLength: number) {
  return trainingFlops(modelOf(LLAMA_8B), { method, sequenceLength });
}

function total({ weights, attention }: ReturnType<typeof flopsOf>): number {
  return weights + attention;
}
