import { closestWord } from '../../base/closest.ts';
import { entryOf, type MapNode } from '../../spec/reading/node.ts';
import { quoted } from '../../spec/reading/reading.ts';
import { appendLines, columnOf, endOfEntry, eolOf, spanOf } from './edit-text.ts';
import type { Fix } from './finding.ts';
import { type KnownObject, listAt, nameOf, namespaceOf, textAt } from './known-object.ts';
import type { Container, Pod } from './pods-in.ts';

/** Mounts of volumes that the pod does not have; volumes that are folders of the node. */
export function checkVolumes(pod: Pod, objects: readonly KnownObject[]): void {
  const { object, spec, path, containers } = pod;
  const volumes = (listAt(spec, 'volumes')?.items ?? []).filter((item) => item.kind === 'map');
  const names = new Set(volumes.map((volume) => textAt(volume, 'name')));
  for (const claim of claimsOf(object)) names.add(claim);
  const told = new Set<string>();
  for (const container of containers) checkMounts(container);
  for (const [index, volume] of volumes.entries()) {
    const hostPath = entryOf(volume, 'hostPath');
    if (hostPath === undefined) continue;
    object.report({
      code: 'manifest.host-path',
      at: hostPath.keyStart,
      path: `${path}.volumes[${index}].hostPath`,
      message: 'the volume is a folder of the node, which pods can read and change',
      hint: 'use a persistentVolumeClaim or an emptyDir where that is not the point',
    });
  }

  function checkMounts({ map, path: inner }: Container): void {
    for (const [index, mount] of (listAt(map, 'volumeMounts')?.items ?? []).entries()) {
      const name = mount.kind === 'map' ? textAt(mount, 'name') : undefined;
      if (name === undefined || names.has(name)) continue;
      const known = [...names].filter((one) => one !== undefined);
      const closest = closestWord(name, known);
      const isFirst = !told.has(name);
      told.add(name);
      object.report({
        code: 'manifest.dangling-mount',
        at: mount.start,
        path: `${inner}.volumeMounts[${index}].name`,
        message: `the pod has no volume ${quoted(name)}`,
        hint: closest === undefined ? `define it in ${path}.volumes` : `did you mean "${closest}"?`,
        fix: closest === undefined && isFirst ? volumeFix(pod, name, objects) : undefined,
      });
    }
  }
}

/** A StatefulSet makes a volume of each of its claim templates. */
function claimsOf({ crumb }: KnownObject): readonly string[] {
  const templates = listAt(crumb.map, 'spec', 'volumeClaimTemplates')?.items ?? [];
  return templates.flatMap((item) =>
    item.kind === 'map' ? (textAt(item, 'metadata', 'name') ?? []) : [],
  );
}

/** Kinds of the same files that a volume can be made of, and how. */
const SOURCES: readonly (readonly [kind: string, field: string, key: string])[] = [
  ['PersistentVolumeClaim', 'persistentVolumeClaim', 'claimName'],
  ['ConfigMap', 'configMap', 'name'],
  ['Secret', 'secret', 'secretName'],
];

/**
 * The object of that very name where the files have one; else an empty folder, the one source that
 * needs nothing else, with a comment that says so.
 */
function volumeFix(pod: Pod, name: string, objects: readonly KnownObject[]): Fix | undefined {
  const { text } = pod.object;
  const column = columnOf(pod.spec, text);
  if (column === undefined || !/^[\w.-]+$/.test(name)) return undefined;
  const eol = eolOf(text);
  const source = SOURCES.find(([kind]) =>
    objects.some(
      (one) =>
        one.is.kind === kind &&
        nameOf(one) === name &&
        namespaceOf(one) === namespaceOf(pod.object),
    ),
  );
  const item =
    source === undefined
      ? [
          `- name: ${name} # by kedge: nothing says what it is; this one ends with the pod`,
          '  emptyDir: {}',
        ]
      : [`- name: ${name}`, `  ${source[1]}:`, `    ${source[2]}: ${name}`];
  const edit = listEdit(pod.spec, { key: 'volumes', item, column, text, eol });
  if (edit === undefined) return undefined;
  const what = `define the volume ${name} as ${source?.[1] ?? 'an emptyDir'}`;
  return { what, edits: [edit], claims: spanOf(pod.object.crumb.map) };
}

/** Puts an item into a list that is a block, or makes the list. */
function listEdit(
  map: MapNode,
  of: {
    readonly key: string;
    readonly item: readonly string[];
    readonly column: number;
    readonly text: string;
    readonly eol: string;
  },
) {
  const { key, item, column, text, eol } = of;
  const lines = (margin: number): string =>
    item.map((line) => `${' '.repeat(margin)}${line}${eol}`).join('');
  const entry = entryOf(map, key);
  if (entry === undefined) {
    return appendLines(map, `${' '.repeat(column)}${key}:${eol}${lines(column)}`, text);
  }
  const list = entry.value;
  if (list.kind !== 'list' || list.items.length === 0 || text[list.start] === '[') return undefined;
  const at = endOfEntry(entry, text);
  const open = text[at - 1] === '\n' ? '' : eol;
  const margin = list.start - (text.lastIndexOf('\n', list.start) + 1);
  return { start: at, end: at, text: `${open}${lines(margin)}` };
}
