import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gguf } from '../../ports/model-source.conformance.ts';
import { ggufHeaderEnd } from './gguf-header-end.ts';

const MAX = 100_000_000;
const { file, header } = gguf({ words: 4, weights: 32 });

/** The file with bytes of its own at a place. */
function changed(at: number, bytes: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(file);
  copy.set(bytes, at);
  return copy;
}

describe('the end of a GGUF header', () => {
  it('is where the tensors begin, wherever the bytes lie in memory', () => {
    assert.equal(ggufHeaderEnd(file, MAX), header);
    assert.equal(ggufHeaderEnd(file.subarray(0, header), MAX), header);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    assert.equal(ggufHeaderEnd(shifted.subarray(3), MAX), header);
  });

  it('is not there yet while a single byte is missing', () => {
    for (let length = 0; length < header; length++)
      assert.equal(ggufHeaderEnd(file.subarray(0, length), MAX), 'more', `${length}`);
  });

  it('does not come in another file, version, byte order, or beyond what is read', () => {
    assert.equal(ggufHeaderEnd(Buffer.from('version https://'), MAX), 'broken');
    assert.equal(ggufHeaderEnd(changed(4, [1]), MAX), 'broken');
    assert.equal(ggufHeaderEnd(changed(4, [0, 0, 0, 3]), MAX), 'broken');
    assert.equal(ggufHeaderEnd(file, header - 1), 'broken');
    assert.equal(ggufHeaderEnd(changed(24, Array(8).fill(0xff)), MAX), 'broken');
  });

  it('is not looked for in a type that does not exist, or arrays in arrays in arrays', () => {
    const typeAt =
      Buffer.from(file).indexOf('general.architecture') + 'general.architecture'.length;
    assert.equal(ggufHeaderEnd(changed(typeAt, [13]), MAX), 'broken');
    const nested = Array.from({ length: 9 }, () => [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]).flat();
    const deep = Buffer.concat([file.subarray(0, typeAt), Buffer.from([9, 0, 0, 0, ...nested])]);
    assert.equal(ggufHeaderEnd(deep, MAX), 'broken');
  });

  it('law: no bytes crash it, and no end lies beyond them', () => {
    const changes = fc.array(fc.tuple(fc.nat(header - 1), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(changes, (bytes) => {
        const copy = Uint8Array.from(file);
        for (const [at, byte] of bytes) copy[at] = byte;
        const end = ggufHeaderEnd(copy, MAX);
        if (typeof end === 'number') assert.ok(end <= copy.length);
      }),
    );
  });
});
