import type { Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';
import { type ServedTime, servedTime } from '../serving/batching.ts';
import { memoryLinesOf } from '../serving/replica-memory.ts';
import { replicaOn } from '../serving/replica-split.ts';
import { servingFits } from '../serving/replica-trial.ts';
import { servingScope } from '../serving/serving-replica.ts';
import { type ServingTask, servedAs } from '../serving/serving-task.ts';
import { splitOf } from '../split-of-layout.ts';
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
  const { accelerator, tensorParallel, serving, fits, tokensPerSecond: speed } = replica;
  const atOnce = Math.max(1, replica.serves!.concurrency);
  const split = splitOf(replica);
  const { fitted, memory } = servingFits();
  const held = memoryLinesOf(model, task, { split, sequences: atOnce, memory });
  const served = servedAs(model, task);
  const scope = servingScope(served, replicaOn(device, split), fitted.coefficients)!;
  const time = servedTime(scope, task, { clients: atOnce, slots: atOnce });
  const { inputTokens, outputTokens } = task;
  return {
    accelerator,
    devices: replica.devices * replicas,
    layout: {
      tensorParallel,
      dataParallel: replicas,
      training: null,
      ...(serving === undefined ? {} : { serving }),
    },
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
