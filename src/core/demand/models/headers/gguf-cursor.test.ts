import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../../../base/errors.ts';
import { GgufCursor, type GgufValue } from './gguf-cursor.ts';

function valueOf(type: number, write: (view: DataView) => void, length: number): GgufValue {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return new GgufCursor(bytes).value(type);
}

describe('a value of the metadata', () => {
  it('is a number of its size, little-endian, with its sign', () => {
    assert.equal(
      valueOf(0, (view) => view.setUint8(0, 200), 1),
      200,
    );
    assert.equal(
      valueOf(1, (view) => view.setInt8(0, -7), 1),
      -7,
    );
    assert.equal(
      valueOf(2, (view) => view.setUint16(0, 60_000, true), 2),
      60_000,
    );
    assert.equal(
      valueOf(3, (view) => view.setInt16(0, -300, true), 2),
      -300,
    );
    assert.equal(
      valueOf(4, (view) => view.setUint32(0, 4e9, true), 4),
      4e9,
    );
    assert.equal(
      valueOf(5, (view) => view.setInt32(0, -70_000, true), 4),
      -70_000,
    );
    assert.equal(
      valueOf(6, (view) => view.setFloat32(0, 0.5, true), 4),
      0.5,
    );
    assert.equal(
      valueOf(10, (view) => view.setBigUint64(0, 2n ** 40n, true), 8),
      2 ** 40,
    );
    assert.equal(
      valueOf(11, (view) => view.setBigInt64(0, -(2n ** 40n), true), 8),
      -(2 ** 40),
    );
    assert.equal(
      valueOf(12, (view) => view.setFloat64(0, 1e-9, true), 8),
      1e-9,
    );
  });

  it('is true or false', () => {
    assert.equal(
      valueOf(7, (view) => view.setUint8(0, 1), 1),
      true,
    );
    assert.equal(
      valueOf(7, () => {}, 1),
      false,
    );
  });

  it('is the length alone of a text that is too long', () => {
    const long = valueOf(8, (view) => view.setBigUint64(0, 5000n, true), 5008);
    assert.deepEqual(long, { length: 5000 });
  });

  it('is the length alone of an array that is too long, and what follows is read', () => {
    const bytes = new Uint8Array(4 + 8 + 5000 + 4);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(4, 5000n, true);
    view.setUint32(5012, 77, true);
    const cursor = new GgufCursor(bytes);
    assert.deepEqual(cursor.value(9), { length: 5000 });
    assert.equal(cursor.uint32(), 77);
  });

  it('is refused where its type is not known, or arrays stand too deep', () => {
    assert.throws(() => valueOf(13, () => {}, 8), KedgeError);
    const nested = (view: DataView): void => {
      for (let depth = 0; depth < 8; depth++) {
        view.setUint32(depth * 12, 9, true);
        view.setBigUint64(depth * 12 + 4, 1n, true);
      }
    };
    assert.throws(() => valueOf(9, nested, 96), /stands too deep/);
  });
});
