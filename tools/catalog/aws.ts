import { machineQuotes } from './machine-quotes.ts';
import { deviceOf, type Quote, quote, required } from './quote.ts';
import { readCsv } from './read-csv.ts';
import { NO_LICENCE, usdSource } from './sources.ts';

const LIST = usdSource({
  id: 'aws-ec2-linux-2026-06',
  asOf: '2026-06',
  licence: NO_LICENCE,
  attribution:
    'jawaadjariwala/AWS-EC2-Pricing-Landscape-Analysis @ b7dbceba0649 (instances.vantage.sh); not later than 2026-07-05',
});

// One moment between 2025-12 and 2026-08: the earlier end, so that nothing looks newer than it is.
const SPOT_BY_ZONE = usdSource({
  id: 'aws-gpu-spot-by-zone',
  asOf: '2025-12',
  licence: 'Apache-2.0',
  attribution: 'skypilot-org/skypilot-catalog @ 00148f2af367, catalogs/v8/aws/vms.csv',
});

/** On demand and spot, the latter as the mean over the region's zones. */
export function awsList(folder: string): Quote[] {
  return readCsv(folder, 'aws_ec2_linux_2026-07.csv').flatMap((line) =>
    machineQuotes(line, {
      provider: 'aws',
      instance: 'instance_type',
      spot: 'spot_avg_usd_h',
      source: LIST,
    }),
  );
}

/** Spot prices of single zones; on demand a zone costs what its region does. */
export function awsSpotByZone(folder: string): Quote[] {
  return readCsv(folder, 'aws_gpu_spot_by_az_2026.csv')
    .filter((line) => line.text('spot_usd_h') !== null)
    .map((line) =>
      quote({
        provider: 'aws',
        region: line.text('region'),
        zone: line.text('zone_id'),
        instance: line.text('instance_type'),
        accelerator: deviceOf(line.text('accelerator') ?? '', null),
        acceleratorCount: line.number('accelerator_count') ?? 0,
        vcpus: line.number('vcpus'),
        memoryGib: line.number('memory_gib'),
        spot: true,
        usdPerHour: required(line.number('spot_usd_h')),
        source: SPOT_BY_ZONE,
      }),
    );
}
