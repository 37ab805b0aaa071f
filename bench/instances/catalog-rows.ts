import { bundledFeed } from '../../src/adapters/feeds/bundled-feed.ts';
import { offersFrom } from '../../src/core/catalog/offers-from.ts';
import { acceleratorFacts } from '../../src/core/demand/accelerators/accelerator-facts.ts';
import type { CatalogRow } from './cover-instances.ts';

const NANOS_PER_USD = 1e9;
const TERA = 1e12;

/**
 * Every row of the bundled catalog with accelerators of known speed: dollars an hour of the
 * machine, and TFLOP/s of all its devices in the better of bf16 and fp16, from their data sheets.
 */
export async function catalogRows(): Promise<readonly CatalogRow[]> {
  const peaks = new Map(
    acceleratorFacts().map(({ name, peak }) => [name, Math.max(peak.bf16, peak.fp16) / TERA]),
  );
  return offersFrom(await bundledFeed().load()).flatMap((offer) => {
    const { accelerator, acceleratorCount, nanosPerHour } = offer;
    const peak = peaks.get(accelerator ?? '') ?? 0;
    if (peak === 0 || nanosPerHour === 0) return [];
    return [{ usdPerHour: nanosPerHour / NANOS_PER_USD, speed: peak * acceleratorCount }];
  });
}
