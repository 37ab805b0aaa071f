import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildOffer } from '../../spec/build-for-tests.ts';
import type { Offer } from '../../spec/offer.ts';
import { byDevices } from './by-devices.ts';

const wordsOf = ({ accelerator, acceleratorCount, acceleratorMemoryGib }: Offer): string =>
  `${acceleratorCount} × ${accelerator} of ${acceleratorMemoryGib} GiB`;

const someOffer = fc
  .record({
    accelerator: fc.constantFrom(null, 'H100', 'L4'),
    acceleratorCount: fc.constantFrom(0.5, 1, 8),
    acceleratorMemoryGib: fc.constantFrom(null, 24, 80),
  })
  .map(buildOffer);

describe('what follows from the devices of offers', () => {
  it('is the same as if each offer were asked', () => {
    fc.assert(
      fc.property(fc.array(someOffer), (offers) => {
        assert.deepEqual(offers.map(byDevices(wordsOf)), offers.map(wordsOf));
      }),
    );
  });

  it('is asked once of offers that lie together', () => {
    let asked = 0;
    const count = byDevices(() => ++asked);
    const [one, other] = [{ acceleratorCount: 1 }, { acceleratorCount: 8 }].map(buildOffer);
    assert.deepEqual(
      [one, one, other, other, one].map((offer) => count(offer!)),
      [1, 1, 2, 2, 3],
    );
  });
});
