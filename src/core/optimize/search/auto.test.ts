import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { microsFromUsd, rateFromUsd, ZERO_MICROS } from '../../../base/money.ts';
import { asEpochMs } from '../../../base/time.ts';
import type { Answer, ProblemCertificate } from '../model/answer.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import { bestOf, closestOf, searchAuto } from './auto.ts';
import { compareSolvers } from './compare-solvers.ts';
import { explainInfeasible } from './explain-infeasible.ts';
import type { Found, SearchOptions } from './searcher.ts';
import type { SearcherEntry } from './searchers.ts';
import { solveProblem } from './solve-problem.ts';

/** One task, for $2 or for $3. */
const PROBLEM = buildProblem({
  offers: [2, 3].map((dollars) => buildOffer({ nanosPerHour: rateFromUsd(dollars) })),
  tasks: [
    buildTask({
      work: {
        kind: 'choice',
        options: [0, 1].map((offer) => ({
          offer,
          machines: 1,
          hours: 1,
          startS: 0,
          extraMicros: ZERO_MICROS,
        })),
      },
    }),
  ],
});
const NOTHING: Found = { answer: null, certificate: null, isInfeasible: false };
const ENUMERATION: ProblemCertificate = { proof: 'enumeration' };

function answer(option: number, machines = 1): Answer {
  return { lines: [{ task: 0, option, machines, hours: 1, startS: 0, shares: null }] };
}

/** Time passes only where a searcher takes some. */
class Bench {
  now = 0;
  readonly ran: string[] = [];
  readonly asked: SearchOptions[] = [];

  searcher(name: string, found: Partial<Found> | KedgeError, takesMs = 1): SearcherEntry {
    return {
      name,
      how: 'looks',
      load: async () => ({
        name,
        refuses: () => null,
        search: async (_, options) => {
          this.ran.push(name);
          this.asked.push(options);
          this.now += takesMs;
          if (found instanceof KedgeError) throw found;
          return { ...NOTHING, ...found };
        },
      }),
    };
  }

  options(parts: Partial<SearchOptions> = {}): SearchOptions {
    return {
      clock: { now: () => asEpochMs(this.now), sleep: async () => {} },
      timeLimitMs: 1000,
      gap: 0,
      seed: 1,
      start: null,
      solver: async () => assert.fail('no solver is needed here'),
      ...parts,
    };
  }

  auto(...searchers: readonly SearcherEntry[]) {
    return searchAuto(PROBLEM, this.options(), searchers);
  }
}

describe('the choice of a searcher', () => {
  it('ends with the first that proves its answer best', async () => {
    const bench = new Bench();
    const { attempts, why } = await bench.auto(
      bench.searcher('first', { answer: answer(0), certificate: ENUMERATION }),
      bench.searcher('second', {}),
    );
    assert.deepEqual(bench.ran, ['first']);
    assert.equal(bestOf(attempts)!.value, 2_000_000);
    assert.equal(why, '1 choice over 2 offers: first looks');
  });

  it('never asks one that refuses the problem', async () => {
    const bench = new Bench();
    const { load, ...entry } = bench.searcher('choosy', {});
    const choosy = async () => ({ ...(await load()), refuses: () => 'not such a one' });
    await bench.auto({ ...entry, load: choosy }, bench.searcher('other', {}));
    assert.deepEqual(bench.ran, ['other']);
  });

  it('puts the best answer of one and the best bound of another together', async () => {
    const bench = new Bench();
    const { attempts } = await bench.auto(
      bench.searcher('bound', { answer: answer(1), certificate: ENUMERATION }),
      bench.searcher('answer', { answer: answer(0) }),
      bench.searcher('third', {}),
    );
    assert.equal(bestOf(attempts)!.solver, 'answer');
    assert.equal(closestOf(attempts)!.solver, 'bound');
    assert.deepEqual(bench.ran, ['bound', 'answer'], 'the gap is closed');
  });

  it('starts the next from the best answer so far', async () => {
    const bench = new Bench();
    await bench.auto(bench.searcher('first', { answer: answer(1) }), bench.searcher('second', {}));
    assert.deepEqual(bench.asked[1]!.start, answer(1));
  });

  it('throws a wrong answer away, says so, and asks the next', async () => {
    const bench = new Bench();
    const { attempts, why } = await bench.auto(
      bench.searcher('wrong', { answer: answer(0, 2), certificate: ENUMERATION }),
      bench.searcher('right', { answer: answer(0) }),
    );
    assert.equal(bestOf(attempts)!.solver, 'right');
    assert.match(why, /wrong looks; its answer was wrong: .*; right looks/);
  });

  it('goes on where one fails, and fails only when all have', async () => {
    const bench = new Bench();
    const failing = bench.searcher('failing', new KedgeError('solver.failed', 'it broke'));
    const { attempts, why } = await bench.auto(
      failing,
      bench.searcher('right', { answer: answer(0) }),
    );
    assert.equal(attempts.length, 1);
    assert.match(why, /it failed: it broke/);
    await assert.rejects(bench.auto(failing), /it broke/);
  });

  it('outlives a bug of one of them', async () => {
    const bench = new Bench();
    const right = bench.searcher('right', { answer: answer(0) });
    const { load, ...entry } = bench.searcher('buggy', {});
    const buggy = async () => ({ ...(await load()), search: async () => assert.fail('a bug') });
    const { attempts, why } = await bench.auto({ ...entry, load: buggy }, right);
    assert.equal(bestOf(attempts)!.solver, 'right');
    assert.match(why, /buggy looks; it failed: a bug/);
    await assert.rejects(bench.auto({ ...entry, load: buggy }), /a bug/);
  });

  it('keeps time for the others where one may be late, and stops when it is over', async () => {
    const bench = new Bench();
    await bench.auto(
      { ...bench.searcher('slow', {}, 750), mayBeLate: true },
      bench.searcher('next', { answer: answer(1) }, 100),
      bench.searcher('last', {}, 150),
      bench.searcher('never', {}),
    );
    assert.deepEqual(bench.ran, ['slow', 'next', 'last']);
    assert.deepEqual(
      bench.asked.map(({ timeLimitMs }) => timeLimitMs),
      [750, 250, 150],
    );
  });

  it('loads none that comes after the end, nor one for another kind of work', async () => {
    const bench = new Bench();
    const never = async () => assert.fail('it was loaded');
    await bench.auto(
      { name: 'services', how: 'looks', kind: 'serving', load: never },
      { ...bench.searcher('late', { answer: answer(0) }), tasksMin: 2 },
      bench.searcher('first', { answer: answer(0), certificate: ENUMERATION }),
      { name: 'after', how: 'looks', load: never },
    );
    assert.deepEqual(bench.ran, ['first']);
  });

  it('never counts what a solver claims', async () => {
    const bench = new Bench();
    const { attempts } = await bench.auto(
      bench.searcher('claims', {
        answer: answer(0),
        certificate: { proof: 'solver', claimed: 2_000_000 },
      }),
      bench.searcher('second', {}),
    );
    assert.deepEqual([attempts[0]!.bound, attempts[0]!.claimed], [null, 2_000_000]);
    const nothing = bench.searcher('no number', {
      answer: answer(0),
      certificate: { proof: 'solver', claimed: -Infinity },
    });
    assert.equal((await bench.auto(nothing)).attempts[0]!.claimed, null);
    assert.deepEqual(bench.ran.slice(0, 2), ['claims', 'second']);
  });
});

describe('solving a problem', () => {
  const options = (solverName: string) => ({ ...new Bench().options(), solverName });

  it('gives value, bound, proof and gap, and says who found it', async () => {
    const solved = await solveProblem(PROBLEM, options('auto'));
    assert.deepEqual(
      [solved.value, solved.bound, solved.proof, solved.gap, solved.solver],
      [2_000_000, 2_000_000, 'enumeration', 0, 'enumerate'],
    );
  });

  it('can be forced to one searcher, which must be there and take the problem', async () => {
    const forced = await solveProblem(PROBLEM, options('enumerate'));
    assert.match(forced.why, /^asked for/);
    await assert.rejects(solveProblem(PROBLEM, options('enumarate')), (error: KedgeError) => {
      assert.deepEqual([error.code, error.hint], ['cli.usage', 'did you mean "enumerate"?']);
      return true;
    });
    const apart = { ...PROBLEM, apart: [{ tasks: [0], by: 'zone' as const }] };
    await assert.rejects(solveProblem(apart, options('enumerate')), /does not take.*apart/);
  });

  it('says that there is no answer where that is so', async () => {
    const limits = { ...PROBLEM.limits, deadlineS: 60 };
    await assert.rejects(
      solveProblem({ ...PROBLEM, limits }, options('enumerate')),
      (error: KedgeError) => error.code === 'plan.infeasible',
    );
  });

  it('knows that nothing keeps a budget below the proven bound', async () => {
    const bench = new Bench();
    const limits = { ...PROBLEM.limits, budgetMicros: microsFromUsd(1) };
    const silent = bench.searcher('silent', { certificate: ENUMERATION });
    const { attempts } = await searchAuto({ ...PROBLEM, limits }, bench.options(), [
      silent,
      bench.searcher('second', {}),
    ]);
    assert.equal(attempts[0]!.isInfeasible, true);
    assert.deepEqual(bench.ran, ['silent']);
  });

  it('says what is in conflict, and what would do', async () => {
    const limits = { ...PROBLEM.limits, budgetMicros: microsFromUsd(1) };
    const poor = { ...PROBLEM, limits };
    const error = await solveProblem(poor, options('auto')).catch((reason: unknown) => reason);
    const told = await explainInfeasible(error, poor, options('auto'));
    assert.ok(told instanceof KedgeError);
    assert.match(told.message, /a budget of \$1\.00/);
    assert.match(told.hint!, /a budget of \$2\.00/);
    const other = new KedgeError('solver.failed', 'it broke');
    assert.equal(await explainInfeasible(other, poor, options('auto')), other);
  });

  it('compares all searchers, and says why one does not take it', async () => {
    const apart = { ...PROBLEM, apart: [{ tasks: [0], by: 'zone' as const }] };
    const [first, second] = await compareSolvers(apart, {
      ...new Bench().options(),
      solver: async () => {
        throw new KedgeError('solver.failed', 'there is none here');
      },
    });
    const refused = { kind: 'refused' as const };
    assert.deepEqual(first, { ...refused, solver: 'parts', why: 'everything hangs together' });
    assert.deepEqual(second, { ...refused, solver: 'enumerate', why: 'tasks must lie apart' });
  });
});
