import { deliveryFolder } from '../delivery-folder.ts';
import type { InlineOffer, Task, TaskKind, Training, Work } from '../task.ts';
import { asDeclared } from './declared-names.ts';
import { fillVariables } from './fill-variables.ts';
import type { Values } from './form.ts';
import { goalOf } from './goal-form.ts';
import { laterPricesOf, requireWaitable } from './later-prices.ts';
import { makeResources, NOTHING_ASKED, onDemand } from './make-resources.ts';
import { entryOf, isNull, type MapNode } from './node.ts';
import type { Reading } from './reading.ts';
import { requireService, servingOf } from './serving-form.ts';
import { type TASK_KEYS, taskForm } from './task-keys.ts';

type Read = Values<typeof TASK_KEYS>;

/** A document of Kedge's or SkyPilot's own form as a task. Problems go to the reading. */
export function makeTask(node: MapNode, reading: Reading): Task {
  const read: Read = taskForm.read(node, { reading, path: '' }) ?? {};
  const kind = read.kind ?? 'run';
  const asked = resourcesOf(read, { node, reading });
  if (kind === 'serve') noteServe(node, reading);
  noteArtifacts(read, { node, reading });
  const task: Omit<Task, 'notHonored'> = {
    name: read.name ?? null,
    kind,
    origin: 'task',
    run: read.run ?? null,
    setup: read.setup ?? null,
    ...filesOf(read),
    envs: read.envs ?? {},
    secrets: read.secrets ?? {},
    numNodes: read.num_nodes ?? 1,
    retries: read.retries ?? asked.restarts ?? 0,
    resources: isSpotSaid(read) ? asked.resources : asked.resources.map(onDemand),
    resourcesOrdered: asked.ordered,
    model: read.model ?? null,
    training: read.training === undefined ? null : trainingOf(read.training, kind),
    serving: read.serving === undefined ? null : servingOf(read.serving, { node, reading }),
    work: workOf(read, { node, reading }),
    offers: offersOf(read, { node, reading }),
    accelerators: read.accelerators ?? [],
    data: (read.data ?? []).flatMap(dataOf),
    artifacts: (read.artifacts ?? []).flatMap(({ path, to }) =>
      path === undefined ? [] : [{ path, to: to ?? null }],
    ),
    goal: goalOf(read.goal ?? {}),
    placement: {
      allow: anywhere(read.placement?.allow ?? []) ? [] : (read.placement?.allow ?? []),
      deny: read.placement?.deny ?? [],
      residency: read.placement?.residency ?? null,
    },
    spread: spreadOf(read.placement ?? {}),
    checkpoint: checkpointOf(read),
    progress: read.progress ?? null,
    outputBytes: read.outputs ?? null,
    needs: read.needs ?? null,
  };
  requireWaitable(task, { node, reading });
  if (task.serving?.mix !== undefined) requireService(task, { node, reading });
  return { ...asDeclared(task), notHonored: reading.takeNotes() };
}

/** Whether the file speaks of spot at large; its own offers say for themselves what they are. */
function isSpotSaid({ goal, offers = [] }: Read): boolean {
  return goal?.spot !== undefined || offers.length > 0;
}

type Source = { readonly node: MapNode; readonly reading: Reading };

function resourcesOf(read: Read, { node, reading }: Source): ReturnType<typeof makeResources> {
  const at = entryOf(node, 'resources')?.value;
  if (read.resources === undefined || at?.kind !== 'map') {
    return { resources: [NOTHING_ASKED], ordered: false, restarts: undefined };
  }
  return makeResources(read.resources, { reading, node: at });
}

/** Variables of the task stand for their values in paths, as at SkyPilot. */
function filesOf(read: Read): Pick<Task, 'workdir' | 'fileMounts'> {
  const values = { ...read.envs, ...read.secrets };
  const mounts = Object.entries(read.file_mounts ?? {});
  return {
    workdir: typeof read.workdir === 'string' ? fillVariables(read.workdir, values) : null,
    fileMounts: Object.fromEntries(
      mounts.map(([to, from]) => [fillVariables(to, values), fillVariables(from, values)]),
    ),
  };
}

function noteServe(node: MapNode, reading: Reading): void {
  const at = entryOf(node, 'kind')?.keyStart ?? node.start;
  const why = 'a service is planned, not run: one copy of `run` would start, without an endpoint';
  reading.note({ key: 'kind', at, changesRun: true, why });
}

/** They are kept all the same, and can be pulled. */
function noteArtifacts({ artifacts = [] }: Read, { node, reading }: Source): void {
  const at = entryOf(node, 'artifacts')?.value;
  for (const [index, { to }] of artifacts.entries()) {
    if (to === undefined || deliveryFolder(to) !== null) continue;
    const item = at?.kind === 'list' ? at.items[index] : undefined;
    const where = item?.kind === 'map' ? entryOf(item, 'to')?.keyStart : undefined;
    const why = `nothing is sent to ${to} yet; \`kedge pull\` brings what is kept`;
    const key = 'artifacts.to';
    reading.note({ key, at: where ?? at?.start ?? node.start, changesRun: false, why });
  }
}

function trainingOf(read: NonNullable<Read['training']>, kind: TaskKind): Training {
  return {
    method: read.method ?? (kind === 'train' ? 'pretrain' : 'full'),
    tokens: read.tokens ?? null,
    sequenceLength: read.sequence_length ?? null,
    globalBatch: read.global_batch ?? null,
    precision: read.precision ?? 'bf16',
    ...(read.samples === undefined ? {} : { samples: read.samples }),
    ...(read.optimizer === undefined ? {} : { optimizer: read.optimizer }),
    ...(read.lora_rank === undefined ? {} : { loraRank: read.lora_rank }),
  };
}

function workOf({ work }: Read, { node, reading }: Source): Work | null {
  if (work === undefined) return null;
  const { units, throughput, per, hours, on } = work;
  const inUnits = units !== undefined || throughput !== undefined || per !== undefined;
  const inHours = hours !== undefined || on !== undefined;
  if (inUnits && !inHours && units !== undefined && throughput !== undefined) {
    return { units, per: per ?? 'hour', throughput };
  }
  if (inHours && !inUnits && hours !== undefined) return { hours, on: on ?? null };
  const map = entryOf(node, 'work')?.value;
  // What is there and could not be read is a problem already.
  const read = Object.values(work).filter((value) => value !== undefined).length;
  const said = map?.kind === 'map' ? map.entries.filter(({ value }) => !isNull(value)).length : 0;
  if (said > read) return null;
  reading.problem({
    code: 'spec.invalid',
    at: map?.start ?? node.start,
    message: '"work" needs units with throughput, or hours, and not both',
    hint: 'write `work: {units: 100, throughput: {gpu: 50}}` or `work: {hours: 12, on: H100:8}`',
  });
  return null;
}

function offersOf({ offers = [] }: Read, { node, reading }: Source): readonly InlineOffer[] {
  const names = new Set<string>();
  for (const { name } of offers) {
    if (name !== undefined && names.has(name)) {
      const at = entryOf(node, 'offers')?.value.start ?? node.start;
      const message = `two of "offers" are named "${name}"`;
      reading.problem({ code: 'spec.invalid', at, message, text: name });
    }
    if (name !== undefined) names.add(name);
  }
  return offers.flatMap(offerOf);
}

/** None when its name or price is missing, which is a problem already. */
function offerOf(read: NonNullable<Read['offers']>[number]): readonly InlineOffer[] {
  const { name, price } = read;
  if (name === undefined || price === undefined) return [];
  return [
    {
      name,
      nanosPerHour: price,
      count: read.count ?? null,
      accelerator: read.accelerators?.name ?? null,
      acceleratorCount: read.accelerators?.count ?? 0,
      vcpus: read.cpus?.value ?? null,
      memoryGib: read.memory?.value ?? null,
      region: read.region ?? null,
      spot: read.spot ?? false,
      ...laterPricesOf(read.later_prices),
      ...(read.grams_per_hour === undefined ? {} : { gramsPerHour: read.grams_per_hour }),
      ...(read.paid_hours === undefined ? {} : { paidHours: read.paid_hours }),
    },
  ];
}

function dataOf(read: NonNullable<Read['data']>[number]): Task['data'] {
  if (read.from === undefined) return [];
  const { from, size, class: dataClass, region } = read;
  return [{ from, sizeBytes: size ?? null, class: dataClass ?? null, region: region ?? null }];
}

function spreadOf(read: NonNullable<Read['placement']>): Task['spread'] {
  const { providers_min: providersMin = 1, provider_share_max: shareMax = 1, apart = null } = read;
  const isWished = providersMin > 1 || shareMax < 1 || apart !== null;
  return isWished ? { providersMin, shareMax, apart } : null;
}

function checkpointOf({ checkpoint }: Read): Task['checkpoint'] {
  if (checkpoint?.path === undefined) return null;
  const { path, interval, size } = checkpoint;
  return { path, intervalMs: interval ?? null, sizeBytes: size ?? null };
}

function anywhere(places: readonly string[]): boolean {
  return places.includes('*');
}
