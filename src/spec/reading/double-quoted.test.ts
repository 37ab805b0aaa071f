import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { badEscapes, doubleQuotedText, isClosed } from './double-quoted.ts';

/** Pieces that meet in double-quoted scalars; the last ones are no escapes. */
const GOOD = ['a', ' ', '\t', '\n  ', '\n \n ', '\\\n  ', '\\ ', '\\t', '\\n', '\\"', '\\\\'];
const CODES = ['\\x41', '\\u00e9', '\\U0001F600', '\\0', '\\_', '\\L', '\\/', "'", '#', ': '];
const BAD = ['\\q', '\\x4', '\\u12', '\\U00110000', '\\1'];

const inner = (pieces: readonly string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => `"${all.join('')}"`);

describe('a double-quoted scalar', () => {
  it('says what the yaml package says', () => {
    fc.assert(
      fc.property(inner([...GOOD, ...CODES]), (quoted) => {
        const document = parseDocument(`- ${quoted}`);
        fc.pre(document.errors.length === 0);
        assert.equal(doubleQuotedText(quoted), (document.toJS() as string[])[0]);
      }),
      { numRuns: 500 },
    );
  });

  it('has its first bad escape where the yaml package has it', () => {
    fc.assert(
      fc.property(inner([...GOOD, ...CODES, ...BAD]), (quoted) => {
        const errors = parseDocument(`- ${quoted}`, { prettyErrors: false }).errors;
        fc.pre(errors.every(({ code }) => code === 'BAD_DQ_ESCAPE'));
        const [first] = badEscapes(quoted);
        assert.equal(first && first.offset + 2, errors[0]?.pos[0]);
      }),
      { numRuns: 500 },
    );
  });

  it('is closed by a quote that no backslash escapes', () => {
    assert.deepEqual(
      ['"', '""', '"\\"', '"\\\\"', '"a'].map((text) => isClosed(text)),
      [false, true, false, true, false],
    );
  });
});
