import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KedgeError } from '../../../base/errors.ts';
import type { Model } from '../../../spec/task.ts';
import { buildModel } from '../build-for-tests.ts';
import type { InlineShape } from './inline-architecture.ts';
import { resolveModel } from './resolve-model.ts';

/** Of a dense model these are zero. */
const FIELDS_OF_EXPERTS = new Set(['routedLayers', 'sharedFeedForward', 'expertParams']);

describe('a model given by its name', () => {
  it('does not depend on who published a copy, nor on case', () => {
    const original = resolveModel(buildModel({ id: 'meta-llama/Llama-3.1-8B' }));
    const copy = resolveModel(buildModel({ id: 'unsloth/llama-3.1-8b-instruct' }));
    assert.deepEqual(copy, original);
    assert.equal(original.params, 8_030_261_248);
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

  it('is the known one where all of its figures are said', () => {
    const known = resolveModel(buildModel({ id: 'meta-llama/Llama-3.1-8B' }));
    const { params, layers, hidden, heads, kvHeads, headDim, vocab } = known;
    const said = { params, layers, hidden, heads, kvHeads, headDim, vocab };
    const given = resolveModel(buildModel({ ...said, id: known.name }));
    const { matmulParams, feedForward, ...others } = given;
    assert.ok(Math.abs(matmulParams / known.matmulParams - 1) < 1e-4, `${matmulParams}`);
    assert.ok(Math.abs(feedForward / known.feedForward - 1) < 1e-3, `${feedForward}`);
    const { matmulParams: _, feedForward: __, ...expected } = known;
    assert.deepEqual(others, expected);
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

  it('finds the active parameters of a mixture from its experts', () => {
    const said = { layers: 32, hidden: 4096, heads: 32, kvHeads: 8, vocab: 32_000 };
    const experts = { experts: 8, expertsPerToken: 2, feedForward: 14_336 };
    const model = resolveModel({ ...buildModel({ params: 46.7e9, ...said }), ...experts });
    const known = resolveModel(buildModel({ id: 'mistralai/Mixtral-8x7B-v0.1' }));
    for (const field of ['activeParams', 'matmulParams', 'expertParams'] as const)
      assert.ok(Math.abs(model[field] / known[field] - 1) < 0.01, `${field} ${model[field]}`);
    assert.equal(model.routedLayers, 32);
    assert.equal(model.feedForward, 14_336);
  });

  it('finds the width of an expert where it is not said', () => {
    const said = { layers: 32, hidden: 4096, heads: 32, kvHeads: 8, vocab: 32_000 };
    const experts = { experts: 8, expertsPerToken: 2 };
    const { feedForward } = resolveModel({
      ...buildModel({ params: 46.7e9, ...said }),
      ...experts,
    });
    assert.ok(Math.abs(feedForward / 14_336 - 1) < 0.01, `${feedForward}`);
  });

  it('looks back at a window, in all layers or in those that are said', () => {
    const windowOf = (extra: object) =>
      resolveModel({ ...buildModel({ params: 7e9, layers: 32 }), ...extra }).window;
    assert.equal(windowOf({}), null);
    assert.deepEqual(windowOf({ window: 4096 }), { layers: 32, tokens: 4096 });
    assert.deepEqual(windowOf({ window: 512, windowLayers: 26 }), { layers: 26, tokens: 512 });
  });

  it('keeps of a token what is said, where that is not its keys and values', () => {
    const latent = { ...buildModel({ params: 671e9, activeParams: 37e9 }), cachePerToken: 35_136 };
    assert.equal(resolveModel(latent).cachePerToken, 35_136);
  });

  it('of any size has counts that are positive and finite', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e3, max: 1e13, noNaN: true }), (params) => {
        const model = resolveModel(buildModel({ params }));
        for (const [field, count] of Object.entries(model)) {
          if (typeof count !== 'number' || FIELDS_OF_EXPERTS.has(field)) continue;
          assert.ok(Number.isFinite(count) && count > 0, `${field} is ${count}`);
        }
        assert.ok(model.matmulParams <= model.params);
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
    const other = refusalOf({ id: 'someone/Llama-3.1-9B' });
    assert.equal(other.details['closest'], 'meta-llama/Llama-3.1-8B');
  });

  it('gets no name where none is near', () => {
    assert.doesNotMatch(refusalOf({ id: 'someone/entirely-else-9000' }).hint!, /did you mean/);
  });

  it('without id and size, or of no size, is refused by its field', () => {
    assert.equal(refusalOf({}).code, 'spec.invalid');
    assert.match(refusalOf({ params: 8e9, layers: 0 }).message, /model\.layers is 0/);
    assert.match(refusalOf({ params: Number.NaN }).message, /model\.params is NaN/);
    assert.match(refusalOf({ params: 8e9, kvHeads: -8 }).message, /model\.kv_heads is -8/);
    assert.match(refusalOf({ params: 8e9, layers: 1e30 }).message, /no model has more than/);
    assert.match(refusalOf({ params: 1e30 }).message, /model\.params is 1e\+30; no model/);
  });

  it('or whose figures contradict each other, is refused by both', () => {
    const cases: [Partial<Model & InlineShape>, RegExp][] = [
      [{ activeParams: 9e9 }, /active_params \(9000000000\) is more than model\.params/],
      [{ heads: 32, kvHeads: 5 }, /kv_heads \(5\) does not divide model\.heads \(32\)/],
      [{ heads: 8, kvHeads: 16 }, /kv_heads \(16\) is more than model\.heads \(8\)/],
      [{ experts: 4, expertsPerToken: 8 }, /experts_per_token \(8\).*experts \(4\)/],
      [{ layers: 4, windowLayers: 8 }, /window_layers \(8\).*layers \(4\)/],
      [{ layers: 100, hidden: 16_384 }, /layers \(100\) and model\.hidden \(16384\) make/],
    ];
    for (const [parts, message] of cases)
      assert.match(refusalOf({ params: 8e9, ...parts }).message, message);
  });

  it('is answered at once, however long its name', () => {
    assert.ok(refusalOf({ id: 'x'.repeat(1e6) }).message.length < 300);
  });
});

function refusalOf(parts: Partial<Model & InlineShape>): KedgeError {
  try {
    resolveModel({ ...buildModel({}), ...parts });
  } catch (error) {
    assert.ok(error instanceof KedgeError);
    return error;
  }
  assert.fail('the model was accepted');
}
