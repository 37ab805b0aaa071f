import type { Resources, Work } from './task.ts';

/** An estimate with its 80 % interval: low ≤ mid ≤ high. */
export type Interval = { readonly low: number; readonly mid: number; readonly high: number };

/** What a task needs, derived from what the user said. */
export type Demand = {
  /** What told us: the stated resources alone, the user's own work, or the model. */
  readonly basis: 'resources' | 'work' | 'model';
  readonly numNodes: number;
  /** Alternatives, at least one, as the task states them. */
  readonly resources: readonly Resources[];
  readonly resourcesOrdered: boolean;
  readonly work: Work | null;
  /** FLOPs of the whole task; null when nothing tells. */
  readonly flops: Interval | null;
  /** One entry for each device and number of devices considered; empty unless basis is model. */
  readonly layouts: readonly Layout[];
  /** The arithmetic in words, a line each: formula, numbers, source. */
  readonly notes: readonly string[];
};

/** How a model runs on a number of equal devices. */
export type Layout = {
  readonly accelerator: string;
  /** Memory of one device that the estimate assumes. */
  readonly acceleratorMemoryGib: number;
  /** Devices over all machines. */
  readonly devices: number;
  readonly tensorParallel: number;
  /** Copies of the model; of a service, replicas. */
  readonly dataParallel: number;
  /** How a training is split further; null for a replica that serves. */
  readonly training: TrainingSplit | null;
  /** How a replica that serves is split further; absent where tensor parallelism is all there is. */
  readonly serving?: ServingSplit;
  /** Needed on the fullest device. */
  readonly memoryBytesPerDevice: Interval;
  readonly fits: boolean;
  /** Of the whole task; null for open-ended work as serving. */
  readonly hours: Interval | null;
  /** Tokens a second of all devices together. */
  readonly tokensPerSecond: Interval | null;
  /** Images or sequences a second of all devices; absent where tokens are counted. */
  readonly samplesPerSecond?: Interval;
  /** Of a replica for a mix of requests; absent for all else. */
  readonly serves?: Serves;
};

/** What of a training's layout tensor and data parallelism do not tell; counts are 1 for none. */
export type TrainingSplit = {
  readonly pipelineParallel: number;
  /** Interleaved stages of one device. */
  readonly virtualStages: number;
  readonly contextParallel: number;
  readonly expertParallel: number;
  /** ZeRO: 1 optimizer, 2 gradients too, 3 weights too (FSDP); 0 for none. */
  readonly zeroStage: 0 | 1 | 2 | 3;
  /** Activations that the backward pass computes again. */
  readonly recompute: 'none' | 'selective' | 'full';
  /** Sequences of one replica in one pass. */
  readonly microBatch: number;
};

/**
 * What of a replica's layout tensor parallelism does not tell; counts are 1 for none. Its devices are
 * tensor × pipeline × attention's data parallelism, and experts are spread over some or all of them.
 */
export type ServingSplit = {
  readonly pipelineParallel: number;
  /** Copies of attention and of all that is no routed expert, each for requests of its own. */
  readonly attentionDataParallel: number;
  /** Devices that have some of the routed experts each, whole; 1 where each has a part of all. */
  readonly expertParallel: number;
};

/** The devices that hold one copy of a model which answers, and all degrees of their split. */
export type Replica = ServingSplit & { readonly devices: number; readonly tensorParallel: number };

/** What serves requests of several sizes. */
export type Serves = {
  /** Requests a second of each size, if it had no other; 0 for one that it cannot take. */
  readonly requestsPerSecond: readonly number[];
  /** Requests that are worked on at once. */
  readonly concurrency: number;
};
