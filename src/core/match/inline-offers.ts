import { asRate } from '../../base/money.ts';
import type { Offer } from '../../spec/offer.ts';
import type { InlineOffer, Task } from '../../spec/task.ts';
import { normaliseAccelerator, resolveAccelerator } from '../catalog/accelerator-names.ts';
import { acceleratorsFor } from '../demand/accelerators/accelerators-for.ts';
import { INLINE_PROVIDER } from './inline-provider.ts';

/**
 * The offers that a task's own `offers:` state. What they do not say is unknown; they can be
 * planned with, not launched. A device has the memory that it is sold with or declared to have.
 * Errors: those of `acceleratorsFor`.
 */
export function inlineOffers(task: Task): readonly Offer[] {
  const memoryGib = new Map(
    acceleratorsFor(task).map((one) => [normaliseAccelerator(one.name), one.memoryGib]),
  );
  return task.offers.flatMap((stated) => {
    const offer = inlineOffer(stated, memoryGib);
    const { paidHours } = stated;
    return paidHours === undefined ? [offer] : [paidPart(offer, paidHours), offer];
  });
}

/** The hours of an offer that cost nothing any more. */
function paidPart(offer: Offer, hours: number): Offer {
  const { id } = offer;
  return { ...offer, id: `${id} (paid)`, nanosPerHour: asRate(0), paid: { hours, of: id } };
}

function inlineOffer(stated: InlineOffer, memoryGib: ReadonlyMap<string, number>): Offer {
  const { name, region, accelerator, acceleratorCount } = stated;
  const device =
    accelerator === null
      ? null
      : resolveAccelerator({ name: accelerator, count: acceleratorCount });
  return {
    id: name,
    place: name,
    provider: INLINE_PROVIDER,
    region,
    zone: null,
    instance: name,
    accelerator: device?.name ?? null,
    acceleratorCount: device?.count ?? 0,
    acceleratorMemoryGib: device === null ? null : (memoryGib.get(device.name) ?? null),
    vcpus: stated.vcpus,
    memoryGib: stated.memoryGib,
    spot: stated.spot,
    nanosPerHour: stated.nanosPerHour,
    available: stated.count,
    billingIncrementS: 1,
    billingMinimumS: 0,
    estimated: false,
    launchable: false,
    source: 'the task file',
    asOf: 'as stated',
    ...(stated.laterPrices === undefined ? {} : { laterPrices: stated.laterPrices }),
    ...(stated.gramsPerHour === undefined ? {} : { gramsPerHour: stated.gramsPerHour }),
  };
}
