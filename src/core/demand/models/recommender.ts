import { type Architecture, WITHOUT_TOKENS } from './architecture.ts';

/**
 * A recommender: tables of embeddings, a bottom network for dense features, their crossing, a top
 * network (DLRM, Naumov et al., arXiv:1906.00091; DCN-V2's crossing of low rank, Wang et al.,
 * arXiv:2008.13535, section 3.2).
 */
export type RecommenderShape = {
  readonly kind: 'recommender';
  readonly id: string;
  /** Rows of each table. */
  readonly tables: readonly number[];
  readonly embeddingWidth: number;
  /** Rows that one sample takes of all tables together. */
  readonly lookups: number;
  /** Widths from the dense features on. */
  readonly bottom: readonly number[];
  /** Widths after the crossing. */
  readonly top: readonly number[];
  /** Layers and rank of DCN-V2's crossing; none where features are crossed by dot products. */
  readonly cross: { readonly layers: number; readonly rank: number } | null;
};

export function countRecommender(shape: RecommenderShape): Architecture {
  const { tables, embeddingWidth, bottom, top, cross } = shape;
  const rows = sum(tables);
  const features = tables.length + 1;
  const crossWidth =
    cross === null ? embeddingWidth + (features * (features - 1)) / 2 : features * embeddingWidth;
  const crossing = cross === null ? 0 : 2 * cross.layers * crossWidth * cross.rank;
  const products = cross === null ? features ** 2 * embeddingWidth : 0;
  const widths = [crossWidth, ...top];
  const matrices = products + crossing + weights(bottom) + weights(widths);
  const biases = sum(bottom.slice(1)) + sum(top) + (cross?.layers ?? 0) * crossWidth;
  const dense = matrices - products + biases;
  const crossed = cross === null ? crossWidth : cross.layers * (cross.rank + crossWidth);
  return {
    ...WITHOUT_TOKENS,
    name: shape.id,
    family: 'recommender',
    layers: bottom.length - 1 + top.length + (cross?.layers ?? 0),
    hidden: embeddingWidth,
    vocab: rows,
    params: rows * embeddingWidth + dense,
    activeParams: rows * embeddingWidth + dense,
    matmulParams: dense,
    embeddingParams: rows * embeddingWidth,
    sample: {
      macs: matrices,
      activations: sum(bottom.slice(1)) + sum(top) + crossed + shape.lookups * embeddingWidth,
    },
  };
}

function weights(widths: readonly number[]): number {
  return widths.slice(1).reduce((total, to, index) => total + widths[index]! * to, 0);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
