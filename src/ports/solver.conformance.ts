import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { KedgeError } from '../base/errors.ts';
import { type Random, seededRandom } from '../base/rng.ts';
import type { LinearModel, LinearRow, Solver, SolverAnswer, SolverLimits } from './solver.ts';

type Solved = Extract<SolverAnswer, { status: 'optimal' | 'feasible' }>;
type Check = (title: string, body: (solver: Solver) => Promise<void>) => void;

const EXACT: SolverLimits = { timeLimitMs: 20_000, relativeGap: 0 };
const TOLERANCE = 1e-6;
/** A hard model's limit, and what a slow machine may add before it counts as not respected. */
const SHORT_MS = 300;
const LATE_MS = 10_000;

/** What every Solver must hold to; each check has a solver of its own, closed after it. */
export function solverConformance(name: string, makeSolver: () => Solver): void {
  const check: Check = (title, body) => {
    test(`${name}: ${title}`, async (context) => {
      const solver = makeSolver();
      context.after(() => solver.close());
      await body(solver);
    });
  };
  checkOptima(check);
  checkNoOptimum(check);
  checkProofs(check);
  checkLimits(check);
  checkOrder(check);
}

function checkOptima(check: Check): void {
  check('a mix of machines meets the demand at the least cost', async (solver) => {
    const answer = await solve(solver, { cost: [1, 2], rows: [atLeast(7, [1, 3])] });
    assert.deepEqual([answer.status, answer.objective, answer.values], ['optimal', 5, [1, 2]]);
  });

  check('what may be divided is divided', async (solver) => {
    const integer = [false, false];
    const answer = await solve(solver, { cost: [1, 2], integer, rows: [atLeast(7, [1, 3])] });
    near(answer.objective, 14 / 3);
    near(answer.values[1]!, 7 / 3);
    near(answer.bound, answer.objective);
  });

  check('bounds of variables hold, negative ones too', async (solver) => {
    const bounds = { lower: [-4, 2], upper: [9, 3] };
    const answer = await solve(solver, { cost: [1, -1], ...bounds });
    assert.deepEqual([answer.objective, answer.values], [-7, [-4, 3]]);
  });

  check('a row between two numbers keeps within them, an equal row is met', async (solver) => {
    const range: LinearRow = { columns: [0, 1], values: [1, 1], lower: 3, upper: 5 };
    const most = await solve(solver, { cost: [-1, -2], rows: [range] });
    assert.deepEqual([most.objective, most.values], [-10, [0, 5]]);
    const equal: LinearRow = { columns: [0, 1], values: [3, 5], lower: 14, upper: 14 };
    assert.deepEqual((await solve(solver, { cost: [1, 1], rows: [equal] })).values, [3, 1]);
  });

  check('a model without rows, or with nothing at all, is solved', async (solver) => {
    assert.deepEqual((await solve(solver, { cost: [3], lower: [2] })).values, [2]);
    const nothing = await solve(solver, { cost: [] });
    assert.deepEqual([nothing.status, nothing.objective, nothing.values], ['optimal', 0, []]);
    const needy = { columns: [], values: [], lower: 1, upper: 2 };
    assert.deepEqual(await ask(solver, { cost: [], rows: [needy] }), { status: 'infeasible' });
  });

  check(
    'the best mix is found among many that are nearly as good, at any prices',
    async (solver) => {
      for (const seed of [1, 2, 3]) {
        const model = manyKinds(seededRandom(seed));
        const best = cheapestByDemand(model);
        for (const scale of [1, 1e-9, 1e6]) {
          const priced = { ...model, cost: model.cost.map((cost) => cost * scale) };
          const answer = await solver.solve(priced, EXACT);
          assert.ok(isSolved(answer) && answer.status === 'optimal');
          near(answer.objective / scale, best);
        }
      }
    },
  );

  check('law: small coverings are as cheap as trying them all finds', async (solver) => {
    const law = fc.asyncProperty(fc.integer(), async (seed) => {
      const model = randomCovering(seededRandom(seed));
      const best = cheapestOfAll(model);
      const answer = await solver.solve(model, EXACT);
      if (best === null) return assert.deepEqual(answer, { status: 'infeasible' });
      assert.ok(isSolved(answer) && answer.status === 'optimal');
      near(answer.objective, best);
      assert.ok(holds(model, answer.values), 'the solution breaks a row');
    });
    await fc.assert(law, { numRuns: 60, seed: 7 });
  });
}

function checkNoOptimum(check: Check): void {
  check('a demand that nothing can meet is infeasible', async (solver) => {
    const rows = [atLeast(8, [1, 1])];
    const upper = [3, 4];
    assert.deepEqual(await ask(solver, { cost: [1, 1], upper, rows }), { status: 'infeasible' });
    const crossed = { cost: [1], lower: [2], upper: [1] };
    assert.deepEqual(await ask(solver, crossed), { status: 'infeasible' });
  });

  check('whole numbers can be infeasible where fractions are not', async (solver) => {
    const half: LinearRow = { columns: [0], values: [2], lower: 1, upper: 1 };
    assert.deepEqual(await ask(solver, { cost: [1], rows: [half] }), { status: 'infeasible' });
    const integer = [false];
    near((await solve(solver, { cost: [1], integer, rows: [half] })).objective, 0.5);
  });

  check('a cost without a floor is unbounded, unless nothing is feasible', async (solver) => {
    for (const integer of [
      [false, false],
      [true, true],
    ]) {
      const rows = [atLeast(1, [1, 1])];
      const answer = await ask(solver, { cost: [-1, 0], integer, rows });
      assert.deepEqual(answer, { status: 'unbounded' });
    }
    const half: LinearRow = { columns: [1], values: [2], lower: 1, upper: 1 };
    const answer = await ask(solver, { cost: [-1, 0], rows: [half] });
    assert.deepEqual(answer, { status: 'infeasible' });
  });
}

function checkProofs(check: Check): void {
  check('law: the duals prove the bound of the relaxation', async (solver) => {
    const law = fc.asyncProperty(fc.integer(), async (seed) => {
      const model = randomCovering(seededRandom(seed));
      const relaxed = { ...model, integer: model.integer.map(() => false) };
      const [whole, fractions] = [
        await solver.solve(model, EXACT),
        await solver.solve(relaxed, EXACT),
      ];
      if (!isSolved(fractions) || fractions.duals === null) return;
      near(boundByDuals(model, fractions.duals), fractions.objective);
      if (!isSolved(whole) || whole.duals === null) return;
      near(boundByDuals(model, whole.duals), fractions.objective);
      assert.ok(whole.bound <= whole.objective, 'a bound above what was found');
      assert.ok(whole.bound >= fractions.objective - TOLERANCE, 'weaker than the relaxation');
    });
    await fc.assert(law, { numRuns: 30, seed: 11 });
  });
}

function checkLimits(check: Check): void {
  check('the time limit is respected, and what was found by then is given', async (solver) => {
    const model = hardModel();
    const before = performance.now();
    const answer = await solver.solve(model, { timeLimitMs: SHORT_MS, relativeGap: 0 });
    assert.ok(performance.now() - before < SHORT_MS + LATE_MS, 'far too late');
    if (!isSolved(answer)) return assert.equal(answer.status, 'no-solution');
    assert.equal(answer.status, 'feasible');
    assert.ok(holds(model, answer.values), 'the solution breaks a row');
    assert.ok(answer.bound <= answer.objective);
  });

  check(
    'an answer to start from is not forgotten when there is no time for a better one',
    async (solver) => {
      const model = hardModel();
      const known = await solver.solve(model, { timeLimitMs: 5 * SHORT_MS, relativeGap: 0.9 });
      assert.ok(isSolved(known));
      const start = { columns: [...model.cost.keys()], values: known.values };
      const answer = await solver.solve(model, { timeLimitMs: 1, relativeGap: 0, start });
      assert.ok(isSolved(answer), `it is ${answer.status}`);
      assert.ok(answer.objective <= known.objective + TOLERANCE, 'worse than its start');
      assert.ok(holds(model, answer.values), 'the solution breaks a row');
    },
  );

  check('law: where it starts changes nothing of what is best', async (solver) => {
    const law = fc.asyncProperty(fc.integer(), async (seed) => {
      const random = seededRandom(seed);
      const model = randomCovering(random);
      const columns = [...model.cost.keys()].filter(() => random() < 0.7);
      // As often as not it breaks a row, or a bound.
      const start = { columns, values: columns.map(() => Math.floor(random() * 5)) };
      const [plain, started] = [
        await solver.solve(model, EXACT),
        await solver.solve(model, { ...EXACT, start }),
      ];
      assert.equal(started.status, plain.status);
      if (isSolved(started) && isSolved(plain)) near(started.objective, plain.objective);
    });
    await fc.assert(law, { numRuns: 30, seed: 13 });
  });

  check('within the asked gap the best is good enough', async (solver) => {
    const limits = { timeLimitMs: EXACT.timeLimitMs, relativeGap: 0.9 };
    const answer = await solver.solve(hardModel(), limits);
    assert.ok(isSolved(answer) && answer.status === 'optimal');
    assert.ok(answer.objective - answer.bound <= 0.9 * answer.objective + TOLERANCE);
  });
}

function checkOrder(check: Check): void {
  check('the same model has the same answer twice', async (solver) => {
    const model = randomCovering(seededRandom(42));
    assert.deepEqual(await solver.solve(model, EXACT), await solver.solve(model, EXACT));
  });

  check('solves asked for at once each get their own answer', async (solver) => {
    const demands = [4, 9, 2, 7];
    const answers = await Promise.all(
      demands.map((demand) => solve(solver, { cost: [1], rows: [atLeast(demand, [1])] })),
    );
    assert.deepEqual(
      answers.map(({ objective }) => objective),
      demands,
    );
  });

  check('after a model that makes no sense the next is solved', async (solver) => {
    const bad = ask(solver, { cost: [Number.NaN], rows: [atLeast(1, [1])] });
    const good = solve(solver, { cost: [1], rows: [atLeast(1, [1])] });
    await assert.rejects(
      bad,
      (error) => error instanceof KedgeError && error.code === 'solver.failed',
    );
    assert.equal((await good).objective, 1);
  });

  check('after it was closed it solves again', async (solver) => {
    await solver.close();
    await solve(solver, { cost: [1] });
    await solver.close();
    await solver.close();
    assert.equal((await solve(solver, { cost: [1], lower: [3] })).objective, 3);
  });
}

type Parts = Partial<LinearModel> & Pick<LinearModel, 'cost'>;

/** Whole numbers from 0 up, unless the parts say something else. */
function ask(solver: Solver, { cost, ...parts }: Parts): Promise<SolverAnswer> {
  const all = <T>(value: T) => cost.map(() => value);
  const whole = { lower: all(0), upper: all(Number.POSITIVE_INFINITY), integer: all(true) };
  return solver.solve({ cost, ...whole, rows: [], ...parts }, EXACT);
}

async function solve(solver: Solver, parts: Parts): Promise<Solved> {
  const answer = await ask(solver, parts);
  assert.ok(isSolved(answer), `it is ${answer.status}`);
  return answer;
}

function isSolved(answer: SolverAnswer): answer is Solved {
  return answer.status === 'optimal' || answer.status === 'feasible';
}

function atLeast(lower: number, values: readonly number[]): LinearRow {
  return { columns: [...values.keys()], values, lower, upper: Number.POSITIVE_INFINITY };
}

function near(actual: number, expected: number): void {
  const error = Math.abs(actual - expected);
  assert.ok(error <= TOLERANCE * Math.max(1, Math.abs(expected)), `${actual}, not ${expected}`);
}

/** Up to four kinds of machine, at most three of each, with two or three things to cover. */
function randomCovering(random: Random): LinearModel {
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const kinds = Array.from({ length: 1 + upTo(3) }, (_, kind) => kind);
  const rows = Array.from({ length: 2 + upTo(1) }, () =>
    atLeast(
      1 + upTo(25),
      kinds.map(() => upTo(9)),
    ),
  );
  return {
    cost: kinds.map(() => 1 + upTo(50)),
    lower: kinds.map(() => 0),
    upper: kinds.map(() => 3),
    integer: kinds.map(() => true),
    rows,
  };
}

/** Tries every mix; null when none will do. */
function cheapestOfAll(model: LinearModel): number | null {
  let mixes: number[][] = [[]];
  for (const most of model.upper) {
    const counts = Array.from({ length: most + 1 }, (_, count) => count);
    mixes = mixes.flatMap((mix) => counts.map((count) => [...mix, count]));
  }
  const costs = mixes.filter((mix) => holds(model, mix)).map((mix) => dot(model.cost, mix));
  return costs.length === 0 ? null : Math.min(...costs);
}

/** Kinds of machine whose prices hardly differ from what they do; any number of each. */
function manyKinds(random: Random): LinearModel {
  const work = Array.from({ length: 12 }, () => 200 + Math.floor(random() * 800));
  return {
    cost: work.map((units) => units + 100 + Math.floor(random() * 10)),
    lower: work.map(() => 0),
    upper: work.map(() => Number.POSITIVE_INFINITY),
    integer: work.map(() => true),
    rows: [atLeast(7_919, work)],
  };
}

/** The least cost of a model with one row, for each demand from the one before it. */
function cheapestByDemand({ cost, rows }: LinearModel): number {
  const { lower: demand, values } = rows[0]!;
  const best = [0];
  for (let units = 1; units <= demand; units++)
    best.push(
      Math.min(...cost.map((one, kind) => one + best[Math.max(0, units - values[kind]!)]!)),
    );
  return best[demand]!;
}

function holds({ lower, upper, rows }: LinearModel, values: readonly number[]): boolean {
  const within = (value: number, low: number, high: number) =>
    value >= low - TOLERANCE && value <= high + TOLERANCE;
  return (
    values.every((value, column) => within(value, lower[column]!, upper[column]!)) &&
    rows.every((row) => within(activity(row, values), row.lower, row.upper))
  );
}

function activity(row: LinearRow, values: readonly number[]): number {
  return row.columns.reduce((sum, column, k) => sum + row.values[k]! * values[column]!, 0);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

/**
 * The bound that duals y of any size prove, by weak duality: each row pulls with y towards the
 * side it is held at, each variable sits at the bound that its reduced cost likes.
 */
function boundByDuals(model: LinearModel, duals: readonly number[]): number {
  const reduced = [...model.cost];
  let bound = 0;
  for (const [index, row] of model.rows.entries()) {
    const dual = duals[index]!;
    if (Math.abs(dual) > TOLERANCE / 100) bound += dual * (dual > 0 ? row.lower : row.upper);
    for (const [k, column] of row.columns.entries()) reduced[column]! -= dual * row.values[k]!;
  }
  for (const [column, cost] of reduced.entries())
    bound += cost * (cost > 0 ? model.lower[column]! : model.upper[column]!);
  return bound;
}

/** A covering with as many rows as columns and no pattern: no solver proves it in a second. */
function hardModel(): LinearModel {
  const random = seededRandom(3);
  const columns = Array.from({ length: 60 }, (_, column) => column);
  const number = () => 1 + Math.floor(random() * 1000);
  return {
    cost: columns.map(() => 500 + Math.floor(random() * 20)),
    lower: columns.map(() => 0),
    upper: columns.map(() => 50),
    integer: columns.map(() => true),
    rows: columns.map(() => atLeast(20_000, columns.map(number))),
  };
}
