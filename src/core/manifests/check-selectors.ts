import { type Entry, entryOf, type MapNode } from '../../spec/reading/node.ts';
import { quoted } from '../../spec/reading/reading.ts';
import { appendLines, columnOf, eolOf, spanOf } from './edit-text.ts';
import type { Edit, Fix } from './finding.ts';
import {
  type KnownObject,
  listAt,
  mapAt,
  nameOf,
  namespaceOf,
  nodeAt,
  pairsIn,
} from './known-object.ts';
import { labelsOf, type Pod } from './pods-in.ts';

type Labels = ReadonlyMap<string, string>;

/** Kinds that find their own pods by a selector, which must match their template. */
const WORKLOADS = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']);

/** Selectors that match no template: of the object itself, or of any in the files. */
export function checkSelectors(objects: readonly KnownObject[], pods: readonly Pod[]): void {
  for (const pod of pods) if (WORKLOADS.has(pod.object.is.kind)) checkOwn(pod);
  if (pods.length === 0) return;
  for (const object of objects) {
    if (object.is.kind === 'Service') {
      checkOther(
        object,
        entryOf(mapAt(object.crumb.map, 'spec') ?? object.crumb.map, 'selector'),
        pods,
      );
    } else if (object.is.kind === 'PodDisruptionBudget') {
      const selector = mapAt(object.crumb.map, 'spec', 'selector');
      checkOther(object, selector && entryOf(selector, 'matchLabels'), pods);
    }
  }
}

function checkOwn(pod: Pod): void {
  const { object } = pod;
  const spec = mapAt(object.crumb.map, 'spec');
  if (spec === undefined) return;
  const labels = pairsIn(labelsOf(pod));
  const selector = nodeAt(spec, 'selector');
  const matchLabels = mapAt(spec, 'selector', 'matchLabels');
  if (selector === undefined) return reportNoSelector(pod, spec, labels);
  // Its form is wrong, which is told already.
  if (selector.kind !== 'map') return;
  const wanted = pairsIn(matchLabels);
  const expressions = listAt(spec, 'selector', 'matchExpressions')?.items ?? [];
  const fails = [...wanted].filter(([key, value]) => labels.get(key) !== value);
  const isEmpty = wanted.size === 0 && expressions.length === 0;
  const failing = expressions.some((item) => item.kind === 'map' && !holds(item, labels));
  if (fails.length === 0 && !failing && !isEmpty) return;
  const first = fails[0]?.[0];
  const entry = first === undefined ? undefined : entryOf(matchLabels!, first);
  object.report({
    code: 'manifest.selector-mismatch',
    at: entry?.keyStart ?? entryOf(spec, 'selector')!.keyStart,
    path: 'spec.selector',
    message: isEmpty
      ? 'the selector is empty'
      : 'the selector does not match the labels of its own template',
    hint: 'what it selects must be among the labels of spec.template.metadata',
    fix: failing || isEmpty ? undefined : labelsFix(pod, fails, labels),
  });
}

function holds(expression: MapNode, labels: Labels): boolean {
  const { key, operator } = Object.fromEntries(pairsIn(expression));
  const value = labels.get(key ?? '');
  const items = listAt(expression, 'values')?.items ?? [];
  const values = new Set(items.map((item) => (item.kind === 'text' ? item.text : '')));
  if (operator === 'In') return value !== undefined && values.has(value);
  if (operator === 'NotIn') return value === undefined || !values.has(value);
  if (operator === 'Exists') return value !== undefined;
  return operator !== 'DoesNotExist' || value === undefined;
}

/** The labels of the template were what it selects by default, before apps/v1. */
function reportNoSelector({ object }: Pod, spec: MapNode, labels: Labels): void {
  const { report, text } = object;
  const column = columnOf(spec, text);
  const template = entryOf(spec, 'template');
  const isSafe = [...labels].every(([key, value]) => isPlain(key) && isPlain(value));
  let fix: Fix | undefined;
  if (column !== undefined && labels.size > 0 && isSafe && template !== undefined) {
    const eol = eolOf(text);
    const margin = ' '.repeat(column);
    const pairs = [...labels].map(([key, value]) => `${margin}    ${key}: ${scalar(value)}${eol}`);
    const lines = `selector:${eol}${margin}  matchLabels:${eol}${pairs.join('')}${margin}`;
    const at = template.keyStart;
    fix = {
      what: 'select the labels of the template',
      edits: [{ start: at, end: at, text: lines }],
    };
  }
  report({
    code: 'manifest.missing-field',
    at: spec.start,
    path: 'spec.selector',
    message: `the ${object.is.kind} has no selector`,
    hint: 'it finds its pods by spec.selector.matchLabels',
    fix,
  });
}

/** Adds what the template lacks; what it has with another value is left to the user. */
function labelsFix(pod: Pod, fails: readonly (readonly [string, string])[], labels: Labels) {
  const { text } = pod.object;
  const isSafe = fails.every(([key, value]) => !labels.has(key) && isPlain(key) && isPlain(value));
  if (!isSafe) return undefined;
  const edit = labelsEdit(pod.holder, fails, text);
  if (edit === undefined) return undefined;
  const named = fails.map(([key, value]) => `${key}: ${value}`).join(', ');
  return {
    what: `give the template the label ${named}`,
    edits: [edit],
    claims: spanOf(pod.object.crumb.map),
  } as const;
}

function labelsEdit(
  template: MapNode,
  pairs: readonly (readonly [string, string])[],
  text: string,
): Edit | undefined {
  const eol = eolOf(text);
  const lines = (column: number): string =>
    pairs.map(([key, value]) => `${' '.repeat(column)}${key}: ${scalar(value)}${eol}`).join('');
  const metadata = entryOf(template, 'metadata');
  const labels = mapAt(template, 'metadata', 'labels');
  if (labels !== undefined) {
    const column = columnOf(labels, text);
    return column === undefined ? undefined : appendLines(labels, lines(column), text);
  }
  if (metadata === undefined) {
    const column = columnOf(template, text);
    const at = template.entries[0]?.keyStart;
    if (column === undefined || at === undefined) return undefined;
    const margin = ' '.repeat(column);
    const made = `metadata:${eol}${margin}  labels:${eol}${lines(column + 4)}${margin}`;
    return { start: at, end: at, text: made };
  }
  if (metadata.value.kind !== 'map' || entryOf(metadata.value, 'labels')) return undefined;
  const column = columnOf(metadata.value, text);
  if (column === undefined) return undefined;
  const made = `${' '.repeat(column)}labels:${eol}${lines(column + 2)}`;
  return appendLines(metadata.value, made, text);
}

/** Fit for a line of YAML as it is, or in quotes. */
function isPlain(text: string): boolean {
  return /^[A-Za-z0-9][\w./-]*$/.test(text) && text.length <= 253;
}

/** In quotes where it would be read as a number or a truth value. */
function scalar(text: string): string {
  return /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:y|yes|n|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function checkOther(object: KnownObject, selector: Entry | undefined, pods: readonly Pod[]): void {
  if (selector?.value.kind !== 'map' || selector.value.entries.length === 0) return;
  const wanted = pairsIn(selector.value);
  const others = pods.filter((pod) => namespaceOf(pod.object) === namespaceOf(object));
  if (others.length === 0) return;
  const matches = others.some((pod) => {
    const labels = pairsIn(labelsOf(pod));
    return [...wanted].every(([key, value]) => labels.get(key) === value);
  });
  if (matches) return;
  object.report({
    code: 'manifest.selector-unmatched',
    at: selector.keyStart,
    path: object.is.kind === 'Service' ? 'spec.selector' : 'spec.selector.matchLabels',
    message: `the ${object.is.kind} ${quoted(nameOf(object) ?? '')} selects no pod of these files`,
    hint: `they have ${someLabels(others)}`,
  });
}

function someLabels(pods: readonly Pod[]): string {
  const labels = pods.flatMap((pod) =>
    [...pairsIn(labelsOf(pod))].map(([key, value]) => `${key}: ${value}`),
  );
  const named = [...new Set(labels)].slice(0, 4).join(', ');
  return named === '' ? 'no labels' : `the labels ${named}`;
}
