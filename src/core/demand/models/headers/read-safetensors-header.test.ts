import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KedgeError } from '../../../../base/errors.ts';
import { safetensorsBytes } from './build-headers-for-tests.ts';
import { readSafetensorsHeader, readSafetensorsIndex } from './read-safetensors-header.ts';

function refusalOf(read: () => unknown): KedgeError {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof KedgeError, String(error));
    assert.equal(error.code, 'spec.bad-value');
    return error;
  }
  assert.fail('it was accepted');
}

const refused = (header: unknown, length?: number): string =>
  refusalOf(() => readSafetensorsHeader(safetensorsBytes(header, length))).message;

const tensor = (dtype: string, shape: readonly number[], offsets: readonly number[]) => ({
  dtype,
  shape,
  data_offsets: offsets,
});

describe('the header of a safetensors file', () => {
  it('tells the parameters of each type, and their bytes', () => {
    const counts = readSafetensorsHeader(
      safetensorsBytes({
        __metadata__: { format: 'pt' },
        'model.embed.weight': tensor('BF16', [10, 4], [24, 104]),
        'model.norm.weight': tensor('F32', [4], [8, 24]),
        'model.scales': tensor('F8_E4M3', [2, 4], [0, 8]),
        'model.none': tensor('F32', [0, 4], [104, 104]),
        'model.bias': tensor('BF16', [], [104, 106]),
      }),
    );
    assert.deepEqual(counts, {
      tensors: 5,
      params: 40 + 4 + 8 + 0 + 1,
      paramsByType: { BF16: 41, F32: 4, F8_E4M3: 8 },
      weightBytes: 106,
    });
  });

  it('is read from the beginning of a longer file', () => {
    const header = safetensorsBytes({ a: tensor('F16', [2], [0, 4]) });
    const file = Uint8Array.from([...header, 1, 2, 3, 4]);
    assert.equal(readSafetensorsHeader(file).params, 2);
    assert.equal(readSafetensorsHeader(new Uint8Array([9, ...file]).subarray(1)).params, 2);
  });

  it('may have names of any script', () => {
    const counts = readSafetensorsHeader(
      safetensorsBytes({ 'größe-权重-🦙': tensor('F16', [2], [0, 4]) }),
    );
    assert.equal(counts.tensors, 1);
  });

  it('that is cut off says how much is missing', () => {
    const whole = safetensorsBytes({ a: tensor('F16', [2], [0, 4]) });
    const { message, details } = refusalOf(() => readSafetensorsHeader(whole.subarray(0, 20)));
    assert.match(message, /ends early: 20 bytes are there, at least \d+ are needed/);
    assert.equal(details['needed'], whole.length);
    assert.match(refusalOf(() => readSafetensorsHeader(whole.subarray(0, 3))).message, /early/);
  });

  it('that lies about its length is refused', () => {
    assert.match(refused({}, 2 ** 40), /its header would be 1099511627776 bytes, over 100000000/);
    assert.match(refused({}, 0), /its header would be 0 bytes/);
    assert.match(refused('[]'), /no JSON object/);
    assert.match(refused('{"a"'), /no JSON/);
  });

  it('is refused where type, shape and place do not fit together', () => {
    assert.match(refused({ a: tensor('F16', [2], [0, 5]) }), /takes 5 bytes, its shape needs 4/);
    assert.match(refused({ a: tensor('F99', [2], [0, 4]) }), /type that is not known/);
    assert.match(refused({ a: tensor('toString', [2], [0, 4]) }), /type that is not known/);
    assert.match(refused({ a: tensor('F16', [-2], [0, 4]) }), /no shape/);
    assert.match(refused({ a: tensor('F16', [1e9, 1e9], [0, 4]) }), /no shape/);
    assert.match(refused({ a: tensor('F16', [2], [4, 0]) }), /no place/);
    assert.match(refused({ a: tensor('F16', [2], [0]) }), /no place/);
    assert.match(refused({ a: 7 }), /no object/);
  });

  it('is refused where tensors overlap or leave a gap', () => {
    const a = tensor('F16', [2], [0, 4]);
    assert.match(refused({ a, b: tensor('F16', [2], [2, 6]) }), /gap or overlap at byte 2/);
    assert.match(refused({ a, b: tensor('F16', [2], [8, 12]) }), /gap or overlap at byte 8/);
  });

  it('of any bytes is read or refused, never more', () => {
    const header = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.jsonValue().map((json) => safetensorsBytes(json)),
      fc
        .tuple(fc.constantFrom('F16', 'F4', 'BOOL'), fc.array(fc.jsonValue()), fc.jsonValue())
        .map(([dtype, shape, offsets]) =>
          safetensorsBytes({ a: { dtype, shape, data_offsets: offsets } }),
        ),
    );
    fc.assert(
      fc.property(header, (bytes) => {
        try {
          const { params, weightBytes } = readSafetensorsHeader(bytes);
          assert.ok(Number.isSafeInteger(params) && params >= 0);
          assert.ok(weightBytes >= 0);
        } catch (error) {
          if (!(error instanceof KedgeError)) throw error;
        }
      }),
    );
  });
});

describe('the index of weights in several files', () => {
  it('tells their bytes and their names', () => {
    const index = readSafetensorsIndex({
      metadata: { total_size: 16_060_522_496 },
      weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors', c: 'model-1.safetensors' },
    });
    assert.deepEqual(index, {
      weightBytes: 16_060_522_496,
      params: null,
      shards: ['model-1.safetensors', 'model-2.safetensors'],
      tensors: 3,
    });
  });

  it('tells the parameters where it says them', () => {
    const metadata = { total_size: 16, total_parameters: 8 };
    assert.equal(readSafetensorsIndex({ metadata, weight_map: {} }).params, 8);
  });

  it('is refused where it is none', () => {
    const bad: unknown[] = [
      null,
      [],
      {},
      { metadata: {}, weight_map: {} },
      { metadata: { total_size: 1 } },
      { metadata: { total_size: -1 }, weight_map: {} },
      { metadata: { total_size: 1, total_parameters: 'many' }, weight_map: {} },
      { metadata: { total_size: 1 }, weight_map: { a: 7 } },
    ];
    for (const json of bad) refusalOf(() => readSafetensorsIndex(json));
  });
});
