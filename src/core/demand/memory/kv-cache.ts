import type { Precision } from '../../../spec/task.ts';
import type { Architecture } from '../models/architecture.ts';

/** Bytes of a number that the cache keeps; fp8 and 4-bit caches have scales that are next to nothing. */
export function cacheWidth(precision: Precision | 'nvfp4'): number {
  switch (precision) {
    case 'fp32':
    case 'tf32':
      return 4;
    case 'fp8':
    case 'int8':
      return 1;
    case 'int4':
    case 'nf4':
    case 'nvfp4':
      return 0.5625;
    default:
      return 2;
  }
}

/**
 * Bytes of one further token on all devices together, each head counted once: key and value of each
 * key-value head in each layer (Pope et al., arXiv:2211.05102, section 3.3), or the latents of MLA
 * (DeepSeek-V2, arXiv:2405.04434, section 2.1.2).
 */
export function cacheBytesPerToken(model: Architecture, width: number): number {
  return model.cachePerToken * width;
}

/**
 * Bytes of some sequences' caches on the fullest device. Layers with a window keep no more tokens
 * than it. Heads are split among tensor-parallel devices, and copied once they run out; latents have
 * no heads, so that each device keeps all of them. Stages of a pipeline share the layers.
 */
export function cacheBytes(
  model: Architecture,
  sequences: { readonly count: number; readonly tokens: number; readonly width: number },
  layout: { readonly tensorParallel: number; readonly pipelineParallel: number },
): number {
  const { layers, kvHeads, headDim, cachePerToken, window } = model;
  if (layers === 0) return 0;
  const perLayer = (cachePerToken * sequences.width) / layers;
  const narrow = window === null ? 0 : window.layers;
  const tokens = (layers - narrow) * sequences.tokens;
  const windowed = narrow * Math.min(sequences.tokens, window?.tokens ?? 0);
  const isLatent = cachePerToken < 0.99 * 2 * layers * kvHeads * headDim;
  const share = isLatent ? 1 : Math.ceil(kvHeads / layout.tensorParallel) / kvHeads;
  const stage = Math.ceil(layers / layout.pipelineParallel) / layers;
  return sequences.count * perLayer * (tokens + windowed) * share * stage;
}
