import type { Offer } from '../../src/spec/offer.ts';

/** The files of one catalog folder of SkyPilot, by name. */
export type SkyCatalog = Readonly<Record<string, string>>;

export const SKY_CLOUDS = ['aws', 'gcp', 'azure'] as const;
type SkyCloud = (typeof SKY_CLOUDS)[number];

const VM_COLUMNS =
  'InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Generation';
const IMAGE_COLUMNS = 'Tag,Region,OS,OSVersion,ImageId,CreationDate';

/** One line of vms.csv: a machine type in a region, on demand and spot. */
type Line = {
  readonly offer: Offer;
  onDemand: number | null;
  spot: number | null;
};

/**
 * Kedge's price rows in the schema v8 of SkyPilot's catalogs, for the three clouds that have the
 * most rows. One zone for each region: SkyPilot's own files repeat a row for each zone.
 */
export function skyCatalogs(offers: readonly Offer[]): SkyCatalog {
  const files: Record<string, string> = {
    'common/accelerators.csv': acceleratorsCsv(offers),
    'aws/instance_quota_mapping.csv': 'InstanceType,OnDemandInstanceCode,SpotInstanceCode\n',
    'gcp/accelerator_quota_mapping.csv': 'Accelerator,OnDemandInstanceCode,SpotInstanceCode\n',
  };
  for (const cloud of SKY_CLOUDS) {
    files[`${cloud}/vms.csv`] = vmsCsv(cloud, offers);
    files[`${cloud}/images.csv`] = `${IMAGE_COLUMNS}\n`;
  }
  return files;
}

function vmsCsv(cloud: SkyCloud, offers: readonly Offer[]): string {
  const lines = new Map<string, Line>();
  for (const offer of offers) {
    if (offer.provider !== cloud || offer.region === null) continue;
    const key = `${offer.instance}/${offer.accelerator}/${offer.acceleratorCount}/${offer.region}`;
    const line = lines.get(key) ?? { offer, onDemand: null, spot: null };
    const field = offer.spot ? 'spot' : 'onDemand';
    line[field] = Math.min(line[field] ?? Number.POSITIVE_INFINITY, usd(offer));
    lines.set(key, line);
  }
  const priced = [...lines.values()].filter(({ onDemand }) => onDemand !== null);
  const rows = priced.flatMap((line) => (cloud === 'gcp' ? gcpRows(line) : [vmRow(line)]));
  return `${[VM_COLUMNS, ...rows].join('\n')}\n`;
}

function vmRow({ offer, onDemand, spot }: Line): string {
  const { accelerator, acceleratorCount, acceleratorMemoryGib } = offer;
  return csv([
    offer.instance,
    accelerator,
    accelerator === null ? null : acceleratorCount,
    offer.vcpus,
    offer.memoryGib,
    accelerator === null ? null : gpuInfo(accelerator, acceleratorCount, acceleratorMemoryGib),
    onDemand,
    spot,
    offer.region,
    zoneOf(offer),
    offer.provider === 'azure' ? 2 : null,
  ]);
}

/** SkyPilot prices a device of Google's apart from its machine: the price goes to the device. */
function gcpRows(line: Line): string[] {
  const { offer } = line;
  if (offer.accelerator === null) return [vmRow(line)];
  const machine = { ...offer, accelerator: null, acceleratorCount: 0 };
  const device = { ...offer, instance: null, vcpus: null, memoryGib: null };
  const deviceRow = vmRow({ ...line, offer: device });
  if (offer.instance === null) return [deviceRow];
  return [vmRow({ offer: machine, onDemand: 0, spot: 0 }), deviceRow];
}

function acceleratorsCsv(offers: readonly Offer[]): string {
  const clouds = new Map<string, { memory: number | null; clouds: Set<string> }>();
  for (const { provider, accelerator, acceleratorMemoryGib } of offers) {
    const known = SKY_CLOUDS.some((cloud) => cloud === provider);
    if (accelerator === null || !known) continue;
    const entry = clouds.get(accelerator) ?? { memory: acceleratorMemoryGib, clouds: new Set() };
    entry.clouds.add(provider);
    clouds.set(accelerator, entry);
  }
  const rows = [...clouds].map(([name, { memory, clouds: names }]) =>
    csv([name, memory, [...names].join(',')]),
  );
  return `${['AcceleratorName,DeviceMemory,Clouds', ...rows].join('\n')}\n`;
}

function gpuInfo(name: string, count: number, memoryGib: number | null): string {
  const mib = Math.round((memoryGib ?? 0) * 1024);
  const gpu = `{'Name': '${name}', 'Count': ${count}, 'MemoryInfo': {'SizeInMiB': ${mib}}}`;
  return `{'Gpus': [${gpu}], 'TotalGpuMemoryInMiB': ${mib * count}}`;
}

/** Azure has no zones there. */
function zoneOf({ provider, region }: Offer): string | null {
  if (provider === 'azure') return null;
  return provider === 'gcp' ? `${region}-a` : `${region}a`;
}

function usd({ nanosPerHour }: Offer): number {
  return nanosPerHour / 1e9;
}

function csv(fields: readonly (string | number | null)[]): string {
  return fields.map((field) => quoted(String(field ?? ''))).join(',');
}

function quoted(field: string): string {
  return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
