import { normaliseAccelerator } from '../core/catalog/accelerator-names.ts';
import { offersFrom } from '../core/catalog/offers-from.ts';
import type { Driver } from '../ports/driver.ts';
import type { Feed } from '../ports/feed.ts';
import type { Offer } from '../spec/offer.ts';

/** What can be launched here, then what the feeds tell of. */
export async function gatherOffers(from: {
  readonly feeds: readonly Feed[];
  readonly drivers: readonly Driver[];
}): Promise<readonly Offer[]> {
  const launchable = from.drivers.map(async (driver) => (await driver.offers()).map(renamed));
  const hearsay = from.feeds.map(async (feed) => offersFrom(await feed.load()));
  return (await Promise.all([...launchable, ...hearsay])).flat();
}

/** A driver calls a device as its machine does (`RTXA6000`), a task as the catalog (`A6000`). */
function renamed(offer: Offer): Offer {
  if (offer.accelerator === null) return offer;
  return { ...offer, accelerator: normaliseAccelerator(offer.accelerator) };
}
