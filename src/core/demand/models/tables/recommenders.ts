import type { RecommenderShape } from '../recommender.ts';

/** Rows of the tables of Criteo's terabyte, with at most 40 million kept. */
const CRITEO_ROWS = [
  40_000_000, 39_060, 17_295, 7_424, 20_265, 3, 7_122, 1_543, 63, 40_000_000, 3_067_956, 405_282,
  10, 2_209, 11_938, 155, 4, 976, 14, 40_000_000, 40_000_000, 40_000_000, 590_152, 12_973, 108, 36,
];

/**
 * MLPerf's recommenders. Sources: github.com/mlcommons/training, recommendation_v2/torchrec_dlrm
 * (sizes of tables, networks and crossing; 214 rows of the tables for a sample by its multi-hot
 * sizes) and recommendation/dlrm.
 */
export const RECOMMENDERS: readonly RecommenderShape[] = [
  {
    kind: 'recommender',
    id: 'mlcommons/dlrm-dcnv2',
    tables: CRITEO_ROWS,
    embeddingWidth: 128,
    lookups: 214,
    bottom: [13, 512, 256, 128],
    top: [1024, 1024, 512, 256, 1],
    cross: { layers: 3, rank: 512 },
  },
  {
    kind: 'recommender',
    id: 'mlcommons/dlrm',
    tables: CRITEO_ROWS,
    embeddingWidth: 128,
    lookups: 26,
    bottom: [13, 512, 256, 128],
    top: [1024, 1024, 512, 256, 1],
    cross: null,
  },
];
