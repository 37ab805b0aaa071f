import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONFIGS } from './configs-for-tests.ts';
import { readConfig } from './read-config.ts';
import { refusalOf } from './refusal-for-tests.ts';

const LLAMA = CONFIGS['meta-llama/Meta-Llama-3-8B']!;

describe('a size that is missing', () => {
  for (const field of ['hidden_size', 'num_hidden_layers', 'num_attention_heads', 'vocab_size']) {
    it(`is named: ${field}`, () => {
      const error = refusalOf({ ...LLAMA, [field]: null });
      assert.equal(error.code, 'spec.invalid');
      assert.match(error.message, new RegExp(`has no ${field}$`));
      assert.match(error.hint!, new RegExp(`^add ${field}, or give the size`));
    });
  }

  it('is named with the object that it stands in', () => {
    const text = { ...LLAMA, model_type: 'qwen3', vocab_size: undefined };
    const config = { model_type: 'llava', text_config: text };
    assert.match(refusalOf(config).message, /has no text_config\.vocab_size/);
  });
});

describe('sizes that contradict each other are both named:', () => {
  const CASES: readonly [what: string, extra: object, message: RegExp][] = [
    ['width and heads', { num_attention_heads: 33 }, /hidden_size \(4096\).*_heads \(33\)/],
    ['key-value heads and heads', { num_key_value_heads: 5 }, /_heads \(5\) does not.*\(32\)/],
    ['more key-value heads than heads', { num_key_value_heads: 64 }, /\(64\) does not.*\(32\)/],
    [
      'experts for a token and experts',
      { num_local_experts: 4, num_experts_per_tok: 8 },
      /num_experts_per_tok \(8\).*experts \(4\)/,
    ],
    [
      'dense layers and layers',
      { num_local_experts: 4, num_experts_per_tok: 2, first_k_dense_replace: 40 },
      /first_k_dense_replace \(40\).*num_hidden_layers \(32\)/,
    ],
    [
      'a list of compressed layers and layers',
      { compress_ratios: [4] },
      /compress_ratios lists 1 layers.*says 32/,
    ],
    ['a list of layers and layers', { layer_types: ['full_attention'] }, /lists 1 .*says 32/],
  ];
  for (const [what, extra, message] of CASES) {
    it(what, () => {
      const error = refusalOf({ ...LLAMA, ...extra });
      assert.equal(error.code, 'spec.bad-value');
      assert.match(error.message, message);
    });
  }

  it('but heads may be wider than the width says where head_dim is given', () => {
    const model = readConfig({ ...LLAMA, num_attention_heads: 40, head_dim: 128 }, 'm');
    assert.equal(model.headDim, 128);
  });
});

describe('a size that is absurd is refused:', () => {
  const CASES: readonly [value: unknown, message: RegExp][] = [
    [-1, /is -1; it must be a whole number above zero/],
    [0, /is 0; it must be above zero/],
    [1.5, /is 1\.5; it must be a whole number/],
    [Number.NaN, /is NaN/],
    [1e30, /is 1e\+30; no model has more/],
    ['32', /is "32"; it must be a whole number/],
    [[32], /is a list of 1; it must be a whole number/],
    [{}, /is an object/],
    [true, /is true/],
  ];
  for (const [value, message] of CASES) {
    it(`num_hidden_layers: ${JSON.stringify(value)}`, () => {
      const error = refusalOf({ ...LLAMA, num_hidden_layers: value });
      assert.equal(error.code, 'spec.bad-value');
      assert.match(error.message, message);
    });
  }

  it('sizes that are possible alone, but together make more than any model has', () => {
    const error = refusalOf({ ...LLAMA, hidden_size: 2 ** 24, num_hidden_layers: 1e6 });
    assert.match(error.message, /its sizes make .* parameters/);
  });
});
