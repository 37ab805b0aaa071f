import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';
import type { TrainingCoefficients } from './coefficients.ts';
import { computeSeconds } from './compute-seconds.ts';
import { activationSeconds, optimizerSeconds, weightSeconds } from './exchange-seconds.ts';
import { devicesOf, type ParallelLayout, type TrainingStep } from './training-layout.ts';

/*
 * Problem: seconds between two updates of the weights.
 * Method: one micro-batch of one pipeline stage from its parts: products as arithmetic at a share
 * of the ceiling plus a share of their operands' traffic (an additive roofline, Williams et al.,
 * CACM 2009: wide products are bound by the one, narrow ones by the other), fused attention, the
 * operations between (bound by memory), exchanges of tensor and expert parallelism; then all
 * micro-batches with the pipeline's bubble (Narayanan et al., arXiv:2104.04473, section 2.2:
 * (p−1)/(v·m)), and what of the gathers and reductions of weights nothing hides (ZeRO,
 * arXiv:1910.02054, section 7).
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

export function stepTime(
  model: Architecture,
  step: TrainingStep,
  device: AcceleratorFacts,
  layout: ParallelLayout,
  coefficients: TrainingCoefficients,
): StepTime {
  const { pipelineParallel, virtualStages, dataParallel, contextParallel } = layout;
  const tokens = (step.microBatch * step.sequenceLength) / contextParallel;
  const isFrozen = step.method === 'lora' || step.method === 'qlora';
  const scope = { model, step, device, layout, coefficients, tokens, isFrozen };
  const passes = Math.max(1, step.globalBatch / (dataParallel * step.microBatch));
  const one = computeSeconds(scope);
  const exchange = activationSeconds(scope);
  const work = one.products + one.attention + one.elementwise + one.launches;
  const each = work + exchange.tensor + exchange.experts + exchange.stages;
  const idle = (pipelineParallel - 1) / virtualStages;
  const weights = weightSeconds(scope, { passes, work });
  const optimizer = optimizerSeconds(scope);
  const steady = each * (passes + idle) + weights + optimizer;
  const machines = Math.max(1, devicesOf(layout) / device.domain);
  const scale = steady * coefficients.scale * Math.log2(machines);
  return {
    products: one.products * passes,
    attention: one.attention * passes,
    elementwise: one.elementwise * passes,
    launches: one.launches * passes,
    tensor: exchange.tensor * passes,
    experts: exchange.experts * passes,
    stages: exchange.stages * passes,
    bubble: each * idle,
    weights,
    optimizer,
    scale,
    total: steady + scale,
  };
}
