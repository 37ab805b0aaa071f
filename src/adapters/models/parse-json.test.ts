import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJson } from './parse-json.ts';

const parse = (text: string): unknown => parseJson(new TextEncoder().encode(text));

describe('JSON that Python wrote', () => {
  it('has null where a number is none', () => {
    assert.deepEqual(parse('{"a": [0.0, Infinity, -Infinity], "b": NaN}'), {
      a: [0, null, null],
      b: null,
    });
  });

  it('keeps such words in its texts, and a mark at its beginning is passed over', () => {
    const said = { '-Infinity': 'NaN, \\"Infinity\\"', n: null };
    assert.deepEqual(parse(`\uFEFF${JSON.stringify(said).replace('null', 'NaN')}`), said);
  });

  it('law: JSON is read as it is, and with numbers that are none as with null', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        assert.deepEqual(parse(text), JSON.parse(text));
        assert.deepEqual(parse(`[NaN, ${text}]`), [null, JSON.parse(text)]);
      }),
    );
  });

  it('is not made of what is none, in time that grows with its length alone', () => {
    const hostile = [
      'NaN"'.repeat(100_000),
      `NaN "${'\\"'.repeat(300_000)}`,
      '"\\',
      'NaNa',
      '-',
      '',
    ];
    for (const text of hostile) assert.throws(() => parse(text), SyntaxError);
  });
});
