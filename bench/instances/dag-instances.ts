import { asMicros, asRate } from '../../src/base/money.ts';
import { type Random, seededRandom } from '../../src/base/rng.ts';
import {
  buildOffer,
  buildProblem,
  buildTask,
} from '../../src/core/optimize/model/build-for-tests.ts';
import type {
  Problem,
  ProblemOffer,
  ProblemTask,
  Route,
  Transfer,
} from '../../src/core/optimize/model/problem.ts';
import { between } from './between.ts';

/**
 * Pipelines as people might have them: tasks of $1 to $300 that hand 1 GB to 3 TB to each other,
 * each with options of a dozen machine types in 60 regions of three clouds. A third of the tasks
 * may only be in one continent, a sixth only at one cloud (residency masks). The classes say how
 * the tasks hang together:
 *
 * - `chain`, `tree`: each task takes data of one other.
 * - `series-parallel`: stages of one to four branches, and skips over them (treewidth 2).
 * - `width-3`: a random partial 3-tree: each task is joined to up to three that are joined already.
 * - `general`: each task takes data of one to three of the eleven before it.
 * - `frustrated`: general, with transfer prices that have nothing to do with each other, so that
 *   no place is near any other.
 */
export const DAG_CLASSES = [
  'chain',
  'tree',
  'series-parallel',
  'width-3',
  'general',
  'frustrated',
] as const;
export type DagClass = (typeof DAG_CLASSES)[number];

export type DagSize = {
  readonly tasks: number;
  readonly options: number;
  /**
   * That the three clouds have together, about: 60 if left out. With as many as options, each option
   * of a task is in a region of its own, and merging options by place helps nobody.
   */
  readonly regions?: number;
};

type Continent = 'na' | 'eu' | 'asia' | 'oceania' | 'sa' | 'me' | 'africa';

/** Regions that a cloud has on each continent, about as the three largest had in 2022: 20 in all. */
const REGIONS: Readonly<Record<Continent, number>> = {
  na: 6,
  eu: 6,
  asia: 4,
  oceania: 1,
  sa: 1,
  me: 1,
  africa: 1,
};
const CONTINENTS = Object.keys(REGIONS) as readonly Continent[];

/**
 * List prices, $/GB: to another region of the same continent, to the same cloud elsewhere, to the
 * internet. AWS's 2023, Azure's and Google's 2022–2023 (each cloud's public price page, middling
 * values where countries differ).
 */
type Egress = readonly [near: number, far: number, internet: number];
const EGRESS: Readonly<Record<string, Readonly<Record<Continent, Egress>>>> = {
  aws: {
    na: [0.02, 0.02, 0.09],
    eu: [0.02, 0.02, 0.09],
    asia: [0.09, 0.09, 0.12],
    oceania: [0.098, 0.098, 0.114],
    sa: [0.138, 0.138, 0.15],
    me: [0.1105, 0.1105, 0.117],
    africa: [0.147, 0.147, 0.154],
  },
  azure: {
    na: [0.02, 0.05, 0.0875],
    eu: [0.02, 0.05, 0.0875],
    asia: [0.08, 0.08, 0.12],
    oceania: [0.08, 0.08, 0.12],
    sa: [0.16, 0.16, 0.181],
    me: [0.08, 0.08, 0.12],
    africa: [0.08, 0.08, 0.12],
  },
  gcp: {
    na: [0.01, 0.08, 0.12],
    eu: [0.02, 0.08, 0.12],
    asia: [0.05, 0.08, 0.12],
    oceania: [0.08, 0.15, 0.19],
    sa: [0.08, 0.08, 0.12],
    me: [0.08, 0.08, 0.12],
    africa: [0.08, 0.08, 0.12],
  },
};
const CLOUDS = Object.keys(EGRESS);

type Place = { readonly cloud: string; readonly continent: Continent; readonly region: string };

const REGIONS_IN_ALL = 60;

function placesOf(regions: number): readonly Place[] {
  return CLOUDS.flatMap((cloud) =>
    CONTINENTS.flatMap((continent) => {
      const length = Math.round((REGIONS[continent] * regions) / REGIONS_IN_ALL);
      return Array.from({ length }, (_, index) => {
        return { cloud, continent, region: `${continent}-${index + 1}` };
      });
    }),
  );
}

const MACHINE_TYPES = 12;
const SHARE_OF_ONE_CONTINENT = 1 / 3;
const SHARE_OF_ONE_CLOUD = 1 / 6;
/** Of those to which tasks are confined: enough regions for many options. */
const JURISDICTIONS: readonly Continent[] = ['na', 'eu', 'asia'];

/** The same problem for the same seed. */
export function dagInstance(
  kind: DagClass,
  { tasks, options, regions = REGIONS_IN_ALL }: DagSize,
  seed: number,
): Problem {
  const random = seededRandom(seed * 1_000_003 + 101 * (1 + DAG_CLASSES.indexOf(kind)));
  const places = placesOf(regions);
  const offers = offersOf(places, random);
  const isSpread = regions >= options;
  const edges = edgesOf(kind, tasks, random);
  return buildProblem({
    name: `${kind} ${tasks}x${options} in ${regions} ${seed}`,
    offers,
    tasks: Array.from({ length: tasks }, (_, index) => ({
      ...taskOf({ places, offers, options, isSpread, random }),
      needs: edges.filter(([, to]) => to === index).map(([from]) => from),
    })),
    transfers: edges.map(
      ([from, to]): Transfer => ({ from, to, gigabytes: Math.round(powerOf(random, 1, 3000)) }),
    ),
    routes: routesOf(kind, places, random),
  });
}

/** Each machine type in each region: what it costs there, give or take a third. */
function offersOf(places: readonly Place[], random: Random): readonly ProblemOffer[] {
  const usdPerHour = Array.from({ length: MACHINE_TYPES }, () => powerOf(random, 0.2, 40));
  return places.flatMap(({ cloud, region }) => {
    const level = between(random, 0.85, 1.2);
    return usdPerHour.map((usd, type) => {
      const price = usd * level * between(random, 0.9, 1.15);
      return buildOffer({
        id: `${cloud}/${region}/type-${type + 1}`,
        provider: cloud,
        region,
        nanosPerHour: asRate(Math.round(price * 1e6) * 1000),
      });
    });
  });
}

function taskOf(of: {
  readonly places: readonly Place[];
  readonly offers: readonly ProblemOffer[];
  readonly options: number;
  /** Each option in a place of its own. */
  readonly isSpread: boolean;
  readonly random: Random;
}): ProblemTask {
  const { places, offers, options, isSpread, random } = of;
  const dollars = powerOf(random, 1, 300);
  const isAllowed = maskOf(random);
  const allowed = [...places.keys()].flatMap((place): readonly number[] => {
    if (!isAllowed(places[place]!)) return [];
    const first = place * MACHINE_TYPES;
    if (isSpread) return [first + Math.floor(random() * MACHINE_TYPES)];
    return Array.from({ length: MACHINE_TYPES }, (_, type) => first + type);
  });
  const chosen = sample(allowed, options, random);
  return buildTask({
    work: {
      kind: 'choice',
      options: chosen.map((offer) => {
        // What a machine is good for follows its price, more or less.
        const hours = (dollars / (offers[offer]!.nanosPerHour / 1e9)) * between(random, 0.7, 1.6);
        return { offer, machines: 1, hours, startS: 0, extraMicros: asMicros(0) };
      }),
    },
  });
}

function maskOf(random: Random): (place: Place) => boolean {
  const draw = random();
  if (draw < SHARE_OF_ONE_CONTINENT) {
    const only = JURISDICTIONS[Math.floor(random() * JURISDICTIONS.length)]!;
    return ({ continent }) => continent === only;
  }
  if (draw < SHARE_OF_ONE_CONTINENT + SHARE_OF_ONE_CLOUD) {
    const only = CLOUDS[Math.floor(random() * CLOUDS.length)]!;
    return ({ cloud }) => cloud === only;
  }
  return () => true;
}

function routesOf(kind: DagClass, places: readonly Place[], random: Random): readonly Route[] {
  return places.flatMap((from) =>
    places
      .filter((to) => to !== from)
      .map((to) => {
        const usd = kind === 'frustrated' ? between(random, 0.005, 0.2) : listUsd(from, to);
        return {
          from: `${from.cloud}/${from.region}`,
          to: `${to.cloud}/${to.region}`,
          nanosPerGigabyte: asRate(Math.round(usd * 1e6) * 1000),
          gigabitsPerSecond: from.continent === to.continent ? 8 : 4,
        };
      }),
  );
}

function listUsd(from: Place, to: Place): number {
  const [near, far, internet] = EGRESS[from.cloud]![from.continent];
  if (from.cloud !== to.cloud) return internet;
  return from.continent === to.continent ? near : far;
}

type Edge = readonly [from: number, to: number];

function edgesOf(kind: DagClass, tasks: number, random: Random): readonly Edge[] {
  const indices = Array.from({ length: tasks }, (_, index) => index);
  const pick = (least: number, most: number): number =>
    least + Math.floor(random() * (most - least + 1));
  switch (kind) {
    case 'chain':
      return indices.slice(1).map((to) => [to - 1, to] as const);
    case 'tree':
      return indices.slice(1).map((to) => [pick(Math.max(0, to - 6), to - 1), to] as const);
    case 'series-parallel':
      return seriesParallel(tasks, pick);
    case 'width-3':
      return partialThreeTree(tasks, random);
    default:
      return indices.slice(1).flatMap((to) => {
        const before = indices.slice(Math.max(0, to - 11), to);
        return sample(before, pick(1, 3), random).map((from) => [from, to] as const);
      });
  }
}

/** Fork, branches of one task, join; and again from there. */
function seriesParallel(
  tasks: number,
  pick: (least: number, most: number) => number,
): readonly Edge[] {
  const edges: Edge[] = [];
  let last = 0;
  while (last < tasks - 1) {
    const branches = Math.min(pick(1, 4), Math.max(1, tasks - last - 2));
    const join = Math.min(last + branches + 1, tasks - 1);
    for (let branch = last + 1; branch < join; branch++) edges.push([last, branch], [branch, join]);
    if (join - last !== 2 || branches % 2 === 1) edges.push([last, join]);
    last = join;
  }
  return edges;
}

/** Each task is joined to most of a clique of three; the two and it are cliques for later ones. */
function partialThreeTree(tasks: number, random: Random): readonly Edge[] {
  const edges: Edge[] = [
    [0, 1],
    [0, 2],
    [1, 2],
  ];
  const cliques: (readonly [number, number, number])[] = [[0, 1, 2]];
  for (let to = 3; to < tasks; to++) {
    const [a, b, c] = cliques[Math.floor(random() * cliques.length)]!;
    const joined = [a, b, c].filter(() => random() < 0.85);
    edges.push(...(joined.length === 0 ? [a] : joined).map((from): Edge => [from, to]));
    cliques.push([a, b, to], [a, c, to], [b, c, to]);
  }
  return edges.filter(([, to]) => to < tasks);
}

function sample<T>(from: readonly T[], count: number, random: Random): readonly T[] {
  const left = [...from];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [one] = left.splice(Math.floor(random() * left.length), 1);
    return one!;
  });
}

/** As likely to be between 1 and 10 as between 10 and 100. */
function powerOf(random: Random, low: number, high: number): number {
  return low * (high / low) ** random();
}
