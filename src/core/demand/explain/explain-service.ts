import type { Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import { memoryModel } from '../memory/memory-model.ts';
import type { Architecture } from '../models/architecture.ts';
import { type ServedTime, servedTime } from '../serving/batching.ts';
import {
  memoryLinesOf,
  replicaOn,
  type ServingTask,
  servedAs,
} from '../serving/serving-layouts.ts';
import { servingModel } from '../serving/serving-model.ts';
import { servingScope } from '../serving/serving-replica.ts';
import type { ExplainedLayout, ExplainedResult } from './explained.ts';
import { heldBy } from './held-by.ts';
import { firstTokenTime, tokenTime } from './serving-times.ts';
import { count, over, plus, seconds, times } from './term.ts';

/** One size of requests, on replicas of one layout. */
export type ServiceAsked = {
  readonly share: number;
  readonly task: ServingTask;
  /** Of one replica, for this size alone. */
  readonly replica: Layout;
  /** Replicas side by side. */
  readonly replicas: number;
  readonly device: AcceleratorFacts;
};

/**
 * How memory and times of a replica come about with as many requests as it takes at once; with one
 * where it takes none, which shows what breaks the user's limits.
 */
export function explainService(
  model: Architecture,
  { share, task, replica, replicas, device }: ServiceAsked,
): ExplainedLayout {
  const { accelerator, tensorParallel, fits, tokensPerSecond: speed } = replica;
  const atOnce = Math.max(1, replica.serves!.concurrency);
  const memory = fittedOf(memoryModel).coefficients as MemoryCoefficients;
  const held = memoryLinesOf(model, task, { tensorParallel, sequences: atOnce, memory });
  const scope = servingScope(
    servedAs(model, task),
    replicaOn(device, tensorParallel),
    fittedOf(servingModel).coefficients,
  )!;
  const time = servedTime(scope, task, { clients: atOnce, slots: atOnce });
  const { inputTokens, outputTokens } = task;
  return {
    accelerator,
    devices: replica.devices * replicas,
    layout: { tensorParallel, dataParallel: replicas, training: null },
    requests: { inputTokens, outputTokens, share, atOnce },
    ...heldBy(held, device),
    fits,
    time: speed === null ? [] : [tokenTime(scope, task, time), firstTokenTime(scope, task, time)],
    results: speed === null ? [] : [speedOf(task, time, replicas)],
    tokensPerSecond: speed && {
      low: speed.low * replicas,
      mid: speed.mid * replicas,
      high: speed.high * replicas,
    },
    hours: null,
  };
}

/** In the time in which each request gets all its tokens, prompts pass besides. */
function speedOf(
  { outputTokens }: ServingTask,
  { batch, step, outputTokensPerSecond }: ServedTime,
  replicas: number,
): ExplainedResult {
  const decoding = times(count(outputTokens, 'steps'), seconds(step));
  const prompts = (batch * outputTokens) / outputTokensPerSecond - decoding.value;
  const tokens = times(
    count(replicas, 'replicas'),
    count(batch, 'requests'),
    count(outputTokens, 'tokens'),
  );
  const speed = over(tokens, plus(decoding, seconds(prompts, 'of prompts')));
  return {
    name: 'tokens/s',
    value: speed.value,
    formula: speed.text,
    source: 'continuous batching in the steady state: Yu et al., Orca, OSDI 2022',
  };
}
