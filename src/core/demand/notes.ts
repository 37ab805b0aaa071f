import { formatBytes } from '../../base/units.ts';
import type { Layout } from '../../spec/demand.ts';
import { cacheBytesPerToken } from './memory/kv-cache.ts';
import { modelStates } from './memory/training-memory.ts';
import { USUAL_TASK } from './memory/training-task.ts';
import { modelWeightBytes } from './memory/weight-bytes.ts';
import { adapterParams } from './models/adapter-params.ts';
import { type Architecture, formatCount } from './models/architecture.ts';
import type { RequestShare } from './serving/serving-layouts.ts';
import type { ServingTask } from './serving/serving-task.ts';
import { trainingFlops } from './training/training-flops.ts';
import { ONE_DEVICE } from './training/training-layout.ts';
import type { TrainingRun } from './training/training-layouts.ts';

/** The arithmetic of a training in words: formula, numbers, source. */
export function trainingNotes(model: Architecture, task: TrainingRun): readonly string[] {
  const asked = { ...USUAL_TASK, ...task };
  const { weights, attention } = trainingFlops(model, task);
  const total = (weights + attention) * task.tokens;
  const isFrozen = task.method === 'lora' || task.method === 'qlora';
  const rule = isFrozen ? '4N (frozen) + 6 × adapters' : '6N';
  const states = modelStates(model, asked, ONE_DEVICE);
  const trained = isFrozen ? adapterParams(model, asked.loraRank) : model.params;
  return [
    modelNote(model),
    `FLOPs/token: ${rule} = ${scientific(weights)} (Kaplan, arXiv:2001.08361)`,
    `  and 6·layers·width·${task.sequenceLength} = ${scientific(attention)} (PaLM, arXiv:2204.02311, causal half)`,
    `FLOPs: ${scientific(weights + attention)} × ${formatCount(task.tokens)} tokens = ${scientific(total)}`,
    `trained: ${formatCount(trained)} parameters${isFrozen ? `, adapters of rank ${asked.loraRank}` : ''}`,
    `weights, gradients, ${asked.optimizer}: ${formatBytes(states.mid)} in all (ZeRO, arXiv:1910.02054)`,
    'memory and time of a layout, line by line: kedge demand --explain',
  ];
}

/** The arithmetic of serving in words; of replicas, what the least devices' layouts need. */
export function servingNotes(
  model: Architecture,
  task: ServingTask & { readonly requestsPerSecond: number | null },
  layouts: readonly Layout[],
): readonly string[] {
  const perToken = cacheBytesPerToken(model, 2);
  const sequence = perToken * (task.inputTokens + task.outputTokens);
  const rate = task.requestsPerSecond;
  return [
    modelNote(model),
    `weights: ${formatBytes(modelWeightBytes(model, task.precision))} in ${task.precision}`,
    `KV cache: 2 bytes × ${model.cachePerToken} numbers = ${formatBytes(perToken)} a token,`,
    `  ${formatBytes(sequence)} a sequence of ${task.inputTokens} + ${task.outputTokens} tokens`,
    'prefill: 2N a token and attention, bound by arithmetic; decoding: weights and',
    '  cache read once a step, bound by memory (Pope et al., arXiv:2211.05102)',
    'a layout is one replica; tokens/s are its output tokens',
    ...splitNotes(layouts),
    ...(rate === null ? [] : replicaNotes(rate, rate * task.outputTokens, layouts)),
  ];
}

/** The arithmetic of serving several sizes of requests in words. */
export function mixNotes(
  model: Architecture,
  sizes: readonly RequestShare[],
  layouts: readonly Layout[],
): readonly string[] {
  const [{ task }] = sizes as [(typeof sizes)[number]];
  return [
    modelNote(model),
    `weights: ${formatBytes(modelWeightBytes(model, task.precision))} in ${task.precision}`,
    ...sizes.map(({ share, task: { inputTokens, outputTokens } }) => {
      const percent = Number((100 * share).toPrecision(3));
      return `${percent} % of the requests: ${inputTokens} tokens in, ${outputTokens} out`;
    }),
    'prefill: 2N a token and attention, bound by arithmetic; decoding: weights and',
    '  cache read once a step, bound by memory (Pope et al., arXiv:2211.05102)',
    'a layout is one replica; tokens/s are its output tokens, of the whole mix',
    ...splitNotes(layouts),
  ];
}

/** What the marks of a mixture's layouts mean, and of those over several machines. */
function splitNotes(layouts: readonly Layout[]): string[] {
  const splits = layouts.filter(({ fits }) => fits).flatMap(({ serving }) => serving ?? []);
  const isSpread = splits.some(({ expertParallel }) => expertParallel > 1);
  const isStaged = splits.some(({ pipelineParallel }) => pipelineParallel > 1);
  return [
    ...(isSpread
      ? ['EP8: experts over 8 devices; DP: attention in copies that share the requests']
      : []),
    ...(isStaged ? ['PP2: some of the layers on each of two machines'] : []),
    ...(splits.length > 0 ? ['options of engines for such a layout: kedge demand --explain'] : []),
  ];
}

/** The number of replicas on the device that one replica makes the most of. */
function replicaNotes(rate: number, tokensPerSecond: number, layouts: readonly Layout[]): string[] {
  const load = `load: ${rate} requests/s = ${formatCount(tokensPerSecond)} output tokens/s`;
  const each = ({ tokensPerSecond: speed, devices }: Layout): number => (speed?.mid ?? 0) / devices;
  const best = layouts
    .filter(({ fits }) => fits)
    .reduce<Layout | null>((most, one) => (most && each(most) >= each(one) ? most : one), null);
  if (!best?.tokensPerSecond) return [load];
  const replicas = Math.ceil(tokensPerSecond / best.tokensPerSecond.mid);
  const words = replicas === 1 ? '1 replica' : `${replicas} replicas`;
  return [load, `  as of ${words} of ${best.devices} × ${best.accelerator}`];
}

function modelNote({ name, params, activeParams, layers, hidden }: Architecture): string {
  const active = activeParams < params ? `, ${formatCount(activeParams)} active` : '';
  return `${name}: ${formatCount(params)} parameters${active}, ${layers} layers, width ${hidden}`;
}

function scientific(value: number): string {
  return value.toExponential(2).replace('e+', 'e');
}
