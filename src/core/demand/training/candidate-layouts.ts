import type { Architecture } from '../models/architecture.ts';
import type { ParallelLayout } from './training-layout.ts';

/** What layouts are wanted for. */
export type LayoutSpace = {
  readonly model: Architecture;
  readonly devices: number;
  /** Devices that fast links join. */
  readonly domain: number;
  readonly sequenceLength: number;
  readonly globalBatch: number;
};

/** A layout, but for what is kept in memory, and the sequences of a pass, the fewest first. */
export type Candidate = {
  readonly layout: Omit<ParallelLayout, 'zeroStage' | 'recompute'>;
  readonly microBatches: readonly number[];
};

/** Longer sequences may be split over devices. */
const SPLIT_SEQUENCE = 32_768;
const MICRO_BATCHES = [1, 2, 4, 8, 16, 32] as const;
/** Fewer tokens in a pass make products narrow; where a sequence has more, it is one to a pass. */
const MICRO_TOKENS_MIN = 2048;
/** More tokens in a pass make no product faster. */
const MICRO_TOKENS_MAX = 32_768;
const PIPELINE_MAX = 64;
/** Stages of fewer parameters cost more in bubbles than they spare. */
const STAGE_PARAMS = 4e9;
const VIRTUAL_MAX = 5;
/** Ranks that experts are split among in published runs. */
const EXPERT_MAX = 64;

/**
 * All ways to share a step out that can be the fastest: tensor parallelism inside the fast links
 * (Narayanan et al., arXiv:2104.04473, takeaway #1), stages of whole layers, data parallelism as the
 * batch allows, experts over ranks that divide them.
 */
export function candidateLayouts(space: LayoutSpace): readonly Candidate[] {
  const { model, devices, domain, globalBatch } = space;
  const found: Candidate[] = [];
  for (const tensorParallel of powersOfTwo(Math.min(domain, devices))) {
    if (model.heads % tensorParallel !== 0 || devices % tensorParallel !== 0) continue;
    for (const pipelineParallel of stages(model, devices / tensorParallel)) {
      for (const contextParallel of contexts(
        space,
        devices / (tensorParallel * pipelineParallel),
      )) {
        const dataParallel = devices / (tensorParallel * pipelineParallel * contextParallel);
        if (dataParallel > globalBatch) continue;
        const split = { tensorParallel, pipelineParallel, contextParallel, dataParallel };
        found.push(...withExperts(space, split));
      }
    }
  }
  return found;
}

type Split = Pick<
  ParallelLayout,
  'tensorParallel' | 'pipelineParallel' | 'contextParallel' | 'dataParallel'
>;

function withExperts(space: LayoutSpace, split: Split): readonly Candidate[] {
  const { model } = space;
  const microBatches = microBatchesOf(space, split);
  const virtualStages = interleaved(model, split.pipelineParallel);
  const sequenceParallel = split.tensorParallel > 1;
  return expertRanks(model, split).map((expertParallel) => ({
    layout: { ...split, virtualStages, expertParallel, sequenceParallel },
    microBatches,
  }));
}

/** One sequence, and as many as make products wide and the batch has. */
function microBatchesOf(
  { sequenceLength, globalBatch }: LayoutSpace,
  { dataParallel, contextParallel }: Split,
): readonly number[] {
  const share = globalBatch / dataParallel;
  const length = sequenceLength / contextParallel;
  return MICRO_BATCHES.filter(
    (size) =>
      size === 1 ||
      (size <= share && size * length > MICRO_TOKENS_MIN / 2 && size * length <= MICRO_TOKENS_MAX),
  );
}

function stages({ layers, params }: Architecture, devices: number): readonly number[] {
  const most = Math.min(PIPELINE_MAX, devices, layers, Math.max(1, params / STAGE_PARAMS));
  return powersOfTwo(most).filter((count) => devices % count === 0);
}

/** As many interleaved stages as layers are evenly split into; 1 without a pipeline. */
function interleaved({ layers }: Architecture, pipelineParallel: number): number {
  if (pipelineParallel === 1) return 1;
  for (let count = VIRTUAL_MAX; count > 1; count--)
    if (layers % (pipelineParallel * count) === 0) return count;
  return 1;
}

function contexts({ sequenceLength }: LayoutSpace, devices: number): readonly number[] {
  if (sequenceLength < SPLIT_SEQUENCE) return [1];
  return powersOfTwo(Math.min(16, devices)).filter((count) => devices % count === 0);
}

/** All that hold whole experts; the widest alone, and none, where that is many. */
function expertRanks(
  { experts }: Architecture,
  { dataParallel, contextParallel }: Split,
): readonly number[] {
  if (experts === 1) return [1];
  const most = Math.min(EXPERT_MAX, experts, dataParallel * contextParallel);
  return powersOfTwo(most).filter(
    (ranks) => experts % ranks === 0 && (dataParallel * contextParallel) % ranks === 0,
  );
}

function powersOfTwo(most: number): readonly number[] {
  const powers: number[] = [];
  for (let power = 1; power <= most; power *= 2) powers.push(power);
  return powers;
}
