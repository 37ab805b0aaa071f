import { assert } from '../../../base/assert.ts';
import {
  type AcceleratorKind,
  FORMATS,
  type Format,
} from '../../../spec/accelerator-declaration.ts';
import type { Precision } from '../../../spec/task.ts';
import { ceilingOf } from './matmul-ceilings.ts';
import { NVIDIA_TABLE } from './nvidia-table.ts';
import { OTHER_MAKERS_TABLE } from './other-makers-table.ts';

/** What one device can do, of the figures without sparsity. */
export type AcceleratorFacts = {
  /** The catalog's name where it has one (`ACCELERATORS` in core/catalog), else the registry's. */
  readonly name: string;
  readonly vendor: string;
  readonly kind: AcceleratorKind;
  readonly generation: Generation;
  /** First sold, or announced for. */
  readonly year: number;
  /** 0 where the part keeps everything on the chip. */
  readonly memoryGib: number;
  /** Infinity where the part keeps everything on the chip. */
  readonly memoryBytesPerS: number;
  /** Its error correction is kept in the memory itself, and takes a part of it. */
  readonly correctsInMemory: boolean;
  /** FLOP/s by the number format of the operands; 0 where the device does not have it. */
  readonly peak: { readonly [format in Format]: number };
  /** Share of the peak that the best large matrix product reaches, in formats of 16 bits or more. */
  readonly ceiling: number;
  /** The same for formats of 8 bits or less. */
  readonly narrowCeiling: number;
  /** What the ceilings rest on: a measurement, or the parts that they are inherited from. */
  readonly ceilingSource: string;
  /** To the other devices of its machine (or slice), one direction. */
  readonly linkBytesPerS: number;
  /** To devices of other machines, one direction, each device's share. */
  readonly networkBytesPerS: number;
  /** Devices that the fast links join. */
  readonly domain: number;
  /** No framework trains on it. */
  readonly infersOnly: boolean;
  /** The most that the device draws; null where no sheet says. */
  readonly watts: number | null;
  /** Of peaks, memory and watts; short names as in this file's sources. */
  readonly source: string;
};

/** Devices that reach about the same share of their peak. */
export type Generation = (typeof GENERATIONS)[number];

const GENERATIONS = [
  ...(['kepler', 'maxwell', 'pascal', 'volta', 'turing', 'ampere', 'ampere-small'] as const),
  ...(['ada', 'hopper', 'blackwell', 'blackwell-small', 'rubin'] as const),
  ...(['cdna', 'cdna2', 'cdna3', 'cdna4', 'cdna5', 'rdna3', 'arc'] as const),
  ...(['gaudi', 'neuron', 'tpu', 'tpu-v6', 'tpu-v7', 'ascend', 'apple'] as const),
  ...(['x86', 'amx', 'arm', 'hailo', 'edge-tpu'] as const),
] as const;

const TERA = 1e12;
const GIGA = 1e9;
/** Of a part's first line, and where its memory's rate stands. */
const CELLS = 18;
const FIRST_FIGURE = 6;

/** Data centre cards with GDDR memory. */
const CORRECTED = /^(?:A2|A10|A10G|A16|A40|L4|L40|L40S|T4|T4g|P40)$/;

/** A part of the registry, with what only finding it by name needs. */
export type RegistryRow = {
  readonly facts: AcceleratorFacts;
  /** The catalog knows it, so that plans may name it. */
  readonly isPlanned: boolean;
  /** GiB that it is sold with, the usual one first. */
  readonly memorySizes: readonly number[];
};

let rows: readonly RegistryRow[] | undefined;
let planned: readonly AcceleratorFacts[] | undefined;
let all: readonly AcceleratorFacts[] | undefined;

/** Every device that plans may name: those that the catalog knows, in the table's order. */
export function acceleratorFacts(): readonly AcceleratorFacts[] {
  planned ??= registryRows()
    .filter(({ isPlanned }) => isPlanned)
    .map(({ facts }) => facts);
  return planned;
}

/** Every device of the registry: also those that only measurements and declared parts speak of. */
export function allAccelerators(): readonly AcceleratorFacts[] {
  all ??= registryRows().map(({ facts }) => facts);
  return all;
}

/**
 * The operand format that a device computes a precision in: its own where it has it, else the
 * next wider one; weights of 4 and 8 bits are widened to 16 for the arithmetic unless the device
 * multiplies fp8 or int8. Null where it has none, as a TPU v2 for fp32 in the table.
 */
export function computeFormat(device: AcceleratorFacts, precision: Precision): Format | null {
  return FALLBACKS[precision].find((format) => device.peak[format] > 0) ?? null;
}

const FALLBACKS: Readonly<Record<Precision, readonly Format[]>> = {
  fp32: ['fp32'],
  tf32: ['tf32', 'fp32'],
  bf16: ['bf16', 'fp16'],
  fp16: ['fp16', 'bf16'],
  fp8: ['fp8', 'bf16', 'fp16'],
  int8: ['int8', 'bf16', 'fp16'],
  int4: ['bf16', 'fp16'],
  nf4: ['bf16', 'fp16'],
};

/**
 * The tables, read when first asked for. Each part is two lines, under a heading `= MAKER …`:
 *
 * `+` for plans or `.`, name, kind, generation, year, GiB (the usual size first, others after
 * slashes), memory GB/s (`inf`: on the chip), TFLOP/s of fp32 tf32 bf16 fp16 fp8 int8 fp4, GB/s to
 * its neighbours and to other machines, devices joined, watts (`-`: not told); all without sparsity.
 * Then the source. "(from memory)" stands for a maker's figure that was recalled, not read again.
 *
 * Sources by short name: stas00 is github.com/stas00/ml-engineering, compute/accelerator and
 * network; aic is github.com/ai-dynamo/aiconfigurator, systems/; llm-analysis is
 * github.com/cli99/llm-analysis, gpu_configs/; LLM-Viewer is github.com/hahnyuan/LLM-Viewer,
 * hardware_params.py; neuron-sdk is github.com/aws-neuron/aws-neuron-sdk,
 * about-neuron/arch/neuron-hardware/. All read in 2025 and 2026. The network column is what the
 * machines of the large clouds have, for each device: 3,200 Gbit/s for eight H100, 1,600 for eight
 * A100-80GB, 400 for eight A100, 100 for eight of the small ones, 10 for one at home. Links are
 * those of the sheet, or of PCIe: 15.75 GB/s for 16 lanes of generation 3, twice that for each
 * further one; GeForce cards copy through the host, at half of it.
 */
export function registryRows(): readonly RegistryRow[] {
  rows ??= [NVIDIA_TABLE, OTHER_MAKERS_TABLE].flatMap(readTable);
  return rows;
}

function readTable(table: string): RegistryRow[] {
  let vendor = '';
  const lines = table.trim().split('\n');
  return lines.flatMap((line, index) => {
    if (line.startsWith('= ')) vendor = readVendor(line);
    if (!/^[+.] /.test(line)) return [];
    return [readRow(line.split(/ +/), vendor, lines[index + 1]!.trim())];
  });
}

function readVendor(heading: string): string {
  return heading.slice(2).replace(/^NVIDIA .*$/, 'NVIDIA');
}

function readRow(cells: readonly string[], vendor: string, source: string): RegistryRow {
  assert(cells.length === CELLS, `the row of ${cells[1]} has ${cells.length} cells`);
  const [name, kind, generation, year, memory] = cells.slice(1) as [string, ...string[]];
  const at = (column: number): number => readNumber(cells[FIRST_FIGURE + column]!);
  const memorySizes = memory!.split('/').map(Number);
  const peak = Object.fromEntries(FORMATS.map((format, index) => [format, at(1 + index) * TERA]));
  const watts = at(11);
  const facts: AcceleratorFacts = {
    name,
    vendor,
    kind: kind as AcceleratorKind,
    generation: generation as Generation,
    year: Number(year),
    memoryGib: memorySizes[0]!,
    memoryBytesPerS: at(0) * GIGA,
    correctsInMemory: CORRECTED.test(name!),
    peak: peak as AcceleratorFacts['peak'],
    ...ceilingOf(name, generation as Generation),
    linkBytesPerS: at(8) * GIGA,
    networkBytesPerS: at(9) * GIGA,
    domain: at(10),
    infersOnly: name!.startsWith('Inferentia'),
    watts: Number.isNaN(watts) ? null : watts,
    source,
  };
  return { facts, isPlanned: cells[0] === '+', memorySizes };
}

function readNumber(cell: string): number {
  return cell === 'inf' ? Infinity : Number(cell);
}
