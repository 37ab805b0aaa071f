import type { Amount, Resources } from '../task.ts';
import type { Values } from './form.ts';
import type { MapNode } from './node.ts';
import type { Reading } from './reading.ts';
import type { Accelerators, Memory } from './resource-forms.ts';
import type { RESOURCE_KEYS } from './resource-keys.ts';

type All = Values<typeof RESOURCE_KEYS>;
type One = Omit<All, 'any_of' | 'ordered'>;

/** What a task asks of a machine: alternatives, and whether they stand in order of preference. */
export type Asked = {
  readonly resources: readonly Resources[];
  readonly ordered: boolean;
  /** Of `job_recovery`; undefined when it does not say. */
  readonly restarts: number | undefined;
};

export const NOTHING_ASKED: Resources = {
  accelerators: [],
  cpus: null,
  memoryGib: null,
  instanceType: null,
  spot: null,
  places: [],
  imageId: null,
  diskGib: null,
  ports: [],
  maxNanosPerHour: null,
};

/**
 * The alternatives of `any_of` or `ordered`, each over what stands beside them, as SkyPilot
 * combines them. A list of accelerators is an order of preference too.
 */
export function makeResources(
  values: All,
  { reading, node }: { reading: Reading; node: MapNode },
): Asked {
  const { any_of: anyOf, ordered, ...base } = values;
  const problem = contradiction(values);
  if (problem !== null) {
    reading.problem({ code: 'spec.invalid', at: node.start, message: `"resources": ${problem}` });
  }
  const alternatives = anyOf ?? ordered ?? [];
  const ones: readonly One[] =
    alternatives.length === 0 ? [base] : alternatives.map((over) => ({ ...base, ...over }));
  const byDevice = ones.flatMap(inOrder);
  const restarts = ones.find((one) => one.job_recovery)?.job_recovery?.restarts;
  return {
    resources: byDevice.map((one) => oneOf(one, { reading, at: node.start })),
    ordered: ordered !== undefined || byDevice.length > ones.length,
    restarts,
  };
}

function contradiction(values: All): string | null {
  if (values.any_of !== undefined && values.ordered !== undefined) {
    return 'any_of and ordered exclude each other';
  }
  for (const one of [values, ...(values.any_of ?? []), ...(values.ordered ?? [])] as One[]) {
    if (one.accelerators !== undefined && one.gpus !== undefined) {
      return 'gpus and accelerators are the same; give one';
    }
    const parts = one.cloud ?? one.region ?? one.zone;
    if (one.infra !== undefined && parts !== undefined) {
      return 'infra excludes cloud, region and zone; say all in infra';
    }
  }
  return null;
}

/** As at SkyPilot, spot is taken only when it is asked for (docs/adr/0006). */
export function onDemand(resources: Resources): Resources {
  return { ...resources, spot: resources.spot ?? false };
}

/** One for each device when they are in order of preference. */
function inOrder(one: One): readonly One[] {
  const devices = one.accelerators ?? one.gpus;
  if (devices === undefined || !devices.ordered || devices.requests.length < 2) return [one];
  return devices.requests.map((request) => ({
    ...one,
    accelerators: { requests: [request], ordered: true } satisfies Accelerators,
  }));
}

function oneOf(one: One, { reading, at }: { reading: Reading; at: number }): Resources {
  const cpus = one.cpus ?? null;
  return {
    accelerators: (one.accelerators ?? one.gpus)?.requests ?? [],
    cpus,
    memoryGib: one.memory === undefined ? null : memoryOf(one.memory, cpus, { reading, at }),
    instanceType: one.instance_type ?? null,
    spot: one.use_spot ?? null,
    places: placesOf(one),
    imageId: one.image_id ?? null,
    diskGib: one.disk_size ?? one.ephemeral_storage ?? null,
    ports: one.ports ?? [],
    maxNanosPerHour: one.max_hourly_cost ?? null,
  };
}

/** `4x` is four GiB for each of the CPUs that are asked for. */
function memoryOf(
  { value, atLeast, perCpu }: Memory,
  cpus: Amount | null,
  { reading, at }: { reading: Reading; at: number },
): Amount | null {
  if (!perCpu) return { value, atLeast };
  if (cpus !== null) return { value: value * cpus.value, atLeast: atLeast || cpus.atLeast };
  const why = 'GiB for each CPU need `cpus` to be said';
  reading.note({ key: 'resources.memory', at, changesRun: false, why });
  return null;
}

/** `infra`, or `cloud`, `region` and `zone` as one pattern; none when any place will do. */
function placesOf({ infra, cloud, region, zone }: One): readonly string[] {
  const parts = infra?.split('/') ?? [cloud, region, zone].map((part) => part ?? '*');
  while (parts.at(-1) === '*') parts.pop();
  return parts.length === 0 ? [] : [parts.join('/')];
}
