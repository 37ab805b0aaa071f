import type { PriceSource } from '../../src/spec/offer.ts';
import { hasList, isDeviceAlone, providerOf, regionOf } from './gpu-providers.ts';
import { deviceOf, type Quote, quote, required } from './quote.ts';
import { type Line, readCsv } from './read-csv.ts';
import { NO_LICENCE, usdSource } from './sources.ts';

const OFFERS = usdSource({
  id: 'gpu-offers-2026-08-22',
  asOf: '2026-08-22',
  licence: 'CC-BY-4.0',
  attribution: 'GPU rental price data by gpurentalprices.com, CC BY 4.0',
});

const MARKET = usdSource({
  id: 'gpu-market-2026-08-22',
  asOf: '2026-08-22',
  licence: NO_LICENCE,
  attribution: 'hemgo-lexsi/gpu-price-dashboard @ 9dabad1954f6, data/prices.json',
});

const CLOUD_GPUS = usdSource({
  id: 'cloud-gpus-2026-07-01',
  asOf: '2026-07-01',
  licence: NO_LICENCE,
  attribution: 'boboligmail/cloud-price-radar @ 0e002c473f0c (cloud-gpus.com)',
});

const SINGLES = usdSource({
  id: 'gpu-singles-2026-05-24',
  asOf: '2026-05-24',
  licence: 'MIT',
  attribution: 'tardellirs/gpu-pricing @ 8f09a6803096, src/data/offerings.json',
});

/** The cheapest region of each of 25 clouds; a machine has the least count that is hired. */
export function gpuOffers(folder: string): Quote[] {
  return exactLines(folder)
    .filter(({ provider, device }) => !hasList(provider) && !isDeviceAlone(provider, device))
    .map((line) => deviceQuote({ ...line, source: OFFERS }));
}

/** The lines of the list that tells forms apart, as `h100-pcie` and `h100-sxm`. */
function exactLines(folder: string) {
  const lines = readCsv(folder, 'gpu_clouds_offers_2026-08-22.csv');
  const plainH100 = plainH100IsPcie(lines);
  return lines.map((line) => {
    const provider = providerOf(line);
    const memory = line.number('vram_gb');
    const spelling = line.text('gpu')!;
    const isPcie = spelling === 'h100' && plainH100.has(provider);
    return {
      provider,
      device: isPcie ? 'H100-PCIe' : deviceOf(spelling, memory),
      memory,
      count: line.number('min_gpus') ?? 1,
      kind: line.text('kind')!,
      usdPerDevice: required(line.number('usd_gpu_h')),
    };
  });
}

/** Vast.ai by country, RunPod, Verda, Nebius, E2E and others, one device each. */
export function gpuMarket(folder: string): Quote[] {
  const formOf = formsByPrice(folder);
  return readCsv(folder, 'gpu_market_snapshot_2026-08-22.csv').flatMap((line) => {
    const provider = providerOf(line);
    const memory = line.number('vram_gb');
    const usdPerDevice = required(line.number('usd_gpu_h'));
    const device = formOf(provider, deviceOf(line.text('gpu')!, memory), usdPerDevice);
    if (hasList(provider) || isDeviceAlone(provider, device)) return [];
    const kind = line.text('billing')!;
    const one = deviceQuote({
      provider,
      device,
      memory,
      count: 1,
      kind,
      usdPerDevice,
      source: MARKET,
    });
    // Oracle's machines hold four or eight; the list tells the price of one device.
    return [{ ...one, region: regionOf(line), onlyReprices: provider === 'oci' }];
  });
}

/** Whole machines with their prices; reserved ones are no offers by the hour. */
export function cloudGpus(folder: string): Quote[] {
  const formOf = formsByPrice(folder);
  return readCsv(folder, 'gpu_cloudgpus_com_2026-07-01.csv').flatMap((line) => {
    const provider = providerOf(line);
    const count = required(line.number('gpu_count'));
    const memory = Math.round(required(line.number('total_vram_gb')) / count);
    const usdPerHour = required(line.number('usd_h_total'));
    const device = formOf(provider, deviceOf(line.text('gpu')!, memory), usdPerHour / count);
    if (line.text('billing') === 'reserved' || !isNews(provider, device)) return [];
    return [
      quote({
        provider,
        accelerator: device,
        acceleratorCount: count,
        acceleratorMemoryGib: memory,
        spot: line.text('billing') === 'spot',
        usdPerHour,
        perDevice: true,
        onlyReprices: provider === 'oci',
        source: CLOUD_GPUS,
      }),
    ];
  });
}

/** One device of each of 20 clouds, some with the processor and memory that come with it. */
export function gpuSingles(folder: string): Quote[] {
  return readCsv(folder, 'gpu_clouds_1x_2026-05-24.csv').flatMap((line) => {
    const provider = providerOf(line);
    const memory = line.number('vram_gb');
    const form = line.text('interconnect') === 'PCIe' ? 'PCIe' : '';
    // A card with its memory changed keeps its name, and is set aside for its memory.
    const spelled = line.text('gpu')!.replace(/ \(.* mod\)$/, '');
    const isPlainH100 = deviceOf(spelled, memory) === 'H100' && form === 'PCIe';
    const device = isPlainH100 ? 'H100-PCIe' : deviceOf(spelled, memory);
    const list = line.text('source_url')!.endsWith('/classic') ? `${provider} classic` : provider;
    if (isDeviceAlone(list, device)) return [];
    const tier = line.text('tier')!;
    const one = deviceQuote({
      provider,
      device,
      memory,
      count: 1,
      kind: line.text('billing') === 'spot' ? 'spot' : tier,
      usdPerDevice: required(line.number('usd_gpu_h')),
      source: SINGLES,
    });
    return [{ ...one, vcpus: line.number('vcpus'), memoryGib: line.number('memory_gb') }];
  });
}

function deviceQuote(parts: {
  readonly provider: string;
  readonly device: string;
  readonly memory: number | null;
  readonly count: number;
  /** `on-demand`, `spot`, or a tier: `secure`, `community`. */
  readonly kind: string;
  readonly usdPerDevice: number;
  readonly source: PriceSource;
}): Quote {
  const { provider, device, count, kind } = parts;
  // RunPod sells each device in two tiers; its machine types are named so in SkyPilot's catalog.
  const tiered = provider === 'runpod' && (kind === 'secure' || kind === 'community');
  return quote({
    provider,
    instance: tiered ? `${count}x_${device}_${kind.toUpperCase()}` : null,
    accelerator: device,
    acceleratorCount: count,
    acceleratorMemoryGib: parts.memory,
    spot: kind === 'spot',
    usdPerHour: parts.usdPerDevice * count,
    perDevice: true,
    source: parts.source,
  });
}

/**
 * Vendors that list an SXM H100 beside a plain one of the same memory mean the PCIe card by the
 * latter, as their pages say (Hyperstack, Scaleway).
 */
function plainH100IsPcie(lines: readonly Line[]): ReadonlySet<string> {
  return new Set(lines.filter((line) => line.text('gpu') === 'h100-sxm').map(providerOf));
}

/** Forms that some lists give the plain name of the device. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  H100: ['H100-PCIe'],
  H200: ['H200-NVL'],
  RTXPRO6000: ['RTXPRO6000-MaxQ'],
};

/**
 * Tells a form where a list gives only the device: by the price that the exact list has for it
 * alone. RunPod's H100 at $2.89 is its PCIe card, the one at $3.29 its SXM machine.
 */
function formsByPrice(folder: string) {
  const priced = new Set(
    exactLines(folder).map((line) => priceKey(line.provider, line.device, line.usdPerDevice)),
  );
  return (provider: string, device: string, usdPerDevice: number): string => {
    const isPriced = (name: string) => priced.has(priceKey(provider, name, usdPerDevice));
    return isPriced(device) ? device : (FORMS[device]?.find(isPriced) ?? device);
  };
}

function priceKey(provider: string, device: string, usdPerDevice: number): string {
  return `${provider}\t${device}\t${usdPerDevice.toFixed(4)}`;
}

/** Of Google only what its own list lacks, as whole machines; T4, V100, P100 lack the machine. */
function isNews(provider: string, device: string): boolean {
  if (provider === 'gcp') return device === 'H200' || device === 'B200';
  return !hasList(provider);
}
