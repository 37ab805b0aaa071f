import { adapterParams } from '../models/adapter-params.ts';
import { formatCount } from '../models/architecture.ts';
import { formatBytes, type MemoryLine, memoryLine } from './memory-line.ts';
import { type PipelineStage, replicas, type StageParams, stageParams } from './pipeline-stage.ts';
import {
  gradientFormat,
  isFrozen,
  isWide,
  type Optimizer,
  type TrainingScope,
} from './training-task.ts';
import { frozenWeightBytes } from './weight-bytes.ts';

/**
 * Bytes of an optimizer's state for each trained parameter, without the fp32 copy of the weights:
 * Adam's two moments (Kingma and Ba, arXiv:1412.6980); in 8 bits, with an fp32 scale for each 2,048
 * (Dettmers et al., arXiv:2110.02861); one moment of SGD with momentum and of Lion (Chen et al.,
 * arXiv:2302.06675). Adafactor keeps sums of rows and columns (Shazeer and Stern,
 * arXiv:1804.04235), which is nothing beside the parameters of wide matrices.
 */
const OPTIMIZER_BYTES: Readonly<Record<Optimizer, number>> = {
  adamw: 8,
  'adamw-8bit': 2 * (1 + 4 / 2048),
  adafactor: 0.01,
  sgd: 4,
  lion: 4,
};

const ZERO = 'Rajbhandari et al., ZeRO, arXiv:1910.02054, section 3.1 and figure 1';

/** Weights, gradients and optimizer of one stage: what stays between passes. */
export function stateLines(scope: TrainingScope, stage: PipelineStage): (MemoryLine | null)[] {
  const { task, model, coefficients } = scope;
  if (isFrozen(task)) return frozenLines(scope, stage);
  const params = stageParams(scope, stage);
  const width = isWide(task) ? 4 : 2;
  const format = gradientFormat(scope);
  const gradient = format === 'fp32' ? 4 : 2;
  const optimizer = (isWide(task) ? 0 : 4) + OPTIMIZER_BYTES[task.optimizer];
  const stageOf = scope.layout.zeroStage;
  const gradients = sharded(scope, params, stageOf >= 2) * gradient;
  const beside =
    format === 'fp32' && width === 2 && stageOf <= 1 && task.framework === 'deepspeed'
      ? 2 * sharded(scope, params, false)
      : 0;
  const whole = params.shared + params.experts;
  // FSDP's shards are the fp32 weights, which the optimizer's line has; it casts what it gathers.
  const isCast = task.framework === 'fsdp' && stageOf === 3 && width === 2;
  const of = (bytes: number, isSplit: boolean): string =>
    `${bytes} B × ${formatCount(sharded(scope, params, isSplit))}${isSplit ? ' (ZeRO shard)' : ''}`;
  return [
    memoryLine('weights', isCast ? 0 : width * sharded(scope, params, stageOf === 3), {
      formula: () => `${of(width, stageOf === 3)} of ${formatCount(model.params)} parameters`,
      source: ZERO,
    }),
    task.precision === 'fp8' && stageOf < 3
      ? memoryLine(
          'fp8 copies of the weights',
          { low: 0, mid: whole, high: 2 * whole },
          {
            formula: () => `1 B × ${formatCount(whole)}, twice with transposes`,
            source: TRANSFORMER_ENGINE,
          },
        )
      : null,
    memoryLine('gradients', gradients, { formula: () => of(gradient, stageOf >= 2), source: ZERO }),
    memoryLine(
      '16-bit gradients beside them',
      { low: beside / 2, mid: beside * coefficients.halfGradients, high: beside },
      {
        formula: () => `up to 2 B × ${formatCount(whole)}`,
        source: 'DeepSpeed, runtime/bf16_optimizer.py',
      },
    ),
    memoryLine('optimizer', optimizer * sharded(scope, params, stageOf >= 1), {
      formula: () =>
        `${of(optimizer, stageOf >= 1)}: ${task.optimizer}${isWide(task) ? '' : ', fp32 weights'}`,
      source: ZERO,
    }),
  ];
}

const TRANSFORMER_ENGINE = 'NVIDIA, Transformer Engine: weights are cast once a step and cached';

/**
 * The update widens 16-bit gradients to fp32: 4 bytes more for each parameter of the shard (20
 * against 16; Megatron-LM, docs of its distributed optimizer: 4 + 16/d).
 */
export function updateLine(scope: TrainingScope, stage: PipelineStage): MemoryLine | null {
  const { task, layout } = scope;
  if (isFrozen(task) || gradientFormat(scope) === 'fp32') return null;
  const shard = sharded(scope, stageParams(scope, stage), layout.zeroStage >= 1);
  return memoryLine('fp32 gradients of the update', 4 * shard, {
    formula: () => `4 B × ${formatCount(shard)}`,
    source: 'Megatron-LM, distributed optimizer: 4 + 16/d bytes of fp16 parameters',
  });
}

/** Frozen weights have neither gradient nor optimizer; adapters have all (Hu et al., arXiv:2106.09685). */
function frozenLines(scope: TrainingScope, stage: PipelineStage): (MemoryLine | null)[] {
  const { model, task, layout } = scope;
  const params = stageParams(scope, stage);
  const whole = params.shared + params.experts;
  const isSplit = layout.zeroStage === 3;
  const bytes = frozenWeightBytes(model, task);
  const adapters = (adapterParams(model, task.loraRank) * whole) / model.params;
  const split = isSplit ? replicas(scope).shared : 1;
  const states = isWide(task) ? 16 : 18;
  return [
    memoryLine('frozen weights', bytes * sharded(scope, params, isSplit), {
      formula: () =>
        `${Number(bytes.toPrecision(3))} B × ${formatCount(sharded(scope, params, isSplit))}`,
      source:
        task.method === 'qlora'
          ? 'NF4 with double quantization, 4.127 bits, embeddings in 16 bits: arXiv:2305.14314, section 3'
          : 'Hu et al., LoRA, arXiv:2106.09685',
    }),
    memoryLine(
      'adapters',
      {
        low: (16 * adapters) / split,
        mid: (states * adapters) / split,
        high: (18 * adapters) / split,
      },
      {
        formula: () =>
          `${states} B × ${formatCount(adapters / split)} of rank ${task.loraRank}, with gradients and optimizer`,
        source: 'Hu et al., LoRA, arXiv:2106.09685; states as ZeRO, section 3.1',
      },
    ),
  ];
}

/** Parameters that one device holds of a stage's, whole or as its share among all replicas. */
function sharded(scope: TrainingScope, params: StageParams, isSplit: boolean): number {
  if (!isSplit) return params.shared + params.experts;
  const parts = replicas(scope);
  return params.shared / parts.shared + params.experts / parts.experts;
}

/**
 * What a sharded pass holds whole for a moment: the layer at work and the next one, in the format
 * that products take, and the gradient of one before it is scattered (ZeRO, section 5.3;
 * DeepSpeed's estimator: 4 bytes × the largest layer). Without shards, QLoRA's one matrix in 16 bits.
 */
export function gatheredLine(scope: TrainingScope, stage: PipelineStage): MemoryLine | null {
  const { model, task, layout } = scope;
  const width = isWide(task) ? 4 : 2;
  const matrix =
    task.method === 'qlora'
      ? (width * model.hidden * model.feedForward) / layout.tensorParallel
      : 0;
  if (layout.zeroStage < 3 || replicas(scope).shared === 1) {
    return memoryLine('matrix in 16 bits', matrix, {
      formula: () => `${width} B × ${model.hidden} × ${model.feedForward}`,
      source: 'QLoRA, arXiv:2305.14314, section 3: weights are widened for each product',
    });
  }
  const { shared, experts } = stageParams(scope, stage);
  const table = (model.vocab * model.hidden) / layout.tensorParallel;
  const layer = Math.max((shared + experts - table) / stage.layers, 0);
  const largest = Math.max(layer, table);
  const weight = task.method === 'qlora' ? frozenWeightBytes(model, task) : width;
  const gradient = isFrozen(task) ? 0 : width * largest;
  const bytes = 2 * weight * largest;
  return memoryLine(
    'gathered layers',
    { low: weight * largest, mid: bytes + gradient / 2, high: bytes + gradient + matrix },
    {
      formula: () => `two layers of ${formatBytes(weight * largest)}, and the gradient of one`,
      source: 'ZeRO, arXiv:1910.02054, section 5.3; DeepSpeed, estimator of ZeRO-3',
    },
  );
}
