import { frozenWeightBytes } from '../memory/weight-bytes.ts';
import { expertHidden } from './layer-work.ts';
import type { WorkScope } from './step-scope.ts';

/** Exchanges of one kind: how many, and the bytes that each device sends in one of them. */
export type Exchanges = { readonly times: number; readonly bytes: number };

/** What devices send to each other in a step, whichever they are. */
export type ExchangeWork = {
  /** Of one micro-batch of one stage. */
  readonly tensor: Exchanges;
  /** Of one micro-batch; bytes are those of one copy of each token. */
  readonly experts: Exchanges;
  /** Of one micro-batch. */
  readonly stages: Exchanges;
  readonly weights: WeightExchange;
  /** Bytes of the update that one device reads and writes. */
  readonly updated: number;
};

/** Gathers and reductions of weights and gradients. */
export type WeightExchange = {
  /** With each micro-batch, or with the last one alone. */
  readonly isEachPass: boolean;
  /** Bytes of all weights, gathered and reduced once: of all but experts, and of experts. */
  readonly shared: number;
  readonly experts: number;
  /** Devices that each is shared among. */
  readonly sharedOver: number;
  readonly expertsOver: number;
  /** Of the whole: that of one layer, which has nothing to hide behind. */
  readonly first: number;
};

/** Bytes of a 16-bit number. */
const HALF = 2;

const NONE: Exchanges = { times: 0, bytes: 0 };

export function exchangeWork(scope: WorkScope): ExchangeWork {
  return {
    tensor: tensorExchanges(scope),
    experts: expertExchanges(scope),
    stages: stageExchanges(scope),
    weights: weightExchange(scope),
    updated: updatedBytes(scope),
  };
}

/**
 * Two all-reduces in each layer forward and two backward, or as many pairs of gather and scatter
 * (Korthikanti et al., arXiv:2205.05198, section 4.2.2); computed again, two more. A ring sends
 * 2(t−1)/t of the bytes (Patarasuk and Yuan, JPDC 2009).
 */
function tensorExchanges({ model, layout, tokens }: WorkScope): Exchanges {
  const { tensorParallel: parallel, pipelineParallel, recompute } = layout;
  if (parallel === 1) return NONE;
  const times = (recompute === 'full' ? 6 : 4) * (model.layers / pipelineParallel);
  return { times, bytes: HALF * tokens * model.hidden * ((2 * (parallel - 1)) / parallel) };
}

/**
 * Each token's copies go to their experts and back, forward and backward (GShard, arXiv:2006.16668,
 * section 3.2).
 */
function expertExchanges({ model, layout, tokens }: WorkScope): Exchanges {
  const { expertParallel, tensorParallel, pipelineParallel, recompute } = layout;
  if (expertParallel === 1 || model.routedLayers === 0) return NONE;
  const times = (recompute === 'full' ? 6 : 4) * (model.routedLayers / pipelineParallel);
  return { times, bytes: (HALF * tokens * expertHidden(model)) / tensorParallel };
}

/**
 * Each stage receives and sends on, forward and backward, as often as stages are interleaved
 * (Narayanan et al., arXiv:2104.04473, section 2.2.2).
 */
function stageExchanges({ model, layout, tokens }: WorkScope): Exchanges {
  const { pipelineParallel, virtualStages, tensorParallel } = layout;
  if (pipelineParallel === 1) return NONE;
  return { times: 2 * virtualStages, bytes: (HALF * tokens * model.hidden) / tensorParallel };
}

function weightExchange(scope: WorkScope): WeightExchange {
  const { model, layout } = scope;
  const { dataParallel, contextParallel, tensorParallel, pipelineParallel } = layout;
  const { expertParallel, zeroStage } = layout;
  const sharedOver = dataParallel * contextParallel;
  const isEachPass = zeroStage === 3;
  const split = tensorParallel * pipelineParallel;
  const moved = movedBytes(scope);
  return {
    isEachPass,
    shared: (moved * (model.params - model.expertParams)) / split,
    experts: (moved * model.expertParams) / (split * expertParallel),
    sharedOver,
    expertsOver: Math.max(1, sharedOver / expertParallel),
    first: (isEachPass ? 1 : pipelineParallel) / model.layers,
  };
}

/**
 * Bytes of a parameter that are gathered or scattered, in 16 bits. ZeRO-3 gathers weights forward
 * and backward and scatters gradients in each pass, 3 × (ZeRO, arXiv:1910.02054, section 7.2.2); the
 * others scatter gradients and gather updated weights once a step, 2 × (section 7.2.1). Frozen
 * weights have no gradient, and are gathered in the format that they are kept in.
 */
function movedBytes({ model, layout, isFrozen, step }: WorkScope): number {
  const isEachPass = layout.zeroStage === 3;
  if (!isFrozen) return (isEachPass ? 3 : 2) * HALF;
  const kept = { method: step.method, precision: 'bf16' } as const;
  return isEachPass ? 2 * frozenWeightBytes(model, kept) : 0;
}

/**
 * Adam reads gradient, weight and both moments in fp32 and writes all but the gradient, and the
 * weight in 16 bits: 4 × 4 + 3 × 4 + 2 (Kingma and Ba, arXiv:1412.6980, algorithm 1).
 */
const UPDATE_BYTES = 30;

function updatedBytes({ model, layout, isFrozen }: WorkScope): number {
  if (isFrozen) return 0;
  const { tensorParallel, pipelineParallel, dataParallel, contextParallel } = layout;
  const { expertParallel, zeroStage } = layout;
  const shard = zeroStage === 0 ? 1 : dataParallel * contextParallel;
  const shared = (model.params - model.expertParams) / shard;
  const experts = model.expertParams / (expertParallel * Math.max(1, shard / expertParallel));
  return (UPDATE_BYTES * (shared + experts)) / (tensorParallel * pipelineParallel);
}
