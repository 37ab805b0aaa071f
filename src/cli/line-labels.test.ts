import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LineLabels } from './line-labels.ts';

/** What comes out of slices of these lengths, and then of the end. */
function labelled(text: string, lengths: readonly number[]): string {
  const labels = new LineLabels('(0) ');
  const bytes = Buffer.from(text);
  const out: Uint8Array[] = [];
  let from = 0;
  for (const length of [...lengths, bytes.length]) {
    out.push(labels.push(bytes.subarray(from, from + length)));
    from += length;
  }
  return Buffer.concat([...out, labels.end()]).toString();
}

describe('the lines of one of several nodes', () => {
  it('bear its label, each, and end with a line', () => {
    assert.equal(labelled('one\n\ntwo', []), '(0) one\n(0) \n(0) two\n');
    assert.equal(labelled('', []), '');
  });

  it('law: are the same however the output was cut, characters in two included', () => {
    const text = fc.array(fc.constantFrom('漢', '🚢', 'a', '\n'), { maxLength: 40 });
    const cuts = fc.array(fc.nat(5), { maxLength: 60 });
    const law = fc.property(text, cuts, (parts, lengths) => {
      const whole = parts.join('');
      assert.equal(labelled(whole, lengths), labelled(whole, []));
      assert.equal(labelled(whole, []).replaceAll('(0) ', '').trimEnd(), whole.trimEnd());
    });
    fc.assert(law);
  });

  it('without an end are let out in pieces, so that memory stays small', () => {
    const labels = new LineLabels('(0) ');
    const out = labels.push(Buffer.alloc(1_000_000, 'x'));
    assert.ok(out.length > 990_000);
  });
});
