import { isDeviceAlone, providerOf, regionOf } from './gpu-providers.ts';
import { deviceOf, onDemandAndSpot, type Quote, required } from './quote.ts';
import { type Line, readCsv } from './read-csv.ts';
import { once, usdSource } from './sources.ts';

/** The commits of the files that were read. */
const COMMITS: Readonly<Record<string, string>> = {
  hyperstack: 'fdc9d908ab0b',
  lambda: '95eaf484fa40',
  nebius: '0082b0435f39',
  oci: '058875118382',
  verda: '538675a09162',
};

/**
 * Machine types of GPU clouds with processor, memory and region; their prices are the oldest of
 * these lists.
 */
export function gpuInstances(folder: string): Quote[] {
  const sourceOf = once((key) => {
    const [provider, since] = key.split(' ') as [string, string];
    return usdSource({
      id: `${provider}-instances-${since}`,
      asOf: since,
      licence: 'Apache-2.0',
      attribution: `skypilot-org/skypilot-catalog @ ${COMMITS[provider]}, catalogs/v8/${provider}/vms.csv`,
    });
  });
  const lines = readCsv(folder, 'gpu_clouds_instances_2025-2026.csv');
  return lines.filter(isPlain).flatMap((line) => {
    const provider = providerOf(line);
    const memory = line.number('accelerator_mem_gb');
    const spelling = line.text('accelerator');
    const device = spelling === null ? null : deviceOf(spelling, memory);
    return onDemandAndSpot(
      {
        provider,
        region: regionOf(line),
        instance: line.text('instance_type'),
        accelerator: device,
        acceleratorCount: line.number('accelerator_count') ?? 0,
        acceleratorMemoryGib: memory,
        vcpus: line.number('vcpus'),
        memoryGib: line.number('memory_gib'),
        usdPerHour: required(line.number('ondemand_usd_h')),
        mayBeRepriced: device !== null && !isDeviceAlone(provider, device),
        source: sourceOf(`${provider} ${sinceOf(line)}`),
      },
      { usdPerHour: line.number('spot_usd_h') },
    );
  });
}

/**
 * False for bridged cards (Hyperstack's `n3-H100x8-NVLink`): they cost more than plain ones, whose
 * price is all that the newer list tells, and their own is out of date.
 */
function isPlain(line: Line): boolean {
  return !/NVLink/i.test(line.text('instance_type')!);
}

/** A range of dates counts from its beginning, so that nothing looks newer than it is. */
function sinceOf(line: Line): string {
  return /\d{4}(-\d{2})?/.exec(line.text('as_of')!)![0];
}
