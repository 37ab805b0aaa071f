import { architectureOf } from '../../src/core/demand/models/architecture.ts';
import { findModel } from '../../src/core/demand/models/known-models.ts';
import {
  type TrainingRun,
  trainingLayouts,
} from '../../src/core/demand/training/training-layouts.ts';

const MODELS = [
  'meta-llama/Llama-3.2-1B',
  'meta-llama/Llama-3.1-8B',
  'meta-llama/Llama-3.1-70B',
  'mistralai/Mixtral-8x7B-v0.1',
  'Qwen/Qwen3-30B-A3B',
];
const COUNTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const RUN: TrainingRun = {
  method: 'pretrain',
  precision: 'bf16',
  sequenceLength: 4096,
  globalBatch: null,
  tokens: 1e11,
};
const ROUNDS = 7;

/**
 * Questions answered a second by one process, in each of some rounds: the fastest layout of a model
 * on so many devices of a kind, its memory and its time with their intervals. A model's ways to be shared
 * out are reckoned once for all kinds, as for a plan. The first round, which warms up, does not count.
 */
export function questionsPerSecond(): readonly number[] {
  const models = MODELS.map((id) => architectureOf(findModel(id)!));
  const rates = Array.from({ length: ROUNDS + 1 }, () => {
    const start = performance.now();
    const answers = models.reduce((sum, one) => sum + trainingLayouts(one, RUN, COUNTS).length, 0);
    return answers / ((performance.now() - start) / 1000);
  });
  return rates.slice(1);
}
