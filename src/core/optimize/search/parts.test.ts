import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bruteForce } from '../../../../bench/instances/brute-force.ts';
import { smallProblems } from '../../../../bench/instances/small-problems.ts';
import { rateFromUsd, ZERO_MICROS } from '../../../base/money.ts';
import type { PartProof, ProblemCertificate } from '../model/answer.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Problem, ProblemTask } from '../model/problem.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerValue, verifyAnswer } from '../verify/verify-answer.ts';
import { OPTIONS } from './options-for-tests.ts';
import { independentParts } from './parts-of.ts';
import { looseSearcher, partsSearcher } from './parts-searcher.ts';
import type { Searcher } from './searcher.ts';

const RUNS = Number(process.env['KEDGE_BOUND_RUNS'] ?? 60);

function choice(...offers: readonly number[]): ProblemTask {
  const options = offers.map((offer) => ({
    offer,
    machines: 1,
    hours: 1,
    startS: 0,
    extraMicros: ZERO_MICROS,
  }));
  return buildTask({ work: { kind: 'choice', options } });
}

const MINE = buildOffer({ id: 'mine', available: 1 });
const HIRED = buildOffer({ id: 'hired', nanosPerHour: rateFromUsd(3) });
const OFFERS = [MINE, HIRED];

describe('what has nothing to do with each other', () => {
  const partsOf = (parts: Partial<Problem>) =>
    independentParts(buildProblem({ offers: OFFERS, ...parts }));
  const free = choice(1);
  const tight = choice(0, 1);

  it('is a part for each task, but for those that want what there is too little of', () => {
    assert.deepEqual(partsOf({ tasks: [free, free] }), [[0], [1]]);
    assert.deepEqual(partsOf({ tasks: [tight, free, tight] }), [[0, 2], [1]]);
    const enough = [{ ...MINE, available: 2 }, HIRED];
    assert.deepEqual(partsOf({ offers: enough, tasks: [tight, free, tight] }), [[0], [1], [2]]);
    const pools = [{ id: 'quota', per: 'machine-hour' as const, limit: 1.5 }];
    const drawing = OFFERS.map((offer) => ({ ...offer, uses: [{ pool: 0, amount: 1 }] }));
    assert.deepEqual(partsOf({ pools, offers: drawing, tasks: [free, free] }), [[0, 1]]);
  });

  it('hangs together where data, places, money of all, or an order that counts couple it', () => {
    const tasks = [free, { ...free, needs: [0] }, free];
    assert.deepEqual(partsOf({ tasks }), [[0], [1], [2]]);
    const limits = { deadlineS: null, budgetMicros: null, nanosPerHourMax: null };
    assert.deepEqual(partsOf({ tasks, limits: { ...limits, deadlineS: 9000 } }), [[0, 1], [2]]);
    assert.deepEqual(partsOf({ tasks, limits: { ...limits, budgetMicros: ZERO_MICROS } }), [
      [0, 1, 2],
    ]);
    const transfers = [{ from: 0, to: 2, gigabytes: 1 }];
    assert.deepEqual(partsOf({ tasks: [free, free, free], transfers }), [[0, 2], [1]]);
    const apart = [{ tasks: [1, 2], by: 'zone' as const }];
    assert.deepEqual(partsOf({ tasks: [free, free, free], apart }), [[0], [1, 2]]);
  });
});

describe('solving parts by themselves', () => {
  const found = (searcher: Searcher, tasks: readonly ProblemTask[], offers = OFFERS) =>
    searcher.search(buildProblem({ offers, tasks }), OPTIONS);

  it('puts answers together in the order that tasks need, and adds bounds up', async () => {
    const tasks = [choice(1), { ...choice(1), needs: [0] }, { ...choice(0, 1), needs: [1] }];
    const problem = buildProblem({ offers: OFFERS, tasks });
    const { answer, certificate } = await found(partsSearcher, tasks);
    assert.deepEqual(
      answer!.lines.map(({ task, option, startS }) => [task, option, startS]),
      [
        [0, 0, 0],
        [1, 0, 3600],
        [2, 0, 7200],
      ],
    );
    assert.equal(problemBound(problem, certificate!), 7_000_000);
  });

  it('solves what asks the same once, though its offers are its own', async () => {
    const twins = [MINE, HIRED, { ...MINE }, HIRED];
    const { certificate } = await found(partsSearcher, [choice(0, 1), choice(2, 3)], twins);
    const { parts } = certificate as { readonly parts: readonly PartProof[] };
    assert.equal(parts[0]!.certificate, parts[1]!.certificate);
    const dearer = twins.with(3, { ...HIRED, nanosPerHour: rateFromUsd(4) });
    const other = await found(partsSearcher, [choice(0, 1), choice(2, 3)], dearer);
    const others = (other.certificate as { readonly parts: readonly PartProof[] }).parts;
    assert.notEqual(others[0]!.certificate, others[1]!.certificate);
  });

  it('as if each were alone it has no answer where there is not enough, and a bound', async () => {
    const tasks = [choice(0, 1), choice(0, 1)];
    const { answer, certificate, isInfeasible } = await found(looseSearcher, tasks);
    assert.deepEqual([answer, isInfeasible], [null, false]);
    assert.equal(problemBound(buildProblem({ offers: OFFERS, tasks }), certificate!), 2_000_000);
  });

  it('has no answer where a part has none', async () => {
    const none = { ...MINE, available: 0 };
    const { isInfeasible } = await found(partsSearcher, [choice(0), choice(1)], [none, HIRED]);
    assert.equal(isInfeasible, true);
  });
});

describe('parts: laws', () => {
  const problems = smallProblems({ kinds: ['choice'], tasksMax: 3 });

  it('no cheaper answer than the parts have, together, and none below the sum of their bounds', async () => {
    let taken = 0;
    const law = fc.asyncProperty(problems, async (problem) => {
      for (const searcher of [partsSearcher, looseSearcher]) {
        if (searcher.refuses(problem) !== null) continue;
        // Some parts are too hard without a solver.
        const found = await searcher.search(problem, OPTIONS).catch(() => null);
        if (found === null) continue;
        const { answer, certificate, isInfeasible } = found;
        const best = bruteForce(problem);
        if (isInfeasible) assert.equal(best, null);
        if (answer !== null) {
          taken++;
          assert.deepEqual(verifyAnswer(problem, answer), []);
          assert.ok(best !== null && answerValue(problem, answer) <= best.value);
        }
        if (certificate === null || best === null) continue;
        assert.ok((problemBound(problem, certificate) ?? 0) <= best.value);
      }
    });
    await fc.assert(law, { numRuns: 4 * RUNS, seed: 3 });
    assert.ok(taken > RUNS / 5, `only ${taken} answers`);
  });

  it('whatever the parts and their certificates, nothing is below the sum', () => {
    const given = fc.record({
      problem: smallProblems({ tasksMax: 3 }),
      colors: fc.array(fc.nat(1), { minLength: 3, maxLength: 3 }),
      proof: fc.constantFrom('enumeration' as const, 'dp' as const),
    });
    const law = fc.property(given, ({ problem, colors, proof }) => {
      const best = bruteForce(problem);
      if (best === null) return;
      const groups = Map.groupBy(problem.tasks.keys(), (task) => colors[task]);
      const parts = [...groups.values()].map((tasks) => ({ tasks, certificate: { proof } }));
      assert.ok((problemBound(problem, { proof: 'parts', parts }) ?? 0) <= best.value);
    });
    fc.assert(law, { numRuns: 4 * RUNS });
  });

  it('a task that is counted twice, or is none, proves nothing', () => {
    const problem = buildProblem({ offers: OFFERS, tasks: [choice(1), choice(1)] });
    const bound = (...parts: readonly (readonly number[])[]): number | null => {
      const certificate: ProblemCertificate = { proof: 'enumeration' };
      const proofs = parts.map((tasks) => ({ tasks, certificate }));
      return problemBound(problem, { proof: 'parts', parts: proofs });
    };
    assert.equal(bound([0], [1]), 6_000_000);
    assert.equal(bound([1]), 3_000_000);
    assert.equal(bound([0], [0]), null);
    assert.equal(bound([0], [2]), null);
  });
});
