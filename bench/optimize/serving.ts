import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { steadyClock } from '../../src/app/steady-clock.ts';
import { assert } from '../../src/base/assert.ts';
import { rateFromUsd } from '../../src/base/money.ts';
import { lbfgsSearcher } from '../../src/core/optimize/continuous/lbfgs-searcher.ts';
import {
  buildOffer,
  buildProblem,
  buildTask,
} from '../../src/core/optimize/model/build-for-tests.ts';
import type { Problem } from '../../src/core/optimize/model/problem.ts';
import { type Attempt, gapOf, runSearcher } from '../../src/core/optimize/search/run-searcher.ts';
import type { Searcher, SearchOptions } from '../../src/core/optimize/search/searcher.ts';
import { servingSearcher } from '../../src/core/optimize/serving/serving-searcher.ts';
import type { Solver } from '../../src/ports/solver.ts';
import { type Figure, figureOf } from '../figure.ts';
import { catalogGpus } from '../instances/catalog-gpus.ts';
import { SERVING_CLASSES, servingInstance } from '../instances/serving-instances.ts';
import { median } from '../statistics.ts';
import { slicedMix } from './sliced-mix.ts';

const SEEDS = 20;
/** Warm, as HiGHS is: compiled by a few mixes of each class that are not timed. */
const ROUNDS_WARM_UP = 3;
/** What HiGHS takes for optimal by default, and what we are asked for beside it. */
const GAP = 1e-4;
const LIMIT_MS = 10_000;
/** Slices of each bucket at which we are to be ten times faster; and those to be no dearer than. */
const FACTOR_TIMED = 4;
const FACTORS = [1, 2, 4, 8] as const;
/** Of each class: HiGHS takes its whole time for most of them. */
const FACTOR_SEEDS = 2;
const DESCENT_PROBLEMS = 200;
/** So that rounding and the check are done within two seconds. */
const DESCENT_LIMIT_MS = 1500;
const PERCENT = 100;
/** Relative; HiGHS keeps its rows to a ten-millionth, ours to rounding. */
const SAME = 1e-6;

type Timed = { readonly problem: Problem; readonly seconds: number; readonly attempt: Attempt };
/** One problem, to the gap that HiGHS is asked for, and to the end. */
type Pair = { readonly near: Timed; readonly exact: Timed };

/**
 * GPU mixes of 4–12 types and 10 × 10 buckets: the published one; each class's worst of 20 seeds,
 * with the check of the certificate; beside them the sliced binaries of Mélange in HiGHS; and
 * L-BFGS compared with the proven optimum.
 */
export async function benchServing(machine: string): Promise<Figure[]> {
  const published = await search(publishedMix(), servingSearcher, {
    gap: 0,
    timeLimitMs: LIMIT_MS,
  });
  const rows = await catalogGpus();
  const pairs: Pair[] = [];
  await warmUp(rows);
  for (const kind of SERVING_CLASSES) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const problem = servingInstance(kind, { seed, rows });
      const searched = (gap: number) =>
        search(problem, servingSearcher, { gap, timeLimitMs: LIMIT_MS });
      pairs.push({ near: await searched(GAP), exact: await searched(0) });
    }
  }
  const gaps = pairs.map(({ exact: { attempt } }) => gapOf(attempt.value!, attempt.bound!));
  const seconds = (of: keyof Pair) => pairs.map((pair) => pair[of].seconds);
  return [
    figureOf('mix.published', [published.attempt.value! / 1e6], worst, machine),
    figureOf('mix.time', seconds('near'), worst, machine),
    figureOf('mix.exact-time', seconds('exact'), worst, machine),
    figureOf(
      'mix.gap',
      gaps.map((gap) => gap * PERCENT),
      worst,
      machine,
    ),
    ...(await besideSlices(pairs, machine)),
    ...(await besideDescent(machine)),
  ];
}

async function warmUp(rows: Awaited<ReturnType<typeof catalogGpus>>): Promise<void> {
  for (const kind of SERVING_CLASSES) {
    const problem = servingInstance(kind, { seed: 0, rows });
    for (let round = 0; round < ROUNDS_WARM_UP; round++) {
      await search(problem, servingSearcher, { gap: GAP, timeLimitMs: LIMIT_MS });
    }
  }
}

/** The published types and prices of Mélange (arXiv:2404.14527) with its example's mix of requests. */
function publishedMix(): Problem {
  const kinds = [
    { usd: 1.01, throughputs: [2, 1, 5, 2] },
    { usd: 3.67, throughputs: [20, 20, 40, 20] },
  ];
  const rates = [0.2, 0.1, 0.5, 0.2].map((share) => 30 * share);
  const options = kinds.map(({ throughputs }, offer) => ({ offer, throughputs }));
  return buildProblem({
    name: 'published mix',
    offers: kinds.map(({ usd }) => buildOffer({ nanosPerHour: rateFromUsd(usd) })),
    tasks: [buildTask({ work: { kind: 'serving', hours: 1, rates, options } })],
  });
}

async function search(
  problem: Problem,
  searcher: Searcher,
  limits: Pick<SearchOptions, 'gap' | 'timeLimitMs'>,
): Promise<Timed> {
  const solver = () => assert(false, 'it needs no solver') as never;
  const options = { ...limits, clock: steadyClock(), seed: 1, start: null, solver };
  const since = performance.now();
  const attempt = await runSearcher(problem, searcher, options);
  const seconds = (performance.now() - since) / 1000;
  assert(attempt.value !== null, `${problem.name}: ${attempt.faults.join('; ')}`);
  return { problem, seconds, attempt };
}

/** The sliced program to the same gap: at the timed factor all of them, at the others a few. */
async function besideSlices(pairs: readonly Pair[], machine: string): Promise<Figure[]> {
  const solver = highsSolver();
  const [theirs, faster, dearer]: [number[], number[], number[]] = [[], [], []];
  try {
    // The first solve loads HiGHS.
    await slicedCost(solver, publishedMix(), 1);
    for (const [index, { near, exact }] of pairs.entries()) {
      const factors = index % SEEDS < FACTOR_SEEDS ? FACTORS : [FACTOR_TIMED];
      for (const factor of factors) {
        const since = performance.now();
        const cost = await slicedCost(solver, near.problem, factor);
        const took = (performance.now() - since) / 1000;
        dearer.push(cost === null ? 0 : exact.attempt.value! / 1e6 / cost);
        if (factor !== FACTOR_TIMED) continue;
        theirs.push(took);
        faster.push(near.seconds / took);
      }
    }
  } finally {
    await solver.close();
  }
  return [
    figureOf('mix.sliced', theirs, median, machine),
    figureOf('mix.vs-sliced', faster, worst, machine),
    figureOf(
      'mix.cost-vs-sliced',
      dearer.map((ratio) => ratio / (1 + SAME)),
      worst,
      machine,
    ),
  ];
}

/** Dollars of the best that HiGHS finds in its time; null where it finds none. */
async function slicedCost(
  solver: Solver,
  { offers, pools, tasks }: Problem,
  factor: number,
): Promise<number | null> {
  const { work } = tasks[0]!;
  assert(work.kind === 'serving', 'slices are of serving');
  const hired = work.options.map(({ offer }) => offers[offer]!);
  const model = slicedMix(work, {
    factor,
    prices: hired.map(({ nanosPerHour }) => nanosPerHour / 1e9),
    available: hired.map(({ available }) => available ?? Infinity),
    pools: pools.map(({ limit }, index) => ({
      limit,
      amounts: hired.map(({ uses }) =>
        uses.reduce((sum, { pool, amount }) => (pool === index ? sum + amount : sum), 0),
      ),
    })),
  });
  const answer = await solver.solve(model, { timeLimitMs: LIMIT_MS, relativeGap: GAP });
  return 'objective' in answer ? answer.objective : null;
}

async function besideDescent(machine: string): Promise<Figure[]> {
  const rows = await catalogGpus();
  const [above, seconds]: [number[], number[]] = [[], []];
  for (let index = 0; index < DESCENT_PROBLEMS; index++) {
    const kind = SERVING_CLASSES[index % SERVING_CLASSES.length]!;
    // Seeds that nothing was tried on.
    const problem = servingInstance(kind, { seed: 1000 + index, rows });
    const best = await search(problem, servingSearcher, { gap: GAP, timeLimitMs: LIMIT_MS });
    const descent = await search(problem, lbfgsSearcher, { gap: 0, timeLimitMs: DESCENT_LIMIT_MS });
    above.push((descent.attempt.value! / best.attempt.value! - 1) * PERCENT);
    seconds.push(descent.seconds);
  }
  return [
    figureOf('mix.lbfgs', above, median, machine),
    figureOf('mix.lbfgs-time', seconds, worst, machine),
  ];
}

function worst(values: readonly number[]): number {
  return Math.max(...values);
}
