import type { LinearModel, LinearRow, Solver } from '../../../ports/solver.ts';
import { Frontier, type FrontierPoint } from './frontier.ts';
import { linkAt, loadOf } from './load.ts';
import type { Group } from './route-problem.ts';
import type { Setting } from './setting.ts';
import type { Tree } from './steiner.ts';

/*
 * Problem: which paths to one destination carry which share of the data, at the least price of
 * links and machines, within a time. Rates are free: a region's limit is for all its links
 * together (the overlay of Jain et al., Skyplane, NSDI'23, with the same machines everywhere).
 * Method: the price of machines is regions × seconds, so for each number of regions there is a
 * linear model with a yes or no for each region on the way. Its paths are all those over one
 * region, and those that the fractional optimum found at some time limits.
 * Complexity: one mixed-integer model of some hundred columns for each number of regions and
 * each time limit.
 */

export type SearchSharesOptions = {
  readonly solver: Solver;
  readonly isOver: () => boolean;
  /** Paths; the plain ones among them. */
  readonly paths: readonly Tree[];
  /** Of a gigabyte: at each of them the cheapest is found. */
  readonly limits: readonly number[];
};

/** Shares are whole in so many parts. */
export const SHARE_PARTS = 1_000_000;

/** More regions on the way never paid in any network that we have seen. */
const REGIONS_ON_THE_WAY_MAX = 4;
/** What it takes to make shares whole. */
const ROUNDING = 3e-6;
const SOLVER_LIMITS = { timeLimitMs: 2_000, relativeGap: 1e-7 };

type Path = {
  readonly tree: Tree;
  readonly cost: number;
  readonly load: ReadonlyMap<number, number>;
  readonly onTheWay: readonly number[];
};

/** The cheapest shares for each limit, and what single paths cost. */
export async function searchShares(
  setting: Setting,
  { solver, isOver, paths, limits }: SearchSharesOptions,
): Promise<Frontier> {
  const frontier = new Frontier();
  const known = paths.map((tree) => pathOf(setting, tree));
  for (const path of known) frontier.offer(pointOf(setting, [{ path, parts: SHARE_PARTS }]));
  for (const limit of limits) {
    for (let regions = 0; regions <= REGIONS_ON_THE_WAY_MAX && !isOver(); regions++) {
      if (cannotPay(setting, frontier.within(limit), regions)) break;
      const found = await cheapestShares(setting, known, { solver, regions, limit });
      if (found !== null) frontier.offer(found);
    }
  }
  return frontier;
}

/** Every path over at most one region. */
export function shortPaths({ problem }: Setting): readonly Tree[] {
  const { network, source, destinations } = problem;
  const size = network.regions.length;
  const sink = destinations[0]!;
  const isLink = (from: number, to: number) => network.kilobitsPerSecond[from * size + to]! > 0;
  const found: Tree[] = isLink(source, sink) ? [new Map([[sink, source]])] : [];
  for (let via = 0; via < size; via++) {
    if (via === source || via === sink || !isLink(source, via) || !isLink(via, sink)) continue;
    found.push(
      new Map([
        [via, source],
        [sink, via],
      ]),
    );
  }
  return found;
}

function pathOf({ problem, bottlenecks }: Setting, tree: Tree): Path {
  const { network, destinations } = problem;
  let cost = 0;
  for (const [to, from] of tree) cost += network.nanosPerGigabyte[linkAt(bottlenecks, from, to)]!;
  const onTheWay = [...tree.keys()].filter((region) => region !== destinations[0]);
  return { tree, cost, load: loadOf(tree, bottlenecks), onTheWay };
}

/** Even at the least egress, in the shortest time, so many regions cost more than what is known. */
function cannotPay(setting: Setting, known: FrontierPoint | null, regions: number): boolean {
  if (known === null) return false;
  const { paths, problem, regionSecond, secondsMin } = setting;
  const egress = paths.distance[problem.source * paths.size + problem.destinations[0]!]!;
  return egress + (regions + 2) * regionSecond * secondsMin >= known.total;
}

type Question = { readonly solver: Solver; readonly regions: number; readonly limit: number };

async function cheapestShares(
  setting: Setting,
  paths: readonly Path[],
  { solver, regions, limit }: Question,
): Promise<FrontierPoint | null> {
  const usable = paths.filter(({ onTheWay }) => onTheWay.length <= regions);
  if (usable.length === 0) return null;
  const model = sharesModel(setting, usable, { regions, limit: limit * (1 - ROUNDING) });
  const answer = await solver.solve(model, SOLVER_LIMITS);
  if (answer.status !== 'optimal' && answer.status !== 'feasible') return null;
  const parts = wholeParts(answer.values.slice(0, usable.length));
  const shares = usable.flatMap((path, index) =>
    parts[index]! > 0 ? { path, parts: parts[index]! } : [],
  );
  return pointOf(setting, shares);
}

/** Columns: a share of each path, whether each region on the way is used, and the seconds. */
function sharesModel(
  { bottlenecks, regionSecond, secondsMin }: Setting,
  paths: readonly Path[],
  { regions, limit }: { readonly regions: number; readonly limit: number },
): LinearModel {
  const onTheWay = [...new Set(paths.flatMap((path) => path.onTheWay))];
  const seconds = paths.length + onTheWay.length;
  const of = (test: (path: Path) => boolean) =>
    paths.flatMap((path, index) => (test(path) ? [index] : []));
  const keys = new Set(paths.flatMap(({ load }) => [...load.keys()]));
  const rows: LinearRow[] = [...keys].map((key) => {
    const columns = of(({ load }) => load.has(key));
    const each = bottlenecks.secondsPerGigabyte[key]!;
    return {
      columns: [...columns, seconds],
      values: [...columns.map((index) => -each * paths[index]!.load.get(key)!), 1],
      lower: 0,
      upper: Infinity,
    };
  });
  for (const [index, region] of onTheWay.entries()) {
    const columns = of((path) => path.onTheWay.includes(region));
    const values = columns.map(() => -1);
    const used = paths.length + index;
    rows.push({ columns: [...columns, used], values: [...values, 1], lower: 0, upper: Infinity });
  }
  const shares = paths.map((_, index) => index);
  rows.push({ columns: shares, values: shares.map(() => 1), lower: 1, upper: 1 });
  const used = onTheWay.map((_, index) => paths.length + index);
  if (used.length > 0)
    rows.push({ columns: used, values: used.map(() => 1), lower: 0, upper: regions });
  return {
    cost: [...paths.map(({ cost }) => cost), ...used.map(() => 0), (regions + 2) * regionSecond],
    lower: [...shares.map(() => 0), ...used.map(() => 0), secondsMin],
    upper: [...shares.map(() => 1), ...used.map(() => 1), Math.max(limit, secondsMin)],
    integer: [...shares.map(() => false), ...used.map(() => true), false],
    rows,
  };
}

/** By largest remainder; shares that are rounding errors have none. */
function wholeParts(shares: readonly number[]): readonly number[] {
  const exact = shares.map((share) => Math.max(0, share) * SHARE_PARTS);
  const parts = exact.map((part) => Math.floor(part));
  const left = SHARE_PARTS - parts.reduce((sum, part) => sum + part, 0);
  const order = exact
    .map((part, index) => ({ index, remainder: part - parts[index]! }))
    .toSorted((one, other) => other.remainder - one.remainder);
  for (const { index } of order.slice(0, Math.max(0, left))) parts[index]! += 1;
  return parts;
}

function pointOf(
  { bottlenecks, regionSecond }: Setting,
  shares: readonly { readonly path: Path; readonly parts: number }[],
): FrontierPoint {
  const loads = new Map<number, number>();
  const regions = new Set<number>();
  let egress = 0;
  for (const { path, parts } of shares) {
    egress += (path.cost * parts) / SHARE_PARTS;
    for (const region of path.onTheWay) regions.add(region);
    for (const [at, load] of path.load)
      loads.set(at, (loads.get(at) ?? 0) + (load * parts) / SHARE_PARTS);
  }
  let seconds = 0;
  for (const [at, load] of loads)
    seconds = Math.max(seconds, load * bottlenecks.secondsPerGigabyte[at]!);
  const groups: readonly Group[] = shares.map(({ path, parts }) => ({
    tree: path.tree,
    partitions: parts,
  }));
  return { seconds, total: egress + (regions.size + 2) * regionSecond * seconds, groups };
}
