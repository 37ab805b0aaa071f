import type { Interval } from '../../../spec/demand.ts';
import { exactly, sum, times } from '../interval.ts';
import { formatCount } from '../models/architecture.ts';
import { tokenActivations } from './layer-activations.ts';
import { formatBytes, type MemoryLine, memoryLine } from './memory-line.ts';
import type { PipelineStage } from './pipeline-stage.ts';
import { isWide, type TrainingScope } from './training-task.ts';

const KORTHIKANTI = 'Korthikanti et al., arXiv:2205.05198';
/** In 16 bits, and the softmax in fp32 whose place its gradient takes; fused losses keep half. */
const LOGIT_BYTES: Interval = { low: 3, mid: 6, high: 8 };
/** Outputs of convolutions, what norms and activation functions make of them, once or twice. */
const SAMPLE_COPIES: Interval = { low: 1.6, mid: 1.9, high: 2.3 };

/** What the layers of one stage keep for their backward passes, without the output layer. */
export function layerLines(scope: TrainingScope, stage: PipelineStage): (MemoryLine | null)[] {
  if (scope.model.sample !== null) return [sampleLine(scope)];
  return scope.layout.recompute === 'full'
    ? [...checkpointLines(scope, stage), workingLine(scope)]
    : [keptLine(scope, stage)];
}

/** Equations 1 to 5: all layers of all micro-batches in flight. */
function keptLine(scope: TrainingScope, stage: PipelineStage): MemoryLine | null {
  const { model, layout } = scope;
  const share = stage.layers / model.layers;
  const routed = Math.min(stage.layers, model.routedLayers * share);
  const dense = stage.layers - routed;
  const bytes = times(
    sum(
      times(layerBytes(scope, 'dense'), exactly(dense)),
      times(layerBytes(scope, 'routed'), exactly(routed)),
    ),
    exactly(stage.inFlight),
  );
  const scores = layout.recompute === 'selective' ? ', scores computed again' : '';
  return memoryLine('activations', bytes, {
    formula: () =>
      `${stage.layers} layers × ${microBatches(stage)} × ${tokensOf(scope)} tokens × ${formatBytes(bytes.mid / stage.layers / stage.inFlight / tokensOf(scope))}${scores}`,
    source: `${KORTHIKANTI}, equations ${layout.sequenceParallel ? '4 and 6' : '1 and 2'}`,
  });
}

/**
 * Full recomputation keeps the input of each layer, 2sbd (section 5), of all micro-batches in
 * flight; a pipeline also the output that it sent on, for the backward pass through it.
 */
function checkpointLines(
  scope: TrainingScope,
  { layers, inFlight }: PipelineStage,
): (MemoryLine | null)[] {
  const { model, task, layout } = scope;
  const width = isWide(task) ? 4 : 2;
  const split = layout.sequenceParallel ? layout.tensorParallel : 1;
  const one = (width * tokensOf(scope) * model.hidden) / split;
  return [
    memoryLine('inputs of layers', one * layers * inFlight, {
      formula: () => `${formatBytes(one)} × ${layers} layers × ${microBatches({ inFlight })}`,
      source: `${KORTHIKANTI}, section 5: 2sbd a layer`,
    }),
    layout.pipelineParallel === 1 || task.framework !== 'deepspeed'
      ? null
      : memoryLine('outputs of the stage', one * inFlight, {
          formula: () => `${formatBytes(one)} × ${microBatches({ inFlight })}`,
          source: 'kept by DeepSpeed, runtime/pipe/engine.py; freed by Megatron-LM',
        }),
  ];
}

/** The layer whose activations are computed again just now. */
export function workingLine(scope: TrainingScope): MemoryLine | null {
  const kind = scope.model.routedLayers > 0 ? 'routed' : 'dense';
  const bytes = layerBytes(scope, kind);
  return memoryLine('layer at work', bytes, {
    formula: () =>
      `1 layer × ${tokensOf(scope)} tokens × ${formatBytes(bytes.mid / tokensOf(scope))}`,
    source: `${KORTHIKANTI}, equation ${scope.layout.sequenceParallel ? 4 : 2}`,
  });
}

/** Of selective recomputation: the scores of the layer that computes them again just now. */
export function scoresLine(scope: TrainingScope): MemoryLine | null {
  const { model, layout } = scope;
  if (layout.recompute !== 'selective' || model.sample !== null) return null;
  const { scores } = tokenActivations(scope, 'dense');
  const each = scores / layout.tensorParallel;
  return memoryLine('scores at work', each * tokensOf(scope), {
    formula: () => `1 layer × ${tokensOf(scope)} tokens × ${formatBytes(each)}`,
    source: `${KORTHIKANTI}, section 5: selective recomputation`,
  });
}

function layerBytes(scope: TrainingScope, kind: 'dense' | 'routed'): Interval {
  const { layout } = scope;
  const { whole, split, scores } = tokenActivations(scope, kind);
  const tensor = layout.tensorParallel;
  const keepsScores = layout.recompute !== 'selective';
  const perToken = sum(
    exactly(whole / (layout.sequenceParallel ? tensor : 1)),
    times(split, exactly(1 / tensor)),
    exactly(keepsScores ? scores / tensor : 0),
  );
  return times(perToken, exactly(tokensOf(scope)));
}

/**
 * Images and rows: what the layers hand on to each other, which the model's table has. Where little
 * is kept, as much as is usual of √layers segments.
 */
export function sampleLine({ model, task, layout }: TrainingScope): MemoryLine | null {
  const numbers = model.sample!.activations * task.microBatch;
  const width = isWide(task) ? 4 : 2;
  const kept = layout.recompute === 'full' ? 1 / Math.sqrt(Math.max(1, model.layers)) : 1;
  return memoryLine('activations', times(SAMPLE_COPIES, exactly(width * numbers * kept)), {
    formula: () =>
      `${SAMPLE_COPIES.mid} × ${width} B × ${task.microBatch} samples × ${formatCount(numbers / task.microBatch)}${kept < 1 ? ` / √${model.layers} layers` : ''}`,
    source:
      kept < 1
        ? 'the widest layers at work, of all that layers hand on: Chen et al., arXiv:1604.06174'
        : 'outputs of layers and of norms and activation functions after them, for the way back',
  });
}

/** The output layer computes s·b·V scores of words, of one micro-batch. */
export function logitsLine(scope: TrainingScope, { hasOutput }: PipelineStage): MemoryLine | null {
  const { model, layout } = scope;
  if (!hasOutput || model.sample !== null) return null;
  const tokens = tokensOf(scope);
  const logits = (tokens * model.vocab) / layout.tensorParallel;
  return memoryLine('logits', times(LOGIT_BYTES, exactly(logits)), {
    formula: () =>
      `${LOGIT_BYTES.mid} B × ${tokens} tokens × ${model.vocab} words${layout.tensorParallel > 1 ? ` / ${layout.tensorParallel}` : ''}`,
    source: 'in 16 bits, in fp32 and their gradient; Korthikanti et al., section 4.3',
  });
}

function tokensOf({ task, layout }: TrainingScope): number {
  return (task.microBatch * task.sequenceLength) / layout.contextParallel;
}

function microBatches({ inFlight }: Pick<PipelineStage, 'inFlight'>): string {
  return inFlight === 1 ? '1 micro-batch' : `${round(inFlight)} micro-batches`;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
