import { workerPool } from '../../src/adapters/pool/worker-pool.ts';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { steadyClock } from '../../src/app/steady-clock.ts';
import { assert } from '../../src/base/assert.ts';
import type { TreeAnswer, TreeJob } from '../../src/core/optimize/cover/choice/choose-by-tree.ts';
import { coupledSearcher } from '../../src/core/optimize/cover/coupled-searcher.ts';
import { coverSearcher } from '../../src/core/optimize/cover/cover-searcher.ts';
import type { DivisibleWork, Problem } from '../../src/core/optimize/model/problem.ts';
import {
  presolve,
  restoreAnswer,
  restoreCertificate,
} from '../../src/core/optimize/presolve/presolve.ts';
import type { SearchOptions } from '../../src/core/optimize/search/searcher.ts';
import { problemBound } from '../../src/core/optimize/verify/problem-bound.ts';
import { answerCost, verifyAnswer } from '../../src/core/optimize/verify/verify-answer.ts';
import type { LinearModel } from '../../src/ports/solver.ts';
import { type Figure, figureOf } from '../figure.ts';
import { catalogRows } from '../instances/catalog-rows.ts';
import {
  type CatalogRow,
  COVER_CLASSES,
  type CoverClass,
  type CoverSize,
  coverInstance,
} from '../instances/cover-instances.ts';
import type { FigureName } from '../limits.ts';
import { median } from '../statistics.ts';

const SEEDS = 20;
const ONE: CoverSize = { tasks: 1, offers: 5000 };
const ONE_GAP = 1e-4;
/** Warm: a class has been solved as often before it is timed. */
const ROUNDS_WARM_UP = 3;
const HIGHS_LIMIT_MS = 60_000;
const PERCENT = 100;
const MS_PER_S = 1000;

const COUPLED = {
  '10x2000': { tasks: 10, offers: 2000 },
  '50x500': { tasks: 50, offers: 500 },
  '100x1000': { tasks: 100, offers: 1000 },
} as const;
/** Both ask for as much, so that what comes of the first within its time may do for the second. */
const SOON = { timeLimitMs: 10_000, gap: 0.001 };
const LATER = { timeLimitMs: 60_000, gap: 0.001 };

const TREES = {
  module: new URL('../../src/core/optimize/cover/choice/choose-by-tree.ts', import.meta.url),
  name: 'searchTree',
};

type Limits = Pick<SearchOptions, 'timeLimitMs' | 'gap' | 'solver' | 'trees'>;
type Timed = { readonly seconds: number; readonly gap: number };

/**
 * Covering plans of one task, presolve included, each class's worst of 20 seeds; gaps are of what the
 * checker makes of the certificate. The bare model in HiGHS beside, for one seed of each class.
 */
export async function benchCover(machine: string): Promise<Figure[]> {
  const rows = await catalogRows();
  const solver = () => Promise.reject(new Error('a single cover needs no solver'));
  const { timeLimitMs } = SOON;
  const singles = await timedOf(ONE, { rows, timeLimitMs, gap: ONE_GAP, solver });
  return [
    figureOf(
      'cover.one',
      singles.map(({ seconds }) => seconds * MS_PER_S),
      worst,
      machine,
    ),
    figureOf(
      'cover.one-gap',
      singles.map(({ gap }) => gap * PERCENT),
      worst,
      machine,
    ),
    figureOf('cover.one-highs', await besideHighs(rows), median, machine),
  ];
}

/** The same of many tasks on shared offers, in ten seconds and in sixty. */
export async function benchCoupled(name: keyof typeof COUPLED, machine: string): Promise<Figure[]> {
  const rows = await catalogRows();
  const highs = highsSolver();
  const solver = () => Promise.resolve(highs);
  const trees = async () => workerPool<TreeJob, TreeAnswer>(TREES);
  const first = await timedOf(COUPLED[name], { rows, solver, trees, ...SOON });
  const later = await timedOf(COUPLED[name], { rows, solver, trees, ...LATER, first });
  await highs.close();
  return [
    gapFigure(`cover.${name}-soon`, first, machine),
    gapFigure(`cover.${name}`, later, machine),
  ];
}

function gapFigure(name: FigureName, timed: readonly Timed[], machine: string): Figure {
  const gaps = timed.map(({ gap }) => gap * PERCENT);
  return figureOf(name, gaps, worst, machine);
}

/** Every seed of every class; those that came as far before, in less time, are not searched again. */
async function timedOf(
  size: CoverSize,
  given: Limits & { readonly rows: readonly CatalogRow[]; readonly first?: readonly Timed[] },
): Promise<readonly Timed[]> {
  const all: Timed[] = [];
  for (const kind of COVER_CLASSES) {
    const instance = (seed: number): Problem =>
      coverInstance(kind, size, { seed, rows: given.rows });
    if (size.tasks === 1) {
      for (let round = 0; round < ROUNDS_WARM_UP; round++) await measure(instance(0), given);
    }
    const ofKind: Timed[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const before = given.first?.[all.length + ofKind.length];
      const isDone = before !== undefined && before.gap <= given.gap;
      ofKind.push(isDone ? before : await measure(instance(seed), given));
    }
    all.push(...ofKind);
    say(kind, size, ofKind);
  }
  return all;
}

function say(kind: CoverClass, { tasks, offers }: CoverSize, timed: readonly Timed[]): void {
  const seconds = worst(timed.map((one) => one.seconds)).toFixed(3);
  const gap = (worst(timed.map((one) => one.gap)) * PERCENT).toFixed(3);
  process.stderr.write(`  ${kind} ${tasks}x${offers}: at worst ${seconds} s, gap ${gap} %\n`);
}

/** Presolve, search and what leads back to the given problem; the check is not timed. */
async function measure(given: Problem, limits: Limits): Promise<Timed> {
  const options = { ...limits, clock: steadyClock(), seed: 1, start: null };
  const before = performance.now();
  const presolved = presolve(given);
  const { problem } = presolved;
  const searcher = [coverSearcher, coupledSearcher].find((one) => one.refuses(problem) === null);
  assert(searcher !== undefined, 'a searcher takes covers');
  const { answer, certificate } = await searcher.search(problem, options);
  assert(answer !== null && certificate !== null, `${given.name} can be covered`);
  const restored = restoreAnswer(given, presolved, answer);
  const proof = restoreCertificate(given, presolved, certificate);
  const seconds = (performance.now() - before) / MS_PER_S;
  const faults = verifyAnswer(given, restored);
  assert(faults.length === 0, `${given.name}: ${faults.join('; ')}`);
  const [cost, bound] = [answerCost(given, restored), problemBound(given, proof!) ?? 0];
  return { seconds, gap: Math.max(0, (cost - bound) / cost) };
}

/** Seconds for the bare model of one task, one seed of each class, to the same gap. */
async function besideHighs(rows: readonly CatalogRow[]): Promise<readonly number[]> {
  const solver = highsSolver();
  const seconds: number[] = [];
  for (const kind of COVER_CLASSES) {
    const model = bareModel(coverInstance(kind, ONE, { seed: 1, rows }));
    const before = performance.now();
    await solver.solve(model, { timeLimitMs: HIGHS_LIMIT_MS, relativeGap: ONE_GAP });
    seconds.push((performance.now() - before) / MS_PER_S);
  }
  await solver.close();
  return seconds;
}

/** One variable for each offer, one row for the work and one for each pool. */
function bareModel({ offers, pools, tasks }: Problem): LinearModel {
  const { options, units } = tasks[0]!.work as DivisibleWork;
  return {
    cost: options.map(({ offer }) => offers[offer]!.nanosPerHour / 1e9),
    lower: options.map(() => 0),
    upper: options.map(({ offer }) => offers[offer]!.available ?? Infinity),
    integer: options.map(() => true),
    rows: [
      {
        columns: [...options.keys()],
        values: options.map(({ throughput }) => throughput),
        lower: units,
        upper: Infinity,
      },
      ...pools.map(({ limit }, pool) => {
        const users = options.flatMap(({ offer }, column) =>
          offers[offer]!.uses.flatMap((use) => (use.pool === pool ? [[column, use.amount]] : [])),
        );
        return {
          columns: users.map(([column]) => column!),
          values: users.map(([, amount]) => amount!),
          lower: -Infinity,
          upper: limit,
        };
      }),
    ],
  };
}

function worst(values: readonly number[]): number {
  return Math.max(...values);
}
