import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bruteForce } from '../../../../bench/instances/brute-force.ts';
import { GENETIC_KINDS, geneticInstance } from '../../../../bench/instances/genetic-instances.ts';
import { smallProblems } from '../../../../bench/instances/small-problems.ts';
import { asMicros, asRate } from '../../../base/money.ts';
import { seededRandom } from '../../../base/rng.ts';
import { asEpochMs } from '../../../base/time.ts';
import type { Problem } from '../model/problem.ts';
import type { SearchOptions } from '../search/searcher.ts';
import { answerValue, verifyAnswer } from '../verify/verify-answer.ts';
import { answerOfGenome, genomeOfAnswer } from './answer-of-genome.ts';
import { genetic } from './genetic-searcher.ts';
import { crossed, isBetter, shuffle } from './genome.ts';
import { mutate, runIsland } from './island.ts';
import { layoutOf } from './layout.ts';
import { repaired } from './repair.ts';
import { moveExcess, sharedAtPrices } from './serve-load.ts';

const NO_PRICES = new Float64Array();
const NO_NOISE = { random: seededRandom(1), noise: 0 };

describe('requests shared out over machines', () => {
  const loads = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 1, maxLength: 5 });

  it('law: two kinds of machine carry them exactly when giving the first its best does', () => {
    const machines = fc.tuple(fc.nat(6), fc.nat(6));
    fc.assert(
      fc.property(loads, machines, fc.nat(9), (buckets, counts, price) => {
        const perBucket = [0, 1].map((kind) =>
          Float64Array.from(buckets, (bucket) => bucket[kind]! / 10 || Infinity),
        );
        if (buckets.some((bucket) => bucket[0] === 0 && bucket[1] === 0)) return;
        const prices = Float64Array.from([price, 9 - price]);
        const shared = sharedAtPrices(perBucket, prices)!;
        const isStuck = moveExcess(perBucket, shared, Float64Array.from(counts)) !== null;
        const left = leftOver(perBucket, counts);
        if (Math.abs(left) > 1e-6) assert.equal(isStuck, left > 0);
        for (const bucket of buckets.keys()) {
          const sum = shared.shares[0]![bucket]! + shared.shares[1]![bucket]!;
          assert.ok(Math.abs(sum - 1) < 1e-9, `bucket ${bucket} is shared out to ${sum}`);
        }
      }),
    );
  });

  /** What the second cannot carry when the first is filled with what it is best at. */
  function leftOver(
    [first, second]: readonly Float64Array[],
    machines: readonly [number, number],
  ): number {
    let [room, load] = [machines[0], 0];
    const ratio = (bucket: number) => first![bucket]! / second![bucket]!;
    const best = [...first!.keys()].toSorted((a, b) => ratio(a) - ratio(b));
    for (const bucket of best) {
      const share = Math.max(0, Math.min(1, room / first![bucket]!));
      if (share > 0) room -= share * first![bucket]!;
      if (share < 1) load += (1 - share) * second![bucket]!;
    }
    return load - machines[1];
  }
});

describe('a genome', () => {
  it('law: when repaired, it is an answer that the checker passes at the cost it says', () => {
    let whole = 0;
    for (const kind of GENETIC_KINDS) {
      const layout = layoutOf(geneticInstance(kind, 3));
      const random = seededRandom(7);
      let [one, other] = [0.3, 1].map((noise) => newGenome(layout, { random, noise }));
      for (let round = 0; round < 8; round++) {
        const child = crossed(layout, [one!, other!], random);
        mutate(layout, child, random);
        shuffle(child.order, random);
        const { individual } = repaired(layout, child, { random, noise: 0 });
        if (individual.faults > 0) continue;
        whole++;
        const answer = answerOfGenome(layout, individual);
        assert.deepEqual(verifyAnswer(layout.problem, answer), []);
        const value = answerValue(layout.problem, answer);
        assert.ok(Math.abs(value - individual.micros) <= 20, `${value} ${individual.micros}`);
        [one, other] = [other, individual];
      }
    }
    assert.ok(whole > 30, `of 40 only ${whole} could be repaired`);
  });

  it('is what an answer says, and says it again', () => {
    for (const kind of GENETIC_KINDS) {
      const layout = layoutOf(geneticInstance(kind, 5));
      const { individual } = repaired(layout, newGenome(layout, NO_NOISE), NO_NOISE);
      const answer = answerOfGenome(layout, individual);
      const again = answerOfGenome(layout, genomeOfAnswer(layout, answer));
      assert.equal(answerValue(layout.problem, again), answerValue(layout.problem, answer));
    }
  });

  function newGenome(layout: ReturnType<typeof layoutOf>, chance: typeof NO_NOISE) {
    const nothing = genomeOfAnswer(layout, { lines: [] });
    return repaired(layout, nothing, chance).individual;
  }
});

describe('an island', () => {
  it('law: the best never die, and nobody lives there twice', () => {
    for (const kind of ['hours', 'placement'] as const) {
      const problem = geneticInstance(kind, 2);
      const first = runIsland({
        problem,
        seed: 1,
        population: [],
        immigrants: [],
        prices: NO_PRICES,
      });
      const { population } = first;
      const next = runIsland({ problem, seed: 2, population, immigrants: [], prices: NO_PRICES });
      assert.ok(!isBetter(population[0]!, next.population[0]!), kind);
      const names = next.population.map(({ genes, micros }) => `${micros} ${genes.join()}`);
      assert.equal(new Set(names).size, names.length);
    }
  });

  it('who comes from elsewhere stays, if better than the worst', () => {
    const problem = geneticInstance('cover', 9);
    const { population } = runIsland({
      problem,
      seed: 1,
      population: [],
      immigrants: [],
      prices: NO_PRICES,
    });
    const immigrants = [population[0]!];
    const other = runIsland({ problem, seed: 5, population: [], immigrants, prices: NO_PRICES });
    assert.ok(!isBetter(population[0]!, other.population[0]!));
  });
});

describe('the genetic searcher', () => {
  it('law: its answers pass the check, and are mostly as good as trying all', async () => {
    let [solved, best] = [0, 0];
    const law = fc.asyncProperty(smallProblems(), async (problem) => {
      if (genetic.refuses(problem) !== null) return;
      const { answer } = await genetic.search(problem, options(1));
      if (answer === null) return;
      solved++;
      assert.deepEqual(verifyAnswer(problem, answer), []);
      const all = bruteForce(problem);
      if (all === null || answerValue(problem, answer) <= all.value + 2) best++;
    });
    await fc.assert(law, { numRuns: 15, seed: 2 });
    assert.ok(solved > 2, `only ${solved} were solved`);
    assert.ok(best >= 0.9 * solved, `${best} of ${solved} are the best`);
  });

  it('finds the same for the same seed', async () => {
    const problem = geneticInstance('placement', 1);
    const [one, same] = [
      await genetic.search(problem, options(4)),
      await genetic.search(problem, options(4)),
    ];
    assert.deepEqual(same, one);
  });

  it('is never worse than what it starts from', async () => {
    const problem = geneticInstance('placement', 8);
    const { answer: good } = await genetic.search(problem, options(3));
    const { answer } = await genetic.search(problem, { ...options(9), start: good });
    assert.ok(answerValue(problem, answer!) <= answerValue(problem, good!));
  });

  it('says what it does not watch', () => {
    const problem = geneticInstance('placement', 1);
    assert.equal(genetic.refuses(problem), null);
    for (const [parts, why] of [
      [{ objective: { minimize: 'time' } }, /not time/],
      [{ limits: { ...problem.limits, nanosPerHourMax: asRate(5) } }, /an hour/],
      [{ limits: { ...problem.limits, deadlineS: 5 } }, /wait for each other/],
      [{ tasks: problem.tasks.map((task) => ({ ...task, providersMin: 2 })) }, /spread/],
    ] satisfies readonly (readonly [Partial<Problem>, RegExp])[]) {
      assert.match(genetic.refuses({ ...problem, ...parts })!, why);
    }
  });

  it('a budget that cannot be kept has no answer, one that just can be has', async () => {
    const problem = geneticInstance('hours', 2);
    const { answer } = await genetic.search(problem, options(1));
    const value = answerValue(problem, answer!);
    const within = (budget: number) =>
      genetic.search(
        { ...problem, limits: { ...problem.limits, budgetMicros: asMicros(budget) } },
        options(1),
      );
    assert.notEqual((await within(Math.ceil(value * 1.01))).answer, null);
    assert.equal((await within(Math.floor(value / 2))).answer, null);
  });
});

/** The time is over after the first epoch. */
function options(seed: number): SearchOptions {
  return {
    clock: { now: () => asEpochMs(0), sleep: async () => undefined },
    timeLimitMs: 0,
    gap: 0,
    seed,
    start: null,
    solver: () => Promise.reject(new RangeError('no solver is asked')),
  };
}
