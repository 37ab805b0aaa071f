import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { projectOnBox, projectOnSimplex, sharesProjection } from './projections.ts';

const numbers = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
  minLength: 1,
  maxLength: 8,
});

describe('projections', () => {
  it('bring each number between its bounds', () => {
    const point = Float64Array.of(-1, 0.5, 9);
    projectOnBox(point, { lower: [0, 0, 0], upper: [1, 1, Infinity] });
    assert.deepEqual([...point], [0, 0.5, 9]);
  });

  it('leave shares that sum to one as they are', () => {
    const point = Float64Array.of(0.25, 0, 0.75);
    projectOnSimplex(point);
    assert.deepEqual([...point], [0.25, 0, 0.75]);
  });

  it('find the nearest shares: those above zero are all less the same amount', () => {
    const property = fc.property(numbers, (values) => {
      const point = Float64Array.from(values);
      projectOnSimplex(point);
      const sum = point.reduce((all, one) => all + one, 0);
      assert.ok(Math.abs(sum - 1) < 1e-12, `they sum to ${sum}`);
      const least = Math.max(...values.map((value, index) => value - point[index]!));
      values.forEach((value, index) => {
        if (point[index]! > 0) assert.ok(Math.abs(value - point[index]! - least) < 1e-12);
        else assert.ok(value <= least + 1e-12);
      });
    });
    fc.assert(property);
  });

  it('keep their digits far away from the simplex', () => {
    const point = Float64Array.of(1e17, 1e17, 0);
    projectOnSimplex(point);
    assert.deepEqual([...point], [0.5, 0.5, 0]);
  });

  it('give nothing to a kind that takes nothing', () => {
    const project = sharesProjection(2, 2, (group, kind) => group === 0 || kind === 1);
    const point = Float64Array.of(0.8, 0.6, 3, 0.1);
    project(point);
    assert.deepEqual(
      [...point].map((share) => Number(share.toFixed(12))),
      [0.6, 0.4, 0, 1],
    );
  });
});
