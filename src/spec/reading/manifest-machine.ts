import type { AcceleratorRequest, Amount, Resources } from '../task.ts';
import { wrong } from './form.ts';
import { DEVICE_LABELS, DEVICE_RESOURCES } from './kubernetes-fields.ts';
import { parseQuantity, parseQuantityGib } from './kubernetes-quantity.ts';
import { type Entry, entryOf, type MapNode } from './node.ts';
import type { Reading } from './reading.ts';

/** Labels of nodes that say where they stand, and of what type they are. */
const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';
const INSTANCE = 'node.kubernetes.io/instance-type';
/** Labels that tell spot nodes, with the value that does. Sources: GKE, Amazon EKS, Karpenter. */
const SPOT: Readonly<Record<string, string>> = {
  'cloud.google.com/gke-spot': 'true',
  'eks.amazonaws.com/capacityType': 'SPOT',
  'karpenter.sh/capacity-type': 'spot',
};

type Source = {
  readonly pod: MapNode;
  readonly container: MapNode;
  readonly podPath: string;
  readonly reading: Reading;
};

/** What the container asks of its machine: what it requests, else its limits, at least. */
export function machineOf(source: Source): Partial<Resources> {
  const labels = labelsOf(source);
  const region = labels.get(REGION);
  const zone = labels.get(ZONE);
  const place = zone === undefined ? region && `*/${region}` : `*/${region ?? '*'}/${zone}`;
  return {
    accelerators: devicesOf(source, labels),
    cpus: quantityOf(source, { name: 'cpu', parse: parseQuantity, example: '500m' }),
    memoryGib: quantityOf(source, { name: 'memory', parse: parseQuantityGib, example: '16Gi' }),
    instanceType: labels.get(INSTANCE) ?? null,
    spot: Object.entries(SPOT).some(([label, value]) => labels.get(label) === value) ? true : null,
    places: place ? [place] : [],
  };
}

function labelsOf({ pod, podPath, reading }: Source): ReadonlyMap<string, string> {
  const selector = entryOf(pod, 'nodeSelector')?.value;
  const labels = new Map<string, string>();
  if (selector?.kind !== 'map') return labels;
  for (const { key, keyStart, value } of selector.entries) {
    const known = key === REGION || key === ZONE || key === INSTANCE || DEVICE_LABELS.has(key);
    if (value.kind === 'text') labels.set(key, value.text);
    if (known || Object.hasOwn(SPOT, key)) continue;
    const why = 'Kedge knows no such label of places';
    reading.note({ key: `${podPath}.nodeSelector.${key}`, at: keyStart, changesRun: false, why });
  }
  return labels;
}

type Wanted = {
  readonly name: string;
  readonly parse: (written: string) => number | undefined;
  readonly example: string;
};

function quantityOf(source: Source, wanted: Wanted): Amount | null {
  const entry = resourceOf(source.container, wanted.name);
  if (entry === undefined) return null;
  const value = quantityIn(entry, source, wanted);
  return value === undefined ? null : { value, atLeast: true };
}

function quantityIn(
  entry: Entry,
  { podPath, reading }: Source,
  wanted: Wanted,
): number | undefined {
  const node = entry.value;
  const value = node.kind === 'text' ? wanted.parse(node.text) : undefined;
  if (value !== undefined) return value;
  const path = `${podPath}.containers.resources.${wanted.name}`;
  return wrong(node, { reading, path }, { what: 'a quantity', example: wanted.example });
}

/** Of `requests`, else of `limits`, which Kubernetes takes for both. */
function resourceOf(container: MapNode, name: string): Entry | undefined {
  const resources = entryOf(container, 'resources')?.value;
  if (resources?.kind !== 'map') return undefined;
  for (const part of ['requests', 'limits']) {
    const map = entryOf(resources, part)?.value;
    const entry = map?.kind === 'map' ? entryOf(map, name) : undefined;
    if (entry !== undefined && !isZero(entry)) return entry;
  }
  return undefined;
}

function isZero({ value }: Entry): boolean {
  return value.kind === 'text' && /^0+$/.test(value.text);
}

function devicesOf(
  source: Source,
  labels: ReadonlyMap<string, string>,
): readonly AcceleratorRequest[] {
  const name = DEVICE_RESOURCES.find((resource) => resourceOf(source.container, resource));
  if (name === undefined) return [];
  const entry = resourceOf(source.container, name)!;
  const count = quantityIn(entry, source, { name, parse: parseQuantity, example: '1' });
  const device = [...labels].find(([label]) => DEVICE_LABELS.has(label))?.[1];
  if (count === undefined) return [];
  if (device !== undefined) return [{ name: device.slice(0, 64), count }];
  source.reading.note({
    key: `${source.podPath}.containers.resources.${name}`,
    at: entry.keyStart,
    changesRun: true,
    why: 'it does not say which device; select one by the label nvidia.com/gpu.product',
  });
  return [];
}
