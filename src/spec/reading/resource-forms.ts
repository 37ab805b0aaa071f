import type { AcceleratorRequest, Amount } from '../task.ts';
import { type Form, mapOf, wrong } from './form.ts';
import { isNull, type Node } from './node.ts';
import { line, parseDecimal, scalar, text, whole } from './scalar-forms.ts';

/** Accelerators of a task: alternatives, of which the first to be had is wanted when ordered. */
export type Accelerators = {
  readonly requests: readonly AcceleratorRequest[];
  readonly ordered: boolean;
};

const COUNT_MAX = 100_000;
const WANTED = { what: 'an accelerator and how many', example: 'H100:8' };
/** SkyPilot picks devices by memory alone: `80GB+`, `nvidia:24GB:2`. */
const BY_MEMORY = /^(?:[a-z]+:)?\d+[gmt]b\+?(?::\d+)?$/i;
const NAME = /^[a-z][a-z0-9._ -]{0,63}$/i;

/** One device name with a count: `H100:8`, `A100-80GB`, `tpu-v5p-8`. */
export const acceleratorRequest: Form<AcceleratorRequest> = scalar(parseRequest, WANTED, {
  type: 'string',
  examples: ['H100:8', 'A100-80GB'],
});

/**
 * As SkyPilot reads them: a text, a map of name and count (any of them), a set (`{A100:1, T4:2}`),
 * a list (in order of preference).
 */
export const accelerators: Form<Accelerators> = {
  read: (node, place) => {
    const named = namedRequests(node);
    if (named === undefined) return wrong(node, place, WANTED);
    const requests: AcceleratorRequest[] = [];
    for (const { written, at } of named) {
      const request = parseRequest(written);
      if (request !== undefined) requests.push(request);
      else if (BY_MEMORY.test(written)) noteByMemory(at, place);
      else wrong(at, place, WANTED);
    }
    return { requests, ordered: node.kind === 'list' };
  },
  schema: {
    anyOf: [
      { type: 'string', examples: ['H100:8'] },
      { type: 'object', additionalProperties: { type: ['number', 'null'] } },
      { type: 'array', items: { type: 'string' } },
    ],
  },
};

type Named = { readonly written: string; readonly at: Node };

/** The single requests of a text, list or map, as `name:count`. */
function namedRequests(node: Node): readonly Named[] | undefined {
  if (node.kind === 'text') return [{ written: node.text.trim(), at: node }];
  if (node.kind === 'list') {
    return node.items.map((at) => ({ written: at.kind === 'text' ? at.text.trim() : '', at }));
  }
  return node.entries.map(({ key, value }) => {
    if (isNull(value)) return { written: key.trim(), at: value };
    return {
      written: value.kind === 'text' ? `${key.trim()}:${value.text.trim()}` : '',
      at: value,
    };
  });
}

function parseRequest(written: string): AcceleratorRequest | undefined {
  if (written.length > 128 || BY_MEMORY.test(written)) return undefined;
  const [name, many, ...more] = written.split(':').map((part) => part.trim());
  if (name === undefined || more.length > 0 || !NAME.test(name)) return undefined;
  const number = many === undefined ? 1 : parseDecimal(many);
  if (number === undefined || number <= 0 || number > COUNT_MAX) return undefined;
  return { name, count: number };
}

function noteByMemory(at: Node, { reading, path }: Parameters<Form<unknown>['read']>[1]): void {
  const why = 'devices are not chosen by their memory alone yet; name the device';
  reading.note({ key: path, at: at.start, changesRun: true, why });
}

/** `8`, `8+`, `0.5`. */
export const amount: Form<Amount> = scalar(
  parseAmount,
  { what: 'a number, or a least number', example: '8+' },
  { type: ['string', 'number'], examples: [8, '8+'] },
);

function parseAmount(written: string): Amount | undefined {
  const atLeast = written.endsWith('+');
  const value = parseDecimal(atLeast ? written.slice(0, -1).trim() : written);
  return value !== undefined && value > 0 ? { value, atLeast } : undefined;
}

/** GiB in one of SkyPilot's units, which are binary whatever they are called. */
const GIB_OF: Readonly<Record<string, number>> = {
  kb: 2 ** -20,
  ki: 2 ** -20,
  mb: 2 ** -10,
  mi: 2 ** -10,
  gb: 1,
  gi: 1,
  tb: 2 ** 10,
  ti: 2 ** 10,
  pb: 2 ** 20,
  pi: 2 ** 20,
};

/** Memory: GiB, or GiB for each CPU (`4x`). */
export type Memory = Amount & { readonly perCpu: boolean };

/** `64`, `64+`, `64GB`, `64GB+`, `4x`: GiB where no unit is written. */
export const memory: Form<Memory> = scalar(
  (written) => {
    if (/x$/i.test(written)) {
      const value = parseAmount(written.slice(0, -1));
      return value === undefined ? undefined : { ...value, perCpu: true };
    }
    const atLeast = written.endsWith('+');
    const value = parseGib(atLeast ? written.slice(0, -1) : written);
    return value === undefined ? undefined : { value, atLeast, perCpu: false };
  },
  { what: 'GiB of memory', example: '64+' },
  { type: ['string', 'number'], examples: [64, '64+', '64GB+'] },
);

/** `256`, `1TB`: GiB where no unit is written. */
export const gib: Form<number> = scalar(
  parseGib,
  { what: 'a size in GiB, or with its unit', example: '256' },
  { type: ['string', 'number'], examples: [256, '1TB'] },
);

function parseGib(written: string): number | undefined {
  const match = /^(\d[\d._]{0,20})\s*([a-z]{2}|[a-z]i?b)?$/i.exec(written.trim());
  if (match === null) return undefined;
  const number = parseDecimal(match[1]!);
  const unit = (match[2] ?? 'gb').toLowerCase().replace(/ib$/, 'i');
  const scale = new Map(Object.entries(GIB_OF)).get(unit);
  if (number === undefined || scale === undefined || number <= 0) return undefined;
  return number * scale;
}

/**
 * A place or a pattern of places, by provider, region and zone: `aws/us-east-1`, `gcp/europe-*`,
 * `k8s/my-cluster`. SkyPilot's `kubernetes` is our `k8s`; `*` alone means no restriction.
 */
export const place: Form<string> = scalar(
  (written) => {
    if (written.length > 200 || !/^[^\s/][^\s]*$/.test(written)) return undefined;
    if ((written.match(/\*+/g)?.length ?? 0) > 4) return undefined;
    const [provider, ...rest] = written.split('/');
    const name = provider!.toLowerCase();
    return [name === 'kubernetes' ? 'k8s' : name, ...rest].join('/');
  },
  { what: 'a place: provider, region, zone', example: 'aws/us-east-1' },
  { type: 'string', examples: ['aws', 'aws/us-east-1', 'gcp/europe-*', 'k8s/*'] },
);

/** One port, or a range of ports. */
export const port: Form<string> = scalar(
  (written) => (/^\d{1,5}(?:-\d{1,5})?$/.test(written) ? written : undefined),
  { what: 'a port or a range of ports', example: '8080' },
  { type: ['integer', 'string'], examples: [8080, '8000-8010'] },
);

/** A container image; an image of a machine, or one for each region, is not honored. */
export const image: Form<string | null> = {
  read: (node, at) => {
    const isEmpty = isNull(node) || (node.kind === 'text' && node.text === '');
    const isContainer = node.kind === 'text' && /^docker:./.test(node.text);
    if (!isEmpty && !isContainer) {
      const why = 'commands run on the machine itself, or in a container image (docker:IMAGE)';
      at.reading.note({ key: at.path, at: node.start, changesRun: true, why });
    }
    if (node.kind === 'map') return mapOf(text).read(node, at) === undefined ? undefined : null;
    return line.read(node, at);
  },
  schema: { anyOf: [line.schema, { type: 'object', additionalProperties: text.schema }] },
};

const RECOVERY_NOTES: Readonly<
  Record<string, { readonly why: string; readonly changesRun: boolean }>
> = {
  strategy: {
    why: 'a lost machine is always replaced, by the nearest best offer',
    changesRun: false,
  },
  recover_on_exit_codes: {
    why: 'a task that fails by itself is started again as often as `retries` says, for any code',
    changesRun: true,
  },
};

/** A strategy, or a map; gives the number of restarts after a failure of the task's own. */
export const jobRecovery: Form<{ readonly restarts: number | undefined }> = {
  read: (node, { reading, path }) => {
    if (node.kind === 'text') {
      reading.note({ key: path, at: node.start, ...RECOVERY_NOTES['strategy']! });
      return { restarts: undefined };
    }
    if (node.kind === 'list') {
      return wrong(node, { reading, path }, { what: 'keys with values', example: '{strategy: …}' });
    }
    let restarts: number | undefined;
    for (const { key, keyStart, value } of node.entries) {
      const inner = `${path}.${key}`;
      if (isNull(value)) continue;
      if (key === 'max_restarts_on_errors') {
        restarts = whole(0, 1000).read(value, { reading, path: inner });
      } else {
        const note = RECOVERY_NOTES[key] ?? { why: 'it is unknown to Kedge', changesRun: false };
        reading.note({ key: inner, at: keyStart, ...note });
      }
    }
    return { restarts };
  },
  schema: { type: ['string', 'object'] },
};
