import type { Architecture, SampleWork } from './architecture.ts';
import { compressedCache, compressedParams } from './compressed-attention.ts';
import type { Recurrent, TransformerShape } from './transformer-shape.ts';

/**
 * The counts of a transformer, matrix by matrix: queries and output heads·headDim wide, keys and
 * values kvHeads·headDim (Ainslie et al., arXiv:2305.13245), or latents; two or three matrices of a
 * feed-forward block (Shazeer, arXiv:2002.05202), each expert likewise; embeddings, norms, biases.
 */
export function countTransformer(shape: TransformerShape): Architecture {
  const { layers, encoderLayers, routing, image } = shape;
  const embedding = embeddingParams(shape);
  const expert = routing === null ? 0 : expertParams(shape);
  const expertParamsAll = routing === null ? 0 : routing.layers * routing.experts * expert;
  const idle = routing === null ? 0 : routing.layers * (routing.experts - routing.expertsPerToken);
  const stackOnce = stackParams(shape);
  const text = shape.text === null ? null : countTransformer(shape.text);
  const params =
    stackOnce * (shape.distinctLayers / layers) +
    embedding.lookedUp +
    embedding.multiplied +
    shape.otherParams +
    (text?.params ?? 0);
  const activeParams = params - idle * expert;
  const multiplied = stackOnce - idle * expert + embedding.multiplied;
  const outputTied = shape.tied && shape.vocab > 0 ? shape.vocab * shape.embeddingWidth : 0;
  return {
    name: shape.id,
    family: shape.family,
    layers: layers + encoderLayers,
    hidden: shape.hidden,
    heads: shape.heads,
    kvHeads: shape.kvHeads,
    headDim: headDimOf(shape),
    feedForward: routing?.feedForward ?? shape.feedForward,
    gated: shape.gated,
    vocab: shape.vocab,
    experts: routing?.experts ?? 1,
    expertsPerToken: routing?.expertsPerToken ?? 1,
    routedLayers: routing?.layers ?? 0,
    sharedFeedForward: routing?.sharedFeedForward ?? 0,
    params,
    activeParams,
    matmulParams: multiplied + (shape.family === 'encoder' ? 0 : outputTied),
    embeddingParams: embedding.lookedUp + (image === null ? embedding.multiplied : 0),
    expertParams: expertParamsAll,
    cachePerToken: shape.family === 'encoder' ? 0 : cachePerToken(shape),
    window: windowOf(shape),
    sample: image === null ? null : sampleWork(shape),
  };
}

/** Of latent attention the mean of what scores and values take, so that arithmetic comes out. */
function headDimOf({ latent, headDim }: TransformerShape): number {
  return latent === null ? headDim : (latent.nopeDim + latent.ropeDim + latent.valueDim) / 2;
}

/** All layers, as often as the model runs through them, and the norms beside them. */
function stackParams(shape: TransformerShape): number {
  const { hidden, layers, encoderLayers, norms, recurrent, routing, biased } = shape;
  const attention = attentionParams(shape);
  const recurrentLayers = recurrent?.layers ?? 0;
  const mixers =
    shape.compressed === null
      ? (layers - recurrentLayers + encoderLayers) * attention +
        (recurrent === null ? 0 : recurrentLayers * recurrentParams(recurrent, hidden))
      : compressedParams(shape, shape.compressed);
  const routedLayers = routing?.layers ?? 0;
  const dense =
    (shape.feedForwardLayers - routedLayers + encoderLayers) *
    blockParams(shape, { width: hidden, feedForward: shape.feedForward });
  const routed =
    routing === null
      ? 0
      : routedLayers *
        (routing.experts * expertParams(shape) +
          blockParams(shape, { width: hidden, feedForward: routing.sharedFeedForward }) +
          routing.experts * (hidden + (biased.includes('r') ? 1 : 0)) +
          2 * hidden * routing.latentWidth);
  // A decoder layer attends to the encoder as well, with a norm of its own.
  const crossing = encoderLayers > 0 ? layers * (attention + (norms.perLayer / 2) * hidden) : 0;
  const normParams = (norms.perLayer * (layers + encoderLayers) + norms.outside) * hidden;
  return mixers + dense + routed + crossing + normParams;
}

function attentionParams(shape: TransformerShape): number {
  if (shape.latent !== null) return latentParams(shape);
  const { hidden, headDim, biased } = shape;
  const queries = shape.heads * headDim;
  const keys = shape.kvHeads * headDim;
  const bias = (letter: string, width: number): number => (biased.includes(letter) ? width : 0);
  const biases = bias('q', queries) + bias('k', keys) + bias('v', keys) + bias('o', hidden);
  const norms = { none: 0, head: 2 * headDim, whole: queries + keys }[shape.queryKeyNorm];
  const gate = shape.outputGate ? hidden * queries : 0;
  return 2 * hidden * (queries + keys) + gate + biases + norms;
}

/** DeepSeek-V2, arXiv:2405.04434, appendix C; the indexer: DeepSeek-V3.2, section 2.1. */
function latentParams(shape: TransformerShape): number {
  const { hidden, heads } = shape;
  const { queryRank, keyValueRank, ropeDim, nopeDim, valueDim, indexHeads, indexDim } =
    shape.latent!;
  const queryWidth = heads * (nopeDim + ropeDim);
  const queries =
    queryRank === 0 ? hidden * queryWidth : queryRank * (hidden + 1) + queryRank * queryWidth;
  const keyValues =
    hidden * (keyValueRank + ropeDim) + keyValueRank + keyValueRank * heads * (nopeDim + valueDim);
  const indexer =
    indexHeads === 0
      ? 0
      : queryRank * indexHeads * indexDim + hidden * (indexDim + indexHeads) + 2 * indexDim;
  return queries + keyValues + heads * valueDim * hidden + indexer;
}

/** Both kinds have a causal convolution over four tokens. */
const CONVOLUTION = 4;

function recurrentParams(recurrent: Recurrent, hidden: number): number {
  if (recurrent.kind === 'delta') {
    const { keyHeads, valueHeads, headDim } = recurrent;
    const keys = keyHeads * headDim;
    const values = valueHeads * headDim;
    const inputs = hidden * (2 * keys + 2 * values + 2 * valueHeads);
    const mixing = CONVOLUTION * convolvedWidth(recurrent) + 2 * valueHeads + headDim;
    return inputs + mixing + values * hidden;
  }
  const inner = recurrent.heads * recurrent.headDim;
  const { heads } = recurrent;
  const convolved = convolvedWidth(recurrent);
  const inputs = hidden * (inner + convolved + heads);
  return inputs + (CONVOLUTION + 1) * convolved + 3 * heads + inner + inner * hidden;
}

/** Of a token: the values, and what is written to and read from the state by. */
function convolvedWidth(recurrent: Recurrent): number {
  if (recurrent.kind === 'delta')
    return (2 * recurrent.keyHeads + recurrent.valueHeads) * recurrent.headDim;
  return recurrent.heads * recurrent.headDim + 2 * recurrent.groups * recurrent.stateDim;
}

/** Numbers that the state of one recurrent layer keeps of one sequence. */
function stateSize(recurrent: Recurrent): number {
  return recurrent.kind === 'delta'
    ? recurrent.valueHeads * recurrent.headDim * recurrent.headDim
    : recurrent.heads * recurrent.headDim * recurrent.stateDim;
}

function blockParams(
  shape: TransformerShape,
  block: { readonly width: number; readonly feedForward: number },
): number {
  if (block.feedForward === 0) return 0;
  const inner = shape.gated ? 2 : 1;
  const biases = shape.biased.includes('f') ? inner * block.feedForward + block.width : 0;
  return (inner + 1) * block.width * block.feedForward + biases;
}

function expertParams(shape: TransformerShape): number {
  const { latentWidth, feedForward } = shape.routing!;
  return blockParams(shape, { width: latentWidth || shape.hidden, feedForward });
}

/** Tables that a row is taken from, and matrices that every token (or patch) passes. */
function embeddingParams(shape: TransformerShape): { lookedUp: number; multiplied: number } {
  const { hidden, vocab, embeddingWidth, image } = shape;
  const widening = embeddingWidth === hidden ? 0 : (embeddingWidth + 1) * hidden;
  const output = shape.tied ? 0 : vocab * embeddingWidth;
  const outputBias = shape.biased.includes('h') ? vocab : 0;
  const rows = vocab + shape.positions + shape.tokenTypes;
  const patches = image === null ? 0 : 3 * image.patch ** 2 * hidden + hidden;
  const classifier = image === null ? 0 : (hidden + 1) * image.outputs;
  return {
    lookedUp: rows * embeddingWidth,
    multiplied: widening + output + outputBias + patches + classifier,
  };
}

function cachePerToken(shape: TransformerShape): number {
  const { layers, latent, compressed, kvHeads, headDim } = shape;
  if (compressed !== null) return compressedCache(shape, compressed);
  if (latent === null) return 2 * layers * kvHeads * headDim;
  return layers * (latent.keyValueRank + latent.ropeDim + latent.indexDim);
}

/**
 * Recurrent layers as windows: their state has room for this many tokens of the cache that a layer
 * with attention keeps.
 */
function windowOf(shape: TransformerShape): Architecture['window'] {
  if (shape.recurrent === null) return shape.window;
  const perToken = 2 * shape.kvHeads * shape.headDim;
  const tokens = Math.round(stateSize(shape.recurrent) / perToken);
  const { layers } = shape.recurrent;
  const reach = scanReach(shape, shape.recurrent);
  const width = convolvedWidth(shape.recurrent);
  return { layers, tokens: Math.max(1, tokens), recurrent: { reach, width } };
}

/** Positions of a causal sequence of 2,048, on average, for each of 64 numbers of a state. */
const SCAN_OF_STATE = 1024 / 64;

/**
 * Positions that attention of the model's heads would look back at in the time of a scan. Mamba-2's
 * of a state of 64 takes as long as FlashAttention-2 of the same width over 2,048 tokens (Dao and Gu,
 * arXiv:2405.21060, figure 10, from memory), and grows with the state.
 */
function scanReach({ heads, headDim }: TransformerShape, recurrent: Recurrent): number {
  return (SCAN_OF_STATE * stateSize(recurrent)) / (heads * headDim);
}

/** Of one image, with the caption beside it where there is a tower for text. */
function sampleWork(shape: TransformerShape): SampleWork {
  const { size, patch, outputs } = shape.image!;
  const patches = Math.floor(size / patch) ** 2;
  const image = towerWork(shape, patches + 1);
  const stem = { macs: patches * 3 * patch ** 2 * shape.hidden, written: patches * shape.hidden };
  const text = shape.text === null ? null : towerWork(shape.text, shape.text.positions);
  return {
    macs: image.macs + stem.macs + shape.hidden * outputs + (text?.macs ?? 0),
    activations: image.activations + stem.written + outputs + (text?.activations ?? 0),
  };
}

function towerWork(shape: TransformerShape, tokens: number): SampleWork {
  const { layers, hidden, heads, kvHeads, headDim, feedForward } = shape;
  const scores = 2 * layers * tokens ** 2 * heads * headDim;
  const inner = (shape.gated ? 2 : 1) * feedForward;
  const written = (2 * heads + 2 * kvHeads) * headDim + 2 * hidden + inner;
  return { macs: stackParams(shape) * tokens + scores, activations: layers * tokens * written };
}
