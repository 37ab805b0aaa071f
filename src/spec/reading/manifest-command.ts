import type { Task } from '../task.ts';
import { type Place, wrong } from './form.ts';
import { entryOf, isNull, type MapNode, type Node } from './node.ts';
import { quoted, type Reading } from './reading.ts';

type At = { readonly path: string; readonly reading: Reading };

/**
 * `command` and `args` of a container as a line of shell, word for word; null when the image
 * decides. `$(NAME)` stands for a variable of the container.
 * Source: Kubernetes, "Define a Command and Arguments for a Container".
 */
export function commandOf(
  container: MapNode,
  { path, reading, envs }: At & { readonly envs: Task['envs'] },
): string | null {
  const command = wordsOf(container, { key: 'command', path, reading });
  const args = wordsOf(container, { key: 'args', path, reading });
  if (command.length > 0) {
    return [...command, ...args].map((word) => shellWord(expand(word, envs))).join(' ');
  }
  const entry = entryOf(container, 'args');
  if (args.length > 0 && entry !== undefined) {
    const why = 'they are given to the command of the image, which is not known';
    reading.note({ key: `${path}.args`, at: entry.keyStart, changesRun: true, why });
  }
  return null;
}

function wordsOf(container: MapNode, { key, path, reading }: At & { key: string }): string[] {
  const value = entryOf(container, key)?.value;
  if (value === undefined || isNull(value)) return [];
  const place = { reading, path: `${path}.${key}` };
  const wanted = { what: 'a list of texts', example: '[python, train.py]' };
  if (value.kind !== 'list') {
    wrong(value, place, wanted);
    return [];
  }
  return value.items.flatMap((item) => {
    if (item.kind === 'text') return [item.text];
    wrong(item, place, wanted);
    return [];
  });
}

/** `$$` is a dollar, and an unknown variable stays as it is. */
function expand(word: string, envs: Task['envs']): string {
  return word.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name?: string) => {
    if (name === undefined) return '$';
    return Object.hasOwn(envs, name) ? envs[name]! : whole;
  });
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `env` of a container: values, and references to secrets by the variable's own name. */
export function environmentOf(container: MapNode, at: At): Pick<Task, 'envs' | 'secrets'> {
  const envs: [string, string][] = [];
  const secrets: [string, null][] = [];
  const list = entryOf(container, 'env')?.value;
  const place = { reading: at.reading, path: `${at.path}.env` };
  for (const item of itemsOf(list, place)) {
    const name = nameOf(item, place);
    if (name === undefined) continue;
    const from = entryOf(item, 'valueFrom');
    const value = entryOf(item, 'value')?.value;
    if (from === undefined) envs.push([name, value?.kind === 'text' ? value.text : '']);
    else if (from.value.kind === 'map' && entryOf(from.value, 'secretKeyRef'))
      secrets.push([name, null]);
    else {
      const why = 'its value is not taken from a cluster; give one with `value`';
      at.reading.note({ key: `${place.path}.${name}`, at: from.keyStart, changesRun: true, why });
    }
  }
  return { envs: Object.fromEntries(envs), secrets: Object.fromEntries(secrets) };
}

function itemsOf(list: Node | undefined, place: Place): readonly MapNode[] {
  if (list === undefined || isNull(list)) return [];
  const wanted = { what: 'a list of variables', example: '[{name: SEED, value: "1"}]' };
  if (list.kind !== 'list') {
    wrong(list, place, wanted);
    return [];
  }
  return list.items.filter((item): item is MapNode => {
    if (item.kind !== 'map') wrong(item, place, wanted);
    return item.kind === 'map';
  });
}

function nameOf(item: MapNode, { reading, path }: Place): string | undefined {
  const node = entryOf(item, 'name')?.value;
  const name = node?.kind === 'text' ? node.text : '';
  if (/^[A-Za-z_]\w{0,255}$/.test(name) && name !== '__proto__') return name;
  const message = `${quoted(name)} in ${quoted(path)} is not the name of a variable`;
  reading.problem({ code: 'spec.bad-value', at: node?.start ?? item.start, message, text: name });
  return undefined;
}
