import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AcceleratorDeclaration, declaredAccelerator } from './declared-accelerator.ts';
import { findAccelerator } from './find-accelerator.ts';

describe('a part that the user declares', () => {
  it('has what it is like has, but for what is told', () => {
    const { facts, inherited } = declared({ name: 'H150', like: 'H100', memoryGib: 120 });
    const h100 = findAccelerator('H100')!;
    assert.equal(facts.memoryGib, 120);
    assert.deepEqual(facts.peak, h100.peak);
    assert.equal(facts.memoryBytesPerS, h100.memoryBytesPerS);
    assert.ok(inherited.includes('memory GB/s 3350 from H100'), inherited.join('\n'));
    assert.ok(!inherited.some((line) => line.startsWith('memory GiB')));
  });

  it('keeps the proportions of formats that are not told', () => {
    const { facts } = declared({ name: 'H200x', like: 'H100', tflops: { bf16: 2 * 989.4 } });
    assert.ok(Math.abs(facts.peak.fp8 / 2 / 1978.9e12 - 1) < 1e-9);
    const byFp8 = declared({ name: 'H200y', like: 'H100', tflops: { fp8: 1978.9 / 2 } }).facts;
    assert.ok(Math.abs(byFp8.peak.bf16 / (989.4e12 / 2) - 1) < 1e-9);
  });

  it('takes the middle of its kind by year where it is like none', () => {
    const { facts, inherited } = declared({ name: 'Own', kind: 'gpu', year: 2018 });
    assert.ok(facts.memoryGib >= 11 && facts.memoryGib <= 48, `${facts.memoryGib}`);
    assert.ok(facts.peak.fp16 > 20e12 && facts.peak.fp16 < 200e12);
    assert.ok(inherited[0]!.includes('the middle of'));
  });

  it('is refused with a figure that is no positive number, or like a part that nobody knows', () => {
    for (const wrong of [{ memoryGib: -1 }, { tflops: { bf16: NaN } }, { memoryGbPerS: 1e30 }])
      assert.match(
        problemOf({ name: 'X', like: 'H100', ...wrong }),
        /^X has .* no positive number/,
      );
    assert.match(problemOf({ name: 'X', like: 'Q9' }), /like Q9/);
    assert.match(problemOf({ name: 'X', ceiling: 1.2 }), /above 1/);
  });
});

function declared(declaration: AcceleratorDeclaration) {
  const result = declaredAccelerator(declaration);
  assert.ok('facts' in result, JSON.stringify(result));
  return result;
}

function problemOf(declaration: AcceleratorDeclaration): string {
  const result = declaredAccelerator(declaration);
  assert.ok('problem' in result);
  return result.problem;
}
