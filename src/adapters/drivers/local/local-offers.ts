import { rateFromUsd } from '../../../base/money.ts';
import type { Offer } from '../../../spec/offer.ts';
import { ELECTRICITY, energyUsdPerHour, type Hired } from './energy-price.ts';
import type { Gpu, Machine } from './probe-machine.ts';

export type LocalPricing = {
  /** What an hour of the machine costs, whatever part of it is hired; null for its energy. */
  readonly usdPerHour: number | null;
  /** Null for the average of ELECTRICITY. */
  readonly electricityUsdPerKwh: number | null;
  /** The day of the probe, as `2026-11-24`. */
  readonly today: string;
};

export const LOCAL = 'local';

/**
 * This machine as offers: one without a device, and for each kind of device one for every power
 * of two of them and one for all.
 */
export function localOffers(machine: Machine, pricing: LocalPricing): readonly Offer[] {
  const kinds = Map.groupBy(machine.gpus, ({ name }) => name);
  const parts = [...kinds.values()].flatMap((gpus) =>
    counts(gpus.length).map((count) => gpus.slice(0, count)),
  );
  return [[], ...parts].map((gpus) => offer(machine, gpus, pricing));
}

function offer(machine: Machine, gpus: readonly Gpu[], pricing: LocalPricing): Offer {
  const { vcpus, memoryGib } = machine;
  const accelerator = gpus[0]?.name ?? null;
  const price = priceOf({ vcpus, memoryGib, gpuWatts: gpus.map(({ watts }) => watts) }, pricing);
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

function priceOf(
  hired: Hired,
  pricing: LocalPricing,
): Pick<Offer, 'nanosPerHour' | 'estimated' | 'source' | 'asOf'> {
  const { usdPerHour, electricityUsdPerKwh, today } = pricing;
  if (usdPerHour !== null) {
    const nanosPerHour = rateFromUsd(usdPerHour);
    return { nanosPerHour, estimated: false, source: 'config', asOf: today };
  }
  const nanosPerHour = rateFromUsd(
    energyUsdPerHour(hired, electricityUsdPerKwh ?? ELECTRICITY.usdPerKwh),
  );
  if (electricityUsdPerKwh !== null) {
    return { nanosPerHour, estimated: true, source: 'energy-config', asOf: today };
  }
  return { nanosPerHour, estimated: true, source: ELECTRICITY.source, asOf: ELECTRICITY.asOf };
}

/** 1, 2, 4, … and all. */
function counts(total: number): readonly number[] {
  const powers: number[] = [];
  for (let count = 1; count < total; count *= 2) powers.push(count);
  return [...powers, total];
}
