import { ACCELERATORS } from '../../src/core/catalog/accelerator-names.ts';
import { hireKey, machineKey } from './keys.ts';
import type { Quote } from './quote.ts';

/** More for one machine is a mistake: the dearest sells four of the newest devices at $216. */
const USD_PER_HOUR_MAX = 2000;
/** Below a hundredth of a cent an hour nothing is sold. */
const USD_PER_HOUR_MIN = 0.0001;
/** How far the memory told may be off the device's own: 262 to 288 GB are one B300. */
const MEMORY_TOLERANCE = 0.1;
/** Spot prices are rounded: one this little above the price on demand equals it. */
const SPOT_ROUNDING = 1e-4;
/**
 * How far a price on demand may be off what its region and its machine type make likely. Of the
 * lists of 2026 the farthest right one is at 1.65 (AWS g7e in London); the Windows prices that
 * slipped into Azure's list for Malaysia are at 1.9 to 1.95.
 */
const LEVEL_TOLERANCE = 1.8;
/** A machine type sold in fewer regions tells too little of what it costs elsewhere. */
const LEVEL_REGIONS_MIN = 5;

/** Why a quote is wrong by itself; null for one that is not. */
export function fault(quote: Quote): string | null {
  const { usdPerHour, accelerator, acceleratorCount, acceleratorMemoryGib } = quote;
  if (!(usdPerHour >= USD_PER_HOUR_MIN && usdPerHour <= USD_PER_HOUR_MAX))
    return `a price of $${usdPerHour} an hour`;
  for (const value of [quote.vcpus, quote.memoryGib, acceleratorMemoryGib])
    if (value !== null && !(value > 0)) return `a size of ${value}`;
  if (accelerator === null) return acceleratorCount === 0 ? null : `${acceleratorCount} of nothing`;
  // Whole devices, or a part of one.
  const isCount = acceleratorCount > 0 && (acceleratorCount < 1 || acceleratorCount % 1 === 0);
  return isCount ? memoryFault(accelerator, acceleratorMemoryGib) : `${acceleratorCount} devices`;
}

function memoryFault(accelerator: string, memoryGib: number | null): string | null {
  const own = ACCELERATORS[accelerator]?.memoryGib ?? null;
  if (own === null || memoryGib === null) return null;
  if (Math.abs(memoryGib / own - 1) <= MEMORY_TOLERANCE) return null;
  return `${memoryGib} GB on one ${accelerator}, which has ${own}: another device`;
}

/**
 * Finds prices on demand out of line: far from the usual price of the machine type times the
 * usual level of the region. A wrong unit, or another operating system, shows so.
 */
export function levelFaults(quotes: readonly Quote[]): (quote: Quote) => string | null {
  const listed = quotes.filter(({ spot, instance, region }) => !spot && instance && region);
  const types = Map.groupBy(listed, typeKey);
  const usual = new Map<string, number>();
  for (const [type, of] of types)
    if (of.length >= LEVEL_REGIONS_MIN)
      usual.set(type, median(of.map((quote) => quote.usdPerHour)));
  const told = listed.filter((quote) => usual.has(typeKey(quote)));
  const ratio = (quote: Quote) => quote.usdPerHour / usual.get(typeKey(quote))!;
  const levels = new Map(
    [...Map.groupBy(told, regionKey)].map(([region, of]) => [region, median(of.map(ratio))]),
  );
  const suspects = new Set(told);
  return (quote) => {
    if (!suspects.has(quote)) return null;
    const likely = usual.get(typeKey(quote))! * levels.get(regionKey(quote))!;
    const off = quote.usdPerHour / likely;
    if (off <= LEVEL_TOLERANCE && off >= 1 / LEVEL_TOLERANCE) return null;
    return `$${quote.usdPerHour} an hour, where $${likely.toFixed(2)} would be in line with its like`;
  };
}

/** A spot price above the price on demand of the same machine is no offer that anyone takes. */
export function spotFaults(quotes: readonly Quote[]) {
  const dearest = new Map<string, number>();
  for (const quote of quotes) {
    if (quote.spot) continue;
    for (const key of [machineKey(quote), hireKey(quote)])
      dearest.set(key, Math.max(dearest.get(key) ?? 0, quote.usdPerHour));
  }
  const onDemandOf = (quote: Quote) =>
    dearest.get(quote.instance === null ? hireKey({ ...quote, spot: false }) : machineKey(quote));
  return {
    fault: (quote: Quote) => {
      const onDemand = onDemandOf(quote);
      if (!quote.spot || onDemand === undefined) return null;
      if (quote.usdPerHour <= onDemand * (1 + SPOT_ROUNDING)) return null;
      return `spot at $${quote.usdPerHour}, on demand at $${onDemand} an hour`;
    },
    rounded: (quote: Quote) => {
      const onDemand = quote.spot ? onDemandOf(quote) : undefined;
      if (onDemand === undefined) return quote;
      return { ...quote, usdPerHour: Math.min(quote.usdPerHour, onDemand) };
    },
  };
}

function typeKey({ provider, instance }: Quote): string {
  return [provider, instance].join('\t');
}

function regionKey({ provider, region }: Quote): string {
  return [provider, region].join('\t');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
