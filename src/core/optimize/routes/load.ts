import type { Capacities, RouteProblem } from './route-problem.ts';
import type { Tree } from './steiner.ts';

/** A gigabyte in kilobits. */
export const KILOBITS_PER_GIGABYTE = 8e6;

/**
 * What limits how fast data moves, as one list: the links of the network by their index, then
 * what leaves each region, then what enters each. `secondsPerGigabyte` is what one gigabyte of
 * load takes there; 0 where nothing limits.
 */
export type Bottlenecks = {
  readonly size: number;
  readonly secondsPerGigabyte: Float64Array;
};

export function bottlenecksOf({ network }: RouteProblem, capacities: Capacities): Bottlenecks {
  const size = network.regions.length;
  const { links, egress, ingress } = capacities;
  const all = new Float64Array(size * size + 2 * size);
  all.set(links);
  all.set(egress, size * size);
  all.set(ingress, size * size + size);
  return {
    size,
    secondsPerGigabyte: all.map((capacity) =>
      capacity === 0 ? 0 : KILOBITS_PER_GIGABYTE / capacity,
    ),
  };
}

export function linkAt({ size }: Bottlenecks, from: number, to: number): number {
  return from * size + to;
}

export function egressAt({ size }: Bottlenecks, region: number): number {
  return size * size + region;
}

export function ingressAt({ size }: Bottlenecks, region: number): number {
  return size * size + size + region;
}

/** How many copies of the data pass each bottleneck when all of it takes one tree. */
export function loadOf(tree: Tree, bottlenecks: Bottlenecks): ReadonlyMap<number, number> {
  const load = new Map<number, number>();
  const add = (at: number) => {
    if (bottlenecks.secondsPerGigabyte[at]! > 0) load.set(at, (load.get(at) ?? 0) + 1);
  };
  for (const [to, from] of tree) {
    add(linkAt(bottlenecks, from, to));
    add(egressAt(bottlenecks, from));
    add(ingressAt(bottlenecks, to));
  }
  return load;
}
