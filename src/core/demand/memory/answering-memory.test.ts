import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registered } from '../samples/build-for-tests.ts';
import { type Answered, answeringMemory } from './answering-memory.ts';

describe('the memory of a device that answers', () => {
  it('is its weights in their format, the layer at work and a context, and no gradients', () => {
    const vit = registered('vit-base-patch16-224');
    const lines = linesOf('vit-base-patch16-224', { precision: 'fp16', sequenceLength: null });
    assert.deepEqual(Object.keys(lines), ['weights', 'activations', 'fragmentation', 'context']);
    assert.equal(lines['weights'], 2 * vit.params);
    const wide = linesOf('vit-base-patch16-224', { precision: 'fp32', sequenceLength: null });
    assert.equal(wide['weights'], 4 * vit.params);
    assert.equal(wide['activations'], 2 * lines['activations']!);
  });

  it('keeps tables of embeddings in 16 bits where weights have 8', () => {
    const { params, embeddingParams } = registered('bert-base-uncased');
    const { weights } = linesOf('bert-base-uncased', { precision: 'int8' });
    assert.equal(weights, params + embeddingParams);
  });

  it('has keys and values of what an encoder hands to a decoder, of an encoder alone none', () => {
    const { 'key-value cache': cache } = linesOf('t5-large', { precision: 'bf16' });
    // 24 layers of keys and values, 16 heads of 64 (Raffel et al., arXiv:1910.10683, section 3.7).
    assert.equal(cache, 64 * 512 * 24 * 2 * 16 * 64 * 2);
    assert.equal('key-value cache' in linesOf('bert-base-uncased', {}), false);
  });

  it('grows with the samples at once by activations and cache alone', () => {
    const [few, many] = [8, 16].map((batch) => linesOf('t5-large', { batch }));
    for (const name of ['weights', 'context']) assert.equal(few![name], many![name]);
    for (const name of ['layer at work', 'key-value cache'])
      assert.equal(2 * few![name]!, many![name]);
  });
});

function linesOf(id: string, parts: Partial<Answered>): { readonly [name: string]: number } {
  const answered = { precision: 'bf16', batch: 64, sequenceLength: 512, ...parts } as const;
  const { lines } = answeringMemory(registered(id), answered);
  return Object.fromEntries(lines.map(({ name, bytes }) => [name, bytes.mid]));
}
