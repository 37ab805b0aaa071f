import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import type { AcceleratorDeclaration } from '../../../spec/accelerator-declaration.ts';
import { allAccelerators } from './accelerator-facts.ts';
import { declaredAccelerator } from './declared-accelerator.ts';
import { findAccelerator } from './find-accelerator.ts';

const H100 = findAccelerator('H100')!;

describe('a part that the user declares', () => {
  it('has what it is like has, but for what is told', () => {
    const { facts, inherited } = declaredAccelerator({
      name: 'H150',
      like: 'H100-SXM',
      memoryGib: 120,
      tflops: { bf16: 989.4 },
    });
    assert.equal(facts.memoryGib, 120);
    assert.equal(facts.peak.bf16, 989.4e12);
    assert.equal(facts.memoryBytesPerS, H100.memoryBytesPerS);
    assert.match(inherited, /^H150 is as declared, else as H100: memory_bandwidth 3\.35TB\/s, /);
    assert.match(
      inherited,
      /tflops \{fp32: 67, .*; fitted coefficients are those of hopper \(H100\)$/,
    );
    assert.doesNotMatch(inherited, /memory \d|bf16/);
  });

  it('is what it is like in all but its name where nothing else is told', () => {
    for (const like of allAccelerators()) {
      const { facts } = declaredAccelerator({ name: 'Own-1', like: like.name });
      const { name, source } = facts;
      assert.deepEqual({ ...facts, name: like.name, source: like.source }, like);
      assert.deepEqual([name, source], ['Own-1', 'declared by the user']);
    }
  });

  it('keeps the proportions of formats that are not told', () => {
    const twice = declaredAccelerator({ name: 'X1', like: 'H100', tflops: { bf16: 2 * 989.4 } });
    assert.ok(Math.abs(twice.facts.peak.fp8 / 2 / H100.peak.fp8 - 1) < 1e-3);
    const half = declaredAccelerator({ name: 'X2', like: 'H100', tflops: { fp8: 1978.9 / 2 } });
    assert.ok(Math.abs(half.facts.peak.bf16 / (H100.peak.bf16 / 2) - 1) < 1e-3);
  });

  it('takes the middle of its kind by year where it is like none', () => {
    const { facts, inherited } = declaredAccelerator({ name: 'Own', kind: 'gpu', year: 2018 });
    assert.ok(facts.memoryGib >= 11 && facts.memoryGib <= 48, `${facts.memoryGib}`);
    assert.ok(facts.peak.fp16 > 20e12 && facts.peak.fp16 < 200e12);
    assert.match(inherited, /else as the middle of (?:[\w-]+, ){6}[\w-]+: memory /);
    for (const kind of ['gpu', 'tpu', 'npu', 'cpu', 'edge'] as const) {
      const any = declaredAccelerator({ name: 'Own', kind, tflops: { bf16: 100 } }).facts;
      for (const figure of [any.memoryGib, any.memoryBytesPerS, any.linkBytesPerS, any.domain])
        assert.ok(figure > 0 && figure < Infinity, kind);
      for (const peak of Object.values(any.peak)) assert.ok(peak >= 0 && peak < 1e17, kind);
    }
  });

  it('inherits nothing where all is told', () => {
    const rates = { fp32: 60, tf32: 400, bf16: 900, fp16: 900, fp8: 1800, int8: 1800, fp4: 3600 };
    const { inherited } = declaredAccelerator({
      name: 'XPU-9',
      year: 2027,
      memoryGib: 96,
      memoryBytesPerS: 4e12,
      tflops: rates,
      ceiling: 0.75,
      linkBytesPerS: 450e9,
      networkBytesPerS: 50e9,
      domain: 8,
    });
    assert.match(
      inherited,
      /^XPU-9 is as declared, in all its figures; fitted coefficients are those of /,
    );
  });

  it('is refused under the name of a known part, or like a part that nobody knows', () => {
    refused({ name: 'h100', memoryGib: 94 }, /declares h100, which Kedge knows/, /like: h100/);
    refused({ name: 'X', like: 'H10O' }, /X is like "H10O", which no/, /did you mean H100\?/);
    refused({ name: 'X', like: 'zebra' }, /like "zebra"/, /as H100/);
  });
});

function refused(declaration: AcceleratorDeclaration, message: RegExp, hint: RegExp): void {
  assert.throws(
    () => declaredAccelerator(declaration),
    (error) => {
      assert.ok(error instanceof KedgeError && error.code === 'spec.bad-value');
      assert.match(error.message, message);
      assert.match(error.hint ?? '', hint);
      return true;
    },
  );
}
