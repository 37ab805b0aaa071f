import assert from 'node:assert/strict';
import test from 'node:test';
import { diverseCuts, seenCut } from './diverse-cuts.ts';

test('of cuts that are nearly parallel only the farthest is kept, and the farthest come first', () => {
  const seen = [
    seenCut('long', Float32Array.of(3, 3, 3, 0), 0.6),
    seenCut('like it, and farther', Float32Array.of(3, 3, 2, 0), 0.7),
    seenCut('across', Float32Array.of(0, 0, 0, 1), 0.05),
    seenCut('short', Float32Array.of(1, 0, 0, 1), 0.4),
  ];
  assert.deepEqual(diverseCuts(seen, 9), ['short', 'like it, and farther', 'across']);
  assert.deepEqual(diverseCuts(seen, 1), ['short']);
});
