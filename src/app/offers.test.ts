import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyRow, buildRow } from '../adapters/feeds/build-rows-for-tests.ts';
import { columnsFrom } from '../adapters/feeds/columns-from.ts';
import { KedgeError } from '../base/errors.ts';
import { rateFromUsd, usdPerUnit } from '../base/money.ts';
import { offersFrom } from '../core/catalog/offers-from.ts';
import type { Driver } from '../ports/driver.ts';
import type { Feed } from '../ports/feed.ts';
import type { Offer, PriceRow } from '../spec/offer.ts';
import { gatherOffers } from './gather-offers.ts';
import { listOffers, type OfferFilter, offerToWire } from './offers.ts';

const ANYTHING: OfferFilter = {
  accelerator: null,
  acceleratorCount: null,
  provider: null,
  region: null,
  spot: null,
  maxUsdPerHour: null,
  minAcceleratorMemoryGib: null,
  minMemoryGib: null,
  minVcpus: null,
};

const feedOf = (rows: readonly PriceRow[]): Feed => ({
  name: 'test',
  load: async () => columnsFrom(rows),
});

/** A driver of which nothing but its offers is asked. */
const driverOf = (...offers: readonly Offer[]) =>
  ({ name: 'local', offers: async () => offers }) as unknown as Driver;

const offerOf = (row: Partial<PriceRow>, parts: Partial<Offer> = {}): Offer => ({
  ...offersFrom(columnsFrom([buildRow(row)]))[0]!,
  ...parts,
});

async function list(
  rows: readonly PriceRow[],
  filter: Partial<OfferFilter> = {},
  limit: number | null = null,
) {
  const feeds = [feedOf(rows)];
  return listOffers({ feeds, drivers: [], filter: { ...ANYTHING, ...filter }, limit });
}

async function idsOf(rows: readonly PriceRow[], filter: Partial<OfferFilter> = {}) {
  return (await list(rows, filter)).offers.map(({ id }) => id);
}

const usd = (dollars: number) => ({ nanosPerHour: rateFromUsd(dollars) });
const h100 = (count: number) => ({
  instance: null,
  accelerator: 'H100',
  acceleratorCount: count,
  acceleratorMemoryGib: 80,
});

describe('the list of offers', () => {
  it('is cheapest first, and always in the same order', async () => {
    const rows = [
      buildRow({ ...usd(2), region: 'b' }),
      buildRow({ ...usd(2), region: 'a' }),
      buildRow({ ...usd(1), region: 'c' }),
    ];
    const regions = ['c', 'a', 'b'];
    for (const some of [rows, rows.toReversed()])
      assert.deepEqual(
        (await list(some)).offers.map(({ region }) => region),
        regions,
      );
  });

  it('is cut at the limit, and tells how many there are', async () => {
    const rows = [1, 2, 3].map((price) => buildRow({ ...usd(price), region: `r${price}` }));
    const { offers, total } = await list(rows, {}, 2);
    assert.deepEqual([offers.length, total], [2, 3]);
    assert.equal((await list(rows)).offers.length, 3);
  });

  it('a device is found however it is spelled, with any count or the one asked for', async () => {
    const rows = [buildRow(h100(1)), buildRow(h100(8)), buildRow()];
    const found = (accelerator: string, acceleratorCount: number | null) =>
      idsOf(rows, { accelerator, acceleratorCount });
    assert.equal((await found('nvidia h100', null)).length, 2);
    assert.deepEqual(await found('h100-80gb', 8), ['aws/us-east-1/-/H100:8/on-demand']);
    assert.deepEqual(await found('H100', 4), []);
    assert.deepEqual(await found('A100', null), [], 'known, though not for hire here');
  });

  it('a TPU slice is its chips', async () => {
    const slice = (count: number) =>
      buildRow({ instance: null, accelerator: 'tpu-v5p', acceleratorCount: count });
    const found = await idsOf([slice(4), slice(8)], { accelerator: 'tpu-v5p-8' });
    assert.deepEqual(found, ['aws/us-east-1/-/tpu-v5p:4/on-demand']);
  });

  it('an unknown device or provider is an error with the nearest name, not an empty list', async () => {
    const refusal = (filter: Partial<OfferFilter>, about: RegExp, hint: RegExp) =>
      assert.rejects(list([buildRow()], filter), (error) => {
        assert.ok(error instanceof KedgeError);
        assert.equal(error.code, 'spec.bad-value');
        assert.match(error.message, about);
        assert.match(error.hint ?? '', hint);
        return true;
      });
    await refusal({ accelerator: 'A100-800GB' }, /A100-800GB/, /A100-80GB/);
    await refusal({ accelerator: 'zzzzzzzzzzzzz' }, /zzzz/, /kedge offers --all/);
    await refusal({ provider: 'asw' }, /asw/, /aws/);
    await refusal({ provider: 'nobody-at-all' }, /nobody/, /one of aws/);
    await refusal({ accelerator: 'x'.repeat(1e6) }, /^.{0,120}$/, /./);
  });

  it('a device that only this machine has is no typing error', async () => {
    const own = offerOf({ provider: 'local', accelerator: 'Frobnicator', acceleratorCount: 1 });
    const { offers } = await listOffers({
      feeds: [feedOf([buildRow()])],
      drivers: [driverOf(own)],
      filter: { ...ANYTHING, accelerator: 'Frobnicator' },
      limit: null,
    });
    assert.deepEqual(offers, [own]);
  });

  it('regions match by name, or by a pattern in which only * is special', async () => {
    const rows = ['us-east-1', 'us-west-2', 'eu-west-1', null].map((region) =>
      buildRow({ region }),
    );
    const regions = async (region: string) =>
      (await list(rows, { region })).offers.map((offer) => offer.region).toSorted();
    assert.deepEqual(await regions('us-*'), ['us-east-1', 'us-west-2']);
    assert.deepEqual(await regions('US-EAST-1'), ['us-east-1']);
    assert.deepEqual(await regions('us-east'), [], 'a whole name');
    assert.deepEqual(await regions('us.east.1'), []);
    assert.deepEqual(await regions('(.*)'), []);
    assert.deepEqual(await regions('*'), ['eu-west-1', 'us-east-1', 'us-west-2']);
    assert.deepEqual(await regions(`${'*'.repeat(1000)}x${'*'.repeat(1000)}`), []);
  });

  it('spot, price and provider narrow it down', async () => {
    const rows = [
      buildRow({ ...usd(2) }),
      buildRow({ ...usd(0.5), spot: true }),
      buildRow({ ...usd(1), provider: 'gcp' }),
    ];
    const prices = async (filter: Partial<OfferFilter>) =>
      (await list(rows, filter)).offers.map((offer) => usdPerUnit(offer.nanosPerHour));
    assert.deepEqual(await prices({ spot: true }), [0.5]);
    assert.deepEqual(await prices({ spot: false }), [1, 2]);
    assert.deepEqual(await prices({ maxUsdPerHour: 1 }), [0.5, 1], 'the limit itself passes');
    assert.deepEqual(await prices({ provider: 'GCP' }), [1]);
  });

  it('what is not known never satisfies, whatever is asked', async () => {
    const unknown = buildRow({
      ...h100(1),
      region: null,
      acceleratorMemoryGib: null,
      vcpus: null,
      memoryGib: null,
    });
    for (const filter of [
      { region: '*' },
      { minMemoryGib: 0.001 },
      { minVcpus: 0.001 },
      { minAcceleratorMemoryGib: 0.001 },
    ])
      assert.deepEqual(await idsOf([unknown], filter), [], JSON.stringify(filter));
    assert.equal((await idsOf([unknown])).length, 1);
  });

  it('sizes are lower bounds that include themselves', async () => {
    const row = buildRow({ ...h100(1), vcpus: 26, memoryGib: 234 });
    const passes = async (filter: Partial<OfferFilter>) =>
      (await idsOf([row], filter)).length === 1;
    assert.ok(await passes({ minVcpus: 26, minMemoryGib: 234, minAcceleratorMemoryGib: 80 }));
    assert.ok(!(await passes({ minVcpus: 26.1 })));
    assert.ok(!(await passes({ minMemoryGib: 235 })));
    assert.ok(!(await passes({ minAcceleratorMemoryGib: 81 })));
  });

  it('a stricter filter never finds more, and what it finds was there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { maxLength: 20 }),
        fc.double({ min: 0, max: 5000, noNaN: true }),
        fc.option(fc.boolean()),
        async (rows, least, spot) => {
          const all = new Set(await idsOf(rows));
          const found = await idsOf(rows, { minMemoryGib: least, spot });
          const fewer = await idsOf(rows, { minMemoryGib: least + 1, minVcpus: least, spot });
          assert.ok(found.every((id) => all.has(id)));
          assert.ok(fewer.every((id) => found.includes(id)));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('gathered offers', () => {
  it("this machine's come first and keep their ids", async () => {
    const own = offerOf({ provider: 'local', region: null }, { id: 'local', launchable: true });
    const gathered = await gatherOffers({
      feeds: [feedOf([buildRow()])],
      drivers: [driverOf(own)],
    });
    assert.deepEqual(
      gathered.map(({ id }) => id),
      ['local', 'aws/us-east-1/-/m7i.large/on-demand'],
    );
    assert.equal(gathered[0], own);
  });

  it("this machine's devices get the names that tasks ask for", async () => {
    const own = offerOf(
      { accelerator: 'RTXA6000', acceleratorCount: 2 },
      { id: 'local/RTXA6000:2', launchable: true },
    );
    const [offer] = await gatherOffers({ feeds: [], drivers: [driverOf(own)] });
    assert.deepEqual(offer, { ...own, accelerator: 'A6000' });
  });
});

describe('an offer on the wire', () => {
  it('has the promised keys, in snake case, and null for what is not known', () => {
    const offer = offerOf({ ...h100(8), ...usd(55.04), vcpus: null, memoryGib: null, spot: true });
    assert.deepEqual(Object.entries(offerToWire(offer)), [
      ['provider', 'aws'],
      ['region', 'us-east-1'],
      ['zone', null],
      ['instance', null],
      ['accelerator', 'H100'],
      ['accelerator_count', 8],
      ['accelerator_memory_gib', 80],
      ['vcpus', null],
      ['memory_gib', null],
      ['spot', true],
      ['price_usd_per_hour', 55.04],
      ['source', 'list-2026-08'],
      ['as_of', '2026-08'],
    ]);
  });
});
