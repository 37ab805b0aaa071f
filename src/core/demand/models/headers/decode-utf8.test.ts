import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeUtf8 } from './decode-utf8.ts';

const texts = fc
  .array(
    fc.integer({ min: 0, max: 0x10_ff_ff }).filter((point) => point < 0xd8_00 || point > 0xdf_ff),
  )
  .map((points) => String.fromCodePoint(...points));

describe('text of UTF-8', () => {
  it('is the text that was encoded', () => {
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(decodeUtf8(new TextEncoder().encode(text)), text);
      }),
    );
    const long = 'ä🦙'.repeat(10_000);
    assert.equal(decodeUtf8(new TextEncoder().encode(long)), long);
  });

  it('of wrong bytes has U+FFFD where they are, and the rest', () => {
    const wrong = [
      [0xff],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xe2, 0x82],
      [0xf5, 0x80, 0x80, 0x80],
    ];
    for (const bytes of wrong) {
      const text = decodeUtf8(Uint8Array.from([0x61, ...bytes, 0x62]));
      assert.match(text, /^a\uFFFD+b$/, String(bytes));
    }
  });
});
