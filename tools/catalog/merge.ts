import { rateFromUsd } from '../../src/base/money.ts';
import { ACCELERATORS } from '../../src/core/catalog/accelerator-names.ts';
import type { PriceRow } from '../../src/spec/offer.ts';
import { fault, levelFaults, spotFaults } from './faults.ts';
import { deviceKey, hireKey, offerKey } from './keys.ts';
import type { Quote } from './quote.ts';

/** A quote that is not in the catalog, and why not. */
export type Quarantined = { readonly quote: Quote; readonly why: string };

export type Merged = {
  readonly rows: readonly PriceRow[];
  readonly quarantined: readonly Quarantined[];
  /** Machines whose price is a newer list's price of the device times their count. */
  readonly repriced: number;
  /** Quotes that say less, or earlier, what another one says. */
  readonly superseded: number;
};

/**
 * The quotes of all lists as one catalog: wrong ones set aside, older prices replaced by newer
 * ones, and of several quotes of one offer the newest, then the cheapest.
 */
export function merge(quotes: readonly Quote[]): Merged {
  const quarantined: Quarantined[] = [];
  const sound = keep(quotes, quarantined, fault);
  const likely = keep(sound, quarantined, levelFaults(sound));
  const priceOf = newestDevicePrices(likely);
  let repriced = 0;
  const priced = likely
    .filter((quote) => !quote.onlyReprices)
    .map((quote) => {
      const newer = quote.mayBeRepriced ? priceOf(quote) : undefined;
      if (newer === undefined || newer.source.asOf <= quote.source.asOf) return quote;
      repriced++;
      const { usdPerDevice, source } = newer;
      return { ...quote, usdPerHour: usdPerDevice * quote.acceleratorCount, source };
    });
  const distinct = withoutVaguer(newestOfEach(priced));
  const unfair = spotFaults(distinct);
  const kept = keep(distinct, quarantined, unfair.fault).map(unfair.rounded);
  const superseded = priced.length - distinct.length;
  return { rows: kept.map(rowOf), quarantined, repriced, superseded };
}

function keep(
  quotes: readonly Quote[],
  quarantined: Quarantined[],
  faultOf: (quote: Quote) => string | null,
): Quote[] {
  return quotes.filter((quote) => {
    const why = faultOf(quote);
    if (why !== null) quarantined.push({ quote, why });
    return why === null;
  });
}

type DevicePrice = { readonly usdPerDevice: number; readonly source: Quote['source'] };

/**
 * What each provider asks for one device: by the newest list, and of that by its row for as many
 * devices, or else by its cheapest row.
 */
function newestDevicePrices(quotes: readonly Quote[]): (quote: Quote) => DevicePrice | undefined {
  const prices = new Map<string, DevicePrice>();
  for (const quote of quotes) {
    if (!quote.perDevice) continue;
    const { source } = quote;
    const price = { usdPerDevice: quote.usdPerHour / quote.acceleratorCount, source };
    for (const key of [deviceKey(quote), hireKey(quote)]) {
      const known = prices.get(key);
      if (known === undefined || isBetter(price, known)) prices.set(key, price);
    }
  }
  return (quote) => {
    const ofAny = prices.get(deviceKey(quote));
    const ofAsMany = prices.get(hireKey(quote));
    return ofAsMany?.source.asOf === ofAny?.source.asOf ? ofAsMany : ofAny;
  };
}

/** Newer wins, then cheaper. */
function isBetter(one: DevicePrice, other: DevicePrice): boolean {
  if (one.source.asOf !== other.source.asOf) return one.source.asOf > other.source.asOf;
  return one.usdPerDevice < other.usdPerDevice;
}

/** One quote for each offer; what it does not tell of the machine, an older one may. */
function newestOfEach(quotes: readonly Quote[]): Quote[] {
  const best = new Map<string, Quote>();
  for (const quote of quotes) {
    const key = offerKey(quote);
    const known = best.get(key);
    if (known === undefined) best.set(key, quote);
    else if (isBetter(wholePrice(quote), wholePrice(known))) best.set(key, completed(quote, known));
    else best.set(key, completed(known, quote));
  }
  return [...best.values()];
}

/** Two quotes of one offer are of as many devices. */
function wholePrice({ usdPerHour, source }: Quote): DevicePrice {
  return { usdPerDevice: usdPerHour, source };
}

function completed(quote: Quote, other: Quote): Quote {
  return {
    ...quote,
    acceleratorMemoryGib: quote.acceleratorMemoryGib ?? other.acceleratorMemoryGib,
    vcpus: quote.vcpus ?? other.vcpus,
    memoryGib: quote.memoryGib ?? other.memoryGib,
  };
}

/**
 * Drops quotes without region and instance where the same provider's same devices are quoted with
 * an instance, or with a region and as newly: the same offers, told less exactly.
 */
function withoutVaguer(quotes: readonly Quote[]): Quote[] {
  const exact = new Set<string>();
  const newestByRegion = new Map<string, string>();
  for (const quote of quotes) {
    const key = hireKey(quote);
    if (quote.instance !== null) exact.add(key);
    else if (quote.region !== null && quote.source.asOf > (newestByRegion.get(key) ?? ''))
      newestByRegion.set(key, quote.source.asOf);
  }
  return quotes.filter((quote) => {
    if (quote.instance !== null || quote.accelerator === null) return true;
    const key = hireKey(quote);
    if (exact.has(key)) return quote.region !== null && !quote.perDevice;
    return quote.region !== null || !(quote.source.asOf <= (newestByRegion.get(key) ?? ''));
  });
}

function rowOf(quote: Quote): PriceRow {
  return {
    provider: quote.provider,
    region: quote.region,
    zone: quote.zone,
    instance: quote.instance,
    accelerator: quote.accelerator,
    acceleratorCount: quote.acceleratorCount,
    acceleratorMemoryGib: memoryOf(quote),
    vcpus: quote.vcpus,
    memoryGib: quote.memoryGib,
    spot: quote.spot,
    nanosPerHour: rateFromUsd(quote.usdPerHour),
    source: quote.source,
  };
}

/**
 * Of one device as the list tells it, else as its maker does; of a part of a device only that
 * part's, in whole GiB: a sixth of an A10 has 4 of its 24.
 */
function memoryOf({ accelerator, acceleratorCount, ...quote }: Quote): number | null {
  if (accelerator === null) return null;
  const whole = quote.acceleratorMemoryGib ?? ACCELERATORS[accelerator]?.memoryGib ?? null;
  if (whole === null || acceleratorCount >= 1) return whole;
  return Math.round(whole * acceleratorCount);
}
