import { rateFromUsd } from '../../../base/money.ts';
import type { Offer } from '../../../spec/offer.ts';
import { ELECTRICITY, energyUsdPerHour, type Hired } from './energy-price.ts';

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
export function ownPrice(
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

/** How many of a machine's devices can be hired: 1, 2, 4, … and all. */
export function deviceCounts(total: number): readonly number[] {
  const powers: number[] = [];
  for (let count = 1; count < total; count *= 2) powers.push(count);
  return [...powers, total];
}
