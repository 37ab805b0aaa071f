import type { Offer } from '../../../spec/offer.ts';
import { machinePool } from '../shared/machine-pool.ts';
import { deviceCounts, type OwnPricing, ownOffer } from '../shared/own-offer.ts';
import type { Gpu } from '../shared/probe-gpus.ts';
import type { Machine } from '../shared/probe-machine.ts';

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
  const device = gpus[0]?.name;
  const id = device === undefined ? LOCAL : `${LOCAL}/${device}:${gpus.length}`;
  const pool = machinePool('stated');
  return ownOffer({ id, driver: LOCAL, vcpus, memoryGib, gpus, pool }, pricing);
}
