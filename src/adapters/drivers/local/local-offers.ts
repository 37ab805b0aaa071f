import type { Offer } from '../../../spec/offer.ts';
import { deviceCounts, type OwnPricing, ownPrice } from '../shared/own-price.ts';
import type { Gpu } from '../shared/probe-gpus.ts';
import type { Machine } from './probe-machine.ts';

export const LOCAL = 'local';

/**
 * This machine as offers: one without a device, and for each kind of device one for every power
 * of two of them and one for all.
 */
export function localOffers(machine: Machine, pricing: OwnPricing): readonly Offer[] {
  const kinds = Map.groupBy(machine.gpus, ({ name }) => name);
  const parts = [...kinds.values()].flatMap((gpus) =>
    deviceCounts(gpus.length).map((count) => gpus.slice(0, count)),
  );
  return [[], ...parts].map((gpus) => offer(machine, gpus, pricing));
}

function offer(machine: Machine, gpus: readonly Gpu[], pricing: OwnPricing): Offer {
  const { vcpus, memoryGib } = machine;
  const accelerator = gpus[0]?.name ?? null;
  const price = ownPrice({ vcpus, memoryGib, gpuWatts: gpus.map(({ watts }) => watts) }, pricing);
  return {
    id: accelerator === null ? LOCAL : `${LOCAL}/${accelerator}:${gpus.length}`,
    place: LOCAL,
    provider: LOCAL,
    region: null,
    zone: null,
    instance: null,
    accelerator,
    acceleratorCount: gpus.length,
    acceleratorMemoryGib: gpus[0]?.memoryGib ?? null,
    vcpus,
    memoryGib,
    spot: false,
    // There is one machine, yet the nodes of a gang may share it as so many processes.
    available: null,
    billingIncrementS: 1,
    billingMinimumS: 0,
    launchable: true,
    ...price,
  };
}
