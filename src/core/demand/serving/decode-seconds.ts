import { cacheBytes } from '../memory/kv-cache.ts';
import { exchangeSeconds } from './exchange-seconds.ts';
import { larger } from './larger.ts';
import { denseParams, passWork } from './pass-work.ts';
import type { ServingScope } from './serving-replica.ts';

/*
 * Problem: seconds of one step that gives each of B requests one token.
 * Method: the fullest rank reads its weights once (experts as far as the batch reaches them) and
 * the cache of its requests, or multiplies for as long where that takes longer (Pope et al.,
 * arXiv:2211.05102, section 3); to that come exchanges, kernels that start one after another, and
 * the engine's own work between steps.
 */

/** Seconds of a step by what takes them; they sum to `total`. */
export type DecodeTime = {
  readonly weights: number;
  /** What products take beyond the reading of their weights. */
  readonly arithmetic: number;
  readonly cache: number;
  readonly communication: number;
  readonly launches: number;
  readonly engine: number;
  readonly total: number;
};

/** Of a batch over all groups and stages whose requests have `context` tokens behind them. */
export function decodeSeconds(scope: ServingScope, batch: number, context: number): DecodeTime {
  const { coefficients } = scope;
  const atOnce = Math.max(1, batch / scope.stages);
  const requests = Math.max(1, atOnce / scope.groups);
  const work = passWork(scope, requests, atOnce);
  const head = headWork(scope, requests);
  const weights = work.denseRead + work.expertRead + head.read;
  const products =
    larger(work.denseRead, work.denseProducts) +
    larger(work.expertRead, work.expertProducts) +
    larger(head.read, head.products);
  const cache = attendSeconds(scope, requests, context);
  const communication = exchangeSeconds(scope, requests);
  const launches = launchSeconds(scope);
  const engine = coefficients.step + (coefficients.request * batch) / scope.groups;
  return {
    weights,
    arithmetic: products - weights,
    cache,
    communication,
    launches,
    engine,
    total: products + cache + communication + launches + engine,
  };
}

/** In which kernels start and drain, over all layers. */
export function launchSeconds({ model, coefficients }: ServingScope): number {
  return model.layers * coefficients.launch + model.routedLayers * coefficients.routed;
}

/** The output matrix, which is split as the rest and kept in 16 bits. */
function headWork(
  { model, tensor, headBytes, weightRate, attentionRate }: ServingScope,
  requests: number,
) {
  const params = (model.vocab * model.hidden) / tensor;
  return {
    read: (params * headBytes) / weightRate,
    products: (2 * params * requests) / attentionRate,
  };
}

/** Keys and values are read once for each request, or multiplied where heads share them (MLA). */
function attendSeconds(scope: ServingScope, requests: number, context: number): number {
  const { model, tensor, isLatent } = scope;
  const read = (requests * requestCacheBytes(scope, context)) / scope.cacheRate;
  const width = isLatent ? model.cachePerToken / model.layers : model.headDim;
  const flops = (4 * requests * context * model.layers * model.heads * width) / tensor;
  return Math.max(read, flops / scope.attentionRate);
}

/** Bytes of the cache of one request on the fullest rank of its group, over all stages. */
export function requestCacheBytes(scope: ServingScope, context: number): number {
  const sequence = { count: 1, tokens: context, width: scope.cacheBytes };
  return cacheBytes(scope.model, sequence, { tensorParallel: scope.tensor, pipelineParallel: 1 });
}

/** Bytes of the weights on one device of the replica. */
export function weightBytesPerRank(scope: ServingScope): number {
  const { model, tensor, groups, stages } = scope;
  const split = denseParams(model) * scope.weightBytes + model.embeddingParams * scope.headBytes;
  const experts = (model.expertParams * scope.weightBytes) / groups;
  return (split + experts) / (tensor * stages);
}
