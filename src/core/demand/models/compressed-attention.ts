import type { TransformerShape } from './transformer-shape.ts';

/**
 * DeepSeek-V4's attention: queries and outputs of low rank, one key of a head's width that is its
 * value too, the last tokens as they are and all others as entries of several tokens each. Source:
 * its config.json and classes in transformers 5.24, models/deepseek_v4.
 */
export type Compressed = {
  readonly queryRank: number;
  readonly outputRank: number;
  /** Groups that outputs of heads are brought to the rank in. */
  readonly outputGroups: number;
  readonly indexHeads: number;
  readonly indexDim: number;
  /** Layers with an entry for each 4 tokens, of which an indexer picks some. */
  readonly sparseLayers: number;
  /** Layers with an entry for each 128 tokens. */
  readonly condensedLayers: number;
  /** Copies of the residual that layers mix (hyper-connections, arXiv:2409.19606). */
  readonly streams: number;
};

const TOKENS_OF_SPARSE = 4;
const TOKENS_OF_CONDENSED = 128;

/** Parameters of the attention of all layers, and of what mixes the streams. */
export function compressedParams(shape: TransformerShape, compressed: Compressed): number {
  const { layers, hidden, heads, headDim } = shape;
  const { queryRank, outputRank, outputGroups, sparseLayers, condensedLayers } = compressed;
  const width = heads * headDim;
  const queries = queryRank * (hidden + 1 + width);
  const keys = (hidden + 1) * headDim;
  const outputs = width * outputRank + outputGroups * outputRank * hidden;
  const sinks = heads;
  return (
    layers * (queries + keys + outputs + sinks) +
    sparseLayers *
      (compressor({ hidden, width: headDim, series: 2, tokens: TOKENS_OF_SPARSE }) +
        indexerParams(hidden, compressed)) +
    condensedLayers *
      compressor({ hidden, width: headDim, series: 1, tokens: TOKENS_OF_CONDENSED }) +
    streamParams(shape, compressed)
  );
}

/** Numbers that the cache keeps of a token, over all layers, but for the last tokens of each. */
export function compressedCache(shape: TransformerShape, compressed: Compressed): number {
  const { sparseLayers, condensedLayers, indexDim } = compressed;
  const sparse = (shape.headDim + indexDim) / TOKENS_OF_SPARSE;
  return sparseLayers * sparse + (condensedLayers * shape.headDim) / TOKENS_OF_CONDENSED;
}

/** What tokens are worth in their entry, and what they bring; a bias by their place; a norm. */
function compressor(of: {
  readonly hidden: number;
  readonly width: number;
  /** Overlapping entries count each token twice. */
  readonly series: number;
  readonly tokens: number;
}): number {
  return of.series * of.width * (2 * of.hidden + of.tokens) + of.width;
}

function indexerParams(hidden: number, compressed: Compressed): number {
  const { queryRank, indexHeads, indexDim } = compressed;
  const entries = compressor({ hidden, width: indexDim, series: 2, tokens: TOKENS_OF_SPARSE });
  return entries + queryRank * indexHeads * indexDim + hidden * indexHeads;
}

/** Weights in, out and between the streams, around attention and block of each layer. */
function streamParams({ layers, hidden }: TransformerShape, { streams }: Compressed): number {
  const weights = streams ** 2 + 2 * streams;
  const scales = 3;
  const around = weights * (streams * hidden + 1) + scales;
  const atTheEnd = streams * (streams * hidden + 1) + 1;
  return 2 * layers * around + atTheEnd;
}
