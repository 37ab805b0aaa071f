import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GIB } from '../../base/units.ts';
import type { Training } from '../../spec/task.ts';
import { buildModel } from './build-for-tests.ts';
import type { Architecture } from './models/architecture.ts';
import { resolveModel } from './models/resolve-model.ts';
import { modelStates, type TrainingLayout, trainingMemory } from './training-memory.ts';

const ONE: TrainingLayout = {
  tensorParallel: 1,
  dataParallel: 1,
  isSharded: false,
  isRecomputed: true,
  microTokens: 512,
};
const METHODS = ['full', 'lora', 'qlora', 'pretrain'] as const;

describe('memory of a training', () => {
  it('full with Adam in mixed precision is 16 to 18 bytes a parameter', () => {
    // Rajbhandari et al., ZeRO, arXiv:1910.02054, section 3.1: 2 + 2 + 12; fp32 gradients add 2.
    const { params } = model('meta-llama/Llama-2-7b-hf');
    const states = statesOf('meta-llama/Llama-2-7b-hf', 'full');
    assert.equal(states.low, 16 * params);
    assert.equal(states.high, 18 * params);
  });

  it('sharded over 64 devices leaves 1.9 GB of 7.5B parameters on each', () => {
    // ZeRO, figure 1: P_os+g+p of a model of 7.5B parameters on 64 devices.
    const states = statesOf(null, 'full', 7.5e9).mid / 64 / 1e9;
    assert.ok(Math.abs(states - 1.9) < 0.05, `${states} GB`);
  });

  it('QLoRA of 65B fits one device of 48 GB, and LoRA does not', () => {
    // Dettmers et al., arXiv:2305.14314, abstract; sequences of 512 tokens as in its appendix.
    const llama = model('huggyllama/llama-65b');
    assert.ok(gib(memory(llama, 'qlora').high) <= 48, `${gib(memory(llama, 'qlora').high)} GiB`);
    assert.ok(gib(memory(llama, 'qlora').low) > 33, 'the weights alone are 33 GB');
    assert.ok(gib(memory(llama, 'lora').low) > 120);
  });

  it('LoRA of 7B fits 24 GB, and full fine-tuning does not fit 80 GB', () => {
    const llama = model('meta-llama/Llama-2-7b-hf');
    assert.ok(gib(memory(llama, 'lora').high) < 24);
    assert.ok(gib(memory(llama, 'full').low) > 80);
  });

  it('activations are those of the published table within 10 %', () => {
    // Korthikanti et al., arXiv:2205.05198, figure 1: GPT 22B, sequence and tensor parallel over 8,
    // selective recomputation, 4 sequences of 2,048: 9.56 GiB, with 2 bytes of dropout mask.
    const gpt = resolveModel(
      buildModel({ params: 22e9, layers: 48, hidden: 6144, heads: 64, kvHeads: 64, vocab: 1 }),
    );
    const plain = { ...gpt, gated: false, feedForward: 4 * 6144, vocab: 0 };
    const layout = { ...ONE, tensorParallel: 8, isRecomputed: false };
    const of = (microTokens: number): number =>
      memory(plain, 'full', { ...layout, microTokens }).low;
    const activations = gib(of(4 * 2048 + 1) - of(1));
    assert.ok(Math.abs(activations / 9.5625 - 1) < 0.1, `${activations} GiB`);
  });

  it('is an interval in order', () => {
    fc.assert(
      fc.property(anyLayout(), fc.constantFrom(...METHODS), (layout, method) => {
        const { low, mid, high } = memory(model('Qwen/Qwen3-8B'), method, layout);
        assert.ok(0 < low && low <= mid && mid <= high);
      }),
    );
  });

  it('never grows with more devices, and never shrinks with more tokens or less recomputed', () => {
    const mixtral = model('mistralai/Mixtral-8x7B-v0.1');
    fc.assert(
      fc.property(anyLayout(), fc.constantFrom(...METHODS), (layout, method) => {
        const high = (parts: Partial<TrainingLayout>): number =>
          memory(mixtral, method, { ...layout, ...parts }).high;
        const { tensorParallel, dataParallel, microTokens } = layout;
        assert.ok(high({ tensorParallel: 2 * tensorParallel }) <= high({}));
        if (dataParallel > 1) assert.ok(high({ dataParallel: 2 * dataParallel }) <= high({}));
        assert.ok(high({ microTokens: 2 * microTokens }) >= high({}));
        assert.ok(high({ isRecomputed: true }) <= high({ isRecomputed: false }));
      }),
    );
  });

  it('QLoRA needs less than LoRA, LoRA less than full', () => {
    for (const id of ['meta-llama/Llama-3.2-1B', 'meta-llama/Llama-3.1-405B']) {
      const [full, lora, qlora] = METHODS.map((method) => memory(model(id), method).mid);
      assert.ok(qlora! < lora! && lora! < full!, id);
    }
  });

  it('of fp32 keeps 16 bytes a parameter and twice the activations', () => {
    const llama = model('meta-llama/Llama-3.2-1B');
    const step = { method: 'full', precision: 'fp32' } as const;
    assert.equal(modelStates(llama, step).high, 16 * llama.params);
    const layout = { ...ONE, microTokens: 65_536, isRecomputed: false };
    const wide = trainingMemory(llama, step, layout).mid;
    assert.ok(wide > 1.5 * memory(llama, 'full', layout).mid);
  });
});

function model(id: string): Architecture {
  return resolveModel(buildModel({ id }));
}

function statesOf(id: string | null, method: Training['method'], params: number | null = null) {
  return modelStates(resolveModel(buildModel({ id, params })), { method, precision: 'bf16' });
}

function memory(of: Architecture, method: Training['method'], layout: TrainingLayout = ONE) {
  return trainingMemory(of, { method, precision: 'bf16' }, layout);
}

function gib(bytes: number): number {
  return bytes / GIB;
}

function anyLayout(): fc.Arbitrary<TrainingLayout> {
  return fc.record({
    tensorParallel: fc.constantFrom(1, 2, 4, 8),
    dataParallel: fc.constantFrom(1, 2, 16, 128),
    isSharded: fc.boolean(),
    isRecomputed: fc.boolean(),
    microTokens: fc.integer({ min: 1, max: 1e6 }),
  });
}
