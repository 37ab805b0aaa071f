import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rateFromUsd } from '../../../base/money.ts';
import { buildOffer, buildTask, buildTaskFile } from '../../../spec/build-for-tests.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { Task } from '../../../spec/task.ts';
import { problemOf } from '../model/problem-of.ts';
import { OPTIONS } from '../search/options-for-tests.ts';
import { runSearcher } from '../search/run-searcher.ts';
import { servingSearcher } from './serving-searcher.ts';
import { beats, unbeatenCandidates } from './unbeaten-candidates.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 40 : 1000;

function machine(
  id: string,
  usd: number,
  requestsPerSecond: readonly number[],
  available: number | null = null,
): Candidate {
  const offer = buildOffer({ id, nanosPerHour: rateFromUsd(usd), available });
  const serves = { requestsPerSecond, concurrency: 1 };
  return { offer, machines: 1, hours: null, throughput: null, serves };
}

function names(candidates: readonly Candidate[]): readonly string[] {
  return unbeatenCandidates(candidates).map(({ offer }) => offer.id);
}

describe('machines that another one beats at a mix of requests', () => {
  it('are those that cost as much, and do no more of any size', () => {
    const good = machine('good', 2, [4, 2]);
    const worse = machine('worse', 2.5, [4, 1]);
    const special = machine('special', 2, [3, 3]);
    assert.deepEqual(names([worse, special, good]), ['special', 'good']);
  });

  it('are those for which several others do for the same money', () => {
    assert.deepEqual(names([machine('large', 8, [8]), machine('small', 1, [1])]), ['small']);
    assert.deepEqual(names([machine('large', 7.9, [8]), machine('small', 1, [1])]), [
      'large',
      'small',
    ]);
  });

  it('are none where the better one may run out', () => {
    assert.deepEqual(names([machine('few', 1, [2], 3), machine('many', 2, [2])]), ['few', 'many']);
  });

  it('are none of those that are needed for a size which the better one cannot take', () => {
    assert.equal(beats(machine('short', 1, [9, 0]), machine('long', 5, [1, 1])), false);
  });

  const machines = fc.array(
    fc.record({
      usd: fc.integer({ min: 1, max: 40 }),
      speeds: fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 6 })),
      available: fc.constantFrom(null, null, 2),
    }),
    { minLength: 1, maxLength: 6 },
  );

  it('never change what the cheapest mix costs', async () => {
    const property = fc.asyncProperty(
      machines,
      fc.integer({ min: 1, max: 20 }),
      async (all, rate) => {
        const candidates = [{ usd: 400, speeds: [1, 1] as const, available: null }, ...all].map(
          ({ usd, speeds, available }, index) => machine(`${index}`, usd / 10, speeds, available),
        );
        assert.equal(
          await costOf(unbeatenCandidates(candidates), rate),
          await costOf(candidates, rate),
        );
      },
    );
    await fc.assert(property, { numRuns: CASES });
  });
});

/** Of the cheapest mix of these very candidates. */
async function costOf(candidates: readonly Candidate[], rate: number): Promise<number> {
  // A wish to be apart keeps every candidate.
  const task = service(rate);
  const problem = problemOf(buildTaskFile([task]), [{ index: 0, task, candidates }]);
  const { value, bound } = await runSearcher(problem, servingSearcher, OPTIONS);
  assert.ok(value! - bound! <= 1, 'it is proven');
  return value!;
}

function service(requestsPerSecond: number): Task {
  const size = { share: 0.5, inputTokens: null, outputTokens: null, throughput: {} };
  const mix = {
    sizes: [size, size],
    concurrency: null,
    utilizationMax: 1,
    latency: 'mean',
  } as const;
  const serving = {
    requestsPerSecond,
    inputTokens: null,
    outputTokens: null,
    ttftMs: null,
    tpotMs: null,
    precision: 'bf16',
    mix,
  } as const;
  const spread = { providersMin: 1, shareMax: 1, apart: 'zone' } as const;
  return buildTask({ kind: 'serve', serving, spread });
}
