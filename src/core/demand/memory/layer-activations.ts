import type { Interval } from '../../../spec/demand.ts';
import type { Architecture } from '../models/architecture.ts';
import { hasDropout, isWide, type TrainingScope } from './training-task.ts';

/** Bytes that a layer keeps of one token for its backward pass, of the whole sequence's width. */
export type TokenActivations = {
  /** Between tensor-parallel parts: whole on each unless the sequence is split too. */
  readonly whole: number;
  /** Within attention and the feed-forward block: split among tensor-parallel devices. */
  readonly split: Interval;
  /** Scores of attention, split likewise; what selective recomputation computes again. */
  readonly scores: number;
};

/**
 * Korthikanti et al., arXiv:2205.05198, section 4.1, with widths of their own. There, of width d and
 * a heads, in bytes of 16-bit numbers:
 *
 * - whole (10d): inputs of the two norms (4d), of the projections of queries, keys, values (2d) and
 *   of the feed-forward block (2d), two masks of dropout (2d);
 * - split (24d): queries, keys, values (6d), the input of the output projection (2d), of the
 *   activation function (8d) and of the second matrix (8d);
 * - scores (5as): the softmax's output (2as), its mask of dropout (as), what is multiplied with the
 *   values (2as).
 *
 * Here queries are A = heads·headDim and keys K = kvHeads·headDim wide: 4A + 4K in place of 8d; the
 * block is F wide: 4F, or 6F of a gated one (gate, up and their product; Shazeer, arXiv:2002.05202).
 * Without dropout: 8d, and 2as. Latent attention unfolds keys and values for all heads
 * and keeps the latents whole (DeepSeek-V2, arXiv:2405.04434, section 2.1). FlashAttention keeps a
 * sum for each row of the scores in their place (Dao, arXiv:2307.08691, section 3.1: 4a). Inputs of
 * products in fp8 take half.
 */
export function tokenActivations(scope: TrainingScope, kind: 'dense' | 'routed'): TokenActivations {
  const { model, task } = scope;
  const wide = isWide(task) ? 2 : 1;
  const input = task.precision === 'fp8' ? 1 : 2;
  const { hidden, heads, headDim } = model;
  const drops = hasDropout(scope);
  const latent = latentPerLayer(model);
  const queries = heads * headDim;
  const keys = latent > 0 ? queries : model.kvHeads * headDim;
  const masks = drops ? 2 * hidden : 0;
  const attention = 2 * queries + 4 * keys + input * queries;
  const scores = task.flashAttention ? 4 * heads : (drops ? 5 : 2) * heads * task.sequenceLength;
  const block = kind === 'dense' ? denseBlock(model, input) : routedBlock(model, input);
  const whole = wide * (4 * hidden + 2 * input * hidden + 2 * latent) + masks;
  const split = (of: number): number => wide * (attention + of);
  return {
    whole,
    split: { low: split(block.low), mid: split(block.mid), high: split(block.high) },
    scores: wide * scores,
  };
}

/** Numbers of a token that multi-head latent attention caches in each layer; 0 for all else. */
function latentPerLayer({ layers, kvHeads, headDim, cachePerToken }: Architecture): number {
  const plain = 2 * layers * kvHeads * headDim;
  return cachePerToken > 0 && cachePerToken < 0.99 * plain ? cachePerToken / layers : 0;
}

/** A gated block whose parts are not fused keeps the activated gate as well: 8F. */
function denseBlock({ gated, feedForward }: Architecture, input: number): Interval {
  const fused = gated ? 4 * feedForward + input * feedForward : (2 + input) * feedForward;
  return { low: fused, mid: fused, high: gated ? fused + 2 * feedForward : fused };
}

/**
 * Each token's copies for its experts, their blocks, their outputs before they are weighted and
 * added, and the router's scores in fp32. The fullest device has up to a third more than its share
 * of the tokens (its capacity factor: Fedus et al., Switch, arXiv:2101.03961, section 2.2).
 */
function routedBlock(model: Architecture, input: number): Interval {
  const { hidden, experts, expertsPerToken, sharedFeedForward } = model;
  const one = denseBlock(model, input);
  const shared = denseBlock({ ...model, feedForward: sharedFeedForward }, input);
  const moved = (2 + input) * hidden;
  const of = (part: 'low' | 'mid' | 'high', load: number): number =>
    load * expertsPerToken * (one[part] + moved) + shared[part] + 4 * experts;
  return { low: of('low', 1), mid: of('mid', 1.1), high: of('high', 4 / 3) };
}
