import { closestWord } from '../../base/closest.ts';
import type { Entry, MapNode, Node } from './node.ts';
import { isNull, saysNothing, truthOf } from './node.ts';
import { quoted, type Reading } from './reading.ts';

/** A fragment of JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Where a value stands: the file being read, and the path of its key, as `resources.cpus`. */
export type Place = { readonly reading: Reading; readonly path: string };

/** How values of one kind are written: read from a node, described to editors. */
export type Form<T> = {
  /** Undefined when the node is not of the form; the reading then has a problem more. */
  readonly read: (node: Node, place: Place) => T | undefined;
  readonly schema: JsonSchema;
};

/** One key of a map that Kedge knows. */
export type Key<T> = {
  /** One sentence for the user, shown by editors. */
  readonly doc: string;
  readonly form: Form<T>;
  readonly required?: true;
  /** Why the key is not honored, and whether something else would run for that. */
  readonly notHonored?: { readonly why: string; readonly changesRun: boolean };
  /** Read where a file has it, but not proposed to editors nor as a closest key. */
  readonly internal?: true;
};

export type KeyTable = Readonly<Record<string, Key<unknown>>>;

/** What a map of the table's keys gives: the values of the keys that it has and that are right. */
export type Values<T extends KeyTable> = {
  readonly [K in keyof T]?: T[K] extends Key<infer V> ? V : never;
};

/** A map with the keys of a table, and no others. */
export function record<T extends KeyTable>(table: T): Form<Values<T>> {
  return { read: (node, place) => readRecord(table, node, place), schema: recordSchema(table) };
}

function readRecord<T extends KeyTable>(table: T, node: Node, place: Place): Values<T> | undefined {
  const { reading, path } = place;
  if (node.kind !== 'map') {
    const [name] = Object.keys(table);
    return wrong(node, place, { what: 'keys with values', example: `{${name}: …}` });
  }
  const values: Record<string, unknown> = {};
  for (const entry of node.entries) {
    const key = Object.hasOwn(table, entry.key) ? table[entry.key] : undefined;
    if (key === undefined) unknownKey(entry, Object.keys(publicKeys(table)), place);
    else values[entry.key] = readKey(key, entry, { reading, path: join(path, entry.key) });
  }
  requireKeys(table, node, place);
  return values as Values<T>;
}

/** A key without a value says nothing, whatever its form. */
function readKey(key: Key<unknown>, entry: Entry, place: Place): unknown {
  const { notHonored } = key;
  if (notHonored !== undefined && !saysNothing(entry.value)) {
    place.reading.note({ key: place.path, at: entry.keyStart, ...notHonored });
  }
  return isNull(entry.value) ? undefined : key.form.read(entry.value, place);
}

function unknownKey({ key, keyStart }: Entry, known: readonly string[], place: Place): void {
  const closest = closestWord(key, known);
  const where = place.path === '' ? '' : ` in ${quoted(place.path)}`;
  place.reading.problem({
    code: 'spec.unknown-key',
    at: keyStart,
    message: `there is no key ${quoted(key)}${where}`,
    text: key,
    ...(closest === undefined ? { hint: `known are ${known.join(', ')}` } : { closest }),
  });
}

function requireKeys(table: KeyTable, node: MapNode, { reading, path }: Place): void {
  for (const [name, { required }] of Object.entries(table)) {
    if (required !== true) continue;
    if (node.entries.some(({ key, value }) => key === name && !isNull(value))) continue;
    const message = `${quoted(path)} needs the key "${name}"`;
    reading.problem({ code: 'spec.invalid', at: node.start, message });
  }
}

function publicKeys(table: KeyTable): KeyTable {
  return Object.fromEntries(Object.entries(table).filter(([, { internal }]) => internal !== true));
}

function recordSchema(table: KeyTable): JsonSchema {
  const keys = Object.entries(publicKeys(table));
  const required = keys.filter(([, key]) => key.required).map(([name]) => name);
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(keys.map(([name, key]) => [name, keySchema(key)])),
  };
}

function keySchema({ doc, form, notHonored }: Key<unknown>): JsonSchema {
  const description = notHonored === undefined ? doc : `${doc} Not honored: ${notHonored.why}.`;
  return { description, ...form.schema };
}

/** A map whose keys are the user's. `name` says which keys are right. */
export function mapOf<T>(
  value: Form<T>,
  name: { readonly pattern: RegExp; readonly what: string } = { pattern: /./s, what: 'a name' },
): Form<Readonly<Record<string, T>>> {
  return {
    read: (node, place) => {
      if (node.kind !== 'map')
        return wrong(node, place, { what: 'a map', example: '{NAME: value}' });
      const pairs = node.entries.map((entry) => readPair(entry, { value, name, place }));
      return Object.fromEntries(pairs.filter((pair) => pair !== undefined));
    },
    schema: {
      type: 'object',
      additionalProperties: value.schema,
      ...(name.pattern.source === '.' ? {} : { propertyNames: { pattern: name.pattern.source } }),
    },
  };
}

type Pair<T> = readonly [string, T];

function readPair<T>(
  { key, keyStart, value: node }: Entry,
  of: {
    readonly value: Form<T>;
    readonly name: { readonly pattern: RegExp; readonly what: string };
    readonly place: Place;
  },
): Pair<T> | undefined {
  const { reading, path } = of.place;
  if (!of.name.pattern.test(key)) {
    const message = `${quoted(key)} in ${quoted(path)} is not ${of.name.what}`;
    reading.problem({ code: 'spec.bad-value', at: keyStart, message, text: key });
    return undefined;
  }
  const value = of.value.read(node, { reading, path: join(path, key) });
  return value === undefined ? undefined : [key, value];
}

export function list<T>(item: Form<T>): Form<readonly T[]> {
  return {
    read: (node, place) =>
      node.kind === 'list'
        ? node.items.map((one) => item.read(one, place)).filter((one) => one !== undefined)
        : wrong(node, place, { what: 'a list', example: '[…]' }),
    schema: { type: 'array', items: item.schema },
  };
}

/** A list, or one item of it alone. */
export function oneOrMany<T>(item: Form<T>): Form<readonly T[]> {
  const many = list(item);
  return {
    read: (node, place) => {
      if (node.kind === 'list') return many.read(node, place);
      const one = item.read(node, place);
      return one === undefined ? undefined : [one];
    },
    schema: { anyOf: [item.schema, many.schema] },
  };
}

/** Whatever it is: the key is known, its value is nobody's business here. */
export const anything: Form<Node> = { read: (node) => node, schema: {} };

export const truth: Form<boolean> = {
  read: (node, place) =>
    truthOf(node) ?? wrong(node, place, { what: 'true or false', example: 'true' }),
  schema: { type: 'boolean' },
};

/** What a value must be, and one that is. */
export type Wanted = { readonly what: string; readonly example: string };

/** Notes a value that is not of its form. */
export function wrong(node: Node, { reading, path }: Place, wanted: Wanted): undefined {
  const { what, example } = wanted;
  const text = reading.text.slice(node.start, node.end);
  const got = node.kind === 'text' ? quoted(text) : `a ${node.kind}`;
  reading.problem({
    code: 'spec.bad-value',
    at: node.start,
    message: `${quoted(path)} needs ${what}, not ${got}`,
    text,
    hint: `write it like \`${path.slice(path.lastIndexOf('.') + 1)}: ${example}\``,
  });
  return undefined;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
