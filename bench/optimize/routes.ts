import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { bundledNetwork } from '../../src/app/network-grid.ts';
import { ROUTE_MOVES } from '../../src/app/route.ts';
import { usd } from '../../src/base/money.ts';
import { asEpochMs } from '../../src/base/time.ts';
import type { Network } from '../../src/core/optimize/routes/network.ts';
import { planRoute } from '../../src/core/optimize/routes/route-plan.ts';
import type { RouteProblem } from '../../src/core/optimize/routes/route-problem.ts';
import type { Solver } from '../../src/ports/solver.ts';
import type { RoutePlan } from '../../src/spec/route.ts';
import { type Figure, figureOf } from '../figure.ts';
import {
  PUBLISHED_ROUTES,
  publishedRoute,
  ROUTE_CLASSES,
  routeInstance,
} from '../instances/route-instances.ts';

const SEEDS = 20;
const DESTINATIONS = 6;
const TIME_LIMIT_MS = 20_000;
const PERCENT = 100;
/** Of the time of the cheapest route to one destination, which a faster one must keep. */
const HURRY = 0.7;

type Timed = { readonly plan: RoutePlan; readonly seconds: number };
type Split = 'partitions' | 'shares';

/**
 * Data routes on the bundled network: the two published multicast instances, and the worst gap to
 * the proven bound of 20 random instances of each class.
 */
export async function benchRoutes(machine: string): Promise<Figure[]> {
  const { network } = await bundledNetwork();
  const solver = highsSolver();
  try {
    const aws = await solved(solver, publishedRoute(network, PUBLISHED_ROUTES['intra-aws']));
    const all = await solved(solver, publishedRoute(network, PUBLISHED_ROUTES['inter-agz']));
    const random = await randomTrees(solver, network);
    const pairs = await hurriedPairs(solver, network);
    const times = [aws, all, ...random, ...pairs].map(({ seconds }) => seconds);
    const gaps = (of: readonly Timed[]) => of.map(({ plan }) => plan.gap * PERCENT);
    return [
      figureOf('routes.intra-aws', [usd(aws.plan.costMicros)], worst, machine),
      figureOf('routes.inter-agz', [usd(all.plan.costMicros)], worst, machine),
      figureOf('routes.trees-gap', gaps(random), worst, machine),
      figureOf('routes.pairs-gap', gaps(pairs), worst, machine),
      figureOf('routes.time', times, worst, machine),
    ];
  } finally {
    await solver.close();
  }
}

async function randomTrees(solver: Solver, network: Network): Promise<readonly Timed[]> {
  const done: Timed[] = [];
  for (const kind of ROUTE_CLASSES) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const problem = routeInstance(network, kind, { seed, destinations: DESTINATIONS });
      done.push(await solved(solver, problem));
    }
  }
  return done;
}

/** Faster than the cheapest route takes, where any is. */
async function hurriedPairs(solver: Solver, network: Network): Promise<readonly Timed[]> {
  const done: Timed[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const problem = routeInstance(network, 'any', { seed, destinations: 1 });
    const { plan } = await solved(solver, problem, 'shares');
    const [fastest, cheapest] = [plan.frontier[0]!.seconds, plan.seconds];
    const withinS = Math.max(fastest, cheapest * HURRY) + 1e-3;
    done.push(await solved(solver, { ...problem, withinS }, 'shares'));
  }
  return done;
}

async function solved(
  solver: Solver,
  problem: RouteProblem,
  split: Split = 'partitions',
): Promise<Timed> {
  const begun = performance.now();
  const plan = await planRoute(problem, {
    solver,
    clock: { now: () => asEpochMs(performance.now()) },
    timeLimitMs: TIME_LIMIT_MS,
    seed: 1,
    moves: ROUTE_MOVES,
    split,
    frontier: true,
  });
  return { plan, seconds: (performance.now() - begun) / 1000 };
}

function worst(values: readonly number[]): number {
  return Math.max(...values);
}
