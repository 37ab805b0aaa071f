import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CST, Lexer, Parser } from 'yaml';
import { feedParser } from './feed-parser.ts';

const PIECES = ['- ', ': ', '? ', 'a', '"b"', "'c'", '&d ', '*d ', '!e ', '[', ']', '{', '}', ', '];
const LINES = ['\n', '\n  ', '\r\n', ' ', '\t', '# f\n', '|\n', '>-\n', '---\n', '...\n', '%G\n'];

describe('the parser of the yaml package', () => {
  it('answers alike, fed by us or by itself', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES, ...LINES), { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const parser = new Parser();
        const ours: CST.Token[] = [];
        for (const lexeme of new Lexer().lex(text)) ours.push(...feedParser(parser, lexeme));
        ours.push(...parser.end());
        assert.deepEqual(ours, [...new Parser().parse(text)]);
      }),
      { numRuns: 500 },
    );
  });
});
