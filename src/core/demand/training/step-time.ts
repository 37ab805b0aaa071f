import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';
import type { TrainingCoefficients } from './coefficients.ts';
import { computeSeconds } from './compute-seconds.ts';
import { type ComputeWork, computeWork, type LayerSums, layerSums } from './compute-work.ts';
import { activationSeconds, optimizerSeconds, weightSeconds } from './exchange-seconds.ts';
import { type ExchangeWork, exchangeWork } from './exchange-work.ts';
import type { WorkScope } from './step-scope.ts';
import { devicesOf, type ParallelLayout, type TrainingStep } from './training-layout.ts';

/*
 * Problem: seconds between two updates of the weights.
 * Method: first the amounts of work of one micro-batch of one pipeline stage, which do not depend on
 * the device (`stepWork`); then their seconds on one (`secondsOf`): products as arithmetic at a
 * share of the ceiling plus a share of their operands' traffic (an additive roofline, Williams et
 * al., CACM 2009), fused attention, the operations between (bound by memory), exchanges of tensor
 * and expert parallelism; then all micro-batches with the pipeline's bubble (Narayanan et al.,
 * arXiv:2104.04473, section 2.2: (p−1)/(v·m)), and what of the gathers and reductions of weights
 * nothing hides (ZeRO, arXiv:1910.02054, section 7).
 * Complexity: constant; the second part is some hundred operations.
 */

/** Seconds of a step by what takes them; they sum to `total`. */
export type StepTime = {
  readonly products: number;
  readonly attention: number;
  readonly elementwise: number;
  readonly launches: number;
  readonly tensor: number;
  readonly experts: number;
  readonly stages: number;
  readonly bubble: number;
  readonly weights: number;
  readonly optimizer: number;
  readonly scale: number;
  readonly total: number;
};

/** A step on some layout, in amounts: the same on every device. */
export type StepWork = {
  readonly scope: WorkScope;
  readonly devices: number;
  /** Micro-batches between two updates. */
  readonly passes: number;
  readonly compute: ComputeWork;
  readonly exchange: ExchangeWork;
};

export function stepTime(
  model: Architecture,
  step: TrainingStep,
  device: AcceleratorFacts,
  layout: ParallelLayout,
  coefficients: TrainingCoefficients,
): StepTime {
  return secondsOf(stepWork(model, step, layout), device, coefficients);
}

/** `sums` may be given where many steps share a model and degrees of parallelism. */
export function stepWork(
  model: Architecture,
  step: TrainingStep,
  layout: ParallelLayout,
  sums: LayerSums = layerSums(model, layout),
): StepWork {
  const tokens = (step.microBatch * step.sequenceLength) / layout.contextParallel;
  const isFrozen = step.method === 'lora' || step.method === 'qlora';
  const scope = { model, step, layout, tokens, isFrozen };
  return {
    scope,
    devices: devicesOf(layout),
    passes: Math.max(1, step.globalBatch / (layout.dataParallel * step.microBatch)),
    compute: computeWork(scope, sums),
    exchange: exchangeWork(scope),
  };
}

export function secondsOf(
  { scope: amounts, devices, passes, compute, exchange }: StepWork,
  device: AcceleratorFacts,
  coefficients: TrainingCoefficients,
): StepTime {
  const { model, step, layout, tokens, isFrozen } = amounts;
  const scope = { model, step, layout, tokens, isFrozen, device, coefficients };
  const one = computeSeconds(scope, compute);
  const { tensor, experts, stages } = activationSeconds(scope, exchange);
  const work = one.products + one.attention + one.elementwise + one.launches;
  const each = work + tensor + experts + stages;
  const bubble = (each * (layout.pipelineParallel - 1)) / layout.virtualStages;
  const weights = weightSeconds(scope, { passes, work }, exchange);
  const optimizer = optimizerSeconds(scope, exchange);
  const steady = each * passes + bubble + weights + optimizer;
  const scale = steady * coefficients.scale * Math.log2(Math.max(1, devices / device.domain));
  return {
    products: one.products * passes,
    attention: one.attention * passes,
    elementwise: one.elementwise * passes,
    launches: one.launches * passes,
    tensor: tensor * passes,
    experts: experts * passes,
    stages: stages * passes,
    bubble,
    weights,
    optimizer,
    scale,
    total: steady + scale,
  };
}
