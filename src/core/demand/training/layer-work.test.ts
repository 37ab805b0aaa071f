import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gpt, isClose } from '../memory/gpt-for-tests.ts';
import type { Architecture } from '../models/architecture.ts';
import { DEEPSEEK_V3, LLAMA_8B, MIXTRAL, modelOf, tokenModels } from './build-for-tests.ts';
import { expertHidden, layerProducts, type Product } from './layer-work.ts';

const ALONE = { tensorParallel: 1, expertParallel: 1 };

describe('products of a layer', () => {
  it('of a GPT are its two of attention and the two of its block', () => {
    const [into, out, up, down] = layerProducts(SMALL_GPT, 'dense', ALONE);
    // 4d² of attention; the block widens 512 to 2,048 and back.
    assert.equal(weightsOf([into!, out!]), 4 * 512 ** 2);
    assert.deepEqual([up!.inner, up!.outer], [512, 2048]);
    assert.deepEqual([down!.inner, down!.outer], [2048, 512]);
  });

  it('multiply each parameter that a token passes once, as the model counts them', () => {
    for (const id of [
      LLAMA_8B,
      MIXTRAL,
      DEEPSEEK_V3,
      'Qwen/Qwen3-30B-A3B',
      'openai/gpt-oss-120b',
    ]) {
      const model = modelOf(id);
      const { layers, routedLayers, vocab, hidden, matmulParams } = model;
      const active =
        (layers - routedLayers) * activeOf(layerProducts(model, 'dense', ALONE)) +
        routedLayers * (routedLayers > 0 ? activeOf(layerProducts(model, 'routed', ALONE)) : 0);
      assert.ok(isClose(active, matmulParams - vocab * hidden, 0.001), `${id}: ${active}`);
    }
  });

  it('are split evenly among tensor-parallel devices', () => {
    const anyModel = fc.constantFrom(...tokenModels());
    fc.assert(
      fc.property(anyModel, fc.constantFrom(2, 4, 8), (model, tensorParallel) => {
        const kind = model.routedLayers > 0 ? 'routed' : 'dense';
        const router = kind === 'routed' ? model.hidden * model.experts : 0;
        const split = layerProducts(model, kind, { tensorParallel, expertParallel: 1 });
        const whole = weightsOf(layerProducts(model, kind, ALONE));
        // Each of them routes all its tokens.
        const share = (whole - router) / tensorParallel + router;
        assert.ok(isClose(weightsOf(split), share, 1e-9));
      }),
    );
  });

  it('of experts see their share of the tokens, and their ranks’ together with others’', () => {
    // Mixtral: 2 of 8 experts for each token.
    const alone = layerProducts(modelOf(MIXTRAL), 'routed', ALONE).find(isRouted);
    assert.deepEqual([alone!.tokens, alone!.copies], [2 / 8, 8]);
    const ranks = { tensorParallel: 1, expertParallel: 4 };
    const shared = layerProducts(modelOf(MIXTRAL), 'routed', ranks).find(isRouted);
    assert.deepEqual([shared!.tokens, shared!.copies], [1, 2]);
  });

  it('of experts that work on narrower tokens are as narrow', () => {
    // Nemotron 3 Super: 4,096 wide, experts of 1,024 (nvidia/NVIDIA-Nemotron-3-Super, config.json).
    assert.equal(
      Math.round(expertHidden(modelOf('nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16'))),
      1024,
    );
    assert.equal(Math.round(expertHidden(modelOf(DEEPSEEK_V3))), 7168);
  });
});

const SMALL_GPT: Architecture = gpt({ layers: 8, hidden: 512, heads: 8, vocab: 50_257 });

function isRouted(product: Product): boolean {
  return product.isRouted;
}

function weightsOf(products: readonly Product[]): number {
  return products.reduce((sum, { inner, outer, copies }) => sum + copies * inner * outer, 0);
}

/** Weights that one token is multiplied with. */
function activeOf(products: readonly Product[]): number {
  return products.reduce(
    (sum, { inner, outer, copies, tokens }) => sum + tokens * copies * inner * outer,
    0,
  );
}
