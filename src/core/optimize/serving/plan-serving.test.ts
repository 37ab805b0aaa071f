import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateFromUsd } from '../../../base/money.ts';
import { buildOffer, buildPlan, buildTask, buildTaskFile } from '../../../spec/build-for-tests.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { Spread } from '../../../spec/task.ts';
import { problemOf } from '../model/problem-of.ts';
import { withServing } from './plan-serving.ts';

const SPEEDS = { a: [5, 2], b: [20, 10] };
const MIX = {
  sizes: [0.5, 0.5].map((share) => ({
    share,
    inputTokens: null,
    outputTokens: null,
    throughput: {},
  })),
  concurrency: null,
  utilizationMax: 1,
  latency: 'mean',
} as const;

/** Two machines of each of two providers, and an answer that shares all requests by halves. */
function servedBy(spread: Spread | null) {
  const serving = {
    requestsPerSecond: 4,
    inputTokens: null,
    outputTokens: null,
    ttftMs: null,
    tpotMs: null,
    precision: 'bf16',
    mix: MIX,
  } as const;
  const task = buildTask({ kind: 'serve', serving, spread });
  const candidates = Object.entries(SPEEDS).map(([id, requestsPerSecond], at): Candidate => {
    const offer = buildOffer({ id, provider: id, nanosPerHour: rateFromUsd(1 + 2 * at) });
    return {
      offer,
      machines: 1,
      hours: null,
      throughput: null,
      serves: { requestsPerSecond, concurrency: 1 },
    };
  });
  const problems = [{ index: 0, task, candidates }];
  const lines = [0, 1].map((option) => ({
    task: 0,
    option,
    machines: 2,
    hours: 1,
    startS: 0,
    shares: [0.5, 0.5],
  }));
  const hired = Object.keys(SPEEDS).map((offerId) => ({ offerId, count: 2, hours: null }));
  const plan = { ...buildPlan(hired), costMicros: null, bound: null, gap: null };
  const solved = {
    answer: { lines },
    value: 8e6,
    bound: 7.9e6,
    proof: 'tree',
    gap: 0.0125,
    claimed: null,
    solver: 'serving',
    why: '',
    seconds: 0,
  } as const;
  return withServing(plan, {
    problem: problemOf(buildTaskFile([task]), problems),
    problems,
    solved,
  });
}

describe('a plan with its services', () => {
  it('gives faster machines more than those of an answer that only fits, and the bound of an hour', () => {
    const { allocations, serving, bound, gap } = servedBy(null);
    assert.ok(allocations[1]!.shares!.every((share) => share > 0.5));
    assert.equal(serving![0]!.minimizes, 'mean');
    assert.deepEqual([bound, gap], [{ micros: 7.9e6, proof: 'tree' }, 0.0125]);
  });

  it('keeps the shares where the best ones would be too much for one provider', () => {
    const { allocations, serving } = servedBy({ providersMin: 1, shareMax: 0.5, apart: null });
    assert.deepEqual(
      allocations.map(({ shares }) => shares),
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
    );
    assert.equal(serving![0]!.minimizes, null);
    assert.ok(serving![0]!.latency!.meanS > 0);
  });
});
