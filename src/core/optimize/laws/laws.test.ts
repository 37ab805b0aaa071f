import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { bruteForce } from '../../../../bench/instances/brute-force.ts';
import { smallProblems } from '../../../../bench/instances/small-problems.ts';
import type { Problem } from '../model/problem.ts';
import type { Searcher } from '../search/searcher.ts';
import { SEARCHERS } from '../search/searchers.ts';
import { GENEROSITIES, reversed, scaled, withCheaperOffer } from './changes-for-tests.ts';
import { type Judged, judge } from './laws-for-tests.ts';

const RUNS = Number(process.env['KEDGE_LAW_RUNS'] ?? 12);
/** Of rounding: a few lines, half a micro-dollar each, and what bounds allow for it. */
const ROUNDED_MICROS = 8;
const KINDS = ['choice', 'divisible', 'serving'] as const;
/** What each is made for. */
const PROVERS = {
  enumerate: ['choice'],
  cover: ['divisible'],
  'coupled-covers': ['divisible'],
  serving: ['serving'],
  dag: ['choice'],
} as const;
/** Prove nothing. The others need a solver, which core has none of. */
const OTHERS = { genetic: KINDS, lbfgs: ['serving'] } as const;
const PROBLEMS_FOR_EACH = 8;
const TAKEN_MIN = 3;

for (const [name, kinds] of Object.entries({ ...PROVERS, ...OTHERS })) {
  const isProver = name in PROVERS;
  const problems = smallProblems({ kinds });
  describe(`the laws hold for ${name}`, () => {
    let searcher: Searcher;
    before(async () => {
      searcher = await SEARCHERS.find((one) => one.name === name)!.load();
    });

    /** For every problem that it takes, changed or not; what a change makes it refuse is left out. */
    const holds = async (
      change: ((problem: Problem) => Problem) | null,
      law: (judged: Judged, changed: Judged, problem: Problem) => void,
    ): Promise<void> => {
      let [taken, all] = [0, 0];
      const property = fc.asyncProperty(problems, async (problem) => {
        all++;
        const judged = taken < RUNS ? await judge(searcher, problem) : null;
        if (judged === null) return;
        taken++;
        const changed = change === null ? judged : await judge(searcher, change(problem));
        if (changed !== null) law(judged, changed, problem);
      });
      await fc.assert(property, { numRuns: RUNS * PROBLEMS_FOR_EACH });
      assert.ok(taken >= TAKEN_MIN, `${taken} of ${all} are taken`);
    };

    it('what it answers passes the check, is no cheaper than all that can be, and not below its bound', async () => {
      let [proven, judgedCount] = [0, 0];
      await holds(null, ({ value, bound, faults, isInfeasible }, _, problem) => {
        judgedCount++;
        const best = bruteForce(problem)?.value ?? Infinity;
        assert.deepEqual(faults, []);
        assert.ok(bound <= Math.min(value, best), `${bound} bounds ${value}, ${best}`);
        assert.ok(!isInfeasible || best === Infinity, `there is one for ${best}`);
        if (isInfeasible || value - bound <= ROUNDED_MICROS || best === Infinity) proven++;
      });
      if (isProver)
        assert.ok(proven >= judgedCount * 0.6, `${proven} of ${judgedCount} are proven`);
    });

    // Where nothing is proven of the changed problem, these laws say nothing.
    if (!isProver) return;

    // Whatever a searcher proves of the better problem, no answer to the worse one is below it.
    it('a cheaper offer never raises the cost', async () => {
      for (const which of [0, 1]) {
        await holds(
          (problem) => withCheaperOffer(problem, which),
          ({ value }, cheaper) => assert.ok(cheaper.bound <= value, `${cheaper.bound} ${value}`),
        );
      }
    });

    for (const [what, change] of Object.entries(GENEROSITIES)) {
      it(`more ${what} never raises the cost`, async () => {
        await holds(change, ({ value }, generous) => {
          assert.ok(generous.bound <= value, `${generous.bound} ${value}`);
        });
      });
    }

    it('the order of the input never matters', async () => {
      await holds(reversed, (one, other) => {
        assert.ok(one.bound <= other.value && other.bound <= one.value);
      });
    });

    it('three times the prices are three times the cost', async () => {
      await holds(
        (problem) => scaled(problem, 3),
        (one, dearer) => {
          assert.ok(dearer.bound <= 3 * one.value + 3 * ROUNDED_MICROS);
          assert.ok(3 * one.bound <= dearer.value + 3 * ROUNDED_MICROS);
        },
      );
    });
  });
}
