import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteMask } from './byte-mask.ts';
import { secretForms } from './secret-forms.ts';

const decoder = new TextDecoder();

/** What is shown of an output that comes in these pieces. */
function shown(forms: readonly string[], pieces: readonly Uint8Array[]): string {
  const mask = new ByteMask(forms);
  const parts = pieces.map((piece) => mask.take(Buffer.from(piece)));
  return decoder.decode(Buffer.concat([...parts, mask.end()]));
}

/** The plain way: every place of every form, in the whole. */
function maskedPlainly(forms: readonly string[], output: Buffer): string {
  const masked = Buffer.from(output);
  for (const form of forms.map((text) => Buffer.from(text))) {
    for (let at = output.indexOf(form); at !== -1; at = output.indexOf(form, at + 1)) {
      masked.fill('*', at, at + form.length);
    }
  }
  return decoder.decode(masked);
}

/** Few letters, so that beginnings of secrets, overlaps and whole ones are common. */
const letters = (minLength: number, maxLength: number) =>
  fc
    .array(fc.constantFrom('a', 'b', 'é', '\n'), { minLength, maxLength })
    .map((all) => all.join(''));

describe('masked output', () => {
  it('is the same in whatever pieces it comes, and as when all of it is looked through', () => {
    const law = fc.property(
      fc.array(letters(4, 9), { maxLength: 4 }),
      letters(0, 60),
      fc.array(fc.nat(70), { maxLength: 8 }),
      (forms, text, cuts) => {
        // The end is no beginning of a secret, which would be masked, too.
        const output = Buffer.from(`${text}.`);
        const edges = [0, ...cuts.filter((cut) => cut < output.length).toSorted((a, b) => a - b)];
        const pieces = edges.map((edge, index) => output.subarray(edge, edges[index + 1]));
        assert.equal(shown(forms, pieces), maskedPlainly(forms, output));
      },
    );
    fc.assert(law, { numRuns: 2000 });
  });

  it('is as long as it was, byte for byte', () => {
    assert.equal(shown(['schlüssel'], [Buffer.from('1 schlüssel 2')]), '1 ********** 2');
  });

  it('comes at once but for what may be the beginning of a secret', () => {
    const mask = new ByteMask(['secret']);
    const told = (text: string): string => decoder.decode(mask.take(Buffer.from(text)));
    assert.deepEqual(['prompt: ', 'some s', 'ec', 'ond'].map(told), [
      'prompt: ',
      'some ',
      '',
      'second',
    ]);
  });

  it('that is cut off in a secret does not show the longer part that was there', () => {
    assert.equal(shown(['0123456789'], [Buffer.from('key: 01234567')]), 'key: ********');
    assert.equal(shown(['0123456789'], [Buffer.from('key: 012')]), 'key: 012');
  });

  it('that begins in the middle of a secret does not show a longer end of it', () => {
    for (const [output, wanted] of [
      ['23456789: key', '********: key'],
      ['456789: key', '456789: key'],
      ['23456789 23456789', '******** 23456789'],
    ] as const) {
      const mask = new ByteMask(['0123456789']);
      mask.resume();
      const text = Buffer.concat([mask.take(Buffer.from(output)), mask.end()]).toString();
      assert.equal(text, wanted);
    }
  });

  it('is the output itself where there is nothing to mask', () => {
    const bytes = Buffer.from('all of it');
    assert.equal(new ByteMask(secretForms(['abc', ''])).take(bytes), bytes);
  });
});
