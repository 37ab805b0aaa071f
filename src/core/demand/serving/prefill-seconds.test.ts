import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildScope, DEEPSEEK_V3, LLAMA_8B, LLAMA_70B } from './build-for-tests.ts';
import { prefillSeconds, promptSeconds } from './prefill-seconds.ts';

describe('the pass over a prompt', () => {
  it('never beats 2N operations a token at the peak', () => {
    const models = fc.constantFrom(LLAMA_8B, LLAMA_70B, DEEPSEEK_V3);
    const lengths = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(models, lengths, (model, inputTokens) => {
        const scope = buildScope({ model, tensorParallel: 8 });
        const { total } = prefillSeconds(scope, { inputTokens, prompts: 1 });
        const flops = 2 * (model.matmulParams - model.vocab * model.hidden) * inputTokens;
        assert.ok(total > flops / (8 * 1978.9e12));
      }),
    );
  });

  it('has attention that grows with the square, and with the length behind a window', () => {
    const attention = (inputTokens: number, window: number | null) => {
      const layers = LLAMA_70B.layers;
      const model = { ...LLAMA_70B, window: window === null ? null : { layers, tokens: window } };
      return prefillSeconds(buildScope({ model }), { inputTokens, prompts: 1 }).attention;
    };
    assert.ok(Math.abs(attention(8192, null) / attention(4096, null) - 4) < 1e-9);
    assert.ok(attention(80_000, 128) / attention(40_000, 128) < 2.01);
  });

  it('of a few tokens takes as long as a host takes to start its kernels', () => {
    const scope = buildScope({ model: LLAMA_8B, tensorParallel: 1 });
    const { total } = prefillSeconds(scope, { inputTokens: 16, prompts: 1 });
    assert.ok(Math.abs(total - 32 * scope.coefficients.launch * scope.coefficients.eager) < 1e-12);
    const { launches } = prefillSeconds(scope, { inputTokens: 8192, prompts: 1 });
    assert.ok(Math.abs(launches - 32 * scope.coefficients.launch) < 1e-12, 'a long one hides it');
  });

  it('takes two prompts together in less than twice the time of one', () => {
    const scope = buildScope();
    const one = prefillSeconds(scope, { inputTokens: 512, prompts: 1 }).total;
    const two = prefillSeconds(scope, { inputTokens: 512, prompts: 2 }).total;
    assert.ok(two < 2 * one);
    assert.ok(two > one);
  });

  it('keeps several cards busy in llama.cpp where the prompt comes in pieces', () => {
    const on = (pipelineParallel: number) =>
      promptSeconds(
        buildScope({
          model: LLAMA_8B,
          precision: 'fp16',
          tensorParallel: 1,
          engine: 'llama.cpp',
          accelerator: 'RTX4090',
          pipelineParallel,
        }),
        1024,
      );
    // Two pieces through two stages take three of the four parts.
    assert.ok(Math.abs(on(2) / on(1) - 3 / 4) < 0.01);
    assert.ok(on(4) < on(2));
  });
});
