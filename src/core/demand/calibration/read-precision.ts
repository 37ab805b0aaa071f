import type { Precision } from '../../../spec/task.ts';
import { type MeasurementRow, numberIn } from './measurement-row.ts';

/** A block-scaled format that a precision word alone does not tell: what tensor cores are fed. */
export type Operands = 'nvfp4' | 'mxfp4' | 'mxfp8' | 'fp8-block';

export type ReadPrecision = {
  /** What the source names, the first choice first: it may leave the choice to who ran it. */
  readonly choices: readonly Precision[];
  readonly operands: Operands | null;
  /** Bytes of one weight; null where the precision says it. */
  readonly weightBytes: number | null;
  /** Bytes of all weights, where a file's size is stated. */
  readonly fileBytes: number | null;
};

/**
 * Bits of a weight by the name of a llama.cpp type, its scales included (ggml-common.h: a Q4_0
 * block has 32 weights in 18 bytes, a Q6_K one 256 in 210; the mixtures by the size of a 7B model
 * that llama.cpp's quantize tool lists).
 */
const GGUF_BITS: { readonly [type: string]: number } = {
  Q2_K: 3.0,
  Q3_K: 3.9,
  Q4_0: 4.5,
  Q4_1: 5,
  Q4_K: 4.85,
  Q5_0: 5.5,
  Q5_1: 6,
  Q5_K: 5.7,
  Q6_K: 6.5625,
  Q8_0: 8.5,
};

/**
 * Bits of a weight with its scales: NVFP4 has an fp8 scale for 16 values, MX formats an 8-bit one
 * for 32 (OCP Microscaling Formats 1.0, section 5), NF4 with double quantization 0.127 bits for
 * constants (Dettmers et al., arXiv:2305.14314, section 3).
 */
const BLOCK_BITS = { nvfp4: 4.5, mxfp4: 4.25, mxfp8: 8.25, nf4: 4.127 } as const;

/** The words of a precision, most telling first; what one matches is taken out before the next. */
const WORDS: readonly (readonly [RegExp, Precision])[] = [
  [/int4|w4a16|\b4-bit\b|awq|gptq/i, 'int4'],
  [/nf4/i, 'nf4'],
  [/fp8|e4m3|w8a8_fp8/i, 'fp8'],
  [/int8|w8a(?:8|16)|\b8-bit\b/i, 'int8'],
  [/tf32/i, 'tf32'],
  [/bf16|bfloat16/i, 'bf16'],
  [/fp16|\bf16\b|float16|\bhalf\b/i, 'fp16'],
  [/\b(?:amp|mixed|16-bit)\b/i, 'bf16'],
  [/fp32|\bf32\b|float32|\b32-bit\b|^none$/i, 'fp32'],
];

const FILE_SIZE = /\(([\d.]+)\s*(?:GB|GiB)\)/i;

/**
 * What a precision cell says; null where it names no format that the estimate has. Weights of
 * another width than the operands' stand in `arch_notes` (`weights int8`, of bf16 matmuls).
 * llama.cpp prints a file's size in GiB.
 */
export function readPrecision(
  row: Pick<MeasurementRow, 'precision' | 'arch_notes'>,
): ReadPrecision | null {
  const text = row.precision;
  const file = numberIn(text, FILE_SIZE);
  const fileBytes = file === null ? null : file * 2 ** 30;
  const gguf = ggufBits(text);
  if (gguf !== null) {
    const choices: Precision[] = gguf > 8 ? ['int8'] : ['int4'];
    return { choices, operands: null, weightBytes: gguf / 8, fileBytes };
  }
  const blocks = blockFormat(text);
  if (blocks !== null) return { ...blocks, fileBytes };
  const choices = choicesOf(text);
  if (choices.length === 0) return null;
  const stored = /weights (int8|fp8|int4|nf4)/i.exec(row.arch_notes)?.[1]?.toLowerCase();
  const weightBytes = stored === undefined ? null : stored === 'int4' || stored === 'nf4' ? 0.5 : 1;
  const operands = /fp8[_-]?block|blockwise/i.test(text) ? 'fp8-block' : null;
  return { choices, operands, weightBytes, fileBytes };
}

/** `fp8/bf16` → fp8, bf16: in the order in which they stand. */
function choicesOf(text: string): Precision[] {
  const found = new Set<Precision>();
  for (const part of text.split(/[/,+]|\bw\/|\(/)) {
    const word = WORDS.find(([pattern]) => pattern.test(part));
    if (word !== undefined) found.add(word[1]);
  }
  return [...found];
}

function ggufBits(text: string): number | null {
  const type = /\bi?(q[2-8]_[01k])/i.exec(text)?.[1]?.toUpperCase();
  return type === undefined ? null : (GGUF_BITS[type] ?? null);
}

function blockFormat(text: string): Omit<ReadPrecision, 'fileBytes'> | null {
  if (/nvfp4|\bfp4\b/i.test(text)) return blocked('nvfp4', 'fp8');
  if (/mxfp4/i.test(text)) return blocked('mxfp4', 'int4');
  if (/mxfp8|fp8-mx/i.test(text)) return blocked('mxfp8', 'fp8');
  if (/nf4|qlora/i.test(text)) {
    return { choices: ['nf4'], operands: null, weightBytes: BLOCK_BITS.nf4 / 8 };
  }
  return null;
}

function blocked(
  operands: 'nvfp4' | 'mxfp4' | 'mxfp8',
  precision: Precision,
): Omit<ReadPrecision, 'fileBytes'> {
  return { choices: [precision], operands, weightBytes: BLOCK_BITS[operands] / 8 };
}
