import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { usdPerUnit } from '../../src/base/money.ts';
import { merge } from './merge.ts';
import { deviceOf, type Quote, quote } from './quote.ts';
import { usdSource } from './sources.ts';

const listOf = (asOf: string) =>
  usdSource({ id: `list-${asOf}`, asOf, licence: 'MIT', attribution: 'someone/list' });
const OLD = listOf('2025-11');
const NEW = listOf('2026-08-22');

/** Eight H100 of a cloud, of which a test states what it cares for. */
const eight = (parts: Partial<Quote> = {}): Quote =>
  quote({
    provider: 'cloud',
    accelerator: 'H100',
    acceleratorCount: 8,
    usdPerHour: 24,
    source: NEW,
    ...parts,
  });

const whyNot = (...quotes: readonly Quote[]) => merge(quotes).quarantined.map(({ why }) => why);
const prices = (...quotes: readonly Quote[]) =>
  merge(quotes).rows.map(({ nanosPerHour }) => usdPerUnit(nanosPerHour));

describe('several quotes of one offer', () => {
  it('the newest counts, and of one day the cheapest', () => {
    const quotes = [
      eight({ source: OLD, usdPerHour: 10 }),
      eight({ usdPerHour: 25 }),
      eight({ usdPerHour: 24 }),
    ];
    assert.deepEqual(prices(...quotes), [24]);
    assert.equal(merge(quotes).superseded, 2);
  });

  it('their order does not matter', () => {
    const quotes = [eight({ source: OLD, usdPerHour: 10 }), eight(), eight({ usdPerHour: 25 })];
    fc.assert(
      fc.property(fc.shuffledSubarray(quotes, { minLength: 3 }), (shuffled) => {
        assert.deepEqual(prices(...shuffled), [24]);
      }),
    );
  });

  it('an older one may complete what the newest does not tell of the machine', () => {
    const { rows } = merge([eight(), eight({ source: OLD, vcpus: 192, memoryGib: 2048 })]);
    assert.deepEqual(
      rows.map(({ vcpus, memoryGib, source }) => [vcpus, memoryGib, source.id]),
      [[192, 2048, NEW.id]],
    );
  });

  it('a vaguer one goes where the machine type is known', () => {
    const exact = eight({ instance: '8H100', region: 'eu' });
    assert.deepEqual(
      merge([eight({ perDevice: true }), exact]).rows.map(({ instance }) => instance),
      ['8H100'],
    );
  });
});

describe('prices of a device', () => {
  const type = eight({ instance: '8H100', source: OLD, usdPerHour: 40, mayBeRepriced: true });
  const one = (parts: Partial<Quote> = {}) =>
    eight({ acceleratorCount: 1, usdPerHour: 3, perDevice: true, ...parts });

  it('a newer one replaces the price of an older machine type, times its count', () => {
    const { rows, repriced } = merge([type, one()]);
    const machine = rows.find(({ instance }) => instance === '8H100')!;
    assert.equal(usdPerUnit(machine.nanosPerHour), 24);
    assert.deepEqual([machine.source, repriced], [NEW, 1]);
  });

  it('the one for as many devices goes first', () => {
    const { rows } = merge([type, one(), eight({ usdPerHour: 32, perDevice: true })]);
    const machine = rows.find(({ instance }) => instance === '8H100')!;
    assert.equal(usdPerUnit(machine.nanosPerHour), 32);
  });

  it('an older one, another provider or another device changes nothing', () => {
    const older = one({ source: listOf('2024') });
    for (const other of [older, one({ provider: 'other' }), one({ accelerator: 'H200' })]) {
      const { rows, repriced } = merge([type, other]);
      const machine = rows.find(({ instance }) => instance === '8H100')!;
      assert.deepEqual([usdPerUnit(machine.nanosPerHour), repriced], [40, 0]);
    }
  });

  it('of a machine that the cloud does not sell is no offer', () => {
    assert.deepEqual(prices(one({ onlyReprices: true })), []);
  });
});

describe('the memory of a device', () => {
  const memory = (parts: Partial<Quote>) => merge([eight(parts)]).rows[0]?.acceleratorMemoryGib;

  it('is what the list tells, else what its maker does', () => {
    assert.equal(memory({ acceleratorMemoryGib: 79 }), 79);
    assert.equal(memory({}), 80);
    assert.equal(memory({ accelerator: 'A10-vGPU' }), null, 'a name for several sizes');
    assert.equal(memory({ accelerator: null, acceleratorCount: 0 }), null);
  });

  it('is of a part of a device that part', () => {
    assert.equal(memory({ accelerator: 'A10', acceleratorCount: 0.167 }), 4);
    assert.equal(memory({ accelerator: 'RTXPRO6000', acceleratorCount: 0.125 }), 12);
    assert.equal(
      memory({ accelerator: 'L4', acceleratorCount: 0.5, acceleratorMemoryGib: 24 }),
      12,
    );
  });
});

describe('wrong quotes are set aside with the reason', () => {
  it('prices and sizes that nothing has', () => {
    for (const usdPerHour of [0, -1, 5000, Number.NaN])
      assert.match(whyNot(eight({ usdPerHour }))[0]!, /a price of/);
    assert.match(whyNot(eight({ vcpus: 0 }))[0]!, /a size of 0/);
    assert.match(whyNot(eight({ memoryGib: Number.NaN }))[0]!, /a size of NaN/);
  });

  it('counts that no machine has', () => {
    for (const acceleratorCount of [0, -1, 1.5, Number.NaN])
      assert.match(whyNot(eight({ acceleratorCount }))[0]!, /devices/);
    assert.match(whyNot(eight({ accelerator: null }))[0]!, /8 of nothing/);
    assert.deepEqual(whyNot(eight({ acceleratorCount: 0.125 })), []);
  });

  it('a memory that the device does not have means another device', () => {
    assert.match(whyNot(eight({ acceleratorMemoryGib: 40 }))[0]!, /40 GB on one H100.*another/);
    assert.deepEqual(whyNot(eight({ acceleratorMemoryGib: 79 })), []);
  });

  it('spot above on demand, but for rounding', () => {
    const spot = (usdPerHour: number) => eight({ spot: true, usdPerHour });
    assert.match(whyNot(eight(), spot(30))[0]!, /spot at \$30, on demand at \$24/);
    assert.deepEqual(prices(eight(), spot(24.001)), [24, 24]);
    assert.deepEqual(prices(eight(), spot(10)), [24, 10]);
  });

  it('a price out of line with its region and its machine type, as of another system', () => {
    const regions = ['a', 'b', 'c', 'd', 'e', 'f'];
    const typeIn = (region: string, instance: string, usdPerHour: number) =>
      quote({ provider: 'cloud', region, instance, usdPerHour, source: NEW });
    // Region f is twice as dear as the others, in all of its types: no fault.
    const list = regions.flatMap((region) =>
      ['small', 'middle', 'large'].map((instance, size) =>
        typeIn(region, instance, (size + 1) * (region === 'f' ? 2 : 1)),
      ),
    );
    assert.deepEqual(whyNot(...list), []);
    const windows = [...list.slice(1), typeIn('a', 'small', 2)];
    assert.match(whyNot(...windows)[0]!, /^\$2 an hour, where \$1\.00 would be in line/);
    const cents = [...list.slice(1), typeIn('a', 'small', 0.01)];
    assert.match(whyNot(...cents)[0]!, /^\$0\.01 an hour/);
  });

  it('a machine type sold in few regions tells too little to judge', () => {
    const quotes = ['a', 'b', 'c', 'd'].map((region, at) =>
      eight({ region, instance: 'x', usdPerHour: at === 0 ? 100 : 10 }),
    );
    assert.deepEqual(whyNot(...quotes), []);
  });
});

describe('devices as lists spell them', () => {
  it('are told apart by the memory beside them', () => {
    assert.equal(deviceOf('A100', 80), 'A100-80GB');
    assert.equal(deviceOf('A100', 40), 'A100');
    assert.equal(deviceOf('V100', 32), 'V100-32GB');
    assert.equal(deviceOf('h100', 94), 'H100-NVL');
    assert.equal(deviceOf('H100', null), 'H100');
  });

  it('one that the name table lacks stops the build', () => {
    assert.throws(() => deviceOf('Frobnicator 9000', null), /no device of the name table/);
  });
});
