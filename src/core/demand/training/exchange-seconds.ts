import { type Exchanges, type ExchangeWork, exchangeWork } from './exchange-work.ts';
import type { StepScope } from './step-scope.ts';

/**
 * Seconds of one collective of few bytes, as nccl-tests prints them (from memory): 10 to 20 µs over
 * the switch of a machine, 20 to 40 over a network.
 */
const LINK_LATENCY_S = 12e-6;
const NETWORK_LATENCY_S = 30e-6;

/** Exchanges of the activations of one micro-batch: what of them nothing hides. */
export function activationSeconds(
  scope: StepScope,
  work: ExchangeWork = exchangeWork(scope),
): { readonly tensor: number; readonly experts: number; readonly stages: number } {
  const { tensorParallel, pipelineParallel } = scope.layout;
  const { tensorExposed } = scope.coefficients;
  return {
    tensor: tensorExposed * between(work.tensor, scope, tensorParallel),
    experts: expertSeconds(work.experts, scope),
    stages: tensorExposed * between(work.stages, scope, tensorParallel * pipelineParallel),
  };
}

/** Over links where they join so many devices, else over the network. */
function between(
  { times, bytes }: Exchanges,
  { device, coefficients }: StepScope,
  devices: number,
): number {
  if (times === 0) return 0;
  return devices <= device.domain
    ? times * (bytes / (device.linkBytesPerS * coefficients.link) + LINK_LATENCY_S)
    : times * (bytes / (device.networkBytesPerS * coefficients.network) + NETWORK_LATENCY_S);
}

/**
 * Between machines a token travels once for each machine that has one of its experts, and on from
 * there over links (DeepSeek-V3, arXiv:2412.19437, section 3.2.2).
 */
function expertSeconds(
  { times, bytes }: Exchanges,
  { model, device, coefficients, layout }: StepScope,
): number {
  if (times === 0) return 0;
  const { expertsPerToken: copies } = model;
  const { expertParallel, tensorParallel } = layout;
  const { link, network, expertExposed } = coefficients;
  const sent = (copies * (expertParallel - 1)) / expertParallel;
  const near = (bytes * sent) / (device.linkBytesPerS * link);
  const machines = (expertParallel * tensorParallel) / device.domain;
  if (machines <= 1) return expertExposed * times * (near + LINK_LATENCY_S);
  const others = (machines - 1) * (1 - (1 - 1 / machines) ** copies);
  const far = (bytes * others) / (device.networkBytesPerS * network);
  return expertExposed * times * (near + far + NETWORK_LATENCY_S);
}

/**
 * Gathers and reductions of weights: what is longer than the arithmetic they hide behind, and at
 * least those of the first layer, which have nothing to hide behind. Once a step, gradients are
 * reduced behind the last backward pass and weights gathered behind the next forward one.
 */
export function weightSeconds(
  scope: StepScope,
  { passes, work }: { readonly passes: number; readonly work: number },
  { weights }: Pick<ExchangeWork, 'weights'> = exchangeWork(scope),
): number {
  const { tensorParallel, expertParallel } = scope.layout;
  const all =
    ringSeconds(weights.shared, weights.sharedOver, tensorParallel, scope) +
    ringSeconds(weights.experts, weights.expertsOver, tensorParallel * expertParallel, scope);
  const hidden = scope.coefficients.overlap * work;
  return (weights.isEachPass ? passes : 1) * Math.max(all * weights.first, all - hidden);
}

/**
 * A ring over every so many devices' next one sends (n−1)/n of the bytes (Patarasuk and Yuan, JPDC
 * 2009). Within the domain over links; beyond it over the network cards of the ring's own devices in
 * each machine, since the others' carry the rings of other parts at the same time.
 */
function ringSeconds(
  bytes: number,
  over: number,
  apart: number,
  { device, coefficients }: StepScope,
): number {
  if (over === 1 || bytes === 0) return 0;
  const sent = (bytes * (over - 1)) / over;
  const link = device.linkBytesPerS * coefficients.link;
  if (over * apart <= device.domain) return sent / link;
  const cards = Math.max(1, device.domain / apart);
  return sent / Math.min(link, device.networkBytesPerS * cards * coefficients.network);
}

/** The update of the weights: bound by memory. */
export function optimizerSeconds(
  scope: StepScope,
  { updated }: Pick<ExchangeWork, 'updated'> = exchangeWork(scope),
): number {
  return updated / scope.device.memoryBytesPerS;
}
