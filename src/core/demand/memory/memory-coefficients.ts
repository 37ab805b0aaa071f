import type { Prior } from '../calibration/fitted-model.ts';

/** What physics does not give of memory; see `MEMORY_PRIORS`. */
export type MemoryCoefficients = {
  /** What a training's allocator reserves for each byte that is asked for. */
  readonly slack: number;
  /** The same under DeepSpeed, with its flat copies. */
  readonly deepspeedSlack: number;
  /** GiB of the driver's context and its libraries in training. */
  readonly contextGib: number;
  /** GiB of the buffers of one communicator (a group of devices that exchange). */
  readonly communicatorGib: number;
  /** Of DeepSpeed's 16-bit gradients, how much stays beside the fp32 ones they are added to. */
  readonly halfGradients: number;
  /** GiB of the context, the workspace and the captured graphs of a serving engine. */
  readonly servingContextGib: number;
  /** Copies that a serving engine has of a pass's activations. */
  readonly servingBuffers: number;
};

/**
 * - slack: PyTorch's allocator rounds blocks and splits them; runs of llm-foundry that were tuned to
 *   fill their devices leave no more than about 3 %.
 * - deepspeedSlack: it flattens weights and gradients into partitions and lets go of the originals,
 *   whose blocks stay reserved.
 * - contextGib: 0.5 to 0.9 GiB of CUDA context (ours and aiconfigurator's measurements).
 * - communicatorGib: 0.34 to 0.39 GiB of NCCL's buffers (aiconfigurator, systems/*.yaml).
 * - halfGradients: DeepSpeed's bf16 optimizer keeps them until the step, but for what it frees.
 * - servingContextGib: engines hold cuBLAS workspaces and CUDA graphs too.
 * - servingBuffers: packed and padded copies of the same activations.
 */
export const MEMORY_PRIORS = [
  { name: 'slack', mid: 1.03, spread: 0.02 },
  { name: 'deepspeedSlack', mid: 1.16, spread: 0.03 },
  { name: 'contextGib', mid: 0.75, spread: 0.2 },
  { name: 'communicatorGib', mid: 0.36, spread: 0.2 },
  { name: 'halfGradients', mid: 0.8, spread: 0.3 },
  { name: 'servingContextGib', mid: 2.5, spread: 0.4 },
  { name: 'servingBuffers', mid: 2, spread: 0.4 },
] as const satisfies readonly Prior[];

/** The priors themselves: what holds before anything is fitted. */
export const PRIOR_MEMORY: MemoryCoefficients = Object.fromEntries(
  MEMORY_PRIORS.map(({ name, mid }) => [name, mid]),
) as MemoryCoefficients;
