import { assert } from '../../src/base/assert.ts';
import {
  isKnownAccelerator,
  normaliseAccelerator,
} from '../../src/core/catalog/accelerator-names.ts';
import type { PriceRow, PriceSource } from '../../src/spec/offer.ts';

/** A price as a list states it, before it is checked and merged with what others state. */
export type Quote = Omit<PriceRow, 'nanosPerHour'> & {
  /** Dollars an hour of the whole machine. */
  readonly usdPerHour: number;
  /** The list prices the device; the machine is that price times the count. */
  readonly perDevice: boolean;
  /** Tells another list's price, is no offer by itself. */
  readonly onlyReprices: boolean;
  /** An older list of shapes: takes a newer price for the device of the same provider. */
  readonly mayBeRepriced: boolean;
};

/** What must be said of a quote; the rest is unknown, on demand, without a device. */
type QuoteParts = Partial<Quote> & Pick<Quote, 'provider' | 'usdPerHour' | 'source'>;

export function quote(parts: QuoteParts): Quote {
  return {
    region: null,
    zone: null,
    instance: null,
    accelerator: null,
    acceleratorCount: 0,
    acceleratorMemoryGib: null,
    vcpus: null,
    memoryGib: null,
    spot: false,
    perDevice: false,
    onlyReprices: false,
    mayBeRepriced: false,
    ...parts,
  };
}

/** The quote on demand and, where there is a price for it, the one on spot. */
export function onDemandAndSpot(
  parts: QuoteParts,
  spot: { readonly usdPerHour: number | null; readonly source?: PriceSource },
): Quote[] {
  const onDemand = quote(parts);
  if (spot.usdPerHour === null) return [onDemand];
  const { usdPerHour, source = onDemand.source } = spot;
  return [onDemand, { ...onDemand, spot: true, usdPerHour, source }];
}

/**
 * The device that a list spells in some way, told apart by the memory beside it. A spelling that
 * the name table lacks stops the build: the table must know every device that is for hire.
 */
export function deviceOf(spelling: string, memoryGib: number | null): string {
  const name = bySize(normaliseAccelerator(spelling), memoryGib);
  assert(isKnownAccelerator(name), `"${spelling}" is no device of the name table`);
  return name;
}

function bySize(name: string, memoryGib: number | null): string {
  if (name === 'A100' && memoryGib === 80) return 'A100-80GB';
  if (name === 'V100' && memoryGib === 32) return 'V100-32GB';
  if (name === 'H100' && memoryGib === 94) return 'H100-NVL';
  return name;
}

/** A price that a list must have; NaN, to be quarantined, where it has none. */
export function required(price: number | null): number {
  return price ?? Number.NaN;
}
