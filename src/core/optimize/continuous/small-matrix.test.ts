import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { invert } from './small-matrix.ts';

describe('the inverse of a small matrix', () => {
  it('needs rows to be exchanged where a pivot is 0', () => {
    const inverse = new Float64Array(4);
    assert.ok(invert(Float64Array.of(0, 2, 4, 0), inverse, 2));
    assert.deepEqual([...inverse], [0, 0.25, 0.5, 0]);
  });

  it('is none where a row is twice another', () => {
    const matrix = Float64Array.of(1, 2, 3, 2, 4, 6, 0, 1, 1);
    assert.equal(invert(matrix, new Float64Array(9), 3), false);
  });
});
