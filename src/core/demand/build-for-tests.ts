import type { Model, Serving, Training } from '../../spec/task.ts';

/** Builders for the tests of this stage. */
export function buildModel(parts: Partial<Model> = {}): Model {
  return {
    id: null,
    params: null,
    activeParams: null,
    layers: null,
    hidden: null,
    heads: null,
    kvHeads: null,
    headDim: null,
    vocab: null,
    ...parts,
  };
}

export function buildTraining(parts: Partial<Training> = {}): Training {
  return {
    method: 'full',
    tokens: 1e9,
    sequenceLength: 4096,
    globalBatch: null,
    precision: 'bf16',
    ...parts,
  };
}

export function buildServing(parts: Partial<Serving> = {}): Serving {
  return {
    requestsPerSecond: 12,
    inputTokens: 512,
    outputTokens: 256,
    ttftMs: null,
    tpotMs: null,
    precision: 'bf16',
    ...parts,
  };
}
