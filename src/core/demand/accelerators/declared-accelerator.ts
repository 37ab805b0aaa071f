import { closestWord } from '../../../base/closest.ts';
import { KedgeError } from '../../../base/errors.ts';
import {
  type AcceleratorDeclaration,
  FORMATS,
  type Format,
} from '../../../spec/accelerator-declaration.ts';
import { type AcceleratorFacts, allAccelerators } from './accelerator-facts.ts';
import { findAccelerator } from './find-accelerator.ts';

const TERA = 1e12;
const GIGA = 1e9;
/** Parts whose middle stands for one that is like none: enough for a middle, few enough for its year. */
const PEERS = 7;

/** A part of the user's own. */
export type DeclaredAccelerator = {
  readonly facts: AcceleratorFacts;
  /** A sentence: which figures the user did not give, what they are taken for, and where from. */
  readonly inherited: string;
};

/**
 * A part of the user's own. Missing figures are those of the part that it is like, else the middle
 * of the seven parts of its kind closest in year; missing formats keep the proportion to the
 * 16-bit rate that those have. What measurements say of a generation holds for it as for the part
 * that it is like, else for the closest in year.
 * Errors: `spec.bad-value` for the name of a part that is known, and one like a part that is not.
 */
export function declaredAccelerator(declared: AcceleratorDeclaration): DeclaredAccelerator {
  if (findAccelerator(declared.name) !== undefined) throw knownAlready(declared.name);
  const like = declared.like === undefined ? undefined : findAccelerator(declared.like);
  if (declared.like !== undefined && like === undefined)
    throw likeNothing(declared.name, declared.like);
  const kin = like === undefined ? peersOf(declared) : [like];
  const [closest] = kin as [AcceleratorFacts];
  const { figures, taken } = figuresOf(declared, kin);
  const from = like?.name ?? `the middle of ${kin.map(({ name }) => name).join(', ')}`;
  const { name, ceiling } = declared;
  const { generation } = closest;
  const facts: AcceleratorFacts = {
    ...figures,
    name,
    vendor: like?.vendor ?? 'unknown',
    kind: declared.kind ?? closest.kind,
    generation,
    year: declared.year ?? closest.year,
    correctsInMemory: like?.correctsInMemory ?? false,
    infersOnly: like?.infersOnly ?? false,
    narrowCeiling: ceiling ?? median(kin.map(({ narrowCeiling }) => narrowCeiling)),
    ceilingSource: ceiling === undefined ? (like?.ceilingSource ?? from) : `${name}, as declared`,
    watts: like?.watts ?? null,
    source: 'declared by the user',
  };
  const words = taken.length === 0 ? 'in all its figures' : `else as ${from}: ${taken.join(', ')}`;
  const fitted = `fitted coefficients are those of ${generation} (${closest.name})`;
  return { facts, inherited: `${name} is as declared, ${words}; ${fitted}` };
}

type Figures = Pick<
  AcceleratorFacts,
  | 'memoryGib'
  | 'memoryBytesPerS'
  | 'peak'
  | 'ceiling'
  | 'linkBytesPerS'
  | 'networkBytesPerS'
  | 'domain'
>;

/** All figures, and in words those that are taken from its kin, by the keys of a task file. */
function figuresOf(
  declared: AcceleratorDeclaration,
  kin: readonly AcceleratorFacts[],
): { readonly figures: Figures; readonly taken: readonly string[] } {
  const taken: string[] = [];
  const pick = (
    key: string,
    { told, of, words }: Pick<Figure, 'told' | 'of'> & { words: (value: number) => string },
  ) => {
    if (told !== undefined) return told;
    const value = median(kin.map(of));
    taken.push(`${key} ${words(value)}`);
    return value;
  };
  const speed = (key: string, figure: Figure) => pick(key, { ...figure, words: speedWords });
  const { memoryGib, memoryBytesPerS, ceiling, linkBytesPerS, networkBytesPerS, domain } = declared;
  const figures = {
    memoryGib: pick('memory', {
      told: memoryGib,
      of: (one) => one.memoryGib,
      words: (value) => (value === 0 ? 'on the chip' : `${shortly(value)} GiB`),
    }),
    memoryBytesPerS: speed('memory_bandwidth', {
      told: memoryBytesPerS,
      of: (one) => one.memoryBytesPerS,
    }),
    peak: peaksOf(declared, kin, (words) => taken.push(words)),
    ceiling: pick('ceiling', { told: ceiling, of: (one) => one.ceiling, words: shortly }),
    linkBytesPerS: speed('link', { told: linkBytesPerS, of: (one) => one.linkBytesPerS }),
    networkBytesPerS: speed('network', {
      told: networkBytesPerS,
      of: (one) => one.networkBytesPerS,
    }),
    domain: Math.round(pick('domain', { told: domain, of: (one) => one.domain, words: shortly })),
  };
  return { figures, taken };
}

type Figure = {
  readonly told: number | undefined;
  readonly of: (one: AcceleratorFacts) => number;
};

/** Told formats as they are; others in the proportion that the kin have to their 16-bit rate. */
function peaksOf(
  { tflops = {} }: AcceleratorDeclaration,
  kin: readonly AcceleratorFacts[],
  note: (words: string) => void,
): AcceleratorFacts['peak'] {
  const base = (one: AcceleratorFacts): number =>
    Math.max(one.peak.bf16, one.peak.fp16) || one.peak.fp32 || one.peak.int8;
  const own = tflops.bf16 ?? tflops.fp16 ?? pointedTo();
  const peaks = FORMATS.map((format): [Format, number] => {
    const given = tflops[format];
    if (given !== undefined) return [format, given * TERA];
    const ratio = ratioOf(format);
    return [
      format,
      own === undefined ? median(kin.map((one) => one.peak[format])) : own * TERA * ratio,
    ];
  });
  const rest = peaks.filter(([format, peak]) => tflops[format] === undefined && peak > 0);
  const words = rest.map(([format, peak]) => `${format}: ${shortly(peak / TERA)}`);
  if (words.length > 0) note(`tflops {${words.join(', ')}}`);
  return Object.fromEntries(peaks) as AcceleratorFacts['peak'];

  function ratioOf(format: Format): number {
    return median(kin.map((one) => one.peak[format] / base(one)));
  }

  /** The 16-bit rate that another told format points to. */
  function pointedTo(): number | undefined {
    const format = FORMATS.find((one) => tflops[one] !== undefined && ratioOf(one) > 0);
    return format === undefined ? undefined : tflops[format]! / ratioOf(format);
  }
}

function peersOf({ kind = 'gpu', year }: AcceleratorDeclaration): AcceleratorFacts[] {
  const alike = allAccelerators().filter((one) => one.kind === kind && one.memoryGib > 0);
  const newest = Math.max(...alike.map((one) => one.year));
  const distance = (one: AcceleratorFacts): number => Math.abs(one.year - (year ?? newest - 1));
  return alike.toSorted((one, other) => distance(one) - distance(other)).slice(0, PEERS);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function speedWords(bytesPerS: number): string {
  if (bytesPerS === Infinity) return 'on the chip';
  return bytesPerS < TERA ? `${shortly(bytesPerS / GIGA)}GB/s` : `${shortly(bytesPerS / TERA)}TB/s`;
}

function shortly(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function knownAlready(name: string): KedgeError {
  return new KedgeError('spec.bad-value', `"accelerators" declares ${name}, which Kedge knows`, {
    hint: `name it otherwise, and say like: ${name}`,
    details: { accelerator: name },
  });
}

function likeNothing(name: string, like: string): KedgeError {
  const short = like.slice(0, 64);
  const closest = closestWord(
    short,
    allAccelerators().map((one) => one.name),
  );
  const hint =
    closest === undefined ? 'name one as H100, A100-80GB, tpu-v6e' : `did you mean ${closest}?`;
  return new KedgeError(
    'spec.bad-value',
    `${name} is like "${short}", which no accelerator is called`,
    {
      hint,
      details: { accelerator: name, like: short },
    },
  );
}
