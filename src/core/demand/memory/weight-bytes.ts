import { unreachable } from '../../../base/assert.ts';
import type { Precision, ServedPrecision } from '../../../spec/task.ts';
import type { Architecture } from '../models/architecture.ts';

/** NF4 with double quantization: 4 + 0.127 bits (Dettmers et al., QLoRA, arXiv:2305.14314). */
export const NF4_BYTES = 4.127 / 8;
/** NVFP4: 4 bits and an fp8 scale for each 16 (NVIDIA, Blackwell white paper). */
export const NVFP4_BYTES = 4.5 / 8;
/** MXFP4: 4 bits and an 8-bit scale for each 32 (OCP Microscaling Formats 1.0, section 5). */
export const MXFP4_BYTES = 4.25 / 8;
/** 4-bit integers in groups of 128 with a 16-bit scale and a zero (GPTQ, AWQ). */
const INT4_BYTES = (4 + (16 + 4) / 128) / 8;

/** Bytes of a weight of the layers; embeddings and output matrix stay in 16 bits where it is less. */
export function layerWeightBytes(format: ServedPrecision): number {
  switch (format) {
    case 'fp32':
    case 'tf32':
      return 4;
    case 'bf16':
    case 'fp16':
      return 2;
    case 'fp8':
    case 'int8':
      return 1;
    case 'int4':
      return INT4_BYTES;
    case 'nf4':
      return NF4_BYTES;
    case 'nvfp4':
      return NVFP4_BYTES;
    case 'mxfp4':
      return MXFP4_BYTES;
    default:
      return unreachable(format);
  }
}

/** Of all weights of a model that is served, in bytes. */
export function modelWeightBytes(model: Architecture, format: ServedPrecision): number {
  const bytes = layerWeightBytes(format);
  const { params, embeddingParams } = model;
  return bytes * (params - embeddingParams) + Math.max(2, bytes) * embeddingParams;
}

/** Bytes of a weight that adapters are trained beside, on average. */
export function frozenWeightBytes(
  model: Architecture,
  { method, precision }: { readonly method: string; readonly precision: Precision },
): number {
  if (method === 'qlora') return modelWeightBytes(model, 'nf4') / model.params;
  return precision === 'fp32' || precision === 'tf32' ? 4 : 2;
}
