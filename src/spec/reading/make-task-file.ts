import { closestWord } from '../../base/closest.ts';
import type { NotHonored, Task, TaskFile } from '../task.ts';
import { isManifest, makeManifestTask } from './make-manifest-task.ts';
import { makeTask } from './make-task.ts';
import { entryOf, type MapNode, type Node } from './node.ts';
import { quoted, type Reading } from './reading.ts';
import { HEADER_KEYS, headerForm } from './task-keys.ts';

type Header = {
  readonly name: string | null;
  readonly parallel: boolean;
  readonly notHonored: readonly NotHonored[];
};

const NO_HEADER: Header = { name: null, parallel: false, notHonored: [] };

/** The documents of one file as tasks, and which of them wait for which. */
export function makeTaskFile(documents: readonly Node[], reading: Reading): TaskFile {
  const maps = documents.filter((document) => isMapping(document, reading));
  const [first, ...rest] = maps;
  const withHeader = first !== undefined && isHeader(first, maps.length);
  const header = withHeader ? readHeader(first, reading) : NO_HEADER;
  const sources = withHeader ? rest : maps;
  if (sources.length === 0) reading.problem(emptiness(first));
  const made = sources.map((source) => taskOf(source, reading));
  const tasks = made.filter((task) => task !== null);
  if (tasks.length < made.length) reading.throwProblems();
  const needs = needsOf(tasks, { header, sources, reading });
  reading.throwProblems();
  const [head, ...others] = tasks as [Task, ...Task[]];
  const notHonored = [...header.notHonored, ...head.notHonored];
  return { name: header.name ?? head.name, tasks: [{ ...head, notHonored }, ...others], needs };
}

function taskOf(source: MapNode, reading: Reading): Task | null {
  return isManifest(source) ? makeManifestTask(source, reading) : makeTask(source, reading);
}

function isMapping(document: Node, reading: Reading): document is MapNode {
  if (document.kind === 'map') return true;
  const text = reading.text.slice(document.start, document.end);
  reading.problem({
    code: 'spec.invalid',
    at: document.start,
    message: `a task is a map of keys, not ${quoted(text)}`,
    text,
    hint: 'start with `run: …`',
  });
  return false;
}

function emptiness(header: MapNode | undefined): Parameters<Reading['problem']>[0] {
  return {
    code: 'spec.invalid',
    at: header?.start ?? 0,
    message: header === undefined ? 'there is no task in it' : 'no task follows this header',
    hint: 'write at least `run: …`',
  };
}

/** As at SkyPilot: the first of several documents, with a name alone or with `execution`. */
function isHeader(document: MapNode, documents: number): boolean {
  const keys = document.entries.map(({ key }) => key);
  if (keys.includes('execution')) return true;
  return documents > 1 && keys.length > 0 && keys.every((key) => Object.hasOwn(HEADER_KEYS, key));
}

function readHeader(document: MapNode, reading: Reading): Header {
  const read = headerForm.read(document, { reading, path: '' });
  return {
    name: read?.name ?? null,
    parallel: read?.execution === 'parallel',
    notHonored: reading.takeNotes(),
  };
}

type Context = {
  readonly header: Header;
  readonly sources: readonly MapNode[];
  readonly reading: Reading;
};

/** No `needs` anywhere is a chain, or all at once in a job group; else each waits for its own. */
function needsOf(tasks: readonly Task[], context: Context): TaskFile['needs'] {
  const { header, reading } = context;
  if (tasks.every((task) => task.needs === null)) {
    // Manifests in one file know no order.
    const atOnce = header.parallel || tasks.every(({ origin }) => origin === 'kubernetes');
    return tasks.map((_, index) => (atOnce || index === 0 ? [] : [index - 1]));
  }
  const indices = indicesByName(tasks);
  const needs = tasks.map((task, index) =>
    (task.needs ?? []).flatMap((name) => resolveNeed(name, { indices, index, context })),
  );
  const cycle = cycleIn(needs);
  if (cycle !== null) {
    const names = cycle.map((index) => tasks[index]!.name ?? 'a task without name');
    const message = `tasks wait for each other: ${names.join(' needs ')}`;
    reading.problem({ code: 'spec.invalid', at: startOfNeeds(cycle[0]!, context), message });
  }
  return needs;
}

function indicesByName(tasks: readonly Task[]): ReadonlyMap<string, readonly number[]> {
  const indices = new Map<string, number[]>();
  for (const [index, { name }] of tasks.entries()) {
    if (name === null) continue;
    const same = indices.get(name);
    if (same === undefined) indices.set(name, [index]);
    else same.push(index);
  }
  return indices;
}

function resolveNeed(
  name: string,
  of: {
    readonly indices: ReadonlyMap<string, readonly number[]>;
    readonly index: number;
    readonly context: Context;
  },
): readonly number[] {
  const found = of.indices.get(name) ?? [];
  if (found.length === 1) return found;
  const closest = found.length === 0 ? closestWord(name, of.indices.keys()) : undefined;
  const known = [...of.indices.keys()].slice(0, 20).join(', ');
  of.context.reading.problem({
    code: 'spec.invalid',
    at: startOfNeeds(of.index, of.context),
    message:
      found.length === 0
        ? `"needs" names ${quoted(name)}, and no task of this file is called so`
        : `"needs" names ${quoted(name)}, and ${found.length} tasks of this file are called so`,
    text: name,
    ...(closest === undefined ? { hint: `tasks are ${known || 'without names'}` } : { closest }),
  });
  return [];
}

function startOfNeeds(index: number, { sources }: Context): number {
  const source = sources[index]!;
  return entryOf(source, 'needs')?.value.start ?? source.start;
}

/** The tasks of one cycle, the first again at its end; null when there is none. Linear. */
function cycleIn(needs: TaskFile['needs']): readonly number[] | null {
  const state = new Map<number, 'open' | 'done'>();
  for (const start of needs.keys()) {
    const path: { readonly index: number; next: number }[] = [];
    const open = (index: number): void => {
      state.set(index, 'open');
      path.push({ index, next: 0 });
    };
    if (!state.has(start)) open(start);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const need = needs[top.index]![top.next++];
      if (need === undefined) {
        state.set(top.index, 'done');
        path.pop();
      } else if (state.get(need) === 'open') {
        const from = path.findIndex(({ index }) => index === need);
        return [...path.slice(from).map(({ index }) => index), need];
      } else if (!state.has(need)) open(need);
    }
  }
  return null;
}
