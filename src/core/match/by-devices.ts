import type { Offer } from '../../spec/offer.ts';

/**
 * What follows from an offer's devices alone, asked anew where they change: of tens of thousands of
 * offers, those of one machine type lie together.
 */
export function byDevices<T>(of: (offer: Offer) => T): (offer: Offer) => T {
  let last: { readonly offer: Offer; readonly value: T } | undefined;
  return (offer) => {
    if (last === undefined || !hasSameDevices(offer, last.offer))
      last = { offer, value: of(offer) };
    return last.value;
  };
}

function hasSameDevices(one: Offer, other: Offer): boolean {
  return (
    one.accelerator === other.accelerator &&
    one.acceleratorCount === other.acceleratorCount &&
    one.acceleratorMemoryGib === other.acceleratorMemoryGib
  );
}
