import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros, asRate } from '../../../base/money.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Problem } from '../model/problem.ts';
import type { SolvedProblem } from '../search/solve-problem.ts';
import { costTimeFrontier, type FrontierOptions } from './cost-time-frontier.ts';
import { worthOfMore } from './worth-of-more.ts';

/** A way to do it: so many whole seconds, for so many micro-dollars in all. */
type Way = { readonly seconds: number; readonly micros: number };

/** One task of which each way is an option, with its whole price as an extra. */
function problemOf(ways: readonly Way[]): Problem {
  const options = ways.map(({ seconds, micros }) => ({
    offer: 0,
    machines: 1,
    hours: seconds / 3600,
    startS: 0,
    extraMicros: asMicros(micros),
  }));
  return buildProblem({
    offers: [buildOffer({ nanosPerHour: asRate(0) })],
    tasks: [buildTask({ work: { kind: 'choice', options } })],
  });
}

/** By looking at every option. */
async function solve({ tasks }: Problem): Promise<SolvedProblem | null> {
  const { work, limits } = tasks[0]!;
  assert(work.kind === 'choice');
  const open = [...work.options.entries()].filter(
    ([, { hours }]) => hours * 3600 <= (limits.deadlineS ?? Infinity) + 1e-6,
  );
  const best = open.toSorted(([, a], [, b]) => a.extraMicros - b.extraMicros)[0];
  if (best === undefined) return null;
  const [option, { hours, extraMicros }] = best;
  const line = { task: 0, option, machines: 1, hours, startS: 0, shares: null };
  return {
    answer: { lines: [line] },
    value: extraMicros,
    bound: extraMicros,
    proof: 'enumeration',
    gap: 0,
    claimed: null,
    solver: 'test',
    why: '',
    seconds: 0,
  };
}

const unlimited: FrontierOptions = { solve, pointsMax: Infinity, isOver: () => false };

const ways = fc.array(
  fc.record({ seconds: fc.integer({ min: 1, max: 5000 }), micros: fc.nat(60) }),
  { minLength: 1, maxLength: 12 },
);

describe('the cost–time frontier', () => {
  it('is exactly what nothing beats in both', async () => {
    await fc.assert(
      fc.asyncProperty(ways, async (given) => {
        const frontier = await costTimeFrontier(problemOf(given), unlimited);
        const unbeaten = given.filter(
          (one) =>
            !given.some(
              (other) =>
                other.seconds <= one.seconds &&
                other.micros <= one.micros &&
                (other.seconds < one.seconds || other.micros < one.micros),
            ),
        );
        const wanted = new Set(unbeaten.map(({ seconds, micros }) => `${seconds} ${micros}`));
        const points = frontier!.points.map((one) => `${one.deadlineS} ${one.costMicros}`);
        assert.deepEqual(points.toSorted(), [...wanted].toSorted());
        assert.ok(frontier!.isWhole);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps both ends and says that it is not whole where there are more points', async () => {
    const given = Array.from({ length: 50 }, (_, at) => ({ seconds: 10 + at, micros: 100 - at }));
    const frontier = await costTimeFrontier(problemOf(given), { ...unlimited, pointsMax: 8 });
    assert.equal(frontier!.isWhole, false);
    const seconds = frontier!.points.map(({ deadlineS }) => deadlineS);
    assert.deepEqual([seconds.length, seconds[0], seconds.at(-1)], [8, 10, 59]);
  });

  it('is nothing for what cannot be done', async () => {
    assert.equal(await costTimeFrontier(problemOf([]), unlimited), null);
  });
});

describe('what more of a limit is worth', () => {
  it('is what the plan costs less with it, for limits that it uses up', async () => {
    const given = [
      { seconds: 4000, micros: 90 },
      { seconds: 7000, micros: 40 },
      { seconds: 99_000, micros: 1 },
    ];
    const problem = problemOf(given);
    const [task] = problem.tasks;
    const limits = { ...task!.limits, deadlineS: 5000 };
    const limited = { ...problem, tasks: [{ ...task!, limits }] };
    const answered = (await solve(limited))!;
    assert.deepEqual(await worthOfMore(limited, answered, solve), [
      { more: 'one more hour until the deadline', savesMicros: 50 },
    ]);
  });

  it('counts quotas and offers that are used up, and no others', async () => {
    const offers = [
      buildOffer({ id: 'full', available: 3, uses: [{ pool: 0, amount: 1 }] }),
      buildOffer({ id: 'half', available: 3 }),
    ];
    const line = { task: 0, machines: 3, hours: 1, startS: 0, shares: null };
    const options = [
      { offer: 0, throughput: 1 },
      { offer: 1, throughput: 1 },
    ];
    const problem = buildProblem({
      offers,
      pools: [{ id: 'quota', per: 'machine', limit: 3 }],
      tasks: [buildTask({ work: { kind: 'divisible', per: 'machine', units: 5, options } })],
    });
    const lines = [
      { ...line, option: 0 },
      { ...line, option: 1, machines: 2 },
    ];
    const answered = { answer: { lines }, value: 10 } as unknown as SolvedProblem;
    const worths = await worthOfMore(problem, answered, async (changed) => {
      const isPool = changed.pools[0]!.limit === 4;
      return { value: isPool ? 7 : 9 } as unknown as SolvedProblem;
    });
    assert.deepEqual(worths, [
      { more: 'one more unit of quota', savesMicros: 3 },
      { more: 'one more machine of full', savesMicros: 1 },
    ]);
  });
});
