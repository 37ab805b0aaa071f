import { rateFromUsd } from '../../../base/money.ts';
import type { Offer, OfferPool } from '../../../spec/offer.ts';
import { ELECTRICITY, energyUsdPerHour, type Hired } from './energy-price.ts';
import type { Gpu } from './probe-gpus.ts';

/** What the user has said of a machine of their own. */
export type OwnPricing = {
  /** What an hour of it costs; null for the energy that it draws. */
  readonly usdPerHour: number | null;
  /** Null for the average of ELECTRICITY. */
  readonly electricityUsdPerKwh: number | null;
  /** The day of the probe, as `2026-11-24`. */
  readonly today: string;
};

/** What an hour of a machine of one's own costs: what the user says, or its energy. */
function ownPrice(
  hired: Hired,
  pricing: OwnPricing,
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

/** What of a machine of one's own is hired, and by which driver. */
export type OwnPart = {
  readonly id: string;
  /** Place and provider alike. */
  readonly driver: string;
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly gpus: readonly Gpu[];
  readonly pool: OfferPool;
};

/** A part of a machine of one's own as an offer that can be launched. */
export function ownOffer(
  { id, driver, vcpus, memoryGib, gpus, pool }: OwnPart,
  pricing: OwnPricing,
): Offer {
  return {
    id,
    place: driver,
    provider: driver,
    region: null,
    zone: null,
    instance: null,
    accelerator: gpus[0]?.name ?? null,
    acceleratorCount: gpus.length,
    acceleratorMemoryGib: gpus[0]?.memoryGib ?? null,
    vcpus,
    memoryGib,
    spot: false,
    // There is one machine, yet the nodes of a gang may share it.
    available: null,
    pool,
    billingIncrementS: 1,
    billingMinimumS: 0,
    launchable: true,
    ...ownPrice({ vcpus, memoryGib, gpuWatts: gpus.map(({ watts }) => watts) }, pricing),
  };
}

/** How many of a machine's devices can be hired: 1, 2, 4, … and all. */
export function deviceCounts(total: number): readonly number[] {
  const powers: number[] = [];
  for (let count = 1; count < total; count *= 2) powers.push(count);
  return [...powers, total];
}
