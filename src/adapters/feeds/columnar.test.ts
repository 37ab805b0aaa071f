import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AssertionFailure } from '../../base/assert.ts';
import { KedgeError } from '../../base/errors.ts';
import { asRate, rateFromUsd } from '../../base/money.ts';
import { anyRow, buildRow, SOURCE } from './build-rows-for-tests.ts';
import { bundledFeed } from './bundled-feed.ts';
import { decodeCatalog, encodeCatalog } from './columnar.ts';
import { columnsFrom } from './columns-from.ts';

const VERSION_AT = 4;

function isCorrupt(why: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof KedgeError);
    assert.equal(error.code, 'catalog.corrupt');
    assert.match(error.message, /prices\.kcat/, 'the file is named');
    assert.match(error.message, why);
    assert.ok(error.hint);
    return true;
  };
}

describe('the catalog file', () => {
  it('what was written is read', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 40 }), (rows) => {
        const columns = columnsFrom(rows);
        assert.deepEqual(decodeCatalog(encodeCatalog(columns), 'prices.kcat'), columns);
      }),
      { numRuns: 50 },
    );
  });

  it('is read wherever its bytes lie in memory', () => {
    const columns = columnsFrom([buildRow()]);
    const bytes = encodeCatalog(columns);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assert.deepEqual(decodeCatalog(shifted.subarray(3), 'prices.kcat'), columns);
  });

  it('the same catalog gives the same bytes', () => {
    const rows = [buildRow(), buildRow({ spot: true })];
    assert.deepEqual(encodeCatalog(columnsFrom(rows)), encodeCatalog(columnsFrom(rows)));
  });

  it('one changed byte, anywhere, is noticed', () => {
    const good = encodeCatalog(columnsFrom([buildRow(), buildRow({ region: 'eu-west-1' })]));
    for (let at = 0; at < good.length; at++) {
      const bad = Uint8Array.from(good);
      bad[at]! ^= 0x10;
      assert.throws(() => decodeCatalog(bad, 'prices.kcat'), isCorrupt(/./));
    }
  });

  it('a file cut short at any place is no catalog', () => {
    const good = encodeCatalog(columnsFrom([buildRow()]));
    for (let length = 0; length < good.length; length++)
      assert.throws(() => decodeCatalog(good.subarray(0, length), 'prices.kcat'), isCorrupt(/./));
  });

  it('says whether it is damaged, of another version, or something else altogether', () => {
    const damaged = encodeCatalog(columnsFrom([buildRow()]));
    damaged[damaged.length - 1]! ^= 1;
    assert.throws(() => decodeCatalog(damaged, 'prices.kcat'), isCorrupt(/SHA-256/));
    const newer = encodeCatalog(columnsFrom([buildRow()]));
    newer[VERSION_AT] = 9;
    assert.throws(() => decodeCatalog(newer, 'prices.kcat'), isCorrupt(/version 9.*reads 1/));
    const page = new TextEncoder().encode('<!doctype html>'.repeat(10));
    assert.throws(() => decodeCatalog(page, 'prices.kcat'), isCorrupt(/no price catalog/));
  });
});

describe('price rows as columns', () => {
  it('what is not known stays so', () => {
    const unknown = { region: null, zone: null, instance: null, vcpus: null, memoryGib: null };
    const columns = columnsFrom([buildRow(unknown)]);
    assert.equal(columns.words[columns.region[0]!], '');
    assert.ok(Number.isNaN(columns.vcpus[0]) && Number.isNaN(columns.memoryGib[0]));
  });

  it('a price that the column cannot hold exactly stops the build', () => {
    const priced = (nanos: number) => () =>
      columnsFrom([buildRow({ nanosPerHour: asRate(nanos) })]);
    assert.throws(priced(1), AssertionFailure, 'a thousandth of a micro-dollar');
    assert.throws(priced(2 ** 32 * 1000), AssertionFailure, 'more than 32 bits');
    assert.equal(priced((2 ** 32 - 1) * 1000)().microsPerHour[0], 2 ** 32 - 1);
    assert.equal(
      columnsFrom([buildRow({ nanosPerHour: rateFromUsd(55.04) })]).microsPerHour[0],
      55_040_000,
    );
  });

  it('more sources than a byte counts stop the build', () => {
    const rows = Array.from({ length: 257 }, (_, n) =>
      buildRow({ source: { ...SOURCE, id: `list-${n}` } }),
    );
    assert.throws(() => columnsFrom(rows), AssertionFailure);
    assert.equal(columnsFrom(rows.slice(1)).sources.length, 256);
  });
});

describe('the bundled feed', () => {
  it('reads its file when first asked, and once', async () => {
    const feed = bundledFeed();
    const [one, other] = await Promise.all([feed.load(), feed.load()]);
    assert.equal(one, other);
  });

  it('a missing file says which, and how to get it back', async () => {
    const file = join(import.meta.dirname, 'no-such', 'prices.kcat');
    await assert.rejects(bundledFeed(file).load(), isCorrupt(/ENOENT/));
  });
});
