import { formatBytes } from '../../../base/units.ts';
import { formatCount } from '../models/architecture.ts';
import type { ServedTime } from './batching.ts';
import { decodeSeconds, requestCacheBytes } from './decode-seconds.ts';
import { denseParams } from './pass-work.ts';
import { prefillSeconds } from './prefill-seconds.ts';
import type { ServingRequest, ServingScope } from './serving-replica.ts';

/** A line of the arithmetic: what it is, its seconds, and how they come about. */
export type ServingLine = {
  readonly what: string;
  readonly seconds: number;
  readonly how: string;
};

/** One step of the whole batch; the lines add up to the last one. */
export function explainDecode(
  scope: ServingScope,
  request: ServingRequest,
  { batch, interference, perToken }: ServedTime,
): readonly ServingLine[] {
  const context = request.inputTokens + request.outputTokens / 2;
  const time = decodeSeconds(scope, batch, context);
  const { model, coefficients } = scope;
  const rate = `${formatCount(scope.weightRate)}B/s, ${percent(coefficients.memory)} of the memory's rate`;
  const cached = formatBytes(requestCacheBytes(scope, context) / scope.stages);
  return [
    { what: 'weights', seconds: time.weights, how: `${weightsOf(scope, time.weights)} at ${rate}` },
    {
      what: 'arithmetic',
      seconds: time.arithmetic,
      how: `what ${count(batch)} tokens take beyond the reading, at ${formatCount(scope.productRate)}FLOP/s`,
    },
    {
      what: 'cache',
      seconds: time.cache,
      how: `${cached} of each request on a rank, at ${count(context)} tokens`,
    },
    { what: 'communication', seconds: time.communication, how: exchanges(scope) },
    {
      what: 'launches',
      seconds: time.launches,
      how: `${model.layers} layers of ${micros(coefficients.launch)}, ${model.routedLayers} with experts ${micros(coefficients.routed)} more`,
    },
    { what: 'engine', seconds: time.engine, how: 'scheduling and sampling' },
    {
      what: 'interference',
      seconds: interference,
      how: `prefills of the ${count(batch - 1)} others`,
    },
    { what: 'time per token', seconds: perToken, how: '' },
  ];
}

/** Until the first token; the lines add up to the last one. */
export function explainFirstToken(
  scope: ServingScope,
  { inputTokens }: ServingRequest,
  time: ServedTime,
): readonly ServingLine[] {
  const pass = prefillSeconds(scope, { inputTokens, prompts: 1 });
  const { model, coefficients } = scope;
  const parts: ServingLine[] = [
    {
      what: 'products',
      seconds: pass.products,
      how: `2 × ${formatCount(model.matmulParams)} × ${count(inputTokens)} tokens at ${formatCount(scope.productRate)}FLOP/s a rank`,
    },
    {
      what: 'attention',
      seconds: pass.attention,
      how: `causal, at ${percent(coefficients.attention)} of the 16-bit peak`,
    },
    { what: 'elementwise', seconds: pass.elementwise, how: 'what moves between products' },
    { what: 'communication', seconds: pass.communication, how: exchanges(scope) },
    {
      what: 'launches',
      seconds: pass.launches,
      how: `${model.layers} layers, whose kernels the host starts one by one`,
    },
  ];
  const rest = time.firstToken - pass.total - time.waiting - time.queue;
  return [
    ...parts,
    { what: 'waiting', seconds: time.waiting, how: "the others' prefills, half of a step" },
    { what: 'queue', seconds: time.queue, how: 'for a request that ends' },
    { what: 'engine', seconds: rest, how: 'tokenizing, scheduling' },
    { what: 'time to first token', seconds: time.firstToken, how: '' },
  ];
}

function weightsOf(scope: ServingScope, seconds: number): string {
  const bytes = formatBytes(seconds * scope.weightRate);
  const { model, tensor } = scope;
  if (model.expertParams === 0) return bytes;
  const dense = formatCount(denseParams(model) / tensor);
  return `${bytes} (${dense} parameters of a rank outside experts, and the experts reached)`;
}

function exchanges({ tensor, groups, model }: ServingScope): string {
  if (tensor === 1 && groups === 1) return 'one rank: none';
  const reduced = tensor > 1 ? [`${2 * model.layers} all-reduces of ${tensor} ranks`] : [];
  const sent =
    model.routedLayers > 0 && groups > 1 ? [`${2 * model.routedLayers} all-to-alls`] : [];
  return [...reduced, ...sent].join(', ') || 'groups are apart: none';
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function micros(seconds: number): string {
  return `${Number((seconds * 1e6).toPrecision(2))} µs`;
}

function count(value: number): string {
  return String(Math.round(value));
}
