import type { Line } from './read-csv.ts';

/** Our names of providers, by the lists' lower-case spellings where those differ. */
const PROVIDERS = new Map([
  ['datacrunch', 'verda'],
  ['e2e networks', 'e2e'],
  ['genesis-cloud', 'genesiscloud'],
  ['google', 'gcp'],
  ['jarvis-labs', 'jarvislabs'],
  ['oracle', 'oci'],
  ['oracle oci', 'oci'],
  ['packet-ai', 'packetai'],
  ['thunder-compute', 'thundercompute'],
  ['together ai', 'together'],
  ['vast-ai', 'vast'],
  ['vast.ai', 'vast'],
  ['yottalabs.ai', 'yottalabs'],
]);

/** Clouds with price lists of their own here: what others tell of them is older or narrower. */
const HAVE_LISTS = new Set(['aws', 'azure', 'gcp']);

/**
 * Lists that price the device alone, the processor and memory apart: no price of a machine.
 * Sources: the price pages that the rows name (CoreWeave's "classic" one), modal.com/pricing,
 * tensordock.com, docs.nebius.com (L40S: GPU, vCPU and RAM are separate lines).
 */
const DEVICE_ALONE = new Set(['modal', 'tensordock', 'coreweave classic', 'nebius L40S']);

export function providerOf(line: Line): string {
  const name = line.text('cloud')!.toLowerCase();
  return PROVIDERS.get(name) ?? name;
}

export function hasList(provider: string): boolean {
  return HAVE_LISTS.has(provider);
}

/** True for a list, or one device in it, whose price lacks the machine around the device. */
export function isDeviceAlone(list: string, device: string): boolean {
  return DEVICE_ALONE.has(list) || DEVICE_ALONE.has(`${list} ${device}`);
}

/** `Texas, US` → `us-texas`, `Japan, JP` → `jp`; null for "Global (lowest)" and the like. */
export function regionOf(line: Line): string | null {
  const region = line.text('region');
  if (region === null || region === '*' || /global|lowest|\//i.test(region)) {
    return providerOf(line) === 'e2e' ? 'in' : null;
  }
  const [, place, code] = /^(?:(.+), )?([A-Z]{2})$/.exec(region) ?? [];
  if (code === undefined) return region;
  if (code !== 'US' || place === undefined) return code.toLowerCase();
  return `us-${place.toLowerCase().replaceAll(' ', '-')}`;
}
