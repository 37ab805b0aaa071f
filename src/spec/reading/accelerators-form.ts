import { parseBytesPerSecond } from '../../base/units.ts';
import {
  ACCELERATOR_KINDS,
  type AcceleratorDeclaration,
  FORMATS,
  type Format,
} from '../accelerator-declaration.ts';
import { type Form, list, type Place, record, type Values, type Wanted, wrong } from './form.ts';
import { entryOf, isNull, type MapNode, type Node, saysNothing } from './node.ts';
import { quoted } from './reading.ts';
import { gib } from './resource-forms.ts';
import { line, oneOf, positive, scalar, share, whole } from './scalar-forms.ts';

/** Far more than anybody compares; each is laid out for as many numbers of devices as a known part. */
const DECLARED_MAX = 100;
/** A thousand times what a device has; beyond lies a wrong unit. */
const MEMORY_GIB_MAX = 1e6;
const TFLOPS_MAX = 1e7;
/** Below every link of a small computer. */
const BYTES_PER_S_MIN = 1e6;

/** As `--on XPU-9:8` and offers can name it. */
const name: Form<string> = scalar(
  (written) => (/^[a-z][a-z0-9._-]{0,63}$/i.test(written) ? written : undefined),
  { what: 'a name of letters, digits, -, _ and .', example: 'XPU-9' },
  { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9._-]{0,63}$' },
);

const speed: Form<number> = scalar(
  (written) => {
    const found = parseBytesPerSecond(written);
    return found !== undefined && found >= BYTES_PER_S_MIN ? found : undefined;
  },
  { what: 'bytes or bits a second', example: '450GB/s' },
  { type: 'string', examples: ['4TB/s', '450GB/s', '400Gbit/s'] },
);

const size = upTo(MEMORY_GIB_MAX, gib, { what: 'a size up to 1 PB', example: '96GB' });
const rate = upTo(TFLOPS_MAX, positive, { what: 'TFLOP/s above zero, up to 10M', example: '900' });

/** The format that most is told in comes first: a hint shows it. */
const RATE_KEYS = Object.fromEntries(
  ['bf16' as const, ...FORMATS.filter((format) => format !== 'bf16')].map((format) => [
    format,
    { doc: `TFLOP/s of ${format}, without sparsity.`, form: rate },
  ]),
) as { readonly [format in Format]: { readonly doc: string; readonly form: Form<number> } };

const KEYS = {
  name: { doc: 'What offers and resources call it.', form: name, required: true },
  like: { doc: 'A part that Kedge knows, which has what is not told here, as H100.', form: line },
  kind: { doc: 'What it is; default: as that part, else gpu.', form: oneOf(ACCELERATOR_KINDS) },
  year: {
    doc: 'Of its sale; without `like`, parts of about that year stand in.',
    form: whole(2000, 2100),
  },
  memory: { doc: 'Memory of one device, as 96GB.', form: size },
  memory_bandwidth: { doc: 'What its memory passes, as 4TB/s.', form: speed },
  tflops: { doc: 'TFLOP/s by number format, without sparsity.', form: record(RATE_KEYS) },
  ceiling: {
    doc: 'Share of that which the best large matrix product reaches, as 0.75.',
    form: share,
  },
  link: { doc: 'To its neighbours in a machine, one direction, as 450GB/s.', form: speed },
  network: {
    doc: "To other machines, one direction, each device's share, as 50GB/s or 400Gbit/s.",
    form: speed,
  },
  domain: { doc: 'How many devices those links join, as 8.', form: whole(1, 100_000) },
} as const;

const keysForm = record(KEYS);

/** One part; what it lacks goes to the reading. */
const declaration: Form<AcceleratorDeclaration> = {
  read: (node, place) => {
    const read = keysForm.read(node, place);
    if (read === undefined || node.kind !== 'map') return undefined;
    requireBasis(node, place);
    return read.name === undefined ? undefined : declarationOf({ ...read, name: read.name });
  },
  schema: keysForm.schema,
};

const declarations = list(declaration);

/** Parts of the task's own: not too many, each of another name. */
export const acceleratorsForm: Form<readonly AcceleratorDeclaration[]> = {
  read: (node, place) => {
    const read = declarations.read(node, place);
    if (node.kind === 'list') {
      refuseMany(node.items, place);
      refuseTwins(node.items, place);
    }
    return read;
  },
  schema: { ...declarations.schema, maxItems: DECLARED_MAX },
};

function declarationOf(
  read: Values<typeof KEYS> & { readonly name: string },
): AcceleratorDeclaration {
  const told = {
    name: read.name,
    like: read.like,
    kind: read.kind,
    year: read.year,
    memoryGib: read.memory,
    memoryBytesPerS: read.memory_bandwidth,
    tflops: read.tflops,
    ceiling: read.ceiling,
    linkBytesPerS: read.link,
    networkBytesPerS: read.network,
    domain: read.domain,
  };
  const entries = Object.entries(told).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as AcceleratorDeclaration;
}

/** Nothing can be said of a part whose arithmetic is neither told nor that of another. */
function requireBasis(node: MapNode, { reading, path }: Place): void {
  const isSaid = (key: string): boolean => {
    const value = entryOf(node, key)?.value;
    return value !== undefined && !saysNothing(value);
  };
  if (isSaid('like') || isSaid('tflops')) return;
  reading.problem({
    code: 'spec.invalid',
    at: node.start,
    message: `${quoted(nameIn(node)?.text ?? path)} tells neither its rate nor a part that it is like`,
    hint: 'add `like: H100`, or `tflops: {bf16: 900}`',
  });
}

function refuseMany(items: readonly Node[], { reading, path }: Place): void {
  const extra = items[DECLARED_MAX];
  if (extra === undefined) return;
  reading.problem({
    code: 'spec.invalid',
    at: extra.start,
    message: `${quoted(path)} has ${items.length} parts; it takes ${DECLARED_MAX}`,
    hint: 'keep those that offers or resources name',
  });
}

function refuseTwins(items: readonly Node[], { reading, path }: Place): void {
  const names = new Set<string>();
  for (const written of items.map(nameIn)) {
    if (written === undefined) continue;
    const { start: at, text } = written;
    const message = `two of ${quoted(path)} are named ${quoted(text)}`;
    if (names.has(text.toLowerCase())) {
      reading.problem({ code: 'spec.invalid', at, message, text });
    }
    names.add(text.toLowerCase());
  }
}

function nameIn(node: Node): { readonly start: number; readonly text: string } | undefined {
  const value = node.kind === 'map' ? entryOf(node, 'name')?.value : undefined;
  return value?.kind !== 'text' || isNull(value) ? undefined : value;
}

function upTo(most: number, form: Form<number>, wanted: Wanted): Form<number> {
  return {
    read: (node, place) => {
      const found = form.read(node, place);
      return found === undefined || found <= most ? found : wrong(node, place, wanted);
    },
    schema: form.schema,
  };
}
