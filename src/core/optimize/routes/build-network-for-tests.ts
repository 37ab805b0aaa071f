import { asRate } from '../../../base/money.ts';
import type { Random } from '../../../base/rng.ts';
import type { Solver } from '../../../ports/solver.ts';
import { type Link, networkOf } from './network.ts';
import { type RouteProblem, routeProblem } from './route-problem.ts';

/** A link of which only this is said: $0.02 for a gigabyte, 5 Gbit/s. */
export function buildLink(parts: Partial<Link> & Pick<Link, 'from' | 'to'>): Link {
  return { nanosPerGigabyte: 20_000_000, kilobitsPerSecond: 5_000_000, ...parts };
}

/** 300 GB in 10 partitions from the first region to the last, two machines a region, no limits. */
export function buildRouteProblem(
  links: readonly Link[],
  parts: Partial<RouteProblem> = {},
): RouteProblem {
  const network = networkOf(links);
  return routeProblem({
    network,
    source: 0,
    destinations: [network.regions.length - 1],
    bytes: 300e9,
    partitions: 10,
    machines: {
      perRegion: 2,
      nanosPerHour: asRate(540_000_000),
      gridMachines: 2,
      limits: {},
    },
    withinS: null,
    ...parts,
  });
}

/** Regions of two providers with limits, most pairs linked at prices in whole cents. */
export function randomRouteProblem(
  random: Random,
  { regions, destinations }: { readonly regions: number; readonly destinations: number },
): RouteProblem {
  const whole = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  const names = Array.from({ length: regions }, (_, index) => `${'ab'[index % 2]}:r${index}`);
  const links = names.flatMap((from, row) =>
    names.flatMap((to) => {
      const isLinked = from !== to && (row === 0 || random() < 0.8);
      if (!isLinked) return [];
      const nanosPerGigabyte = whole(1, 20) * 10_000_000;
      const kilobitsPerSecond = whole(1_000, 9_000) * 1000;
      return buildLink({ from, to, nanosPerGigabyte, kilobitsPerSecond });
    }),
  );
  const problem = buildRouteProblem(links, { partitions: whole(1, 3), bytes: whole(1, 500) * 1e9 });
  const { network, machines } = problem;
  const source = network.regions.indexOf(names[0]!);
  const gbps = (ingress: number, egress: number) => ({
    ingressKilobitsPerSecond: ingress * 1e6,
    egressKilobitsPerSecond: egress * 1e6,
  });
  return routeProblem({
    ...problem,
    source,
    destinations: names.slice(1, destinations + 1).map((name) => network.regions.indexOf(name)),
    machines: { ...machines, limits: { a: gbps(whole(2, 6), whole(2, 6)), b: gbps(8, 8) } },
  });
}

/** A solver that never has an answer: what does not need one must do without. */
export const noSolver: Solver = {
  name: 'none',
  solve: async () => ({ status: 'no-solution' }),
  close: async () => {},
};

/** Every way to reach the destinations: a parent for each region on it, and no useless branch. */
export function everyTree({ network, source, destinations }: RouteProblem) {
  const size = network.regions.length;
  const found: ReadonlyMap<number, number>[] = [];
  const others = network.regions.map((_, region) => region).filter((region) => region !== source);
  const grow = (tree: ReadonlyMap<number, number>, next: number): void => {
    const region = others[next];
    if (region === undefined) {
      if (isTree(tree, source, destinations)) found.push(tree);
      return;
    }
    if (!destinations.includes(region)) grow(tree, next + 1);
    for (let from = 0; from < size; from++) {
      if (network.kilobitsPerSecond[from * size + region]! > 0)
        grow(new Map([...tree, [region, from]]), next + 1);
    }
  };
  grow(new Map(), 0);
  return found;
}

function isTree(
  tree: ReadonlyMap<number, number>,
  source: number,
  destinations: readonly number[],
): boolean {
  const needed = new Set<number>();
  for (const destination of destinations) {
    let steps = 0;
    for (let at = destination; at !== source; steps++) {
      const from = tree.get(at);
      if (from === undefined || steps > tree.size) return false;
      needed.add(at);
      at = from;
    }
  }
  return needed.size === tree.size;
}
