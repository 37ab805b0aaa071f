import { asRate, type Rate, rateFromUsd } from '../../../base/money.ts';
import type { Route } from '../model/problem.ts';

/*
 * Problem: a grid knows what data cost between some regions of some providers; offers are in more.
 * Method: a pair that is not in the grid costs what the dearest one like it does: from the same
 * region to another provider, else from the same provider. Of providers that are in no grid, the
 * list price of traffic to the internet where that is known. Nothing else is made up: without a
 * price there is no route.
 * Complexity: O(places² + grid).
 */

/**
 * Dollars for a gigabyte to anywhere else, of providers with one price for all: as they listed them
 * between May and August 2026 (github.com/mixxor/eu-cloud-prices), Alibaba and Oracle as of 2026
 * (github.com/opencost/opencost), Lambda's own billing page (docs.lambda.ai). Euros at 1.2 dollars; what is free up to an amount is taken as free.
 */
const USD_PER_GIGABYTE: Readonly<Record<string, number>> = {
  alibaba: 0.123,
  civo: 0,
  contabo: 0.012,
  exoscale: 0.024,
  hetzner: 0.012,
  hikube: 0,
  infomaniak: 0,
  ionos: 0.06,
  lambda: 0,
  leafcloud: 0,
  nebius: 0,
  nws: 0.012,
  oci: 0.0085,
  ovh: 0,
  safespring: 0,
  scaleway: 0,
  stackit: 0,
  upcloud: 0,
};

/** Routes from each of these places (`provider/region`) to each other one, where a price is known. */
export function listRoutes(places: Iterable<string>, grid: readonly Route[]): readonly Route[] {
  const all = [...new Set(places)];
  const known = new Map(grid.map((route) => [`${route.from} ${route.to}`, route]));
  const dearest = dearestOf(grid);
  return all.flatMap((from) =>
    all.flatMap((to): Route[] => {
      if (from === to) return [];
      const route = known.get(`${from} ${to}`);
      if (route !== undefined) return [route];
      const nanosPerGigabyte = listPrice(from, to, dearest);
      if (nanosPerGigabyte === null) return [];
      return [{ from, to, nanosPerGigabyte, gigabitsPerSecond: null }];
    }),
  );
}

function listPrice(from: string, to: string, dearest: ReadonlyMap<string, Rate>): Rate | null {
  const provider = providerOf(from);
  const where = provider === providerOf(to) ? INSIDE : OUTSIDE;
  const rate = dearest.get(`${from} ${where}`) ?? dearest.get(`${provider} ${where}`);
  if (rate !== undefined) return rate;
  const usd = Object.hasOwn(USD_PER_GIGABYTE, provider) ? USD_PER_GIGABYTE[provider] : undefined;
  return usd === undefined ? null : rateFromUsd(usd);
}

const INSIDE = 'inside';
const OUTSIDE = 'outside';

/** By region and by provider: the highest price to other regions of the provider, and to others. */
function dearestOf(grid: readonly Route[]): ReadonlyMap<string, Rate> {
  const dearest = new Map<string, Rate>();
  for (const { from, to, nanosPerGigabyte } of grid) {
    const provider = providerOf(from);
    const where = provider === providerOf(to) ? INSIDE : OUTSIDE;
    for (const key of [`${from} ${where}`, `${provider} ${where}`]) {
      dearest.set(key, asRate(Math.max(dearest.get(key) ?? 0, nanosPerGigabyte)));
    }
  }
  return dearest;
}

function providerOf(place: string): string {
  return place.slice(0, place.indexOf('/'));
}
