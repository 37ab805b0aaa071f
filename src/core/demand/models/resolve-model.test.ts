import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KedgeError } from '../../../base/errors.ts';
import type { Model } from '../../../spec/task.ts';
import { buildModel } from '../build-for-tests.ts';
import { knownModels } from './known-models.ts';
import { resolveModel } from './resolve-model.ts';

/**
 * Billions of parameters, all and active, as published: the model cards on huggingface.co and the
 * papers named in known-models.ts.
 */
const PUBLISHED: readonly [id: string, params: number, active?: number][] = [
  ['meta-llama/Llama-2-7b-hf', 6.74],
  ['meta-llama/Llama-2-13b-chat-hf', 13.02],
  ['meta-llama/Llama-2-70b-hf', 68.98],
  ['meta-llama/Meta-Llama-3-8B-Instruct', 8.03],
  ['meta-llama/Llama-3.1-8B', 8.03],
  ['meta-llama/Llama-3.1-405B', 405.9],
  ['meta-llama/Llama-3.2-1B', 1.236],
  ['meta-llama/Llama-3.2-3B-Instruct', 3.213],
  ['meta-llama/Llama-3.3-70B-Instruct', 70.55],
  ['huggyllama/llama-65b', 65.2],
  ['TinyLlama/TinyLlama-1.1B-Chat-v1.0', 1.1],
  ['mistralai/Mistral-7B-Instruct-v0.3', 7.25],
  ['mistralai/Mistral-Nemo-Instruct-2407', 12.25],
  ['mistralai/Mixtral-8x7B-v0.1', 46.7, 12.9],
  ['mistralai/Mixtral-8x22B-Instruct-v0.1', 140.6, 39.1],
  ['Qwen/Qwen2.5-0.5B', 0.494],
  ['Qwen/Qwen2.5-1.5B-Instruct', 1.54],
  ['Qwen/Qwen2.5-7B-Instruct', 7.62],
  ['Qwen/Qwen2.5-32B', 32.76],
  ['Qwen/Qwen2.5-72B', 72.7],
  ['Qwen/Qwen3-8B-Base', 8.19],
  ['Qwen/Qwen3-32B', 32.76],
  ['Qwen/Qwen3-30B-A3B', 30.5, 3.34],
  ['Qwen/Qwen3-235B-A22B', 235, 22.2],
  ['google/gemma-2b', 2.51],
  ['google/gemma-7b-it', 8.54],
  ['google/gemma-2-2b', 2.614],
  ['google/gemma-2-9b-it', 9.24],
  ['google/gemma-2-27b', 27.2],
  ['google/gemma-3-1b-it', 1.0],
  ['microsoft/phi-2', 2.78],
  ['microsoft/Phi-3-mini-4k-instruct', 3.82],
  ['microsoft/phi-4', 14.66],
  ['openai-community/gpt2', 0.1244],
  ['openai-community/gpt2-xl', 1.5576],
  ['facebook/opt-125m', 0.1252],
  ['facebook/opt-6.7b', 6.66],
  ['facebook/opt-66b', 65.7],
  ['EleutherAI/pythia-410m-deduped', 0.4053],
  ['EleutherAI/pythia-12b', 11.85],
  ['EleutherAI/gpt-neox-20b', 20.55],
  ['bigscience/bloom', 176.25],
];

describe('the size of a model', () => {
  for (const [id, params, active] of PUBLISHED) {
    it(`${id} has ${params}B parameters within 1 %`, () => {
      const model = resolveModel(buildModel({ id }));
      assert.ok(Math.abs(model.params / 1e9 / params - 1) < 0.01, `${model.params / 1e9}B`);
      const activeB = model.activeParams / 1e9;
      assert.ok(Math.abs(activeB / (active ?? params) - 1) < 0.01, `${activeB}B active`);
    });
  }

  it('of every model in the table says so in its name, where the name has one', () => {
    for (const id of knownModels().keys()) {
      const said = /(?<![\dx.])(\d+(?:\.\d+)?)b(?![a-z])/i.exec(id.replace(/8x\d+b/i, ''))?.[1];
      if (said === undefined) continue;
      const { params } = resolveModel(buildModel({ id }));
      // gemma-7b has 8.5B, gemma-2b 2.5B: the widest gaps between name and size.
      assert.ok(Math.abs(params / 1e9 / Number(said) - 1) < 0.32, `${id}: ${params}`);
    }
  });

  it('does not depend on who published a copy, nor on case', () => {
    const original = resolveModel(buildModel({ id: 'meta-llama/Llama-3.1-8B' }));
    const copy = resolveModel(buildModel({ id: 'unsloth/llama-3.1-8b-instruct' }));
    assert.deepEqual(copy, original);
  });
});

describe('a model given by its figures', () => {
  it('takes the proportions of published models for what is not said', () => {
    const guessed = resolveModel(buildModel({ params: 8e9 }));
    const known = resolveModel(buildModel({ id: 'meta-llama/Llama-3.1-8B' }));
    assert.ok(Math.abs(guessed.layers / known.layers - 1) < 0.2, `${guessed.layers} layers`);
    assert.ok(Math.abs(guessed.hidden / known.hidden - 1) < 0.2, `width ${guessed.hidden}`);
    assert.ok(Math.abs(guessed.matmulParams / known.matmulParams - 1) < 0.05);
  });

  it('keeps every figure that is said', () => {
    const said = { params: 7e9, layers: 30, hidden: 4000, heads: 40, kvHeads: 4, headDim: 100 };
    const model = resolveModel(buildModel({ ...said, vocab: 50_000 }));
    for (const [field, value] of Object.entries(said))
      assert.equal(model[field as keyof typeof said], value, field);
    assert.equal(model.vocab, 50_000);
  });

  it('wins over the table where an id is given too', () => {
    const model = resolveModel(buildModel({ id: 'meta-llama/Llama-3.1-8B', params: 4e9 }));
    assert.equal(model.params, 4e9);
    assert.equal(model.name, 'meta-llama/Llama-3.1-8B');
  });

  it('computes with the active parameters of a mixture of experts', () => {
    const model = resolveModel(buildModel({ params: 46.7e9, activeParams: 12.9e9 }));
    assert.ok(model.matmulParams < 12.9e9);
    assert.ok(model.experts > 1);
  });

  it('of any size has counts that are positive and finite', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e3, max: 1e13, noNaN: true }), (params) => {
        const { name: _, gated: __, ...counts } = resolveModel(buildModel({ params }));
        for (const [field, count] of Object.entries(counts))
          assert.ok(Number.isFinite(count) && count > 0, `${field} is ${count}`);
        assert.ok(counts.matmulParams <= counts.params);
      }),
    );
  });
});

describe('a model that is not known', () => {
  it('gets the nearest name, and the way to give its shape', () => {
    const error = refusalOf({ id: 'meta-llama/Llama-3.1-9B' });
    assert.equal(error.code, 'spec.bad-value');
    assert.match(error.message, /Llama-3\.1-9B/);
    assert.match(error.hint!, /did you mean meta-llama\/Llama-3\.1-8B\?/);
    assert.match(error.hint!, /model: \{params: 8B, layers: 32/);
  });

  it('gets no name where none is near', () => {
    assert.doesNotMatch(refusalOf({ id: 'someone/entirely-else-9000' }).hint!, /did you mean/);
  });

  it('in a local folder is said not to be read, rather than unknown', () => {
    for (const id of ['./out/model', '/data/llama', '~/llama', 'model/config.json', '..\\llama'])
      assert.match(refusalOf({ id }).message, /local file, which is not read yet/);
  });

  it('without id and size, or of no size, is refused by its field', () => {
    assert.equal(refusalOf({}).code, 'spec.invalid');
    assert.match(refusalOf({ params: 8e9, layers: 0 }).message, /model\.layers is 0/);
    assert.match(refusalOf({ params: 8e9, activeParams: 9e9 }).message, /active_params/);
  });

  it('is answered at once, however long its name', () => {
    assert.ok(refusalOf({ id: 'x'.repeat(1e6) }).message.length < 300);
  });
});

function refusalOf(parts: Partial<Model>): KedgeError {
  try {
    resolveModel(buildModel(parts));
  } catch (error) {
    assert.ok(error instanceof KedgeError);
    return error;
  }
  assert.fail('the model was accepted');
}
