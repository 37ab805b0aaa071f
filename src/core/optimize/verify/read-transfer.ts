import type { Problem, ProblemOffer, Route } from '../model/problem.ts';
import { roundHalfEven } from './read-line.ts';

/** What handing over data takes: rounded once, in micro-dollars; and seconds. */
export type Move = { readonly micros: bigint; readonly seconds: number };

type Routes = ReadonlyMap<string, ReadonlyMap<string, Route>>;

const BYTES_PER_GIGABYTE = 1_000_000_000;
const BITS_PER_BYTE = 8;
const NANOS_PER_MICRO = 1000;

export const FREE: Move = { micros: 0n, seconds: 0 };

export function routesFrom({ routes }: Pick<Problem, 'routes'>): Routes {
  const from = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const to = from.get(route.from) ?? new Map<string, Route>();
    to.set(route.to, route);
    from.set(route.from, to);
  }
  return from;
}

/** A place as routes name it: a region means something within its provider alone. */
export function regionOf({ provider, region }: ProblemOffer): string {
  return `${provider}/${region ?? ''}`;
}

/** Free within a region; null where no route leads, so that it cannot be done. */
export function moveBetween(
  routes: Routes,
  { gigabytes }: { readonly gigabytes: number },
  ends: { readonly from: string; readonly to: string },
): Move | null {
  if (ends.from === ends.to || gigabytes === 0) return FREE;
  const route = routes.get(ends.from)?.get(ends.to);
  if (route === undefined) return null;
  const { nanosPerGigabyte, gigabitsPerSecond } = route;
  const bytes = BigInt(Math.round(gigabytes * BYTES_PER_GIGABYTE));
  return {
    micros: roundHalfEven(
      BigInt(nanosPerGigabyte) * bytes,
      BigInt(BYTES_PER_GIGABYTE) * BigInt(NANOS_PER_MICRO),
    ),
    seconds: gigabitsPerSecond === null ? 0 : (gigabytes * BITS_PER_BYTE) / gigabitsPerSecond,
  };
}
