import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { linearPattern, parseProgress, progressOfMatch } from './progress.ts';

setFlagsFromString('--enable-experimental-regexp-engine');

function found(regex: string, line: string): number | null {
  const match = linearPattern(regex).exec(line);
  return match === null ? null : progressOfMatch(match);
}

describe('progress in a file', () => {
  it('is a fraction, a percentage, or so many of so many', () => {
    const lines: readonly (readonly [string, number | null])[] = [
      ['0.42', 0.42],
      ['42%', 0.42],
      [' 42.5 % ', 0.425],
      ['420/1000', 0.42],
      ['420 / 1000', 0.42],
      ['42', 0.42],
      ['1', 0.01],
      ['1.0', 1],
      ['100', 1],
      ['0', 0],
      ['101%', null],
      ['1001/1000', null],
      ['5/0', null],
      ['-1', null],
      ['NaN', null],
      ['', null],
      ['epoch 3', null],
      ['9'.repeat(400), null],
    ];
    for (const [line, done] of lines) assert.equal(parseProgress(line), done, line);
  });
});

describe('progress in the output', () => {
  it('is what one group finds, or two, or groups by their names', () => {
    const cases: readonly (readonly [string, string, number | null])[] = [
      ['step (\\d+)/(\\d+)', 'loss 3.2 step 30/120 eta 5', 0.25],
      ['(\\d+)%', ' 42%|████      | 42/100', 0.42],
      ['(\\d+) %', '1 % done', 0.01],
      ['done=([0-9.]+)', 'done=0.5 x', 0.5],
      ['(\\d+/\\d+)', 'step 30/120', 0.25],
      ['(?<total>\\d+) in all, (?<done>\\d+) done', '80 in all, 20 done', 0.25],
      ['p=(?<percent>[0-9.]+)', 'p=1', 0.01],
      ['([0-9,]+) of ([0-9,]+)', '1,000 of 4,000 rows', 0.25],
      ['(\\d+)/(\\d+)', '9/4', null],
      ['(x)', 'x', null],
      ['(?:a|(\\d+))', 'a', null],
    ];
    for (const [regex, line, done] of cases) assert.equal(found(regex, line), done, line);
  });
});

describe('a pattern of a task', () => {
  it('is matched in linear time, whatever it is (fault 42)', () => {
    // Each of them takes a backtracking engine longer than the universe is old.
    const patterns = ['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*a){8}$', '(([a-z])+.)+[A-Z]([a-z])+$'];
    const line = `${'a'.repeat(4095)}!`;
    const begun = performance.now();
    for (const source of patterns) linearPattern(source).exec(line);
    const ms = performance.now() - begun;
    assert.ok(ms < 1000, `${ms} ms for ${patterns.length} lines of 4 KiB`);
  });

  it('finds what the usual engine finds', () => {
    const atom = fc.constantFrom('a', 'b', '(a)', '(b|ab)', '[ab]', '.', '(?:ab)', '\\d', '(\\d+)');
    const part = fc.tuple(atom, fc.constantFrom('', '*', '+', '?')).map((pair) => pair.join(''));
    const source = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
    const line = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' '), maxLength: 12 });
    fc.assert(
      fc.property(source, line, (pattern, text) => {
        const linear = linearPattern(pattern).exec(text);
        const usual = new RegExp(pattern).exec(text);
        assert.equal(linear?.[0], usual?.[0]);
        assert.equal(linear?.index, usual?.index);
      }),
      { numRuns: 500 },
    );
  });
});
