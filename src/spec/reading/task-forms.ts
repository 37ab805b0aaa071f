import type { Model } from '../task.ts';
import { type Form, mapOf, type Place, record, type Values, wrong } from './form.ts';
import { type Entry, isNull, type Node } from './node.ts';
import { quoted } from './reading.ts';
import { count, line, text } from './scalar-forms.ts';

const ENV_NAME = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]{0,255}$/,
  what: 'the name of a variable (letters, digits and _)',
};

const NO_MODEL: Model = {
  id: null,
  params: null,
  activeParams: null,
  layers: null,
  hidden: null,
  heads: null,
  kvHeads: null,
  headDim: null,
  vocab: null,
};

const SHAPE_KEYS = {
  params: { doc: 'Parameters, as 8B.', form: count, required: true },
  active_params: { doc: 'Parameters that one token uses, of a mixture of experts.', form: count },
  layers: { doc: 'Layers.', form: count },
  hidden: { doc: 'Width of the hidden state.', form: count },
  heads: { doc: 'Attention heads.', form: count },
  kv_heads: { doc: 'Key and value heads.', form: count },
  head_dim: { doc: 'Width of one head.', form: count },
  vocab: { doc: 'Words of the vocabulary.', form: count },
  feed_forward: { doc: 'Width of the feed-forward block, of one expert.', form: count },
  experts: { doc: 'Routed experts of a layer.', form: count },
  experts_per_token: { doc: 'Routed experts that one token passes.', form: count },
  shared_feed_forward: { doc: 'Width of the experts that every token passes.', form: count },
  routed_layers: { doc: 'Layers with routed experts; default all.', form: count },
  window: { doc: 'Tokens that a layer looks back at.', form: count },
  window_layers: { doc: 'Layers that look back at a window alone; default all.', form: count },
} as const;

const shapeForm = record(SHAPE_KEYS);

/** What few models have; left out where the user does. */
function furtherOf(shape: Values<typeof SHAPE_KEYS>): Partial<Model> {
  const further = {
    feedForward: shape.feed_forward,
    experts: shape.experts,
    expertsPerToken: shape.experts_per_token,
    sharedFeedForward: shape.shared_feed_forward,
    routedLayers: shape.routed_layers,
    window: shape.window,
    windowLayers: shape.window_layers,
  };
  return Object.fromEntries(Object.entries(further).filter(([, value]) => value !== undefined));
}

export const modelForm: Form<Model> = {
  read: (node, place) => {
    if (node.kind !== 'map') {
      const id = line.read(node, place);
      return id === undefined ? undefined : { ...NO_MODEL, id };
    }
    const shape = shapeForm.read(node, place);
    if (shape === undefined) return undefined;
    return {
      ...NO_MODEL,
      params: shape.params ?? null,
      activeParams: shape.active_params ?? null,
      layers: shape.layers ?? null,
      hidden: shape.hidden ?? null,
      heads: shape.heads ?? null,
      kvHeads: shape.kv_heads ?? null,
      headDim: shape.head_dim ?? null,
      vocab: shape.vocab ?? null,
      ...furtherOf(shape),
    };
  },
  schema: { anyOf: [{ type: 'string' }, shapeForm.schema] },
};

/** A value that may be missing: null says so. */
const textOrNone: Form<string | null> = {
  read: (node, place) => (isNull(node) ? null : text.read(node, place)),
  schema: { type: ['string', 'number', 'boolean', 'null'] },
};

const variables = mapOf(textOrNone, ENV_NAME);

/** Variables with their values as written. One without a value blocks a run until it is given. */
export const envs: Form<Readonly<Record<string, string>>> = {
  read: (node, place) => {
    const all = variables.read(node, place);
    if (all === undefined || node.kind !== 'map') return undefined;
    for (const entry of node.entries) if (isNull(entry.value)) noteMissing(entry, place);
    return Object.fromEntries(
      Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null),
    );
  },
  schema: variables.schema,
};

function noteMissing({ key, keyStart }: Entry, { reading, path }: Place): void {
  const why = `it has no value; give one with --env ${key}=VALUE`;
  reading.note({ key: `${path}.${key}`, at: keyStart, changesRun: true, why });
}

/** Name and value; null is taken from the caller. SkyPilot's list form has `secrets:NAME`. */
export const secrets: Form<Readonly<Record<string, string | null>>> = {
  read: (node, place) => {
    if (node.kind === 'text') return wrong(node, place, { what: 'names', example: '[HF_TOKEN]' });
    const names =
      node.kind === 'list'
        ? node.items.map(nameOfSecret)
        : node.entries.map((entry) => keyOfSecret(entry, place));
    const pairs: [string, string | null][] = [];
    for (const { name, at, value } of names) {
      if (ENV_NAME.pattern.test(name)) pairs.push([name, value]);
      else notAName(name, at, place);
    }
    return Object.fromEntries(pairs);
  },
  schema: { anyOf: [variables.schema, { type: 'array', items: { type: 'string' } }] },
};

type SecretEntry = { readonly name: string; readonly at: number; readonly value: string | null };

function nameOfSecret(node: Node): SecretEntry {
  const written = node.kind === 'text' ? node.text.trim() : '';
  // `NAME=value` is no name, and what comes after it is not for an error to tell.
  const shown = written.includes('=') ? `${written.split('=', 1)[0]}=…` : written;
  return { name: bareName(shown), at: node.start, value: null };
}

/** Unlike other values, one that is wrong is not quoted. */
function keyOfSecret({ key, keyStart, value }: Entry, { reading, path }: Place): SecretEntry {
  const entry = { name: bareName(key), at: keyStart };
  if (isNull(value)) return { ...entry, value: null };
  if (value.kind === 'text') {
    reading.secret([value.start, value.end]);
    return { ...entry, value: value.text };
  }
  reading.problem({
    code: 'spec.bad-value',
    at: value.start,
    message: `${quoted(`${path}.${key}`)} needs a text, not a ${value.kind}`,
    hint: `write it like \`${entry.name}: "…"\`, or without a value to take that of your environment`,
  });
  return { ...entry, value: null };
}

/** `secrets:personal.HF_TOKEN` → `HF_TOKEN`. Source: SkyPilot, `sky/task.py`, `_parse_secret_name`. */
function bareName(written: string): string {
  return written.replace(/^(?:secrets:)?(?:(?:personal|workspace|global)\.)?/, '');
}

function notAName(name: string, at: number, { reading, path }: Place): void {
  const message = `${quoted(name)} in ${quoted(path)} is not ${ENV_NAME.what}`;
  reading.problem({ code: 'spec.bad-value', at, message, text: name });
}

/** A local folder; one of git or of the user's home is noted. */
export const workdir: Form<string | null> = {
  read: (node, place) => {
    const { reading, path } = place;
    if (node.kind === 'map') {
      const why = 'a git repository is not fetched; clone it, and name the folder';
      reading.note({ key: path, at: node.start, changesRun: true, why });
      return null;
    }
    const folder = line.read(node, place);
    if (folder === undefined || !folder.startsWith('~')) return folder;
    reading.note({ key: path, at: node.start, changesRun: true, why: HOME });
    return null;
  },
  schema: {
    anyOf: [
      { type: 'string' },
      {
        type: 'object',
        required: ['url'],
        properties: { url: { type: 'string' }, ref: { type: 'string' } },
      },
    ],
  },
};

const HOME = '~ is not expanded; write the path in full, or relative to the task file';
const URI = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Path of the task → local path. Buckets, and paths outside of the workdir, are noted. */
export const fileMounts: Form<Readonly<Record<string, string>>> = {
  read: (node, place) => {
    if (node.kind !== 'map')
      return wrong(node, place, { what: 'a map', example: '{data: ./data}' });
    const pairs: [string, string][] = [];
    for (const { key, keyStart, value } of node.entries) {
      const inner = { reading: place.reading, path: `${place.path}.${key}` };
      if (value.kind === 'list') wrong(value, inner, { what: 'a path', example: './data' });
      const why = whyNotMounted(key, value);
      if (why !== null)
        place.reading.note({ key: inner.path, at: keyStart, changesRun: true, why });
      else if (value.kind === 'text') pairs.push([key, value.text]);
    }
    return Object.fromEntries(pairs);
  },
  schema: {
    type: 'object',
    additionalProperties: { anyOf: [{ type: 'string' }, { type: 'object' }] },
  },
};

function whyNotMounted(to: string, from: Node): string | null {
  if (from.kind === 'map') return 'buckets are not mounted';
  if (from.kind === 'list') return null;
  if (isNull(from)) return 'it has no source';
  if (URI.test(from.text)) return 'only local files and folders are copied';
  if (/^[~]/.test(from.text)) return HOME;
  const outside = /^[/~]/.test(to) || to.split('/').includes('..');
  return outside ? 'it lies outside of the workdir; mount to a relative path' : null;
}
