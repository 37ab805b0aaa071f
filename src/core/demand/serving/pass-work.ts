import type { Architecture } from '../models/architecture.ts';
import type { ServingScope } from './serving-replica.ts';

/** What one rank reads and computes of the weights in a pass, in seconds of each alone. */
export type PassWork = {
  readonly denseRead: number;
  readonly denseProducts: number;
  readonly expertRead: number;
  readonly expertProducts: number;
};

/** Of `tokens` tokens in the fullest group, `all` in all; the output matrix is not in it. */
export function passWork(
  scope: ServingScope,
  tokens: number,
  all: number = tokens * scope.groups,
): PassWork {
  const { model, tensor, weightBytes, weightRate, productRate } = scope;
  const dense = denseParams(model) / tensor;
  const experts = expertWork(scope, all);
  return {
    denseRead: (dense * weightBytes) / weightRate,
    denseProducts: (2 * dense * tokens) / productRate,
    expertRead: (experts.paramsRead * weightBytes) / weightRate,
    expertProducts: experts.flops / productRate,
  };
}

/** Attention, feed-forward blocks and shared experts: all but routed experts and embeddings. */
export function denseParams({ params, expertParams, embeddingParams }: Architecture): number {
  return Math.max(0, params - expertParams - embeddingParams);
}

/**
 * Of the fullest rank. B tokens that choose k of E experts at random reach E·(1−(1−k/E)^B) of
 * them. Where whole experts lie on n ranks, the fullest has the mean and √(2·ln n) standard
 * deviations (the expected maximum of n normal variables, at most). Products run in tiles: each
 * expert that is reached computes half a tile in vain.
 */
function expertWork(
  scope: ServingScope,
  all: number,
): { readonly paramsRead: number; readonly flops: number } {
  const { model, tensor, groups, expertRanks, coefficients } = scope;
  const { experts, expertsPerToken, expertParams, routedLayers } = model;
  if (experts <= 1 || routedLayers === 0) return { paramsRead: 0, flops: 0 };
  const reached = 1 - (1 - expertsPerToken / experts) ** all;
  const local = experts / expertRanks;
  const mean = local * reached;
  const deviation = Math.sqrt(2 * Math.log(expertRanks) * mean * (1 - reached));
  const fullest = Math.min(local, mean + deviation) / mean;
  const ofRank = expertParams / (tensor * groups);
  const rows = all * expertsPerToken + experts * reached * coefficients.tile;
  return {
    paramsRead: ofRank * reached * fullest,
    flops: (2 * ofRank * fullest * rows) / experts,
  };
}
