import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildMix } from '../../../../bench/instances/small-mixes.ts';
import type { Answer } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { verifyAnswer } from '../verify/verify-answer.ts';
import { balanceAnswer } from './balance-answer.ts';
import { latencyOf } from './balance-load.ts';

const KINDS = [
  { usd: 1, throughputs: [2, 1] },
  { usd: 3, throughputs: [8, 3] },
];

function answerWith(shares: readonly (readonly number[])[]): Answer {
  return {
    lines: shares.map((own, option) => ({
      task: 0,
      option,
      machines: 2,
      hours: 1,
      startS: 0,
      shares: own,
    })),
  };
}

function balance({ tasks }: Problem, answer: Answer): ReturnType<typeof balanceAnswer> {
  const { work } = tasks[0]!;
  assert.ok(work.kind === 'serving');
  return balanceAnswer(work, answer, { minimize: 'mean' });
}

describe('an answer with balanced shares', () => {
  it('hires the same machines, and its requests take less time', () => {
    const problem = buildMix([6, 2], KINDS);
    const plain = answerWith([
      [0.3, 0.2],
      [0.7, 0.8],
    ]);
    assert.deepEqual(verifyAnswer(problem, plain), []);
    const { answer, latency, utilization } = balance(problem, plain)!;
    assert.deepEqual(verifyAnswer(problem, answer), []);
    const replicas = KINDS.map(({ throughputs }) => ({ count: 2, throughputs }));
    const before = latencyOf({ replicas, rates: [6, 2] }, [
      [0.3, 0.7],
      [0.2, 0.8],
    ]);
    assert.ok(latency.meanS < before.meanS);
    assert.ok(utilization.every((one) => one < 1));
  });

  it('is none where the machines are full', () => {
    const full = answerWith([
      [1, 0],
      [0, 1],
    ]);
    const problem = buildMix([4, 6], [KINDS[0]!, { usd: 3, throughputs: [0, 3] }]);
    assert.deepEqual(verifyAnswer(problem, full), []);
    assert.equal(balance(problem, full), null);
  });
});
