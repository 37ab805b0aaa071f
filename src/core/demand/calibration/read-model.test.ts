import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelNames } from './model-name.ts';
import { readModel } from './read-model.ts';

const read = (model: string, params_B = '', arch_notes = '', seq_len = '') => {
  const result = readModel({ kind: 'train', model, params_B, arch_notes, seq_len });
  if (typeof result === 'string') throw new TypeError(result);
  return result;
};

test("a registered model is the registry's, whatever was done with it", () => {
  for (const name of [
    'Llama-3-8B',
    'Llama-3-8B LoRA',
    'Llama-3-8B pre-training',
    'Llama-3-8B (MLPerf)',
  ]) {
    const model = read(name, '8.03', 'dense L32 d4096 kv8');
    assert.deepEqual([model.layers, model.kvHeads, model.vocab], [32, 8, 128_256]);
  }
});

test('names are tried without brackets, without words of work and with their number apart', () => {
  assert.ok(modelNames('Llama2-7B pre-training').includes('Llama-2-7B'));
  assert.ok(modelNames('Llama-2 (7B class)').includes('Llama-2-7B'));
  assert.ok(modelNames('DeepSeek-V3/R1 (MLA)').includes('DeepSeek-V3'));
});

test("a row's own layers and width win over the registry's", () => {
  const model = read('Llama-3-8B', '4', 'L16 d4096 h32 kv8 ffn14336 V128256');
  assert.deepEqual([model.layers, model.params], [16, 4e9]);
});

test('a plain transformer is completed from layers, width and size', () => {
  const gpt = read('GPT-1.7B', '1.7', 'L24 d2304 h24 V51200');
  assert.deepEqual(
    [gpt.heads, gpt.kvHeads, gpt.headDim, gpt.feedForward, gpt.gated],
    [24, 24, 96, 9216, false],
  );
  const untold = read('BLOOM-like', '200', 'd14400 Lvaries h96 V250k');
  assert.deepEqual([untold.layers, untold.vocab], [79, 250_000]);
  const counted = read('NoSize', '', 'L12 d768 h12 V50257');
  assert.ok(Math.abs(counted.params - 123.5e6) < 1e6);
});

test('a size that 4 widths do not explain means a gated block', () => {
  const llama = read('Unheard-8B', '8.03', 'L32 d4096 h32 kv8 V128256');
  assert.ok(llama.gated);
  assert.ok(Math.abs(llama.feedForward - 14_336) < 200);
});

test('a model of which only the size is told takes the usual proportions', () => {
  const dense = read('dense 900B', '915');
  assert.ok(Math.abs(dense.hidden / dense.layers / 128 - 1) < 0.1);
  assert.equal(dense.params, 915e9);
});

test('experts are told in the notes, their size by what a token does not pass', () => {
  const routed = read('Unheard-MoE', '80 total / 10 active', 'MoE 16e top2');
  assert.deepEqual([routed.experts, routed.expertsPerToken], [16, 2]);
  assert.deepEqual([routed.params, routed.activeParams, routed.expertParams], [80e9, 10e9, 80e9]);
});

test('an image model without multiply-adds is refused, a small image keeps its resolution', () => {
  assert.equal(
    typeof readModel({
      kind: 'train',
      model: 'OtherNet-ResNet',
      params_B: '0.02',
      arch_notes: '224x224',
      seq_len: '',
    }),
    'string',
  );
  assert.equal(read('SomeNet', '0.02', '2.0 GMAC').sample?.macs, 2e9);
});

test("an image model has the work of the row's own input size", () => {
  const at = (pixels: string): number => read('ResNet-50', '0.0256', pixels).sample!.macs;
  assert.ok(Math.abs(at('448x448') / at('224x224') - 4) < 1e-9);
  assert.ok(Math.abs(at('CIFAR-10 32x32') / at('224x224') - (128 / 224) ** 2) < 1e-9);
  assert.equal(read('ResNet-50', '', '4.5 GMAC').sample?.macs, 4.5e9);
});

test('a diffusion model that makes images takes all steps, twice each', () => {
  const sizes = { params_B: '', arch_notes: '512x512', seq_len: '' };
  const work = (kind: string, arch_notes: string): number => {
    const model = readModel({ ...sizes, kind, arch_notes, model: 'Stable Diffusion 1.5' });
    return typeof model === 'string' ? NaN : model.sample!.macs;
  };
  assert.equal(work('infer', '512x512; 20 steps') / work('train', '512x512'), 40);
  assert.equal(work('infer', '512x512') / work('train', '512x512'), 100);
});
