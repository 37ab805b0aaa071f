import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registered } from './build-for-tests.ts';
import { kernelsOf, passWork } from './sample-work.ts';

test('an image has the multiply-adds and activations that are published', () => {
  assert.deepEqual(passWork(registered('resnet50'), null), {
    macs: 4089184256,
    activations: 11114984,
    scores: 0,
  });
});

test('a text has 12·d² multiply-adds a layer and token, and attention over all of it', () => {
  const [tokens, layers, width] = [384, 24, 1024];
  const work = passWork(registered('bert-large-uncased'), tokens);
  assert.ok(typeof work !== 'string');
  assert.equal(work.macs, layers * tokens * (12 * width ** 2 + 2 * tokens * width));
  assert.equal(work.activations, layers * tokens * 9 * width);
  assert.equal(work.scores, layers * 16 * tokens ** 2);
});

test('a text of unknown length has unknown work', () => {
  assert.match(String(passWork(registered('bert-large-uncased'), null)), /not stated/);
});

test('a convolution is three kernels, a transformer layer more', () => {
  assert.equal(kernelsOf(registered('resnet50')), 162);
  assert.ok(kernelsOf(registered('vit-base-patch16-224')) > 162);
});
