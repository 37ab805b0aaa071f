import type { PriceSource } from '../../src/spec/offer.ts';
import { deviceOf, onDemandAndSpot, type Quote, required } from './quote.ts';
import type { Line } from './read-csv.ts';

/** What differs between the three large lists, which share their other columns. */
export type MachineLine = {
  readonly provider: string;
  /** The column that names the machine type. */
  readonly instance: string;
  /** The column of the spot price, in dollars an hour. */
  readonly spot: string;
  readonly source: PriceSource;
  readonly spotSource?: PriceSource;
};

/** One line of such a list, on demand and, where it tells one, at its spot price. */
export function machineQuotes(line: Line, list: MachineLine): Quote[] {
  const memory = line.number('accelerator_mem_gb');
  const device = line.text('accelerator');
  return onDemandAndSpot(
    {
      provider: list.provider,
      region: line.text('region'),
      instance: line.text(list.instance),
      accelerator: device === null ? null : deviceOf(device, memory),
      acceleratorCount: line.number('accelerator_count') ?? 0,
      acceleratorMemoryGib: memory,
      vcpus: line.number('vcpus'),
      memoryGib: line.number('memory_gib'),
      usdPerHour: required(line.number('ondemand_usd_h')),
      source: list.source,
    },
    { usdPerHour: line.number(list.spot), source: list.spotSource ?? list.source },
  );
}
