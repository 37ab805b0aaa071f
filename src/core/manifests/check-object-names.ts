import { entryOf, type MapNode } from '../../spec/reading/node.ts';
import { quoted } from '../../spec/reading/reading.ts';
import { join } from './field-walk.ts';
import { type KnownObject, mapAt, nodeAt, textAt } from './known-object.ts';
import type { Pod } from './pods-in.ts';

/** Source: Kubernetes documentation, "Object Names and IDs", "Labels and Selectors". */
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?$/;
const SUBDOMAIN_CHARS_MAX = 253;
const LABEL_CHARS_MAX = 63;

const SUBDOMAIN_WORDS = 'lower-case letters, digits, "-" and ".", at most 253';
const LABEL_WORDS = 'lower-case letters, digits and "-", at most 63';

/** Kinds whose names may be any part of a path. */
const FREE = new Set(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);
/** Kinds whose names are parts of host names. */
const HOSTS = new Set(['Service', 'Namespace']);
/** Kinds that are asked for and not kept. */
const ASKED = /Review$|^(?:Binding|Eviction)$/;

/** Kinds that are nothing without a spec, which the schema does not ask for. */
const SPECIFIED = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);

/** Names that the server does not take, and objects without one, or without a spec. */
export function checkObjectNames({ crumb, is, report }: KnownObject): void {
  const { map, path } = crumb;
  if (SPECIFIED.has(is.kind) && nodeAt(map, 'spec') === undefined) {
    const message = `the ${is.kind} has no spec`;
    report({ code: 'manifest.missing-field', at: map.start, path: join(path, 'spec'), message });
  }
  const metadata = mapAt(map, 'metadata');
  const name = metadata && entryOf(metadata, 'name');
  const at = path === '' ? 'metadata.name' : `${path}.metadata.name`;
  const text = textAt(map, 'metadata', 'name');
  if (text === undefined) {
    const isMade = textAt(map, 'metadata', 'generateName') !== undefined;
    if (isMade || ASKED.test(is.kind) || nodeAt(map, 'metadata', 'name')?.kind === 'map') return;
    report({
      code: 'manifest.missing-field',
      at: name?.keyStart ?? metadata?.start ?? map.start,
      path: at,
      message: `the ${is.kind} has no name`,
      hint: 'write it in metadata.name',
    });
    return;
  }
  checkLabels(mapAt(map, 'metadata', 'labels'), `${at.slice(0, -4)}labels`, report);
  if (FREE.has(is.kind)) return;
  const isHost = HOSTS.has(is.kind);
  const fits = isHost ? isLabel(text) : SUBDOMAIN.test(text) && text.length <= SUBDOMAIN_CHARS_MAX;
  if (fits) return;
  report({
    code: 'manifest.bad-name',
    at: name!.value.start,
    path: at,
    message: `${quoted(text)} is no name for a ${is.kind}`,
    hint: `names have ${isHost ? LABEL_WORDS : SUBDOMAIN_WORDS}`,
  });
}

/** Of the containers and volumes of a pod; the server wants them different, too. */
export function checkPodNames({ spec, path, object, holder }: Pod): void {
  const { report, crumb } = object;
  if (holder !== crumb.map) checkLabels(mapAt(holder, 'metadata', 'labels'), '', report);
  const seen = new Map<string, Set<string>>();
  for (const key of ['initContainers', 'containers', 'volumes']) {
    const list = nodeAt(spec, key);
    const kind = key === 'volumes' ? 'volume' : 'container';
    const names = seen.get(kind) ?? new Set<string>();
    seen.set(kind, names);
    for (const [index, item] of (list?.kind === 'list' ? list.items : []).entries()) {
      const name = item.kind === 'map' ? entryOf(item, 'name')?.value : undefined;
      if (name?.kind !== 'text' || name.text === '') continue;
      const isAgain = names.has(name.text);
      names.add(name.text);
      if (isLabel(name.text) && !isAgain) continue;
      report({
        code: isAgain ? 'manifest.bad-value' : 'manifest.bad-name',
        at: name.start,
        path: `${path}.${key}[${index}].name`,
        message: isAgain
          ? `there is another ${kind} ${quoted(name.text)}`
          : `${quoted(name.text)} is no name for a ${kind}`,
        hint: isAgain ? 'give each a name of its own' : `names have ${LABEL_WORDS}`,
      });
    }
  }
}

function isLabel(text: string): boolean {
  return LABEL.test(text) && text.length <= LABEL_CHARS_MAX;
}

function checkLabels(labels: MapNode | undefined, path: string, report: KnownObject['report']) {
  for (const { key, value } of labels?.entries ?? []) {
    if (value.kind !== 'text') continue;
    if (LABEL_VALUE.test(value.text) && value.text.length <= LABEL_CHARS_MAX) continue;
    report({
      code: 'manifest.bad-value',
      at: value.start,
      path: `${path}[${JSON.stringify(key.slice(0, 60))}]`,
      message: `${quoted(value.text)} is no value of a label`,
      hint: 'it has letters, digits, "-", "_" and ".", at most 63, no blanks',
    });
  }
}
