import { closestWord } from '../base/closest.ts';
import { KedgeError } from '../base/errors.ts';
import { rateFromUsd, usdPerUnit } from '../base/money.ts';
import { resolveAccelerator } from '../core/catalog/accelerator-names.ts';
import { unknownAccelerator } from '../core/match/unknown-accelerator.ts';
import type { Driver } from '../ports/driver.ts';
import type { Feed } from '../ports/feed.ts';
import type { Offer } from '../spec/offer.ts';
import { gatherOffers } from './gather-offers.ts';

/** What an offer must be; null asks nothing. What an offer does not know never satisfies. */
export type OfferFilter = {
  /** Any spelling: `H100`, `nvidia-h100-80gb`, `tpu-v6e-8`. */
  readonly accelerator: string | null;
  /** Devices of one machine, exactly. */
  readonly acceleratorCount: number | null;
  readonly provider: string | null;
  /** A region, or a pattern with `*`. */
  readonly region: string | null;
  readonly spot: boolean | null;
  readonly maxUsdPerHour: number | null;
  /** Of one device. */
  readonly minAcceleratorMemoryGib: number | null;
  /** Of the machine. */
  readonly minMemoryGib: number | null;
  readonly minVcpus: number | null;
};

/**
 * The offers of the feeds and of this machine that pass the filter, cheapest first, at most
 * `limit`; `total` counts them without it.
 * Errors: `spec.bad-value` for an accelerator or a provider that nothing is called,
 * `catalog.corrupt`.
 */
export async function listOffers(request: {
  readonly feeds: readonly Feed[];
  readonly drivers: readonly Driver[];
  readonly filter: OfferFilter;
  readonly limit: number | null;
}): Promise<{ readonly offers: readonly Offer[]; readonly total: number }> {
  const all = await gatherOffers(request);
  const found = all.filter(passes(request.filter, all)).sort(byPrice);
  return { offers: found.slice(0, request.limit ?? found.length), total: found.length };
}

/** The wire form of an offer, as `kedge offers -o json` prints it. */
export function offerToWire(offer: Offer) {
  return {
    provider: offer.provider,
    region: offer.region,
    zone: offer.zone,
    instance: offer.instance,
    accelerator: offer.accelerator,
    accelerator_count: offer.acceleratorCount,
    accelerator_memory_gib: offer.acceleratorMemoryGib,
    vcpus: offer.vcpus,
    memory_gib: offer.memoryGib,
    spot: offer.spot,
    price_usd_per_hour: usdPerUnit(offer.nanosPerHour),
    source: offer.source,
    as_of: offer.asOf,
  };
}

function passes(filter: OfferFilter, all: readonly Offer[]): (offer: Offer) => boolean {
  const { spot } = filter;
  const devices = devicesOf(filter, all);
  const provider = filter.provider === null ? null : providerIn(all, filter.provider);
  const region = filter.region === null ? null : regionPattern(filter.region);
  const nanosMax = filter.maxUsdPerHour === null ? null : rateFromUsd(filter.maxUsdPerHour);
  return (offer) =>
    (devices.name === null || offer.accelerator === devices.name) &&
    (devices.count === null || offer.acceleratorCount === devices.count) &&
    (provider === null || offer.provider === provider) &&
    (region === null || (offer.region !== null && region.test(offer.region))) &&
    (spot === null || offer.spot === spot) &&
    (nanosMax === null || offer.nanosPerHour <= nanosMax) &&
    isAtLeast(offer.acceleratorMemoryGib, filter.minAcceleratorMemoryGib) &&
    isAtLeast(offer.memoryGib, filter.minMemoryGib) &&
    isAtLeast(offer.vcpus, filter.minVcpus);
}

function devicesOf(
  { accelerator, acceleratorCount }: OfferFilter,
  all: readonly Offer[],
): { readonly name: string | null; readonly count: number | null } {
  if (accelerator === null) return { name: null, count: acceleratorCount };
  const resolved = resolveAccelerator({ name: accelerator, count: acceleratorCount ?? 1 });
  const unknown = unknownAccelerator(accelerator, all);
  if (unknown !== null) throw unknown;
  // A slice of a TPU tells its count; another name without a count means any.
  const anyCount = acceleratorCount === null && resolved.count === 1;
  return { name: resolved.name, count: anyCount ? null : resolved.count };
}

/** A mistyped provider is an error, not an empty list, which would read as "sells nothing". */
function providerIn(all: readonly Offer[], spelling: string): string {
  const name = spelling.toLowerCase();
  if (all.some((offer) => offer.provider === name)) return name;
  const names = [...new Set(all.map((offer) => offer.provider))].toSorted();
  const closest = closestWord(name, names);
  const hint =
    closest === undefined ? `it is one of ${names.join(', ')}` : `did you mean ${closest}?`;
  const short = spelling.slice(0, 64);
  throw new KedgeError('spec.bad-value', `no provider is called "${short}"`, {
    hint,
    details: { provider: short, closest: closest ?? null },
  });
}

/** `us-*` as a whole-word, case-insensitive expression in which only `*` is special. */
function regionPattern(pattern: string): RegExp {
  // Stars in a row mean one star, and keep the expression from trying every split of a name.
  const parts = pattern.split(/\*+/).map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}

function isAtLeast(value: number | null, least: number | null): boolean {
  return least === null || (value !== null && value >= least);
}

/** By price, then by id: the same offers always come in the same order. */
function byPrice(one: Offer, other: Offer): number {
  if (one.nanosPerHour !== other.nanosPerHour) return one.nanosPerHour - other.nanosPerHour;
  return one.id < other.id ? -1 : Number(one.id > other.id);
}
