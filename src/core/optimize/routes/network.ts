import { assert } from '../../../base/assert.ts';
import { asRate } from '../../../base/money.ts';
import type { Route } from '../model/problem.ts';

/**
 * What it costs to move data from each region to each other one, and how fast that goes. Regions
 * are named as grids name them, `provider:region` or `provider:zone`; a pair is at index
 * `from * regions.length + to` of both arrays.
 */
export type Network = {
  readonly regions: readonly string[];
  /** Whole nano-dollars for a decimal gigabyte; Infinity where there is no way. */
  readonly nanosPerGigabyte: Float64Array;
  /** Whole kilobits a second that were measured; 0 where there is no way. */
  readonly kilobitsPerSecond: Float64Array;
};

/** One directed pair of regions. */
export type Link = {
  readonly from: string;
  readonly to: string;
  readonly kilobitsPerSecond: number;
  readonly nanosPerGigabyte: number;
};

const KILOBITS_PER_GIGABIT = 1e6;

/** The network of some links; its regions are in the order of their names. */
export function networkOf(links: readonly Link[]): Network {
  const regions = [...new Set(links.flatMap(({ from, to }) => [from, to]))].toSorted();
  const indices = new Map(regions.map((region, index) => [region, index]));
  const pairs = regions.length * regions.length;
  const nanosPerGigabyte = new Float64Array(pairs).fill(Infinity);
  const kilobitsPerSecond = new Float64Array(pairs);
  for (const link of links) {
    const at = indices.get(link.from)! * regions.length + indices.get(link.to)!;
    assert(link.from !== link.to, `a link from ${link.from} to itself`);
    assert(link.kilobitsPerSecond > 0, `no throughput from ${link.from} to ${link.to}`);
    nanosPerGigabyte[at] = asRate(link.nanosPerGigabyte);
    kilobitsPerSecond[at] = link.kilobitsPerSecond;
  }
  return { regions, nanosPerGigabyte, kilobitsPerSecond };
}

export function providerOf(region: string): string {
  return region.slice(0, Math.max(0, region.indexOf(':')));
}

/**
 * The links as a `Problem` has them, between `provider/region`. Google's zones stand for their
 * regions: a grid measures in one zone of each.
 */
export function routesOf({ regions, nanosPerGigabyte, kilobitsPerSecond }: Network): Route[] {
  const places = regions.map(placeOf);
  return places.flatMap((from, source) =>
    places.flatMap((to, sink) => {
      const at = source * regions.length + sink;
      if (kilobitsPerSecond[at] === 0 || from === to) return [];
      return {
        from,
        to,
        nanosPerGigabyte: asRate(nanosPerGigabyte[at]!),
        gigabitsPerSecond: kilobitsPerSecond[at]! / KILOBITS_PER_GIGABIT,
      };
    }),
  );
}

/** `provider/region` of a name in a grid: `gcp:us-central1-a` is in `gcp/us-central1`. */
export function placeOf(name: string): string {
  const [provider, region = ''] = name.split(/:(.*)/s);
  return `${provider}/${provider === 'gcp' ? region.replace(/-[a-z]$/, '') : region}`;
}
