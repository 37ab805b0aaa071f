import { deviceOf, type Quote, quote, required } from './quote.ts';
import { readCsv } from './read-csv.ts';
import { type ExchangeRates, sourceIn } from './sources.ts';

/** On demand, in yuan; the zones share their region's price. */
export function alibabaList(folder: string, rates: ExchangeRates): Quote[] {
  const source = sourceIn('CNY', rates, {
    id: 'alibaba-ecs-2024-10-09',
    asOf: '2024-10-09',
    licence: 'Apache-2.0',
    attribution: 'cloudpilot-ai/priceserver @ de6fe92546a1, alibabacloud_price.json',
  });
  return readCsv(folder, 'alibaba_ecs_2024-10.csv').map((line) => {
    const device = line.text('accelerator');
    return quote({
      provider: 'alibaba',
      region: line.text('region'),
      instance: line.text('instance_type'),
      accelerator: device === null ? null : deviceOf(device, null),
      acceleratorCount: line.number('accelerator_count') ?? 0,
      vcpus: line.number('vcpus'),
      memoryGib: line.number('memory_gib'),
      usdPerHour: required(line.number('ondemand_cny_h')) * source.usdPerUnit,
      source,
    });
  });
}
