import { machineQuotes } from './machine-quotes.ts';
import type { Quote } from './quote.ts';
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
  return readCsv(folder, 'azure_vm_linux_2026-06.csv').flatMap((line) =>
    machineQuotes(line, {
      provider: 'azure',
      instance: 'instance_type',
      spot: 'spot_usd_h_2026-08-22',
      source: line.text('ondemand_as_of') === LIVE.asOf ? LIVE : LIST,
      spotSource: LIVE,
    }),
  );
}
