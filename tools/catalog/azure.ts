import { deviceOf, onDemandAndSpot, type Quote, required } from './quote.ts';
import { readCsv } from './read-csv.ts';
import { usdSource } from './sources.ts';

const LIST = usdSource({
  id: 'azure-vm-linux-2026-06-18',
  asOf: '2026-06-18',
  licence: 'Apache-2.0',
  attribution:
    'Azure/karpenter-provider-azure @ 352646f59929; sizes of kubernetes/autoscaler @ 55c37cd5eb55',
});

const LIVE = usdSource({
  id: 'azure-vm-linux-2026-08-22',
  asOf: '2026-08-22',
  licence: 'MIT',
  attribution: 'andy-diericks/azure-pricing-radar @ cf741f25c507; sizes of kubernetes/autoscaler',
});

/** On demand everywhere, spot in four European regions. */
export function azureList(folder: string): Quote[] {
  return readCsv(folder, 'azure_vm_linux_2026-06.csv').flatMap((line) => {
    const memory = line.number('accelerator_mem_gb');
    const device = line.text('accelerator');
    return onDemandAndSpot(
      {
        provider: 'azure',
        region: line.text('region'),
        instance: line.text('instance_type'),
        accelerator: device === null ? null : deviceOf(device, memory),
        acceleratorCount: line.number('accelerator_count') ?? 0,
        acceleratorMemoryGib: memory,
        vcpus: line.number('vcpus'),
        memoryGib: line.number('memory_gib'),
        usdPerHour: required(line.number('ondemand_usd_h')),
        source: line.text('ondemand_as_of') === LIVE.asOf ? LIVE : LIST,
      },
      { usdPerHour: line.number('spot_usd_h_2026-08-22'), source: LIVE },
    );
  });
}
