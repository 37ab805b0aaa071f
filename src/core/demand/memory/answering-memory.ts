import type { Precision } from '../../../spec/task.ts';
import { type Architecture, formatCount } from '../models/architecture.ts';
import { ONE_DEVICE } from '../training/training-layout.ts';
import { sampleLine, workingLine } from './activation-lines.ts';
import { cacheBytesPerToken, cacheWidth } from './kv-cache.ts';
import { PRIOR_MEMORY } from './memory-coefficients.ts';
import {
  estimateOf,
  formatBytes,
  type MemoryEstimate,
  type MemoryLine,
  memoryLine,
  middleOf,
} from './memory-line.ts';
import { fragmentationLine, overheadLines } from './training-memory.ts';
import { type TrainingScope, USUAL_TASK } from './training-task.ts';
import { layerWeightBytes, modelWeightBytes } from './weight-bytes.ts';

/** Samples that a device answers in one pass. */
export type Answered = {
  readonly precision: Precision;
  readonly batch: number;
  /** Of a text; null for images and rows. */
  readonly sequenceLength: number | null;
};

/**
 * What a device holds that answers images, rows or whole texts, line by line. A pass that answers
 * has neither gradients nor an optimizer, and keeps no more activations than the layer at work has.
 */
export function answeringMemory(model: Architecture, answered: Answered): MemoryEstimate {
  const { precision, batch, sequenceLength } = answered;
  const scope: TrainingScope = {
    model,
    task: { ...USUAL_TASK, precision, microBatch: batch, sequenceLength: sequenceLength ?? 1 },
    layout: { ...ONE_DEVICE, recompute: 'full' },
    coefficients: PRIOR_MEMORY,
  };
  const asked = [
    weightsLine(model, precision),
    model.sample === null ? workingLine(scope) : sampleLine(scope),
    cacheLine(model, answered),
  ];
  return estimateOf([...asked, fragmentationLine(middleOf(asked), scope), ...overheadLines(scope)]);
}

function weightsLine(model: Architecture, precision: Precision): MemoryLine | null {
  const { params, embeddingParams } = model;
  const bytes = layerWeightBytes(precision);
  const each = Number(bytes.toPrecision(3));
  const tables = bytes < 2 && embeddingParams > 0;
  return memoryLine('weights', modelWeightBytes(model, precision), {
    formula: () =>
      tables
        ? `${each} B × ${formatCount(params - embeddingParams)} + 2 B × ${formatCount(embeddingParams)} of tables`
        : `${each} B × ${formatCount(params)} parameters`,
    source: 'counted matrix by matrix; tables of embeddings keep 16 bits',
  });
}

/** Of a decoder beside an encoder: keys and values of the text that both read. */
function cacheLine(
  model: Architecture,
  { precision, batch, sequenceLength }: Answered,
): MemoryLine | null {
  const each = cacheBytesPerToken(model, Math.max(2, cacheWidth(precision)));
  const tokens = sequenceLength ?? 0;
  return memoryLine('key-value cache', each * tokens * batch, {
    formula: () => `${batch} sequences × ${tokens} tokens × ${formatBytes(each)}`,
    source: 'Pope et al., arXiv:2211.05102, section 3.3',
  });
}
