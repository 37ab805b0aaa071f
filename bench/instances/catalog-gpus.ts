import { bundledFeed } from '../../src/adapters/feeds/bundled-feed.ts';
import { offersFrom } from '../../src/core/catalog/offers-from.ts';
import { acceleratorFacts } from '../../src/core/demand/accelerators/accelerator-facts.ts';
import type { ServingRow } from './serving-instances.ts';

/** A model of 8 billion 16-bit weights, and room for some requests. */
const MEMORY_GIB_MIN = 20;

/** The bundled catalog's cheapest machine on demand with each number of each GPU, by name. */
export async function catalogGpus(): Promise<readonly ServingRow[]> {
  const facts = new Map(acceleratorFacts().map((device) => [device.name, device]));
  const cheapest = new Map<string, ServingRow>();
  for (const offer of offersFrom(await bundledFeed().load())) {
    const { accelerator, acceleratorCount: count, spot, nanosPerHour } = offer;
    const device = facts.get(accelerator ?? '');
    if (device === undefined || spot || !Number.isInteger(count) || nanosPerHour === 0) continue;
    const memoryGib = device.memoryGib * count;
    const teraflops = (Math.max(device.peak.bf16, device.peak.fp16) * count) / 1e12;
    const row: ServingRow = {
      usdPerHour: nanosPerHour / 1e9,
      memoryGib,
      gigabytesPerS: (device.memoryBytesPerS * count) / 1e9,
      teraflops,
    };
    const name = `${accelerator}:${count}`;
    const known = cheapest.get(name);
    const isUseful = memoryGib >= MEMORY_GIB_MIN && teraflops > 0;
    if (isUseful && (known === undefined || row.usdPerHour < known.usdPerHour)) {
      cheapest.set(name, row);
    }
  }
  const names = [...cheapest.keys()].toSorted();
  return names.map((name) => cheapest.get(name)!);
}
