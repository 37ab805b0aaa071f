import { ACCELERATORS } from '../../src/core/catalog/accelerator-names.ts';
import { machineQuotes } from './machine-quotes.ts';
import { deviceOf, onDemandAndSpot, type Quote, required } from './quote.ts';
import { readCsv } from './read-csv.ts';
import { usdSource } from './sources.ts';

const LIST = usdSource({
  id: 'gcp-gce-2026-07-30',
  asOf: '2026-07-30',
  licence: 'Apache-2.0',
  attribution: 'Cyclenerd/google-cloud-pricing-cost-calculator @ fd66b26ff84f, dac31281f2a4',
});

// One moment between 2025-12 and 2026-08: the earlier end.
const TPU = usdSource({
  id: 'gcp-tpu-2025-12',
  asOf: '2025-12',
  licence: 'Apache-2.0',
  attribution: 'skypilot-org/skypilot-catalog @ 006059e0f18a, catalogs/v8/gcp/vms.csv',
});

const OLD_TPU = usdSource({
  id: 'gcp-tpu-2024-12',
  asOf: '2024-12',
  licence: 'MPL-2.0',
  attribution: 'dstackai/gpuhunt @ 35841515de37, src/gpuhunt/resources/tpu_pricing.json',
});

/**
 * Chips of the slices that are one machine. Larger slices are several machines; the pods of v2
 * and v3 start at 16 chips.
 * Source: "TPU v5e", "TPU v5p", "TPU v6e", "TPU v4", cloud.google.com/tpu/docs.
 */
const SLICE_CHIPS: Readonly<Record<string, readonly number[]>> = {
  v6e: [1, 4, 8],
  v5p: [4],
  v5e: [1, 4, 8],
  'v4 pod': [4],
  'v3 device': [4],
  'v2 device': [4],
};

/** Machine types on demand and spot, for a whole region: Google has no prices by zone. */
export function gcpList(folder: string): Quote[] {
  return readCsv(folder, 'gcp_gce_2026-07-30.csv').flatMap((line) =>
    machineQuotes(line, {
      provider: 'gcp',
      instance: 'machine_type',
      spot: 'spot_usd_h',
      source: LIST,
    }),
  );
}

/** TPU slices of one machine: the price of a chip times the chips. */
export function gcpTpus(folder: string): Quote[] {
  return readCsv(folder, 'gcp_tpu_per_chip.csv').flatMap((line) => {
    const generation = line.text('tpu') ?? '';
    const name = `tpu-${generation.split(' ')[0]}`;
    const spot = line.number('spot_usd_chip_h');
    return (SLICE_CHIPS[generation] ?? []).flatMap((chips) =>
      onDemandAndSpot(
        {
          provider: 'gcp',
          region: line.text('region'),
          zone: line.text('zone'),
          accelerator: deviceOf(name, null),
          acceleratorCount: chips,
          acceleratorMemoryGib: ACCELERATORS[name]?.memoryGib ?? null,
          usdPerHour: required(line.number('ondemand_usd_chip_h')) * chips,
          source: line.text('as_of') === OLD_TPU.asOf ? OLD_TPU : TPU,
        },
        { usdPerHour: spot === null ? null : spot * chips },
      ),
    );
  });
}
