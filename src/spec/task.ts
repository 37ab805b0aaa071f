import type { Micros, Rate } from '../base/money.ts';
import type { AcceleratorDeclaration } from './accelerator-declaration.ts';
import type { LaterPrice } from './offer.ts';
import type { ProgressSource } from './progress.ts';

/**
 * A task as Kedge understands it, read from a YAML document by `readTasks`. Every field is
 * present: what the user did not say is null, empty or the stated default.
 */
export type Task = {
  readonly name: string | null;
  readonly kind: TaskKind;
  /** What the document was: a task file (Kedge's or SkyPilot's) or a Kubernetes manifest. */
  readonly origin: 'task' | 'kubernetes';
  /** Shell commands (bash); null when the document has none, as a plan-only task. */
  readonly run: string | null;
  readonly setup: string | null;
  /** Relative to the task file; null means an empty private directory. */
  readonly workdir: string | null;
  readonly fileMounts: Readonly<Record<string, string>>;
  readonly envs: Readonly<Record<string, string>>;
  /** Name → value; null takes the value from the caller's environment. */
  readonly secrets: Readonly<Record<string, string | null>>;
  readonly numNodes: number;
  /** How often a task that fails by itself is started again. */
  readonly retries: number;
  /** Alternatives, at least one; any may be taken, or the first that can be had when ordered. */
  readonly resources: readonly Resources[];
  readonly resourcesOrdered: boolean;
  readonly model: Model | null;
  readonly training: Training | null;
  readonly serving: Serving | null;
  readonly work: Work | null;
  /** Inline offers; when there are any, they are the only places considered. */
  readonly offers: readonly InlineOffer[];
  /** Parts that Kedge does not know, as the user describes them; names differ in more than case. */
  readonly accelerators: readonly AcceleratorDeclaration[];
  readonly data: readonly DataSource[];
  readonly artifacts: readonly Artifact[];
  readonly goal: Goal;
  readonly placement: Placement;
  /** Null where the document wishes none. */
  readonly spread: Spread | null;
  readonly checkpoint: Checkpoint | null;
  readonly progress: ProgressSource | null;
  /** Bytes that each task which needs this one takes from it; null when the document does not say. */
  readonly outputBytes: number | null;
  /** Names of tasks that must succeed before this one; null when the document does not say. */
  readonly needs: readonly string[] | null;
  /** Keys that are known, and not honored by this version. */
  readonly notHonored: readonly NotHonored[];
};

export type TaskKind = 'run' | 'train' | 'finetune' | 'batch' | 'serve';

/** The documents of one file, with how they relate. */
export type TaskFile = {
  /** Of the header document, else of the first task. */
  readonly name: string | null;
  /** At least one; `needs` of each resolved to indices of earlier-running tasks, without cycle. */
  readonly tasks: readonly Task[];
  readonly needs: readonly (readonly number[])[];
};

/** A key that Kedge knows and does nothing with. `changesRun`: ignoring it alters what would run. */
export type NotHonored = {
  readonly key: string;
  readonly line: number;
  readonly changesRun: boolean;
  readonly why: string;
};

/** A number the user asked for: exactly this much, or at least this much (`8+`). */
export type Amount = { readonly value: number; readonly atLeast: boolean };

export type Resources = {
  /** Alternatives, as `{A100: 8, H100: 4}` in SkyPilot; empty when no accelerator is asked for. */
  readonly accelerators: readonly AcceleratorRequest[];
  readonly cpus: Amount | null;
  readonly memoryGib: Amount | null;
  readonly instanceType: string | null;
  /** True asks for spot, false for on-demand; null leaves it to the goal. */
  readonly spot: boolean | null;
  /** Provider, region, zone of `infra` or `cloud`/`region`/`zone`, as place patterns (`aws/us-*`). */
  readonly places: readonly string[];
  readonly imageId: string | null;
  readonly diskGib: number | null;
  readonly ports: readonly string[];
  /** The most an hour of the whole task may cost (`max_hourly_cost`). */
  readonly maxNanosPerHour: Rate | null;
};

/** A device by its catalog name (`H100`, `A100-80GB`, `tpu-v5p`) and how many for each node. */
export type AcceleratorRequest = { readonly name: string; readonly count: number };

export type Model = {
  /** Hugging Face id, folder or config.json; null when given inline. */
  readonly id: string | null;
  readonly params: number | null;
  readonly activeParams: number | null;
  readonly layers: number | null;
  readonly hidden: number | null;
  readonly heads: number | null;
  readonly kvHeads: number | null;
  readonly headDim: number | null;
  readonly vocab: number | null;
  /** Of the feed-forward block, of one expert where there are several. */
  readonly feedForward?: number;
  readonly experts?: number;
  readonly expertsPerToken?: number;
  /** Width of the experts that every token passes. */
  readonly sharedFeedForward?: number;
  readonly routedLayers?: number;
  /** Tokens that a layer looks back at, and layers that do (all, if only the tokens are said). */
  readonly window?: number;
  readonly windowLayers?: number;
};

export type Precision = 'fp32' | 'tf32' | 'bf16' | 'fp16' | 'fp8' | 'int8' | 'int4' | 'nf4';

/** What products of a training are computed in; NVFP4 where the device has 4-bit floats. */
export type TrainedPrecision = Precision | 'nvfp4';

/**
 * What weights of a service are kept in: also blocks of 4-bit floats with a scale each, which devices
 * with such arithmetic multiply as they are, and all others widened to 16 bits.
 */
export type ServedPrecision = Precision | 'nvfp4' | 'mxfp4';

export type Training = {
  readonly method: 'full' | 'lora' | 'qlora' | 'pretrain';
  readonly tokens: number | null;
  readonly sequenceLength: number | null;
  readonly globalBatch: number | null;
  readonly precision: TrainedPrecision;
  /** Images or sequences to train on, of a model that counts them rather than tokens. */
  readonly samples?: number;
  /** Absent for AdamW. */
  readonly optimizer?: Optimizer;
  /** Of adapters; absent for 16. */
  readonly loraRank?: number;
};

export type Optimizer = 'adamw' | 'adamw-8bit' | 'adafactor' | 'sgd' | 'lion';

export type Serving = {
  /** In all, of a batch: then there is no rate. */
  readonly requests?: number;
  readonly requestsPerSecond: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly ttftMs: number | null;
  readonly tpotMs: number | null;
  readonly precision: ServedPrecision;
  /** Requests of unlike size, which kinds of machines share; absent where nothing is said of them. */
  readonly mix?: ServingMix;
};

export type ServingMix = {
  /** At least one; either all of them state a throughput or none does. */
  readonly sizes: readonly RequestSize[];
  /** Requests that a machine works on at once; null leaves it to the estimate, else it is 1. */
  readonly concurrency: number | null;
  /** The most that a machine may be busy, above 0 and up to 1. */
  readonly utilizationMax: number;
  /** What the split of the requests makes least. */
  readonly latency: 'mean' | 'p95';
};

export type RequestSize = {
  /** Of all requests; those of all sizes sum to 1. */
  readonly share: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Requests a second of one machine, by the keys of `work.throughput`; null is to be estimated. */
  readonly throughput: Readonly<Record<string, number>> | null;
};

/** The user's own units of work, or hours measured on a device. */
export type Work =
  | {
      readonly units: number;
      /** `hour`: throughput is units an hour; `machine`: units that one hired machine does. */
      readonly per: 'hour' | 'machine';
      /** Units by offer name, instance, accelerator or `cpu`/`gpu`. */
      readonly throughput: Readonly<Record<string, number>>;
    }
  | { readonly hours: number; readonly on: AcceleratorRequest | null };

export type InlineOffer = {
  readonly name: string;
  readonly nanosPerHour: Rate;
  /** How many can be had; null for any number. */
  readonly count: number | null;
  readonly accelerator: string | null;
  readonly acceleratorCount: number;
  readonly vcpus: number | null;
  readonly memoryGib: number | null;
  readonly region: string | null;
  readonly spot: boolean;
  /** Machine-hours of it that are paid for already; absent where none are. */
  readonly paidHours?: number;
  /** Of CO2e that one machine emits; absent where nobody says. */
  readonly gramsPerHour?: number;
  /** What it costs from so many seconds from now on, in order of time; absent where it is to stay. */
  readonly laterPrices?: readonly LaterPrice[];
};

export type DataSource = {
  readonly from: string;
  readonly sizeBytes: number | null;
  readonly class: string | null;
  readonly region: string | null;
};

export type Artifact = { readonly path: string; readonly to: string | null };

export type Goal = {
  /** `weighted`: cost, with a price for time and for carbon. */
  readonly minimize: 'cost' | 'time' | 'carbon' | 'weighted';
  /** Of `weighted`: what an hour to the end, and a kilogram of CO2e are worth; else absent. */
  readonly worth?: { readonly microsPerHour: Micros; readonly microsPerKilogram: Micros };
  /** From now: it begins no earlier, and no later; left out, at once. */
  readonly start?: { readonly afterMs: number; readonly withinMs: number };
  readonly deadlineMs: number | null;
  readonly budgetMicros: Micros | null;
  readonly spot: 'allow' | 'forbid' | 'require';
};

export type Placement = {
  /** Place patterns with `*`; empty allows every place. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** A jurisdiction (`EU`, `US`, …) or a country code that the place must lie in. */
  readonly residency: string | null;
};

/** How a task is spread, so that the loss of one provider or place is not the loss of all. */
export type Spread = {
  /** At least so many providers carry a part of it, each no more than the share; 1 for no wish. */
  readonly providersMin: number;
  readonly shareMax: number;
  /** It shares none of these with another task of its file that wishes the same. */
  readonly apart: 'provider' | 'region' | 'zone' | null;
};

export type Checkpoint = {
  readonly path: string;
  readonly intervalMs: number | null;
  readonly sizeBytes: number | null;
};
