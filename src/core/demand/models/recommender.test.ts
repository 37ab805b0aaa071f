import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countRecommender, type RecommenderShape } from './recommender.ts';

const SMALL: RecommenderShape = {
  kind: 'recommender',
  id: 'small',
  tables: [100, 20, 3],
  embeddingWidth: 8,
  lookups: 5,
  bottom: [13, 16, 8],
  top: [10, 1],
  cross: { layers: 2, rank: 4 },
};

describe('a recommender', () => {
  it('has its tables, two networks and a crossing of low rank', () => {
    const model = countRecommender(SMALL);
    const width = 4 * 8;
    const bottom = 13 * 16 + 16 * 8;
    const crossing = 2 * (width * 4 + 4 * width);
    const top = width * 10 + 10;
    const biases = 16 + 8 + 2 * width + 10 + 1;
    assert.equal(model.embeddingParams, 123 * 8);
    assert.equal(model.matmulParams, bottom + crossing + top + biases);
    assert.equal(model.params, model.embeddingParams + model.matmulParams);
    assert.equal(model.activeParams, model.params);
    assert.equal(model.sample!.macs, bottom + crossing + top);
    assert.equal(model.layers, 2 + 2 + 2);
  });

  it('writes the outputs of its layers and the rows that it takes', () => {
    const { activations } = countRecommender(SMALL).sample!;
    assert.equal(activations, 16 + 8 + 2 * (4 + 32) + 10 + 1 + 5 * 8);
  });

  it('without a crossing multiplies each feature with each', () => {
    const model = countRecommender({ ...SMALL, cross: null });
    const width = 8 + (4 * 3) / 2;
    const matrices = 13 * 16 + 16 * 8 + width * 10 + 10;
    assert.equal(model.matmulParams, matrices + 16 + 8 + 10 + 1);
    assert.equal(model.sample!.macs, matrices + 4 * 4 * 8);
    assert.equal(model.sample!.activations, 16 + 8 + width + 10 + 1 + 5 * 8);
    assert.equal(model.layers, 4);
  });
});
