import { launchSeconds } from './decode-seconds.ts';
import { exchangeSeconds } from './exchange-seconds.ts';
import { larger } from './larger.ts';
import { passWork } from './pass-work.ts';
import type { ServingScope } from './serving-replica.ts';

/** Seconds of the pass over prompts by what takes them; they sum to `total`. */
export type PrefillTime = {
  readonly products: number;
  readonly attention: number;
  readonly elementwise: number;
  readonly communication: number;
  /** Between kernels, and what the device waits for a host that starts them one by one. */
  readonly launches: number;
  readonly total: number;
};

/** Prompts that one pass takes together, per group; each is `inputTokens` long. */
export type Prompts = { readonly inputTokens: number; readonly prompts: number };

/**
 * Two operations for each parameter and token at a share of the achievable rate (or the reading of
 * the weights, where a prompt is short), causal attention, what moves between the products, and
 * exchanges. Of the last token alone the output matrix is multiplied.
 */
export function prefillSeconds(
  scope: ServingScope,
  { inputTokens, prompts }: Prompts,
): PrefillTime {
  const { model, tensor } = scope;
  const tokens = inputTokens * prompts;
  const work = passWork(scope, tokens);
  const head = (model.vocab * model.hidden * scope.headBytes) / (tensor * scope.weightRate);
  const products =
    larger(work.denseRead, work.denseProducts) +
    larger(work.expertRead, work.expertProducts) +
    head;
  const attention = (prompts * attentionFlops(scope, inputTokens)) / scope.attentionRate;
  const elementwise = (scope.coefficients.traffic * tokens * movedBytes(scope)) / scope.weightRate;
  const communication = exchangeSeconds(scope, tokens);
  const busy = products + attention + elementwise + communication;
  const graph = launchSeconds(scope);
  const launches = Math.max(graph, graph * scope.coefficients.eager - busy);
  return { products, attention, elementwise, communication, launches, total: busy + launches };
}

/**
 * Seconds of one prompt alone on a replica, with its stages at work at the same time where it
 * passes them in pieces: llama.cpp's of 512 tokens (n_ubatch). m pieces through p stages take
 * (m + p − 1) of the m·p parts (Narayanan et al., arXiv:2104.04473, section 2.2).
 */
export function promptSeconds(scope: ServingScope, inputTokens: number): number {
  if (scope.engine !== 'llama.cpp') return prefillSeconds(scope, { inputTokens, prompts: 1 }).total;
  const pieces = Math.max(1, Math.ceil(inputTokens / PIECE_TOKENS));
  const piece = prefillSeconds(scope, { inputTokens: inputTokens / pieces, prompts: 1 });
  return (piece.total * (pieces + scope.stages - 1)) / scope.stages;
}

const PIECE_TOKENS = 512;

/**
 * Scores and values of a causal prompt of s tokens: 4·heads·headDim for each of s²/2 pairs, or of
 * s·w − w²/2 in layers that see w tokens back, or s·w in recurrent ones, whose scan is like w.
 */
function attentionFlops({ model, tensor }: ServingScope, tokens: number): number {
  const { layers, heads, headDim, window } = model;
  const windowed = window?.layers ?? 0;
  const recurrent = window?.recurrent;
  const seen = Math.min(tokens, window?.tokens ?? tokens);
  const pairs =
    (layers - windowed) * (tokens ** 2 / 2) +
    windowed * (recurrent === undefined ? seen * tokens - seen ** 2 / 2 : recurrent.reach * tokens);
  return (4 * heads * headDim * pairs) / tensor;
}

/**
 * Bytes of a token that pass the memory between products, over all layers: ten reads or writes of
 * the hidden state (two norms, two additions), two of what attention and the feed-forward hand on.
 */
function movedBytes({ model, tensor }: ServingScope): number {
  const { layers, hidden, heads, headDim, feedForward, expertsPerToken } = model;
  const inner = heads * headDim + 2 * feedForward * expertsPerToken;
  return layers * (20 * hidden + (4 * inner) / tensor);
}
