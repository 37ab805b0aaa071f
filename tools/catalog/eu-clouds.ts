import { deviceOf, onDemandAndSpot, type Quote, quote, required } from './quote.ts';
import { type Line, readCsv } from './read-csv.ts';
import { type ExchangeRates, NO_LICENCE, once, sourceIn } from './sources.ts';

const ATTRIBUTION = 'mixxor/eu-cloud-prices @ ec4a406ad3ba, normalized.json';

/** Machines without devices of European clouds, in euros or dollars. */
export function euClouds(folder: string, rates: ExchangeRates): Quote[] {
  const sourceOf = sourcesOf('eu-clouds', rates);
  return readCsv(folder, 'eu_clouds_cpu_2026.csv').map((line) => {
    const source = sourceOf(line);
    const region = line.text('region');
    return quote({
      provider: line.text('cloud')!,
      region: region === 'global' ? null : region,
      instance: line.text('instance_type'),
      vcpus: line.number('vcpus'),
      memoryGib: line.number('memory_gb'),
      usdPerHour: required(line.number('price_h')) * source.usdPerUnit,
      source,
    });
  });
}

/**
 * Their machines with devices. Nebius and Hikube price a device without naming a machine; the
 * L40S of Nebius is left out, for its price lacks the machine around it.
 */
export function euGpuClouds(folder: string, rates: ExchangeRates): Quote[] {
  const sourceOf = sourcesOf('eu-gpu-clouds', rates);
  const lines = readCsv(folder, 'gpu_clouds_eu_2026.csv');
  return lines.filter(isWhole).flatMap((line) => quotesOf(line, sourceOf));
}

function quotesOf(line: Line, sourceOf: ReturnType<typeof sourcesOf>): Quote[] {
  const source = sourceOf(line);
  const provider = line.text('cloud')!;
  const pricesDevice = provider === 'nebius' || provider === 'hikube';
  const spot = line.number('preemptible_h');
  const inDollars = (price: number) => price * source.usdPerUnit;
  return line
    .text('region')!
    .split(', ')
    .flatMap((region) =>
      onDemandAndSpot(
        {
          provider,
          region,
          instance: pricesDevice ? null : line.text('instance_or_gpu'),
          accelerator: deviceOf(line.text('gpu')!, sizeIn(line.text('gpu')!)),
          acceleratorCount: line.number('gpu_count') ?? 1,
          acceleratorMemoryGib: sizeIn(line.text('gpu')!),
          vcpus: line.number('vcpus'),
          memoryGib: line.number('memory_gb'),
          usdPerHour: inDollars(required(line.number('price_h'))),
          perDevice: pricesDevice,
          mayBeRepriced: provider === 'nebius',
          source,
        },
        { usdPerHour: spot === null ? null : inDollars(spot) },
      ),
    );
}

function isWhole(line: Line): boolean {
  return line.text('cloud') !== 'nebius' || !line.text('instance_or_gpu')!.startsWith('l40s');
}

/** The memory that a spelling as `NVIDIA A100 80GB` tells. */
function sizeIn(spelling: string): number | null {
  const size = /\b(\d+)\s?GB$/.exec(spelling)?.[1];
  return size === undefined ? null : Number(size);
}

function sourcesOf(id: string, rates: ExchangeRates) {
  const sourceOf = once((key) => {
    const [asOf, currency] = key.split(' ') as [string, string];
    return sourceIn(currency, rates, {
      id: `${id}-${asOf}-${currency.toLowerCase()}`,
      asOf,
      licence: NO_LICENCE,
      attribution: ATTRIBUTION,
    });
  });
  return (line: Line) => sourceOf(`${line.text('date')} ${line.text('currency')}`);
}
