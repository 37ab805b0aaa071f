import { SECONDS_PER_HOUR } from '../../base/time.ts';
import { GIB } from '../../base/units.ts';
import type { Interval, Layout } from '../../spec/demand.ts';
import {
  type AcceleratorFacts,
  acceleratorFacts,
  computeFormat,
} from './accelerators/accelerator-facts.ts';
import { dividedBy, type Spread, spreadAround, times } from './interval.ts';
import type { Architecture } from './models/architecture.ts';
import { type TrainingLayout, trainingMemory } from './training-memory.ts';
import { type TrainingStep, trainingTokensPerSecond } from './training-speed.ts';

export type TrainingTask = TrainingStep & {
  readonly tokens: number;
  /** Sequences between two updates; null where the user does not say. */
  readonly globalBatch: number | null;
};

/**
 * Between these factors of the estimate lie 79 % of 451 published training speeds, and 84 % where
 * each source counts the same (llm-foundry, BLOOM, Megatron-Bridge, LLaMA, Pythia, MaxText, …).
 */
const SPEED_SPREAD: Spread = { low: 0.55, high: 1.3 };

/**
 * Hours on the clock for hours of steps: checkpoints, evaluation, restarts. The Llama 3 405B run
 * trained for more than 90 % of its time (arXiv:2407.21783, section 3.3.4).
 */
const WALL_CLOCK: Interval = { low: 1, mid: 1.05, high: 1.15 };

/** Layouts of every device of the table that can run the method, in its order. */
export function trainingLayouts(
  model: Architecture,
  task: TrainingTask,
  counts: readonly number[],
): Layout[] {
  const choices = counts.map((devices) => ({ devices, ladders: laddersOf(model, task, devices) }));
  return acceleratorFacts()
    .filter((device) => canTrain(device, task))
    .flatMap((device) =>
      choices
        .map(({ devices, ladders }) => layoutOf(model, task, { device, devices, ladders }))
        .filter((layout) => layout !== null),
    );
}

/** NF4 kernels (bitsandbytes) are for NVIDIA's and AMD's devices; Inferentia only infers. */
function canTrain(device: AcceleratorFacts, { method, precision }: TrainingTask): boolean {
  if (device.name === 'Inferentia2' || computeFormat(device, precision) === null) return false;
  return method !== 'qlora' || !['tpu', 'tpu-v6', 'neuron', 'gaudi'].includes(device.generation);
}

/** The fastest layout that fits, else the leanest; null where the batch is too small to share. */
function layoutOf(
  model: Architecture,
  task: TrainingTask,
  place: {
    readonly device: AcceleratorFacts;
    readonly devices: number;
    readonly ladders: readonly Ladder[];
  },
): Layout | null {
  const { device, devices } = place;
  const memoryBytes = device.memoryGib * GIB;
  let lean: Option | null = null;
  let best: { readonly layout: TrainingLayout; readonly speed: number } | null = null;
  for (const ladder of place.ladders) {
    if (ladder[0]!.layout.tensorParallel > device.domain) continue;
    const leanest = ladder.at(-1)!;
    if (lean === null || leanest.memory.high < lean.memory.high) lean = leanest;
    const layout = ladder.find(({ memory }) => memory.high <= memoryBytes)?.layout;
    if (layout === undefined) continue;
    const speed = trainingTokensPerSecond(model, task, device, layout);
    if (best === null || speed > best.speed) best = { layout, speed };
  }
  if (lean === null) return null;
  const { tensorParallel, dataParallel } = best?.layout ?? lean.layout;
  const tokensPerSecond = best === null ? null : spreadAround(best.speed, SPEED_SPREAD);
  return {
    accelerator: device.name,
    acceleratorMemoryGib: device.memoryGib,
    devices,
    tensorParallel,
    dataParallel,
    memoryBytesPerDevice: lean.memory,
    fits: best !== null,
    hours: tokensPerSecond && hoursOf(task.tokens, tokensPerSecond),
    tokensPerSecond,
  };
}

function hoursOf(tokens: number, tokensPerSecond: Interval): Interval {
  return times(dividedBy(tokens / SECONDS_PER_HOUR, tokensPerSecond), WALL_CLOCK);
}

/**
 * Layouts that differ in what they keep, from the fastest to the leanest: keeping less always
 * costs arithmetic or traffic, so that the first one that fits is the one to take.
 */
type Ladder = readonly Option[];
type Option = { readonly layout: TrainingLayout; readonly memory: Interval };

const TENSOR_PARALLEL = [1, 2, 4, 8];
/** More at once only spread the collectives of data parallelism, which one replica has none of. */
const MICRO_SEQUENCES = [1, 8];
const MICRO_TOKENS_MAX = 65_536;

/** The ladders of a number of devices; the same for all kinds, which differ in what fits. */
function laddersOf(model: Architecture, task: TrainingTask, devices: number): Ladder[] {
  return TENSOR_PARALLEL.flatMap((tensorParallel) => {
    const dataParallel = devices / tensorParallel;
    const isWhole = Number.isInteger(dataParallel) && model.heads % tensorParallel === 0;
    if (!isWhole || dataParallel > (task.globalBatch ?? Infinity)) return [];
    const share = Math.min(task.batchTokens / dataParallel, MICRO_TOKENS_MAX);
    return MICRO_SEQUENCES.map((sequences) => sequences * task.sequenceLength)
      .filter((tokens) => tokens === task.sequenceLength || (dataParallel > 1 && tokens <= share))
      .map((microTokens) => ladderOf(model, task, { tensorParallel, dataParallel, microTokens }));
  });
}

function ladderOf(
  model: Architecture,
  task: TrainingTask,
  spread: Pick<TrainingLayout, 'tensorParallel' | 'dataParallel' | 'microTokens'>,
): Ladder {
  const shardings = spread.dataParallel === 1 ? [false] : [false, true];
  return shardings.flatMap((isSharded) =>
    [false, true].map((isRecomputed) => {
      const layout = { ...spread, isSharded, isRecomputed };
      return { layout, memory: trainingMemory(model, task, layout) };
    }),
  );
}
