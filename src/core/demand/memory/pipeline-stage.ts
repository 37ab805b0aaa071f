import type { TrainingScope } from './training-task.ts';

/** The layers of one device in a pipeline, and what stands at its ends. */
export type PipelineStage = {
  readonly layers: number;
  /** Micro-batches whose activations it holds at once, in units of all its layers. */
  readonly inFlight: number;
  readonly hasInput: boolean;
  readonly hasOutput: boolean;
};

/** Parameters on one tensor-parallel device, before ZeRO. */
export type StageParams = {
  /** All but routed experts. */
  readonly shared: number;
  readonly experts: number;
};

/**
 * The stages that may be the fullest: the first keeps the activations of most micro-batches, the
 * last computes the logits. With one forward and one backward in turn the first of p stages holds p
 * micro-batches, so that it holds all L layers' worth (Korthikanti et al., arXiv:2205.05198, section
 * 4.2.3); v interleaved stages hold 1 + (p − 1)/(p·v) times that (ibid.); the last one micro-batch.
 */
export function fullestStages({ model, task, layout }: TrainingScope): PipelineStage[] {
  const { pipelineParallel: stages, virtualStages } = layout;
  const layers = virtualStages * Math.ceil(model.layers / (stages * virtualStages));
  if (stages === 1) return [{ layers, inFlight: 1, hasInput: true, hasOutput: true }];
  const interleaved = virtualStages > 1 ? (stages - 1) / virtualStages : 0;
  const inFlight = Math.min(stages + interleaved, task.microBatches);
  const last = Math.min(1 + interleaved, task.microBatches);
  return [
    { layers, inFlight, hasInput: true, hasOutput: false },
    { layers, inFlight: last, hasInput: false, hasOutput: true },
  ];
}

/**
 * Matrices are split among tensor-parallel devices, experts among expert-parallel ones. A table
 * that is both input and output stands on the first stage and on the last (Shoeybi et al.,
 * arXiv:1909.08053, section 3; Narayanan et al., arXiv:2104.04473).
 */
export function stageParams(
  { model, layout }: TrainingScope,
  { layers, hasInput, hasOutput }: PipelineStage,
): StageParams {
  const { params, embeddingParams, expertParams } = model;
  const share = Math.min(1, layers / model.layers);
  const stack = (params - embeddingParams - expertParams) * share;
  const isTied = embeddingParams < 1.5 * model.vocab * model.hidden;
  const table = isTied ? embeddingParams : embeddingParams / 2;
  const tables = hasInput && hasOutput ? embeddingParams : hasInput || hasOutput ? table : 0;
  return {
    shared: (stack + tables) / layout.tensorParallel,
    experts: (expertParams * share) / expertShards(layout),
  };
}

/** Experts are whole on expert-parallel devices; without those they are split as all matrices. */
function expertShards({ expertParallel, tensorParallel }: TrainingScope['layout']): number {
  return expertParallel > 1 ? expertParallel : tensorParallel;
}

/** Devices that hold the same part of the shared parameters, and of the experts. */
export function replicas({ layout }: Pick<TrainingScope, 'layout'>): {
  readonly shared: number;
  readonly experts: number;
} {
  const { dataParallel, contextParallel, tensorParallel, expertParallel } = layout;
  const shared = dataParallel * contextParallel;
  const experts = expertParallel > 1 ? (shared * tensorParallel) / expertParallel : shared;
  return { shared, experts: Math.max(1, experts) };
}
