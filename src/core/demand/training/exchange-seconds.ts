import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { expertHidden } from './layer-work.ts';
import type { StepScope } from './step-scope.ts';

const HALF = 2;
/** Of one collective, before its first byte: NCCL's rings over a switch. */
const LATENCY_S = 12e-6;
const NETWORK_LATENCY_S = 30e-6;

/** Exchanges of the activations of one micro-batch. */
export function activationSeconds(scope: StepScope): {
  readonly tensor: number;
  readonly experts: number;
  readonly stages: number;
} {
  const { model, layout } = scope;
  return {
    tensor: (model.layers / layout.pipelineParallel) * tensorSeconds(scope),
    experts: (model.routedLayers / layout.pipelineParallel) * expertSeconds(scope),
    stages: stageSeconds(scope),
  };
}

/**
 * Two all-reduces in each layer forward and two backward, or as many pairs of gather and scatter
 * (Korthikanti et al., arXiv:2205.05198, section 4.2.2); computed again, two more.
 */
function tensorSeconds({ model, layout, device, coefficients, tokens }: StepScope): number {
  const { tensorParallel: parallel, recompute } = layout;
  if (parallel === 1) return 0;
  const times = recompute === 'full' ? 6 : 4;
  const bytes = HALF * tokens * model.hidden * ((2 * (parallel - 1)) / parallel);
  const inside = parallel <= device.domain;
  const rate = inside
    ? device.linkBytesPerS * coefficients.link
    : device.networkBytesPerS * coefficients.network;
  const latency = inside ? LATENCY_S : NETWORK_LATENCY_S;
  return coefficients.tensorExposed * times * (bytes / rate + latency);
}

/**
 * Each token's copies go to their experts and back, forward and backward (GShard, arXiv:2006.16668,
 * section 3.2). Between machines a token travels once for each machine that has one of its experts,
 * and on from there over links (DeepSeek-V3, arXiv:2412.19437, section 3.2.2).
 */
function expertSeconds({ model, layout, device, coefficients, tokens }: StepScope): number {
  const { expertParallel: parallel, tensorParallel, recompute } = layout;
  if (parallel === 1) return 0;
  const times = recompute === 'full' ? 6 : 4;
  const token = (HALF * tokens * expertHidden(model)) / tensorParallel;
  const { expertsPerToken: copies } = model;
  const near =
    (token * copies * (parallel - 1)) / parallel / (device.linkBytesPerS * coefficients.link);
  const machines = (parallel * tensorParallel) / device.domain;
  if (machines <= 1) return coefficients.expertExposed * times * (near + LATENCY_S);
  const others = (machines - 1) * (1 - (1 - 1 / machines) ** copies);
  const far = (token * others) / (device.networkBytesPerS * coefficients.network);
  return coefficients.expertExposed * times * (near + far + NETWORK_LATENCY_S);
}

/**
 * Each stage receives and sends on, forward and backward, as often as stages are interleaved
 * (Narayanan et al., arXiv:2104.04473, section 2.2.2).
 */
function stageSeconds({ model, layout, device, coefficients, tokens }: StepScope): number {
  const { pipelineParallel, virtualStages, tensorParallel } = layout;
  if (pipelineParallel === 1) return 0;
  const bytes = (HALF * tokens * model.hidden) / tensorParallel;
  const inside = pipelineParallel * tensorParallel <= device.domain;
  const rate = inside
    ? device.linkBytesPerS * coefficients.link
    : device.networkBytesPerS * coefficients.network;
  const latency = inside ? LATENCY_S : NETWORK_LATENCY_S;
  return coefficients.tensorExposed * 2 * virtualStages * (bytes / rate + latency);
}

/**
 * Gathers and reductions of weights: what is longer than the arithmetic they hide behind. ZeRO-3
 * gathers weights forward and backward and scatters gradients in each pass, 3 × their bytes; the
 * others reduce gradients (and gather updated weights) once a step, behind the last backward pass.
 * The first layer's, at least, has nothing to hide behind.
 */
export function weightSeconds(
  scope: StepScope,
  { passes, work }: { readonly passes: number; readonly work: number },
): number {
  const { model, layout, coefficients, isFrozen, step, device } = scope;
  const {
    dataParallel,
    contextParallel,
    tensorParallel,
    pipelineParallel,
    expertParallel,
    zeroStage,
  } = layout;
  const shards = dataParallel * contextParallel;
  if (shards === 1) return 0;
  const dense = (model.params - model.expertParams) / (tensorParallel * pipelineParallel);
  const expert = model.expertParams / (tensorParallel * pipelineParallel * expertParallel);
  const expertShards = Math.max(1, shards / expertParallel);
  const weight = step.method === 'qlora' ? 0.52 : HALF;
  const ring = (params: number, over: number) =>
    over === 1
      ? 0
      : (params * (over - 1)) / over / ringRate(device, coefficients, { over, tensorParallel });
  const of = (bytes: number) => bytes * (ring(dense, shards) + ring(expert, expertShards));
  if (zeroStage === 3) {
    const each = of(isFrozen ? 2 * weight : 3 * HALF);
    return Math.max(each / model.layers, each - coefficients.overlap * work) * passes;
  }
  if (isFrozen) return 0;
  const once = of(2 * HALF + 2);
  const behind = (coefficients.overlap * work * 2) / 3;
  return Math.max((once * pipelineParallel) / model.layers, once - behind);
}

/** Within the domain the links; beyond it, all network cards of a machine work together. */
function ringRate(
  device: AcceleratorFacts,
  { link, network }: StepScope['coefficients'],
  { over, tensorParallel }: { readonly over: number; readonly tensorParallel: number },
): number {
  if (over * tensorParallel <= device.domain) return device.linkBytesPerS * link;
  const near = Math.max(1, device.domain / tensorParallel);
  return Math.min(device.linkBytesPerS * link, device.networkBytesPerS * near * network);
}

/** Reading and writing weights, gradients, momentum and variance once: about 30 bytes of each. */
export function optimizerSeconds({ model, layout, device, isFrozen }: StepScope): number {
  if (isFrozen) return 0;
  const { tensorParallel, pipelineParallel, dataParallel, expertParallel, zeroStage } = layout;
  const shard = zeroStage === 0 ? 1 : dataParallel;
  const dense = (model.params - model.expertParams) / shard;
  const expert = model.expertParams / (expertParallel * Math.max(1, shard / expertParallel));
  return (30 * (dense + expert)) / (tensorParallel * pipelineParallel) / device.memoryBytesPerS;
}
