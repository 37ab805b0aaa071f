import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isIgnored, parseIgnoreRules } from './ignore-rules.ts';

function ignored(text: string, path: string, folder = ''): boolean {
  const isFolder = path.endsWith('/');
  return isIgnored(parseIgnoreRules(text, folder), { path: path.replace(/\/$/, ''), isFolder });
}

/** Pattern → what it keeps back, and what it does not; a slash at the end marks a folder. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['*.bin', ['a.bin', 'deep/er/b.bin'], ['bin', 'a.bin.txt']],
  ['/data', ['data', 'data/'], ['src/data']],
  ['data/', ['data/', 'src/data/'], ['data', 'data.txt']],
  ['src/*.o', ['src/a.o'], ['a.o', 'src/deep/a.o', 'other/src/a.o']],
  ['**/cache', ['cache', 'a/cache', 'a/b/cache'], ['caches', 'a/mycache']],
  ['logs/**', ['logs/a', 'logs/a/b'], ['logs', 'logs/']],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/xb', 'b']],
  ['a?c', ['abc'], ['ac', 'a/c', 'abbc']],
  ['[ab].txt', ['a.txt', 'b.txt'], ['c.txt', 'ab.txt']],
  ['[!ab].txt', ['c.txt'], ['a.txt']],
  ['v[0-9]', ['v1'], ['vx', 'v12']],
  ['*.bin\n!keep.bin', ['a.bin'], ['keep.bin']],
  ['# comment\n\n\\#real\n\\!real', ['#real', '!real'], ['# comment', 'real']],
  ['space\\ \nplain  ', ['space ', 'plain'], ['space', 'plain  ']],
  ['a.b+c(d)$', ['a.b+c(d)$'], ['axb+c(d)$']],
  ['[z-a]', [], ['z', 'a', '[z-a]']],
  ['crlf\r\n', ['crlf'], []],
];

describe('an ignore file', () => {
  for (const [text, back, kept] of CASES) {
    it(`${JSON.stringify(text)} means what it means to git`, () => {
      for (const path of back) assert.ok(ignored(text, path), `${path} should stay behind`);
      for (const path of kept) assert.ok(!ignored(text, path), `${path} should be taken`);
    });
  }

  it('in a folder speaks of what is in it, and of nothing else', () => {
    assert.ok(ignored('/a', 'sub/a', 'sub/'));
    assert.ok(ignored('*.o', 'sub/deep/x.o', 'sub/'));
    assert.ok(!ignored('*.o', 'x.o', 'sub/'));
    assert.ok(!ignored('/a', 'subway/a', 'sub/'));
  });
});
