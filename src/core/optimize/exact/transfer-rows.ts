import { asMicros, charge, type Micros } from '../../../base/money.ts';
import type { Problem, ProblemOffer, Route, Transfer } from '../model/problem.ts';
import type { LinearBuilder, Term } from './linear-builder.ts';
import type { Part } from './part.ts';

/** What a transfer costs and how long it takes, as sums of columns. */
export type TransferParts = {
  readonly transfer: Transfer;
  readonly micros: readonly Term[];
  readonly seconds: readonly Term[];
};

const BYTES_PER_GIGABYTE = 1e9;
const BITS_PER_BYTE = 8;

/**
 * For each transfer a column for each pair of regions: those that leave a region sum to the choice
 * of that region, and so do those that arrive. With binary choices the columns are 0 or 1 by
 * themselves, and the relaxation is the closest that one edge can have.
 */
export function transferRows(
  builder: LinearBuilder,
  problem: Problem,
  parts: readonly Part[],
): readonly TransferParts[] {
  const routes = routesByEnds(problem.routes);
  return problem.transfers.map((transfer) => {
    const from = choicesByRegion(problem, parts, transfer.from);
    const to = choicesByRegion(problem, parts, transfer.to);
    const pairs = [...from.keys()].flatMap((source) =>
      [...to.keys()].flatMap((sink) => {
        const move = moveOf(transfer, { source, sink, routes });
        if (move === null) return [];
        return [{ source, sink, ...move, column: builder.column({ upper: 1, whole: false }) }];
      }),
    );
    for (const [end, choices] of [
      ['source', from],
      ['sink', to],
    ] as const) {
      for (const [region, chosen] of choices) {
        const moved = pairs.filter((pair) => pair[end] === region);
        const terms = moved.map(({ column }) => ({ column, value: 1 }));
        builder.row([...terms, ...chosen.map((column) => ({ column, value: -1 }))], {
          lower: 0,
          upper: 0,
        });
      }
    }
    return {
      transfer,
      micros: pairs.map(({ column, micros }) => ({ column, value: micros })),
      seconds: pairs.map(({ column, seconds }) => ({ column, value: seconds })),
    };
  });
}

/** Keyed by both ends. */
export type RoutesByEnds = ReadonlyMap<string, Route>;

export function routesByEnds(routes: readonly Route[]): RoutesByEnds {
  return new Map(routes.map((route) => [keyOf(route.from, route.to), route]));
}

function keyOf(from: string, to: string): string {
  return `${from}\n${to}`;
}

/** A place as routes name it. */
export function regionOf({ provider, region }: ProblemOffer): string {
  return `${provider}/${region ?? ''}`;
}

/** What it costs to move the data between two regions, and how long; null where no route is. */
export function moveOf(
  { gigabytes }: Transfer,
  ends: { readonly source: string; readonly sink: string; readonly routes: RoutesByEnds },
): { readonly micros: Micros; readonly seconds: number } | null {
  if (ends.source === ends.sink || gigabytes === 0) return { micros: asMicros(0), seconds: 0 };
  const route = ends.routes.get(keyOf(ends.source, ends.sink));
  if (route === undefined) return null;
  const { nanosPerGigabyte, gigabitsPerSecond } = route;
  const of = Math.round(gigabytes * BYTES_PER_GIGABYTE);
  return {
    micros: charge(nanosPerGigabyte, { of, per: BYTES_PER_GIGABYTE }),
    seconds: gigabitsPerSecond === null ? 0 : (gigabytes * BITS_PER_BYTE) / gigabitsPerSecond,
  };
}

function choicesByRegion(
  { offers }: Problem,
  parts: readonly Part[],
  task: number,
): ReadonlyMap<string, readonly number[]> {
  const byRegion = new Map<string, number[]>();
  for (const { task: of, offer, hired } of parts) {
    if (of !== task || hired.kind !== 'choice') continue;
    const region = regionOf(offers[offer]!);
    byRegion.set(region, [...(byRegion.get(region) ?? []), hired.column]);
  }
  return byRegion;
}
