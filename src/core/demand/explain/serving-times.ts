import { formatCount } from '../models/architecture.ts';
import type { ServedTime } from '../serving/batching.ts';
import { requestCacheBytes } from '../serving/decode-seconds.ts';
import { dispatchSeconds, handOverSeconds, reduceSeconds } from '../serving/exchange-seconds.ts';
import { explainDecode, explainFirstToken, type ServingLine } from '../serving/explain-serving.ts';
import { denseParams, passWork } from '../serving/pass-work.ts';
import { prefillSeconds } from '../serving/prefill-seconds.ts';
import { isStatic } from '../serving/serving-coefficients.ts';
import type { ServingRequest, ServingScope } from '../serving/serving-replica.ts';
import type { ExplainedSeconds, ExplainedTime } from './explained.ts';
import {
  bytes,
  count,
  factor,
  flops,
  formatSeconds,
  over,
  plus,
  rate,
  seconds,
  type Term,
  times,
} from './term.ts';

/** Numbers and the source of a line whose seconds are known. */
type Told = { readonly formula: string; readonly source: string };
type Telling = { readonly [what: string]: (seconds: number) => Told };

const POPE = 'Pope et al., arXiv:2211.05102, section 3';

/** One step of the whole batch, and what of others' prompts falls into it. */
export function tokenTime(
  scope: ServingScope,
  request: ServingRequest,
  time: ServedTime,
): ExplainedTime {
  const lines = explainDecode(scope, request, time);
  const telling = tellingOfStep(scope, request, time);
  return { of: 'time per token', ...added(lines, telling) };
}

/** From a request's arrival on. */
export function firstTokenTime(
  scope: ServingScope,
  request: ServingRequest,
  time: ServedTime,
): ExplainedTime {
  const lines = explainFirstToken(scope, request, time).flatMap((line) =>
    line.what === 'engine' ? ofEngine(scope, line) : [line],
  );
  const telling = tellingOfPrompt(scope, request, time);
  return { of: 'time to first token', ...added(lines, telling) };
}

/** What a batch of prompts, or one in pieces, takes beside one in one pass is no engine's. */
function ofEngine(scope: ServingScope, line: ServingLine): readonly ServingLine[] {
  const own = isStatic(scope.engine) ? 0 : scope.coefficients.first;
  const rest = line.seconds - own;
  return [
    { ...line, seconds: own },
    { ...line, what: 'other passes', seconds: rest },
  ];
}

/** Of a time: what only rounding leaves. */
const ROUNDING = 1e-10;

/** The last line is the sum; lines of next to no time say nothing. */
function added(
  lines: readonly ServingLine[],
  telling: Telling,
): { readonly seconds: number; readonly lines: readonly ExplainedSeconds[] } {
  const total = lines.at(-1)!.seconds;
  const parts = lines.slice(0, -1).filter((line) => Math.abs(line.seconds) > ROUNDING * total);
  return {
    seconds: total,
    lines: parts.map(({ what, seconds: taken }) => ({
      name: what,
      seconds: taken,
      ...telling[what]!(taken),
    })),
  };
}

function tellingOfStep(
  scope: ServingScope,
  { inputTokens, outputTokens }: ServingRequest,
  { batch }: ServedTime,
): Telling {
  const { model, coefficients, groups, stages } = scope;
  const context = inputTokens + outputTokens / 2;
  const requests = Math.max(1, batch / groups / stages);
  return {
    weights: (taken) => ({
      formula: `${bytes(taken * scope.weightRate).text} of ${weightsWords(scope)} / ${memoryWords(scope)}`,
      source: `read once a step, with the output matrix: ${POPE}; reached: fitted`,
    }),
    arithmetic: () => ({
      formula: `${productWords(scope, requests, Math.max(1, batch / stages))}, beyond the reading`,
      source: `the slower of both counts, smoothly: ${POPE}; rate: peak × ceiling × share, fitted`,
    }),
    cache: (taken) => ({
      formula: cacheTerm(scope, { requests, context, taken }).text,
      source: `read for each request, or multiplied where that is longer: ${POPE}; rates: fitted`,
    }),
    ...exchanges(scope, requests),
    launches: () => ({
      formula: plus(
        times(count(model.layers, 'layers'), seconds(coefficients.launch)),
        times(count(model.routedLayers, 'with experts'), seconds(coefficients.routed)),
      ).text,
      source: 'kernels that start one after another: fitted',
    }),
    engine: () => ({
      formula: plus(
        seconds(coefficients.step),
        times(count(batch / groups, 'requests'), seconds(coefficients.request)),
      ).text,
      source: 'scheduling and sampling: fitted by engine',
    }),
    interference: (taken) => ({
      formula: over(
        times(
          seconds((taken * outputTokens) / coefficients.late, "of others' prompts"),
          factor(coefficients.late, 'between tokens'),
        ),
        count(outputTokens, 'tokens'),
      ).text,
      source: "others' prompts between two tokens: Yu et al., Orca, OSDI 2022; share: fitted",
    }),
  };
}

function tellingOfPrompt(
  scope: ServingScope,
  { inputTokens }: ServingRequest,
  time: ServedTime,
): Telling {
  const { model, coefficients } = scope;
  const pass = prefillSeconds(scope, { inputTokens, prompts: 1 });
  return {
    products: () => ({
      formula: `${productWords(scope, inputTokens)}, or their reading at ${memoryWords(scope)}`,
      source:
        '2N a token: Kaplan et al., arXiv:2001.08361, section 2.1; rate: peak × ceiling × share, fitted',
    }),
    attention: (taken) => ({
      formula: over(
        times(
          count(inputTokens, 'tokens'),
          flops((taken * scope.attentionRate) / inputTokens, 'each'),
        ),
        rate(scope.attentionRate, 'FLOP/s'),
      ).text,
      source:
        'causal, 4 × heads × width × tokens²/2 a layer: arXiv:2204.02311, appendix B; rate: fitted share',
    }),
    elementwise: (taken) => ({
      formula: `${bytes(taken * scope.weightRate).text} / ${memoryWords(scope)}`,
      source: 'norms, additions, activation functions between products; share: fitted',
    }),
    ...exchanges(scope, inputTokens),
    launches: (taken) => ({
      formula: `${model.layers} layers × ${formatSeconds(taken / model.layers)}`,
      source: 'kernels that the host starts one by one, beyond what they compute: fitted',
    }),
    waiting: () => ({
      formula: plus(
        times(
          factor(coefficients.burst),
          seconds((time.waiting - time.step / 2) / coefficients.burst, "of others' prompts"),
        ),
        over(seconds(time.step), count(2)),
      ).text,
      source: 'requests that began together, half of a step; first factor: fitted',
    }),
    queue: (taken) => ({
      formula: `${formatSeconds(taken)} for a request that ends`,
      source: 'more clients than slots',
    }),
    engine: () => ({
      formula: formatSeconds(coefficients.first),
      source: 'tokenizing, scheduling: fitted by engine',
    }),
    'other passes': () => ({
      formula: `${formatSeconds(time.prompt)} of prompts as the engine passes them − ${formatSeconds(pass.total)} of one in one pass`,
      source: 'fixed batches prompt together; llama.cpp in pieces of 512 tokens (n_ubatch)',
    }),
  };
}

/** Of a pass of so many tokens of each copy of attention. */
function exchanges(scope: ServingScope, tokens: number): Telling {
  const { model, tensor, groups, stages } = scope;
  const ranks = `among ${tensor * groups} ranks`;
  const isAlone = groups === 1 && stages === 1;
  const reduced = times(
    count(2 * model.layers, 'exchanges'),
    seconds(reduceSeconds(scope, tokens), isAlone ? ranks : 'of tensor-parallel ranks'),
  );
  const sent = times(
    count(2 * model.routedLayers, 'all-to-alls'),
    seconds(dispatchSeconds(scope, tokens) / 2, ranks),
  );
  const handed = times(
    count(stages - 1, 'hand-over'),
    seconds(stages > 1 ? handOverSeconds(scope) : 0, 'to the next stage'),
  );
  const sources = [
    ...(tensor > 1 ? ['two all-reduces a layer: Shoeybi et al., arXiv:1909.08053, section 3'] : []),
    ...(groups > 1 ? ['dispatch and combine: DeepSeek-V3, arXiv:2412.19437, section 3.2'] : []),
  ];
  return {
    communication: () => ({
      formula: plus(reduced, sent, handed).text,
      source: `${[...sources, 'rate'].join('; ')}: fitted`,
    }),
  };
}

/** Products of the weights with some tokens, and with those that experts see. */
function productWords(scope: ServingScope, tokens: number, all?: number): string {
  const dense = times(
    count(2),
    count(tokens, 'tokens'),
    count(denseParams(scope.model) / scope.tensor, 'weights'),
  );
  const { expertProducts } = passWork(scope, tokens, all);
  const experts = flops(expertProducts * scope.productRate, 'of experts');
  return over(plus(dense, experts), rate(scope.productRate, 'FLOP/s')).text;
}

function cacheTerm(
  scope: ServingScope,
  {
    requests,
    context,
    taken,
  }: { readonly requests: number; readonly context: number; readonly taken: number },
): Term {
  const tokens = times(count(requests, 'requests'), count(context, 'tokens'));
  const each = bytes(requestCacheBytes(scope, context) / context, 'each');
  const read = over(times(tokens, each), rate(scope.cacheRate, 'B/s'));
  if (taken <= read.value * (1 + ROUNDING)) return read;
  const peak = rate(scope.attentionRate, 'FLOP/s');
  return over(times(tokens, flops((taken * peak.value) / tokens.value, 'each')), peak);
}

/** `7.5B weights`, of a rank; of a mixture of experts those outside, and what is reached of them. */
function weightsWords(scope: ServingScope): string {
  const dense = `${formatCount(denseParams(scope.model) / scope.tensor)} weights`;
  return scope.model.expertParams > 0 ? `${dense} and experts reached` : dense;
}

/** A rank may be a part of its device. */
function memoryWords({ weightRate, device: { memoryBytesPerS } }: ServingScope): string {
  const reached = factor(weightRate / memoryBytesPerS, 'reached');
  return `(${times(rate(memoryBytesPerS, 'B/s'), reached).text})`;
}
