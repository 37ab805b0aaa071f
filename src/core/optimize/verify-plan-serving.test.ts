import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateFromUsd } from '../../base/money.ts';
import { buildAllocation, buildOffer, buildTask } from '../../spec/build-for-tests.ts';
import type { Candidate } from '../../spec/match.ts';
import { MIX } from './serving/mix-for-tests.ts';
import { leftOutProblems, servingProblems } from './verify-plan-serving.ts';

function machine(id: string, usd: number, requestsPerSecond: readonly number[]): Candidate {
  const offer = buildOffer({ id, nanosPerHour: rateFromUsd(usd) });
  const serves = { requestsPerSecond, concurrency: 1 };
  return { offer, machines: 1, hours: null, throughput: null, serves };
}

const PROBLEM = {
  index: 0,
  task: buildTask({ name: 'chat' }),
  candidates: [machine('a', 1, [10, 0]), machine('b', 2, [5, 10])],
};

function faults(shares: Readonly<Record<string, readonly number[]>>): readonly string[] {
  const lines = Object.entries(shares).map(([offerId, own]) =>
    buildAllocation({ offerId, count: 1, shares: [...own] }),
  );
  return servingProblems(lines, PROBLEM, MIX);
}

describe('the check of a plan that serves', () => {
  it('passes one that shares out all requests and fills no machine beyond what is allowed', () => {
    assert.deepEqual(faults({ a: [1, 0], b: [0, 1] }), []);
  });

  it('finds requests that nobody takes, and those that are taken twice', () => {
    assert.match(faults({ a: [0.9, 0], b: [0, 1] })[0]!, /shares out 0.9, 1 of its requests/);
    assert.match(faults({ a: [1, 0], b: [0.5, 1] })[0]!, /shares out 1.5, 1/);
  });

  it('finds machines that are too full, and requests that a machine cannot take', () => {
    assert.match(faults({ a: [0, 0], b: [1, 1] })[0]!, /gives 1 × b the requests of 1.2/);
    assert.match(faults({ a: [0.5, 0.5], b: [0.5, 0.5] })[0]!, /1 × a the requests of Infinity/);
  });
});

describe('the check that the search saw all that matters', () => {
  it('misses a machine that none of those seen makes up for', () => {
    const [cheap, able] = PROBLEM.candidates;
    assert.deepEqual(leftOutProblems(PROBLEM.candidates, PROBLEM.candidates), []);
    assert.match(leftOutProblems(PROBLEM.candidates, [cheap!])[0]!, /b was left out/);
    const large = machine('large', 4, [10, 20]);
    assert.deepEqual(leftOutProblems([able!, large], [able!]), []);
    const larger = machine('larger', 3.9, [10, 20]);
    assert.equal(leftOutProblems([able!, larger], [able!]).length, 1);
  });
});
