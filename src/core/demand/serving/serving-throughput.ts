import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { type ServedTime, sequencesThatFit, servedTime } from './batching.ts';
import { type ServingRequest, type ServingScope, usualEngine } from './serving-replica.ts';

/** What the user asks of the times of a request, in seconds; null where nothing is asked. */
export type ServiceLevel = {
  readonly firstTokenMax: number | null;
  readonly perTokenMax: number | null;
};

export type ServingThroughput =
  | (ServedTime & { readonly meets: true })
  | {
      readonly meets: false;
      /** What a single request at a time already breaks. */
      readonly because: 'memory' | 'first-token' | 'per-token';
      /** Its seconds; 0 where the memory is too small. */
      readonly seconds: number;
    };

/** Requests at once that engines take by default, and those that vLLM takes on large devices. */
const SEQUENCES_MAX = { usual: 256, large: 1024 };
const LARGE_GIB = 70;

/**
 * Requests at once that engines take by default, of each group: vLLM's max_num_seqs
 * (vllm/engine/arg_utils.py, get_batch_defaults) is larger for 70 GiB and more, but for the A100.
 */
export function sequencesMax(device: AcceleratorFacts): number {
  const { generation, memoryGib } = device;
  const isLarge = memoryGib >= LARGE_GIB && generation !== 'ampere';
  return isLarge && usualEngine(device) === 'vllm' ? SEQUENCES_MAX.large : SEQUENCES_MAX.usual;
}

/**
 * The most that a replica serves: the largest batch that the memory holds (or a caller that
 * knows the memory better, by `slots`) and whose times the user accepts. Both times grow with the
 * batch, so that it is found by halving.
 */
export function servingThroughput(
  scope: ServingScope,
  request: ServingRequest,
  level: ServiceLevel,
  slots: number = sequencesThatFit(scope, request),
): ServingThroughput {
  const most = Math.min(sequencesMax(scope.device) * scope.groups, slots);
  if (most < 1) return { meets: false, because: 'memory', seconds: 0 };
  const at = (batch: number): ServedTime =>
    servedTime(scope, request, { clients: batch, slots: batch });
  const one = at(1);
  const broken = whatBreaks(one, level);
  if (broken !== null) return { meets: false, ...broken };
  let good = one;
  let bad = most + 1;
  while (bad - good.batch > 1) {
    const middle = at(Math.floor((good.batch + bad) / 2));
    if (whatBreaks(middle, level) === null) good = middle;
    else bad = middle.batch;
  }
  return { meets: true, ...good };
}

function whatBreaks(
  { firstToken, perToken }: ServedTime,
  { firstTokenMax, perTokenMax }: ServiceLevel,
): { readonly because: 'first-token' | 'per-token'; readonly seconds: number } | null {
  if (firstTokenMax !== null && firstToken > firstTokenMax)
    return { because: 'first-token', seconds: firstToken };
  if (perTokenMax !== null && perToken > perTokenMax)
    return { because: 'per-token', seconds: perToken };
  return null;
}
