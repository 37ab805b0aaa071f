import { KedgeError } from '../../../base/errors.ts';
import { formatLimit } from '../../../base/format-limit.ts';
import { seededRandom } from '../../../base/rng.ts';
import { formatDuration, SECOND_MS } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Solver } from '../../../ports/solver.ts';
import type { Frontier } from './frontier.ts';
import { isSameTree, type Packed, type Packing, packTrees } from './pack-trees.ts';
import type {
  BottleneckPrice,
  RouteAnswer,
  RouteCertificate,
  RouteProblem,
} from './route-problem.ts';
import { SHARE_PARTS, searchShares, shortPaths } from './search-shares.ts';
import { searchTrees } from './search-trees.ts';
import { packingOf, type RouteKind, type Setting, secondsMaxOf, settingOf } from './setting.ts';
import type { Tree } from './steiner.ts';

export type FindRouteOptions = {
  readonly solver: Solver;
  readonly clock: Pick<Clock, 'now'>;
  /** It gives what it has when this is over. */
  readonly timeLimitMs: number;
  readonly seed: number;
  /** Of one annealing; more find better trees. */
  readonly moves: number;
  /** Whole partitions, or shares of any size, which only one destination can have. */
  readonly split: 'partitions' | 'shares';
  /** Whether the cheapest for other times is wanted, too. */
  readonly frontier: boolean;
};

export type RouteFound = {
  /** The cheapest within the time of the problem. */
  readonly answer: RouteAnswer;
  readonly certificate: RouteCertificate;
  /** From the fastest to the cheapest of all, whatever that time; of shares only where wanted. */
  readonly frontier: readonly RouteAnswer[];
};

type Running = FindRouteOptions & { readonly isOver: (share: number) => boolean };

/** Time limits, between the fastest and the cheapest, for which there are packings and shares. */
const LIMITS = 6;
/** Of the time, for the fractional problems. */
const PACKING_TIME = 0.4;
const SECONDS_PER_HOUR = 3600;

/**
 * The cheapest route that is found, with what proves how good it is.
 * Errors: `route.infeasible` where a destination has no way, or the time is too short.
 */
export async function findRoute(
  problem: RouteProblem,
  options: FindRouteOptions,
): Promise<RouteFound> {
  const { clock, timeLimitMs, split } = options;
  const begun = clock.now();
  const isOver = (share: number) => clock.now() - begun > share * timeLimitMs;
  const setting = settingOf(problem);
  if (setting === null) throw noWay(problem);
  const running = { ...options, isOver };
  const packings = await packAll(setting, running);
  const certificate = await certify(setting, running);
  const frontier = await search(setting, packings, running);
  const best = frontier.within(secondsMaxOf(problem));
  if (best === null) throw tooShort(setting, frontier);
  const toAnswer = (groups: RouteAnswer['groups']): RouteAnswer => ({
    split,
    parts: split === 'shares' ? SHARE_PARTS : problem.partitions,
    // The largest first, for whoever reads it.
    groups: groups.toSorted((one, other) => other.partitions - one.partitions),
  });
  return {
    answer: toAnswer(best.groups),
    certificate,
    frontier: frontier.points.map(({ groups }) => toAnswer(groups)),
  };
}

/** Fractional optima without a time limit and at some, of trees that are worth a try. */
async function packAll(setting: Setting, running: Running): Promise<readonly Packed[]> {
  const free = await pack(packingOf(setting, Infinity), running);
  if (free === null) throw noWay(setting.problem);
  const packings = [free];
  for (const limit of limitsUpTo(setting, free.seconds)) {
    const packed = await pack(packingOf(setting, limit), running);
    if (packed !== null) packings.push(packed);
  }
  return packings;
}

function pack(packing: Packing, { solver, isOver }: Running): Promise<Packed | null> {
  return packTrees(packing, { solver, isOver: () => isOver(PACKING_TIME) });
}

/** Fractional optima of each kind of route, in the time that there is. */
async function certify(setting: Setting, running: Running): Promise<RouteCertificate> {
  const limit = Math.max(secondsMaxOf(setting.problem), setting.secondsMin);
  const pricesOf = async (kind: RouteKind) => {
    const packed = await pack(packingOf(setting, limit, kind), running);
    return packed === null ? [] : wholePrices(setting, packed);
  };
  return {
    all: await pricesOf('all'),
    straight: await pricesOf('straight'),
    relayed: await pricesOf('relayed'),
  };
}

/** Evenly spaced in proportion, from the fastest that may be. */
function limitsUpTo({ secondsMin }: Setting, seconds: number): readonly number[] {
  if (seconds <= secondsMin * 1.001) return [];
  return Array.from(
    { length: LIMITS },
    (_, step) => secondsMin * (seconds / secondsMin) ** (step / LIMITS),
  );
}

async function search(
  setting: Setting,
  packings: readonly Packed[],
  { solver, isOver, seed, moves, split, frontier }: Running,
): Promise<Frontier> {
  const { problem, capacities, plainTrees, secondsMin } = setting;
  if (split === 'partitions') {
    return searchTrees(problem, capacities, {
      random: seededRandom(seed),
      isOver: () => isOver(1),
      moves,
      trees: plainTrees,
      packings: packings.map(({ trees }) => trees),
      secondsMin,
    });
  }
  const paths = unlike([
    ...plainTrees,
    ...shortPaths(setting),
    ...packings.flatMap(({ trees }) => trees.map(({ tree }) => tree)),
  ]);
  const slowest = Math.max(...packings.map(({ seconds }) => seconds)) * 2;
  const others = frontier ? [Infinity, ...limitsUpTo(setting, slowest)] : [];
  const limits = [secondsMaxOf(problem), ...others];
  return searchShares(setting, { solver, isOver: () => isOver(1), paths, limits });
}

function unlike(trees: readonly Tree[]): readonly Tree[] {
  const kept: Tree[] = [];
  for (const tree of trees) if (!kept.some((one) => isSameTree(one, tree))) kept.push(tree);
  return kept;
}

/** In whole nano-dollars an hour, rounded down: the sum stays affordable. */
function wholePrices(setting: Setting, { prices }: Packed): readonly BottleneckPrice[] {
  const size = setting.problem.network.regions.length;
  return [...prices].flatMap(([index, price]) => {
    const nanosPerHour = Math.floor(price * SECONDS_PER_HOUR);
    return nanosPerHour > 0 ? [{ ...bottleneckAt(index, size), nanosPerHour }] : [];
  });
}

function bottleneckAt(index: number, size: number) {
  const region = index % size;
  if (index < size * size)
    return { at: 'link', from: Math.floor(index / size), to: region } as const;
  const at = index < size * size + size ? 'egress' : 'ingress';
  return { at, from: region, to: region } as const;
}

function noWay({ network, source, destinations }: RouteProblem): KedgeError {
  const names = destinations.map((index) => network.regions[index]).join(', ');
  return new KedgeError(
    'route.infeasible',
    `the grid has no way from ${network.regions[source]} to all of ${names}`,
    { hint: 'add the missing pairs to the grid' },
  );
}

function tooShort({ problem, secondsMin }: Setting, { points }: Frontier): KedgeError {
  const { withinS, bytes } = problem;
  const toWholeMs = (seconds: number) => Math.round(((seconds * bytes) / 1e9) * SECOND_MS) / 1000;
  const asTime = (seconds: number) => formatLimit(toWholeMs(seconds) * SECOND_MS);
  const [fastest, floor] = [points[0]!.seconds, secondsMin];
  const isProven = secondsMaxOf(problem) < floor;
  const given = formatDuration(withinS! * SECOND_MS);
  const message = isProven
    ? `no route takes as little as ${given}: the limits of its ends alone make it ${asTime(floor)}`
    : `no route was found that takes at most ${given}; the fastest takes ${asTime(fastest)}`;
  return new KedgeError('route.infeasible', message, {
    hint: `allow ${asTime(fastest)}, or more machines (--vms-per-region)`,
    details: { fastestS: toWholeMs(fastest), floorS: toWholeMs(floor) },
  });
}
