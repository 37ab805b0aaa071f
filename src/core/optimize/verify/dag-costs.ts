import type { Apart, ChoiceWork, Problem, ProblemOffer } from '../model/problem.ts';
import { inTimeOf } from './dag-windows.ts';
import { machineNanoSeconds, NANO_SECONDS_PER_MICRO, roundHalfEven } from './read-line.ts';
import { moveBetween, regionOf, routesFrom } from './read-transfer.ts';

/*
 * Problem: what tasks of kind `choice` cost at each place, and each two of them together, for the
 * checker: from the definitions in model/problem.ts.
 * Method: money multiplied out in BigInt, each line and transfer rounded once; sums of micro-dollars
 * are then whole numbers below 2^53. What no answer may use is infinite.
 * Complexity: O(options + pairs × places²).
 */

const NANOS_PER_MICRO = 1000;

/** A place of a task: region, or zone where tasks must not share one. */
export type DagPlace = {
  readonly name: string;
  readonly offer: ProblemOffer;
  /** Micro-dollars of its cheapest option there. */
  readonly micros: number;
};

export type DagPair = {
  readonly from: number;
  readonly to: number;
  /** Micro-dollars by the places of both: `micros[from place][to place]`. */
  readonly micros: readonly Float64Array[];
};

export type DagCosts = {
  readonly places: readonly (readonly DagPlace[])[];
  readonly pairs: readonly DagPair[];
};

/**
 * Without the places that no answer below `value` can use: of which a task costs more above its
 * least than is left when all cost their least, and transfers nothing.
 */
export function dagCosts(problem: Problem, value: number): DagCosts {
  const readOptions = readOnce(problem);
  const inTime = inTimeOf(problem);
  const alike = new Map<unknown, readonly DagPlace[]>();
  const all = problem.tasks.map((task, index) => {
    const { budgetMicros, nanosPerHourMax } = task.limits;
    const isPlain = budgetMicros === null && nanosPerHourMax === null && problem.apart.length === 0;
    if (!isPlain || inTime !== null) return placesOf(problem, index, { readOptions, inTime });
    const known = alike.get(task.work.options) ?? placesOf(problem, index, { readOptions, inTime });
    alike.set(task.work.options, known);
    return known;
  });
  const least = all.map((own) => Math.min(...own.map(({ micros }) => micros)));
  const slack = value - 1 - least.reduce((sum, one) => sum + one, 0);
  const places = all.map((own, task) =>
    own.filter(({ micros }) => !(micros - least[task]! > slack)),
  );
  const pairs = new Map<string, DagPair>();
  const pairOf = (one: number, other: number): DagPair => {
    const [from, to] = [Math.min(one, other), Math.max(one, other)];
    const key = `${from} ${to}`;
    const made = pairs.get(key) ?? {
      from,
      to,
      micros: places[from]!.map(() => new Float64Array(places[to]!.length)),
    };
    pairs.set(key, made);
    return made;
  };
  addTransfers(problem, { places, pairOf });
  for (const { tasks, by } of problem.apart) {
    for (const [index, one] of tasks.entries()) {
      for (const other of tasks.slice(index + 1)) separate(pairOf(one, other), { places, by });
    }
  }
  return { places, pairs: [...pairs.values()] };
}

function placesOf(
  problem: Problem,
  index: number,
  { readOptions, inTime }: { readOptions: ReadOptions; inTime: ReturnType<typeof inTimeOf> },
): readonly DagPlace[] {
  const cheapest = new Map<string, DagPlace>();
  for (const { name, option, offer, micros } of allowed(problem, index, readOptions)) {
    if (inTime !== null && !inTime(index, option)) continue;
    if (micros < (cheapest.get(name)?.micros ?? Infinity)) {
      cheapest.set(name, { name, offer, micros });
    }
  }
  return [...cheapest.values()];
}

/** The options of a task that it may use, in each of these places of it. */
export function optionsAt(
  problem: Problem,
  index: number,
  places: readonly DagPlace[],
): readonly (readonly ReadOption[])[] {
  const byName = Map.groupBy(allowed(problem, index, readOnce(problem)), ({ name }) => name);
  return places.map(({ name }) => byName.get(name) ?? []);
}

function* allowed(
  problem: Problem,
  index: number,
  readOptions: ReadOptions,
): Generator<ReadOption & { readonly name: string }> {
  const { work, limits } = problem.tasks[index]!;
  if (work.kind !== 'choice') return;
  const isByZone = problem.apart.some(({ by, tasks }) => by === 'zone' && tasks.includes(index));
  for (const read of readOptions(work.options)) {
    const { offer, region, machines, micros } = read;
    if (offer.available !== null && machines > offer.available) continue;
    if (limits.budgetMicros !== null && micros > limits.budgetMicros) continue;
    const nanosPerHour = machines * offer.nanosPerHour;
    if (limits.nanosPerHourMax !== null && nanosPerHour > limits.nanosPerHourMax) continue;
    yield { ...read, name: isByZone ? whereOf(offer, 'zone') : region };
  }
}

type ReadOption = {
  readonly option: ChoiceWork['options'][number];
  readonly offer: ProblemOffer;
  readonly region: string;
  readonly machines: number;
  readonly micros: number;
};
type ReadOptions = (options: ChoiceWork['options']) => readonly ReadOption[];

/** What options cost; tasks may have the very same list of thousands. */
function readOnce({ offers }: Problem): ReadOptions {
  const known = new Map<ChoiceWork['options'], readonly ReadOption[]>();
  return (options) => {
    const read =
      known.get(options) ??
      options.map((option) => {
        const { offer: at, machines, hours, startS, extraMicros } = option;
        const offer = offers[at]!;
        const nanoSeconds = machineNanoSeconds(offer, { hours, startS }) * BigInt(machines);
        const billed = Number(roundHalfEven(nanoSeconds, NANO_SECONDS_PER_MICRO));
        const region = whereOf(offer, 'region');
        return { option, offer, region, machines, micros: billed + extraMicros };
      });
    known.set(options, read);
    return read;
  };
}

function whereOf(offer: ProblemOffer, by: Apart['by']): string {
  if (by === 'provider') return offer.provider;
  return by === 'region' ? regionOf(offer) : `${regionOf(offer)}/${offer.zone ?? ''}`;
}

type Making = {
  readonly places: DagCosts['places'];
  readonly pairOf: (one: number, other: number) => DagPair;
};

/** The receiver pays, out of its own budget where it has one. */
function addTransfers(problem: Problem, { places, pairOf }: Making): void {
  const routes = routesFrom(problem);
  const regions = places.map((own) => own.map(({ offer }) => regionOf(offer)));
  const names = [...new Set(regions.flat())];
  const indices = new Map(names.map((name, index) => [name, index]));
  const nanos = names.map((from) =>
    Float64Array.from(names, (to) =>
      from === to ? Number.NaN : (routes.get(from)?.get(to)?.nanosPerGigabyte ?? Number.NaN),
    ),
  );
  for (const { from, to, gigabytes } of problem.transfers) {
    const budget = problem.tasks[to]!.limits.budgetMicros ?? Infinity;
    const { from: first, micros } = pairOf(from, to);
    const sinks = Int32Array.from(regions[to]!, (region) => indices.get(region)!);
    const paid = Float64Array.from(places[to]!, (place) => place.micros);
    const isWhole = Number.isSafeInteger(gigabytes);
    for (const [source, region] of regions[from]!.entries()) {
      const rates = nanos[indices.get(region)!]!;
      const row = first === from ? micros[source]! : null;
      for (let sink = 0; sink < sinks.length; sink++) {
        const exact = rates[sinks[sink]!]! * gigabytes;
        let moved = Math.floor(exact / NANOS_PER_MICRO + 0.5);
        if (!(isWhole && isNearest(exact, moved))) {
          moved = exactMicros(routes, gigabytes, { from: region, to: names[sinks[sink]!]! });
        }
        if (moved + paid[sink]! > budget) moved = Infinity;
        if (row !== null) row[sink]! += moved;
        else micros[sink]![source]! += moved;
      }
    }
  }
}

/**
 * Whether so many nano-dollars, a product of whole numbers, are below 2^53, so that nothing was
 * rounded yet, and nearer to this micro-dollar than to any; not where there is no price (NaN).
 */
function isNearest(nanos: number, micros: number): boolean {
  const isExact = nanos <= Number.MAX_SAFE_INTEGER;
  return isExact && Math.abs(nanos - micros * NANOS_PER_MICRO) * 2 < NANOS_PER_MICRO;
}

/** Infinite without a route. */
function exactMicros(
  routes: ReturnType<typeof routesFrom>,
  gigabytes: number,
  ends: { readonly from: string; readonly to: string },
): number {
  const move = moveBetween(routes, { gigabytes }, ends);
  return move === null ? Infinity : Number(move.micros);
}

function separate(
  { from, to, micros }: DagPair,
  { places, by }: Pick<DagCosts, 'places'> & Pick<Apart, 'by'>,
): void {
  for (const [row, { offer: one }] of places[from]!.entries()) {
    for (const [column, { offer: other }] of places[to]!.entries()) {
      if (whereOf(one, by) === whereOf(other, by)) micros[row]![column] = Infinity;
    }
  }
}
