import { KedgeError } from '../../../base/errors.ts';
import type { Model } from '../../../spec/task.ts';
import { type Architecture, formatCount } from './architecture.ts';

/** Further figures of a model, each said or not: what a mixture of experts or a window needs. */
export type InlineShape = {
  /** Of the feed-forward block, of one expert where there are several. */
  readonly feedForward: number | null;
  readonly experts: number | null;
  readonly expertsPerToken: number | null;
  /** Width of the experts that every token passes. */
  readonly sharedFeedForward: number | null;
  readonly routedLayers: number | null;
  /** Tokens that a layer looks back at, and layers that do (all, if only the tokens are said). */
  readonly window: number | null;
  readonly windowLayers: number | null;
  /** Numbers that the cache keeps of a token over all layers, where that is not its key-values. */
  readonly cachePerToken: number | null;
};

/** Inline figures of a model whose parameter count is given. */
export type InlineModel = Model & Partial<InlineShape> & { readonly params: number };

const HEAD_DIM = 128;
/** Llama 3's; a large one, so that the logits' memory is not underestimated. */
const VOCAB = 128_256;

/** Rounds in which the width and the active parameters that follow from it settle. */
const ROUNDS = 4;

/**
 * The architecture of a model that is given by its parameter count and what else the user says.
 * What is missing takes the proportions of published models: width = 128 × layers, so that
 * 12·layers·width² parameters give the width (Kaplan et al., arXiv:2001.08361, table 1: N =
 * 12·n_layer·d_model²; Llama 3 8B, 70B and 405B have 128, 102 and 130), heads of 128, one
 * key-value head for each four heads. Of a mixture of experts, the active parameters are those
 * outside of the experts and the share of experts that a token passes.
 * Error: `spec.bad-value` for layers and a width that alone make more parameters than there are.
 */
export function inlineArchitecture(model: InlineModel): Architecture {
  const routing = routingOf(model);
  let activeParams = model.activeParams ?? model.params * routing.share;
  let shape = shapeOf(model, activeParams);
  if (model.activeParams === null && routing.share < 1) {
    for (let round = 0; round < ROUNDS; round++) {
      const outside = Math.min(outsideOfExperts(shape), model.params / 2);
      activeParams = outside + (model.params - outside) * routing.share;
      shape = shapeOf(model, activeParams);
    }
  }
  refuseContradiction(model, { shape, activeParams });
  return assemble(model, { shape, activeParams, routing });
}

type Shape = Pick<
  Architecture,
  'layers' | 'hidden' | 'heads' | 'kvHeads' | 'headDim' | 'vocab' | 'embeddingParams'
>;

type InlineRouting = Pick<Architecture, 'experts' | 'expertsPerToken'> & {
  /** Of the experts, those that a token passes; 1 where that is not said. */
  readonly share: number;
};

/** Experts where they are said; else as many as make the difference of all and active. */
function routingOf(model: InlineModel): InlineRouting {
  const expertsPerToken = model.expertsPerToken ?? 1;
  if (model.experts !== null && model.experts !== undefined)
    return { experts: model.experts, expertsPerToken, share: expertsPerToken / model.experts };
  const ratio = model.params / (model.activeParams ?? model.params);
  return { experts: Math.max(1, Math.round(ratio * expertsPerToken)), expertsPerToken, share: 1 };
}

function shapeOf(model: InlineModel, activeParams: number): Shape {
  const widthOfShape = Math.cbrt((activeParams * 128) / 12);
  const widthOfLayers = Math.sqrt(activeParams / (12 * (model.layers ?? 1)));
  const width = model.layers === null ? widthOfShape : widthOfLayers;
  const hidden = model.hidden ?? Math.max(128, Math.round(width / 128) * 128);
  const layers = model.layers ?? Math.max(1, Math.round(activeParams / (12 * hidden * hidden)));
  const headDim = model.headDim ?? Math.max(1, hidden / (model.heads ?? hidden / HEAD_DIM));
  const heads = model.heads ?? Math.max(1, Math.round(hidden / headDim));
  const kvHeads = model.kvHeads ?? (heads % 4 === 0 ? heads / 4 : heads);
  const vocab = model.vocab ?? VOCAB;
  const embeddingParams = Math.min(2 * vocab * hidden, activeParams / 2);
  return { layers, hidden, heads, kvHeads, headDim, vocab, embeddingParams };
}

function attentionParams({ hidden, heads, kvHeads, headDim }: Shape): number {
  return 2 * hidden * headDim * (heads + kvHeads);
}

function outsideOfExperts(shape: Shape): number {
  return shape.layers * attentionParams(shape) + shape.embeddingParams;
}

function refuseContradiction(
  model: InlineModel,
  { shape, activeParams }: { readonly shape: Shape; readonly activeParams: number },
): void {
  if (model.layers === null || model.hidden === null) return;
  const least = shape.layers * attentionParams(shape);
  if (least <= activeParams) return;
  throw new KedgeError(
    'spec.bad-value',
    `model.layers (${model.layers}) and model.hidden (${model.hidden}) make ` +
      `${formatCount(least)} parameters of attention alone, ` +
      `more than the ${formatCount(activeParams)} that a token passes`,
    { hint: 'correct one of layers, hidden, heads and params' },
  );
}

type Settled = {
  readonly shape: Shape;
  readonly activeParams: number;
  readonly routing: InlineRouting;
};

function assemble(model: InlineModel, { shape, activeParams, routing }: Settled): Architecture {
  const { layers, hidden, kvHeads, headDim, embeddingParams } = shape;
  const { experts, expertsPerToken } = routing;
  const blockParams = (activeParams - embeddingParams) / layers - attentionParams(shape);
  const ofOne = blockParams / (3 * hidden) / (experts > 1 ? expertsPerToken : 1);
  const isRouted = experts > 1;
  const idle = (model.params - activeParams) / Math.max(1, experts - expertsPerToken);
  return {
    ...shape,
    name: model.id ?? `${formatCount(model.params)} model`,
    family: 'decoder',
    feedForward: model.feedForward ?? Math.max(isRouted ? 1 : hidden, Math.round(ofOne)),
    gated: true,
    experts,
    expertsPerToken,
    routedLayers: isRouted ? (model.routedLayers ?? layers) : 0,
    sharedFeedForward: model.sharedFeedForward ?? 0,
    params: model.params,
    activeParams,
    matmulParams: activeParams - embeddingParams / 2,
    expertParams: isRouted ? Math.min(idle * experts, model.params) : 0,
    cachePerToken: model.cachePerToken ?? 2 * layers * kvHeads * headDim,
    window: windowOf(model, layers),
    sample: null,
  };
}

function windowOf(model: InlineModel, layers: number): Architecture['window'] {
  const tokens = model.window ?? null;
  return tokens === null ? null : { layers: model.windowLayers ?? layers, tokens };
}
