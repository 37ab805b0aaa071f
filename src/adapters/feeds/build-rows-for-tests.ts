import fc from 'fast-check';
import { asRate } from '../../base/money.ts';
import type { PriceRow, PriceSource } from '../../spec/offer.ts';

export const SOURCE: PriceSource = {
  id: 'list-2026-08',
  asOf: '2026-08',
  licence: 'MIT',
  attribution: 'someone/list @ 0123456',
  currency: 'USD',
  usdPerUnit: 1,
  exchangeAsOf: '2026-08',
};

/** A machine on demand without a device, of which a test states what it cares for. */
export function buildRow(parts: Partial<PriceRow> = {}): PriceRow {
  return {
    provider: 'aws',
    region: 'us-east-1',
    zone: null,
    instance: 'm7i.large',
    accelerator: null,
    acceleratorCount: 0,
    acceleratorMemoryGib: null,
    vcpus: 2,
    memoryGib: 8,
    spot: false,
    nanosPerHour: asRate(100_800_000),
    source: SOURCE,
    ...parts,
  };
}

const name = fc.string({ minLength: 1, maxLength: 12 });
/** Sizes as lists have them: to a thousandth, and within what 32-bit floats keep so. */
const size = fc.integer({ min: 1, max: 8_000_000 }).map((thousandths) => thousandths / 1000);
const sizeOrNull = fc.option(size);

/** Any row that a price list may hold. */
export const anyRow: fc.Arbitrary<PriceRow> = fc.record(
  {
    provider: name,
    region: fc.option(name),
    zone: fc.option(name),
    instance: fc.option(name),
    accelerator: fc.option(name),
    acceleratorCount: fc.constantFrom(0, 0.125, 0.167, 0.333, 1, 2, 8, 16),
    acceleratorMemoryGib: sizeOrNull,
    vcpus: sizeOrNull,
    memoryGib: sizeOrNull,
    spot: fc.boolean(),
    nanosPerHour: fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((micros) => asRate(micros * 1000)),
    source: fc.constantFrom(SOURCE, { ...SOURCE, id: 'older', asOf: '2024', currency: 'EUR' }),
  },
  { noNullPrototype: true },
);
