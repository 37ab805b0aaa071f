import {
  type AcceleratorFacts,
  allAccelerators,
  FORMATS,
  type Format,
} from './accelerator-facts.ts';
import { findAccelerator } from './find-accelerator.ts';

const TERA = 1e12;
const GIGA = 1e9;
/** Parts whose middle stands for one that is like none: enough for a middle, few enough for its year. */
const PEERS = 7;

/** A part that a user describes; what is missing is inherited. */
export type AcceleratorDeclaration = {
  readonly name: string;
  /** A part of the registry that has what is not told here. */
  readonly like?: string;
  readonly kind?: AcceleratorFacts['kind'];
  readonly vendor?: string;
  readonly year?: number;
  readonly memoryGib?: number;
  readonly memoryGbPerS?: number;
  /** TFLOP/s without sparsity. */
  readonly tflops?: { readonly [format in Format]?: number };
  readonly ceiling?: number;
  readonly linkGbPerS?: number;
  readonly networkGbPerS?: number;
  readonly domain?: number;
  readonly watts?: number;
};

export type DeclaredAccelerator =
  | {
      readonly facts: AcceleratorFacts;
      /** A sentence for each figure that the user did not give: what it is and where it is from. */
      readonly inherited: readonly string[];
    }
  | { readonly problem: string };

/**
 * A part of the user's own. Missing figures are those of the part that it is like, else the middle
 * of the seven parts of its kind closest in year; missing formats keep the proportion to the
 * 16-bit rate that those have. A problem where a figure is not a positive number, the part it is
 * like is unknown, or no 16-bit or fp32 rate is told or inherited.
 */
export function declaredAccelerator(declared: AcceleratorDeclaration): DeclaredAccelerator {
  const wrong = wrongFigure(declared);
  if (wrong !== undefined) return { problem: wrong };
  const like = declared.like === undefined ? undefined : findAccelerator(declared.like);
  if (declared.like !== undefined && like === undefined)
    return { problem: `${declared.name} is like ${declared.like}, which no part is called` };
  const kin = like === undefined ? peersOf(declared) : [like];
  const from = like?.name ?? `the middle of ${kin.map(({ name }) => name).join(', ')}`;
  const inherited: string[] = [];
  const pick = (field: string, told: number | undefined, of: (one: AcceleratorFacts) => number) => {
    if (told !== undefined) return told;
    const value = median(kin.map(of));
    inherited.push(`${field} ${Number(value.toPrecision(3))} from ${from}`);
    return value;
  };
  const facts: AcceleratorFacts = {
    name: declared.name,
    vendor: declared.vendor ?? like?.vendor ?? 'unknown',
    kind: declared.kind ?? like?.kind ?? 'gpu',
    generation: (like ?? kin[0]!).generation,
    year: declared.year ?? (like ?? kin[0]!).year,
    memoryGib: pick('memory GiB', declared.memoryGib, ({ memoryGib }) => memoryGib),
    memoryBytesPerS:
      GIGA * pick('memory GB/s', declared.memoryGbPerS, (one) => one.memoryBytesPerS / GIGA),
    peak: peaksOf(declared, kin, (line) => inherited.push(`${line} from ${from}`)),
    ceiling: pick('ceiling', declared.ceiling, ({ ceiling }) => ceiling),
    narrowCeiling: declared.ceiling ?? median(kin.map(({ narrowCeiling }) => narrowCeiling)),
    ceilingSource: declared.ceiling === undefined ? `inherited from ${from}` : 'declared',
    linkBytesPerS: GIGA * pick('link GB/s', declared.linkGbPerS, (one) => one.linkBytesPerS / GIGA),
    networkBytesPerS:
      GIGA * pick('network GB/s', declared.networkGbPerS, (one) => one.networkBytesPerS / GIGA),
    domain: Math.round(pick('domain', declared.domain, ({ domain }) => domain)),
    watts: declared.watts ?? like?.watts ?? null,
    source: 'declared by the user',
  };
  return { facts, inherited };
}

function wrongFigure({ name, tflops, ...declared }: AcceleratorDeclaration): string | undefined {
  const figures = { ...declared, ...tflops };
  for (const [field, figure] of Object.entries(figures))
    if (typeof figure === 'number' && !(figure > 0 && figure < 1e7))
      return `${name} has ${field} ${figure}, which is no positive number of its unit`;
  if ((declared.ceiling ?? 1) > 1) return `${name} has ceiling ${declared.ceiling}, above 1`;
  return undefined;
}

/** Told formats as they are; others in the proportion that the kin have to their 16-bit rate. */
function peaksOf(
  { tflops = {} }: AcceleratorDeclaration,
  kin: readonly AcceleratorFacts[],
  note: (line: string) => void,
): AcceleratorFacts['peak'] {
  const base = (one: AcceleratorFacts): number =>
    Math.max(one.peak.bf16, one.peak.fp16) || one.peak.fp32 || one.peak.int8;
  const own = tflops.bf16 ?? tflops.fp16 ?? pointedTo();
  const peaks = FORMATS.map((format): [Format, number] => {
    const given = tflops[format];
    if (given !== undefined) return [format, given * TERA];
    const value =
      own === undefined ? median(kin.map((one) => one.peak[format])) / TERA : own * ratioOf(format);
    if (value > 0) note(`${format} ${Number(value.toPrecision(3))} TFLOP/s`);
    return [format, value * TERA];
  });
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
