import type { Model } from '../../../spec/task.ts';
import type { ModelShape } from './known-models.ts';

/** The counts of a decoder-only transformer that memory and arithmetic follow from. */
export type Architecture = {
  /** As people call it: the id, or its size. */
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Of one expert. */
  readonly feedForward: number;
  readonly gated: boolean;
  readonly vocab: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly params: number;
  /** Of a mixture of experts, those that a token passes; else all. */
  readonly activeParams: number;
  /** Multiplied with each token: the active ones less the input embedding, which is looked up. */
  readonly matmulParams: number;
  /** Input embedding and output matrix: what a quantized model keeps in 16 bits. */
  readonly embeddingParams: number;
};

/** The architecture of a published shape: its parameters counted matrix by matrix. */
export function architectureOf(shape: ModelShape): Architecture {
  const { hidden, layers, experts, expertsPerToken, tied } = shape;
  const expert = (shape.gated ? 3 : 2) * hidden * shape.feedForward;
  const router = experts > 1 ? hidden * experts : 0;
  const norms = 2 * hidden;
  const shared = attentionParams(shape) + router + norms;
  const table = shape.vocab * hidden;
  const embeddingParams = (tied ? 1 : 2) * table + shape.positions * hidden;
  const params = layers * (shared + experts * expert) + embeddingParams + hidden;
  const activeParams = params - layers * (experts - expertsPerToken) * expert;
  const lookedUp = (tied ? 0 : table) + shape.positions * hidden;
  return {
    ...pick(shape),
    params,
    activeParams,
    matmulParams: activeParams - lookedUp,
    embeddingParams,
  };
}

/** Inline figures of a model whose parameter count is given. */
export type InlineModel = Model & { readonly params: number };

const HEAD_DIM = 128;
/** Llama 3's; a large one, so that the logits' memory is not underestimated. */
const VOCAB = 128_256;

/**
 * The architecture of a model that is given by its parameter count and what else the user says.
 * What is missing takes the proportions of published models: width = 128 × layers, so that
 * 12·layers·width² parameters give the width (Kaplan et al., arXiv:2001.08361, table 1: N =
 * 12·n_layer·d_model²; Llama 3 8B, 70B and 405B have 128, 102 and 130), heads of 128, one
 * key-value head for each four heads.
 */
export function inlineArchitecture(model: InlineModel): Architecture {
  const activeParams = model.activeParams ?? model.params;
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
  const experts =
    model.activeParams === null ? 1 : Math.max(1, Math.round(model.params / activeParams));
  const attention = attentionParams({ hidden, heads, kvHeads, headDim });
  const blockParams = (activeParams - embeddingParams) / layers - attention;
  return {
    name: model.id ?? `${formatCount(model.params)} model`,
    layers,
    hidden,
    heads,
    kvHeads,
    headDim,
    vocab,
    gated: true,
    experts,
    expertsPerToken: 1,
    feedForward: Math.max(hidden, Math.round(blockParams / (3 * hidden))),
    params: model.params,
    activeParams,
    matmulParams: activeParams - embeddingParams / 2,
    embeddingParams,
  };
}

/** `8.03B`, `124M`: three digits. */
export function formatCount(count: number): string {
  const units: readonly [number, string][] = [
    [1e15, 'P'],
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ];
  const [size, letter] = units.find(([least]) => count >= least) ?? [1, ''];
  return `${Number((count / size).toPrecision(3))}${letter}`;
}

function pick(shape: ModelShape) {
  const { id: name, tied: _, positions: __, ...rest } = shape;
  return { name, ...rest };
}

/** Query and output projections are heads wide, key and value ones kvHeads. */
function attentionParams(shape: {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}): number {
  return 2 * shape.hidden * shape.headDim * (shape.heads + shape.kvHeads);
}
