import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatLimit } from './format-limit.ts';
import { parseDuration } from './units.ts';

it('a limit as people read it is never below what it is of', () => {
  for (const [ms, text] of [
    [150, '200ms'],
    [9_910, '10s'],
    [59_001, '1m'],
    [90_500, '1m 31s'],
    [3_600_000, '1h'],
    [3_600_001, '1h 1m'],
    [90_000_000, '1d 1h'],
    [90_000_001, '1d 2h'],
  ] as const) {
    assert.equal(formatLimit(ms), text);
    assert.ok(parseDuration(text)! >= ms, text);
  }
});
