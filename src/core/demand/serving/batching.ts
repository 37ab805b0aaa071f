import { GIB } from '../../../base/units.ts';
import {
  decodeSeconds,
  launchSeconds,
  requestCacheBytes,
  weightBytesPerRank,
} from './decode-seconds.ts';
import { prefillSeconds, promptSeconds } from './prefill-seconds.ts';
import { isStatic } from './serving-coefficients.ts';
import type { ServingRequest, ServingScope } from './serving-replica.ts';

/*
 * Problem: what requests see that share a replica.
 * Method: continuous batching in the steady state (Yu et al., Orca, OSDI 2022). Each of B slots
 * holds a request for its output's steps; in that time each of the others prefills once. A share
 * of those prefills (`late`) falls between a request's tokens, another (`burst`) before its first
 * one: requests that began together end together. More clients than slots wait for one to be free.
 */

/** Tokens of prompts that engines take into one pass (vLLM's max_num_batched_tokens, 8,192 online). */
const PASS_TOKENS = 8192;
/** vLLM's gpu_memory_utilization, and what the runtime takes for itself. */
const MEMORY_SHARE = 0.9;
const RUNTIME_BYTES = 2 * GIB;

/** What requests of one size see with so many of them at once. */
export type ServedTime = {
  /** Requests that the replica works on at once. */
  readonly batch: number;
  readonly step: number;
  readonly prompt: number;
  /** Of the time between two tokens: the others' prefills. */
  readonly interference: number;
  readonly perToken: number;
  /** Of the first token: for a free slot, and for others' prefills. */
  readonly queue: number;
  readonly waiting: number;
  readonly firstToken: number;
  /** Of the whole replica. */
  readonly outputTokensPerSecond: number;
};

/** Requests at once that the memory holds, each with half of its answer; 0 where weights do not fit. */
export function sequencesThatFit(scope: ServingScope, request: ServingRequest): number {
  const { groups, stages } = scope;
  const free = scope.memoryGib * GIB * MEMORY_SHARE - RUNTIME_BYTES - weightBytesPerRank(scope);
  // Requests are of all ages, and block managers count on it (vLLM preempts where it was too many).
  const held = requestCacheBytes(scope, request.inputTokens + request.outputTokens / 2) / stages;
  if (free <= 0) return 0;
  return held === 0 ? Infinity : groups * Math.floor(free / held);
}

/** Of `clients` that each send a request as soon as they have the last answer. */
export function servedTime(
  scope: ServingScope,
  request: ServingRequest,
  { clients, slots }: { readonly clients: number; readonly slots: number },
): ServedTime {
  const batch = Math.max(1, Math.min(clients, slots));
  if (isStatic(scope.engine)) return fixedBatch(scope, request, batch);
  const { coefficients, groups } = scope;
  const { inputTokens, outputTokens } = request;
  const step = decodeSeconds(scope, batch, inputTokens + outputTokens / 2).total;
  const prompt = promptSeconds(scope, inputTokens);
  const ofGroup = Math.max(1, batch / groups);
  const each = mixedPromptSeconds(scope, request, ofGroup);
  const others = (ofGroup - 1) * each;
  const interference = (coefficients.late * others) / outputTokens;
  const perToken = step + interference;
  const residence = outputTokens * perToken + prompt;
  const queue = Math.max(0, clients / batch - 1) * residence;
  const waiting = coefficients.burst * others + step / 2;
  return {
    batch,
    step,
    prompt,
    interference,
    perToken,
    queue,
    waiting,
    firstToken: coefficients.first + queue + waiting + prompt,
    outputTokensPerSecond: (batch * outputTokens) / (ofGroup * each + outputTokens * step),
  };
}

/** All prompts first, then all tokens, then the next batch. */
function fixedBatch(scope: ServingScope, request: ServingRequest, batch: number): ServedTime {
  const { inputTokens, outputTokens } = request;
  const step = decodeSeconds(scope, batch, inputTokens + outputTokens / 2).total;
  const prompt =
    batch === 1
      ? promptSeconds(scope, inputTokens)
      : prefillSeconds(scope, { inputTokens, prompts: batch / scope.groups }).total;
  return {
    batch,
    step,
    prompt,
    interference: 0,
    perToken: step,
    queue: 0,
    waiting: 0,
    firstToken: prompt,
    outputTokensPerSecond: (batch * outputTokens) / (prompt + outputTokens * step),
  };
}

/**
 * A prompt's part of a pass with decoding requests, whose kernels start anyway, and with the other
 * prompts that come in the time of a step: one for each answer that ends.
 */
function mixedPromptSeconds(
  scope: ServingScope,
  { inputTokens, outputTokens }: ServingRequest,
  ofGroup: number,
): number {
  const together = PASS_TOKENS / Math.max(1, inputTokens);
  const prompts = Math.max(1, Math.min(together, ofGroup / outputTokens));
  const pass = prefillSeconds(scope, { inputTokens, prompts });
  return (pass.total - launchSeconds(scope)) / prompts;
}
