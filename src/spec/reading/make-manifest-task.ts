import type { Resources, Task } from '../task.ts';
import { wrong } from './form.ts';
import {
  CONTAINER_FIELDS,
  DEPLOYMENT_FIELDS,
  type FieldTable,
  JOB_FIELDS,
  POD_FIELDS,
  UNKNOWN_FIELD,
} from './kubernetes-fields.ts';
import { NOTHING_ASKED, onDemand } from './make-resources.ts';
import { commandOf, environmentOf } from './manifest-command.ts';
import { machineOf } from './manifest-machine.ts';
import { entryOf, isNull, type MapNode, type Node, saysNothing } from './node.ts';
import { quoted, type Reading } from './reading.ts';
import { line, whole } from './scalar-forms.ts';

/** A kind of manifest that is a task: where its pod stands, and the fields around it. */
type Kind = { readonly pod: readonly string[]; readonly fields: FieldTable | null };

const KINDS: Readonly<Record<string, Kind>> = {
  Pod: { pod: ['spec'], fields: null },
  Deployment: { pod: ['spec', 'template', 'spec'], fields: DEPLOYMENT_FIELDS },
  Job: { pod: ['spec', 'template', 'spec'], fields: JOB_FIELDS },
};

/** How often a Job is tried again by default. Source: Kubernetes API reference, JobSpec. */
const BACKOFF_LIMIT = 6;
const NODES_MAX = 100_000;

export function isManifest(document: MapNode): boolean {
  return entryOf(document, 'apiVersion') !== undefined;
}

/**
 * A Kubernetes manifest as a task: what its first container runs, on how many pods, on what.
 * Fields that are not honored are noted. Null when it is of another kind, which is a problem:
 * `spec.unsupported-kind`.
 */
export function makeManifestTask(document: MapNode, reading: Reading): Task | null {
  const named = entryOf(document, 'kind');
  const name = named?.value.kind === 'text' ? named.value.text : '';
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) {
    reading.problem({
      code: 'spec.unsupported-kind',
      at: named?.value.start ?? document.start,
      message: `a Kubernetes manifest of kind ${quoted(name)} is no task`,
      text: name,
      hint: `a manifest that is a task is a ${Object.keys(KINDS).join(', a ')}`,
    });
    return null;
  }
  const pod = mapAt(document, kind.pod);
  const container = pod === undefined ? undefined : firstContainer(pod, { kind, reading });
  if (pod === undefined || container === undefined) {
    const path = `${kind.pod.join('.')}.containers`;
    const message = `a ${name} needs "${path}" with at least one container`;
    reading.problem({ code: 'spec.invalid', at: document.start, message });
    return null;
  }
  return taskOf({ document, name, kind, pod, container, reading });
}

/** A manifest taken apart. */
export type Manifest = {
  readonly document: MapNode;
  readonly name: string;
  readonly kind: Kind;
  readonly pod: MapNode;
  readonly container: MapNode;
  readonly reading: Reading;
};

function taskOf(manifest: Manifest): Task {
  const { document, kind, pod, container, reading } = manifest;
  const podPath = kind.pod.join('.');
  const around = mapAt(document, ['spec']);
  if (kind.fields !== null && around !== undefined)
    noteFields(around, kind.fields, { path: 'spec', reading });
  noteFields(pod, POD_FIELDS, { path: podPath, reading });
  const path = `${podPath}.containers`;
  noteFields(container, CONTAINER_FIELDS, { path, reading });
  const { envs, secrets } = environmentOf(container, { path, reading });
  const image = imageOf(container, { path, reading });
  const machine = machineOf({ pod, container, podPath, reading });
  const resources: Resources = { ...NOTHING_ASKED, ...machine, imageId: image };
  return {
    name: nameOf(document, reading),
    kind: 'run',
    origin: 'kubernetes',
    run: commandOf(container, { path, reading, envs }),
    setup: null,
    workdir: null,
    fileMounts: {},
    envs,
    secrets,
    ...copiesOf(manifest, around),
    resources: [onDemand(resources)],
    resourcesOrdered: false,
    model: null,
    training: null,
    serving: null,
    work: null,
    offers: [],
    accelerators: [],
    data: [],
    artifacts: [],
    goal: { minimize: 'cost', deadlineMs: null, budgetMicros: null, spot: 'allow' },
    placement: { allow: [], deny: [], residency: null },
    spread: null,
    checkpoint: null,
    progress: null,
    outputBytes: null,
    needs: null,
    notHonored: reading.takeNotes(),
  };
}

/** How many pods run at once, and how often they are tried again. */
function copiesOf(
  { name, pod, kind, document, reading }: Manifest,
  around: MapNode | undefined,
): Pick<Task, 'numNodes' | 'retries'> {
  const number = (field: string, fallback: number): number => {
    const node = around === undefined ? undefined : entryOf(around, field)?.value;
    if (node === undefined || isNull(node)) return fallback;
    return whole(0, NODES_MAX).read(node, { reading, path: `spec.${field}` }) ?? fallback;
  };
  noteRestart(pod, { name, path: `${kind.pod.join('.')}.restartPolicy`, reading });
  if (name === 'Deployment') {
    const at = entryOf(document, 'kind')!.keyStart;
    const why = 'the copies of a Deployment are started once, and not kept alive';
    reading.note({ key: 'kind', at, changesRun: true, why });
    return { numNodes: Math.max(1, number('replicas', 1)), retries: 0 };
  }
  if (name === 'Pod') return { numNodes: 1, retries: 0 };
  const parallelism = Math.max(1, number('parallelism', 1));
  const completions = number('completions', parallelism);
  if (completions > parallelism) {
    const at = entryOf(around!, 'completions')!.keyStart;
    const why = `only the ${parallelism} pods that run at once are started, not ${completions}`;
    reading.note({ key: 'spec.completions', at, changesRun: true, why });
  }
  const numNodes = Math.max(1, Math.min(parallelism, completions));
  return { numNodes, retries: number('backoffLimit', BACKOFF_LIMIT) };
}

/** A Job's pods are tried again by its own count; others would start again when they end. */
function noteRestart(
  pod: MapNode,
  { name, path, reading }: { name: string; path: string; reading: Reading },
): void {
  const entry = entryOf(pod, 'restartPolicy');
  if (entry?.value.kind !== 'text' || entry.value.text === 'Never' || name === 'Job') return;
  const why = 'a task that has ended is not started again';
  reading.note({ key: path, at: entry.keyStart, changesRun: true, why });
}

function nameOf(document: MapNode, reading: Reading): string | null {
  const node = mapAt(document, ['metadata']);
  const name = node === undefined ? undefined : entryOf(node, 'name')?.value;
  if (name === undefined || isNull(name)) return null;
  return line.read(name, { reading, path: 'metadata.name' }) ?? null;
}

function imageOf(
  container: MapNode,
  { path, reading }: { path: string; reading: Reading },
): string | null {
  const entry = entryOf(container, 'image');
  if (entry === undefined || entry.value.kind !== 'text' || isNull(entry.value)) return null;
  const why = 'commands run on the machine itself, not in an image';
  reading.note({ key: `${path}.image`, at: entry.keyStart, changesRun: true, why });
  return entry.value.text;
}

function firstContainer(
  pod: MapNode,
  { kind, reading }: { kind: Kind; reading: Reading },
): MapNode | undefined {
  const entry = entryOf(pod, 'containers');
  if (entry?.value.kind !== 'list') return undefined;
  const path = `${kind.pod.join('.')}.containers`;
  const [first, second] = entry.value.items;
  if (second !== undefined) {
    reading.note({
      key: path,
      at: second.start,
      changesRun: true,
      why: 'only the first container runs',
    });
  }
  if (first === undefined || first.kind === 'map') return first;
  wrong(first, { reading, path }, { what: 'containers', example: '[{name: …}]' });
  return undefined;
}

function noteFields(
  map: MapNode,
  fields: FieldTable,
  { path, reading }: { path: string; reading: Reading },
): void {
  for (const { key, keyStart, value } of map.entries) {
    const field = Object.hasOwn(fields, key) ? fields[key]! : UNKNOWN_FIELD;
    if (field === 'read' || saysNothing(value)) continue;
    reading.note({ key: `${path}.${key}`, at: keyStart, ...field });
  }
}

export function mapAt(from: MapNode, path: readonly string[]): MapNode | undefined {
  let node: Node | undefined = from;
  for (const key of path) {
    if (node?.kind !== 'map') return undefined;
    node = entryOf(node, key)?.value;
  }
  return node?.kind === 'map' ? node : undefined;
}
