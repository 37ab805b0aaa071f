import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyRow, buildRow, SOURCE } from '../../adapters/feeds/build-rows-for-tests.ts';
import { columnsFrom } from '../../adapters/feeds/columns-from.ts';
import { rateFromUsd } from '../../base/money.ts';
import type { PriceRow } from '../../spec/offer.ts';
import { offersFrom } from './offers-from.ts';

const offersOf = (...rows: readonly PriceRow[]) => offersFrom(columnsFrom(rows));

describe('offers from a catalog', () => {
  it('carry every fact of their row, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 30 }), (rows) => {
        const facts = offersOf(...rows).map((offer, index) => {
          const { source } = rows[index]!;
          assert.deepEqual([offer.source, offer.asOf], [source.id, source.asOf]);
          return { ...offer, source };
        });
        const told = (row: object) =>
          Object.fromEntries(Object.keys(buildRow()).map((key) => [key, row[key as keyof object]]));
        assert.deepEqual(facts.map(told), rows);
      }),
      { numRuns: 100 },
    );
  });

  it('rows that differ in one thing only never get the same words by sharing them', () => {
    const rows = [
      buildRow(),
      buildRow({ spot: true }),
      buildRow({ provider: 'azure', spot: true }),
      buildRow({ provider: 'azure', instance: null, accelerator: 'H100', acceleratorCount: 1 }),
      buildRow({ provider: 'azure', instance: null, accelerator: 'H100', acceleratorCount: 2 }),
      buildRow({ provider: 'azure', instance: null, accelerator: 'H200', acceleratorCount: 2 }),
      buildRow({ zone: 'use1-az1' }),
      buildRow({ region: null }),
      buildRow({ region: null, instance: 'm7i.xlarge' }),
    ];
    assert.deepEqual(
      offersOf(...rows).map(({ id }) => id),
      [
        'aws/us-east-1/-/m7i.large/on-demand',
        'aws/us-east-1/-/m7i.large/spot',
        'azure/us-east-1/-/m7i.large/spot',
        'azure/us-east-1/-/H100:1/on-demand',
        'azure/us-east-1/-/H100:2/on-demand',
        'azure/us-east-1/-/H200:2/on-demand',
        'aws/us-east-1/use1-az1/m7i.large/on-demand',
        'aws/-/-/m7i.large/on-demand',
        'aws/-/-/m7i.xlarge/on-demand',
      ],
    );
  });

  it('a place is as exact as what is known', () => {
    const places = offersOf(
      buildRow({ region: null }),
      buildRow(),
      buildRow({ zone: 'a' }),
      buildRow({ region: 'a', zone: 'us-east-1' }),
    ).map(({ place }) => place);
    assert.deepEqual(places, ['aws', 'aws/us-east-1', 'aws/us-east-1/a', 'aws/a/us-east-1']);
  });

  it('what is not known is null, and no number', () => {
    const unknown = {
      region: null,
      zone: null,
      instance: null,
      vcpus: null,
      memoryGib: null,
      acceleratorMemoryGib: null,
    };
    const [offer] = offersOf(buildRow({ ...unknown, accelerator: 'H100' }));
    for (const key of Object.keys(unknown) as (keyof typeof unknown)[])
      assert.equal(offer![key], null, key);
    assert.equal(offer!.available, null);
  });

  it('a third of a device stays a third, and a price keeps its micro-dollars', () => {
    const [offer] = offersOf(
      buildRow({ acceleratorCount: 0.333, nanosPerHour: rateFromUsd(0.000567) }),
    );
    assert.equal(offer!.acceleratorCount, 0.333);
    assert.equal(offer!.nanosPerHour, 567_000);
  });

  it('are billed by the terms of their provider', () => {
    const [aws, hetzner] = offersOf(buildRow(), buildRow({ provider: 'hetzner' }));
    assert.deepEqual([aws!.billingIncrementS, aws!.billingMinimumS], [1, 60]);
    assert.deepEqual([hetzner!.billingIncrementS, hetzner!.billingMinimumS], [3600, 3600]);
  });

  it('are hearsay: neither launchable nor our estimate', () => {
    const [offer] = offersOf(buildRow({ source: SOURCE }));
    assert.deepEqual([offer!.launchable, offer!.estimated], [false, false]);
  });
});
