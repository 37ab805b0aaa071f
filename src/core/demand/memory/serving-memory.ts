import { GIB } from '../../../base/units.ts';
import type { Interval } from '../../../spec/demand.ts';
import { type Architecture, formatCount } from '../models/architecture.ts';
import { cacheBytes } from './kv-cache.ts';
import { type MemoryCoefficients, PRIOR_MEMORY } from './memory-coefficients.ts';
import {
  estimateOf,
  formatBytes,
  type MemoryEstimate,
  type MemoryLine,
  memoryLine,
} from './memory-line.ts';

/** What a replica holds at once. */
export type ServingLoad = {
  /** Of a layer's weight and of one of the embedding and output tables. */
  readonly weightBytes: { readonly layers: number; readonly tables: number };
  /** Bytes of a number in the cache. */
  readonly cacheWidth: number;
  /** Sequences at once. */
  readonly sequences: number;
  /** Prompt and answer of each. */
  readonly tokens: number;
  /** Tokens of one pass over the prompts, of all sequences. */
  readonly passTokens: number;
  readonly engine: 'usual' | 'llama.cpp';
  /** GPUs hold a driver's context; processors, edge parts and Apple's do not. */
  readonly hasContext: boolean;
};

export type ServingSplit = {
  readonly tensorParallel: number;
  /** Devices that have some of the layers each. */
  readonly pipelineParallel: number;
  /** Devices that the experts of a layer are split among; 1 where they are split as all weights. */
  readonly expertParallel: number;
};

/** llama.cpp computes prompts in batches of 512 tokens (its option --ubatch-size). */
export const LLAMA_CPP_PASS = 512;

/** What the fullest device of a replica holds, line by line. */
export function servingMemory(
  model: Architecture,
  load: ServingLoad,
  split: ServingSplit,
  coefficients: MemoryCoefficients = PRIOR_MEMORY,
): MemoryEstimate {
  const weights = weightLine(model, load, split);
  const cache = cacheLine(model, load, split);
  return estimateOf([
    weights,
    cache,
    passLine(model, load, split, coefficients),
    load.engine === 'llama.cpp' ? null : reserveLine(weights, cache),
    contextLine(load, coefficients),
    communicatorLine(split, load, coefficients),
  ]);
}

/**
 * Layers are shared by the stages, each matrix by the tensor-parallel devices of a stage; the first
 * stage has the input table, the last the output table. llama.cpp leaves the input table in the
 * host's memory and counts the output table as one layer more.
 */
function weightLine(
  model: Architecture,
  { weightBytes, engine }: ServingLoad,
  split: ServingSplit,
): MemoryLine | null {
  const { tensorParallel, pipelineParallel: stages, expertParallel } = split;
  const { params, embeddingParams, expertParams } = model;
  const layers = Math.max(1, model.layers);
  const isTied = embeddingParams < 1.5 * model.vocab * model.hidden;
  const table = isTied ? embeddingParams : embeddingParams / 2;
  const experts = expertParams / (expertParallel > 1 ? expertParallel : tensorParallel);
  const stack = (params - embeddingParams - expertParams) / tensorParallel + experts;
  const of = (count: number, tables: number): number =>
    (weightBytes.layers * stack * count) / layers + (weightBytes.tables * tables) / tensorParallel;
  const units = Math.ceil((layers + 1) / stages);
  const even = of(Math.ceil(layers / stages), stages > 1 ? table : embeddingParams);
  const bytes = engine === 'llama.cpp' ? Math.max(of(units, 0), of(units - 1, table)) : even;
  return memoryLine('weights', bytes, {
    formula: () =>
      `${round(weightBytes.layers)} B × ${shareWords(model, split)}, tables ${round(weightBytes.tables)} B`,
    source: 'counted matrix by matrix; scales of quantized blocks included',
  });
}

/** `70.6B / 8 devices`; experts that are spread over other devices than the rest apart from it. */
function shareWords(
  { params, expertParams }: Architecture,
  { tensorParallel, pipelineParallel, expertParallel }: ServingSplit,
): string {
  const devices = tensorParallel * pipelineParallel;
  if (expertParallel === 1) return `${formatCount(params)} / ${devices} devices`;
  const rest = `${formatCount(params - expertParams)} / ${devices} of a copy`;
  return `(${rest} + ${formatCount(expertParams)} of experts / ${expertParallel * pipelineParallel})`;
}

function cacheLine(
  model: Architecture,
  { sequences, tokens, cacheWidth }: ServingLoad,
  split: ServingSplit,
): MemoryLine | null {
  const bytes = cacheBytes(model, { count: sequences, tokens, width: cacheWidth }, split);
  return memoryLine('key-value cache', bytes, {
    formula: () =>
      `${sequences} sequences${split.expertParallel > split.tensorParallel ? ' of a copy' : ''} × ${tokens} tokens × ${model.cachePerToken} numbers × ${cacheWidth} B, split over ${split.tensorParallel} × ${split.pipelineParallel}`,
    source: 'Pope et al., arXiv:2211.05102, section 3.3; latents: arXiv:2405.04434',
  });
}

/**
 * One pass over prompts: its inputs and outputs of norms and blocks (4d), queries, keys and values
 * as computed and as laid out for attention, attention's output likewise, the widest inner layer;
 * logits in fp32 of one token of each sequence (of all tokens of a pass in llama.cpp).
 */
function passLine(
  model: Architecture,
  { passTokens, sequences, engine }: ServingLoad,
  { tensorParallel }: ServingSplit,
  { servingBuffers }: MemoryCoefficients,
): MemoryLine | null {
  const { hidden, heads, kvHeads, headDim, feedForward, gated, expertsPerToken, vocab } = model;
  const attention = 4 * heads * headDim + 4 * kvHeads * headDim;
  const block = (gated ? 2 : 1) * feedForward * expertsPerToken;
  const numbers = 4 * hidden + (attention + block) / tensorParallel;
  const rows = engine === 'llama.cpp' ? passTokens : sequences;
  const logits = (4 * rows * vocab) / tensorParallel;
  const one = 2 * passTokens * numbers;
  const copies = engine === 'llama.cpp' ? 1 : servingBuffers;
  const bytes = {
    low: 0.7 * copies * one + logits,
    mid: copies * one + logits,
    high: 1.3 * copies * one + logits,
  };
  return memoryLine('activations of a pass', bytes, {
    formula: () =>
      `2 B × ${passTokens} tokens × ${Math.round(numbers)} × ${round(copies)} copies, logits ${formatBytes(logits)}`,
    source: 'widths of the layers; copies fitted to FasterTransformer',
  });
}

/** Blocks of the cache that are half full, and what the allocator does not give back. */
function reserveLine(weights: MemoryLine | null, cache: MemoryLine | null): MemoryLine | null {
  const bytes = (weights?.bytes.mid ?? 0) + (cache?.bytes.mid ?? 0);
  return memoryLine(
    'fragmentation',
    { low: 0, mid: 0.02 * bytes, high: 0.06 * bytes },
    {
      formula: () => '2 % of weights and cache',
      source: 'Kwon et al., PagedAttention, arXiv:2309.06180, section 1: under 4 % wasted',
    },
  );
}

/** llama.cpp's CUDA context and cuBLAS workspace; all other engines hold graphs and more besides. */
const LLAMA_CPP_CONTEXT_GIB = 0.35;

function contextLine(
  { engine, hasContext }: ServingLoad,
  coefficients: MemoryCoefficients,
): MemoryLine | null {
  if (!hasContext) return null;
  const gib = engine === 'llama.cpp' ? LLAMA_CPP_CONTEXT_GIB : coefficients.servingContextGib;
  return memoryLine('context', around(gib), {
    formula: () => `${round(gib)} GiB`,
    source: 'CUDA context 0.5 to 0.9 GiB, workspaces, captured graphs; fitted',
  });
}

function communicatorLine(
  { tensorParallel, pipelineParallel, expertParallel }: ServingSplit,
  { engine }: ServingLoad,
  { communicatorGib }: MemoryCoefficients,
): MemoryLine | null {
  if (engine === 'llama.cpp') return null;
  const groups = [tensorParallel, pipelineParallel, expertParallel].filter((one) => one > 1).length;
  return memoryLine('communicators', around(groups * communicatorGib), {
    formula: () => `${round(communicatorGib)} GiB × ${groups} ${groups === 1 ? 'group' : 'groups'}`,
    source: 'NCCL buffers: 0.34 to 0.39 GiB (aiconfigurator, systems/*.yaml)',
  });
}

function around(gib: number): Interval {
  return { low: 0.8 * gib * GIB, mid: gib * GIB, high: 1.2 * gib * GIB };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
