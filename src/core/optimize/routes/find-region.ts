import { closestWord } from '../../../base/closest.ts';
import { KedgeError } from '../../../base/errors.ts';
import { type Network, placeOf } from './network.ts';

/** How many regions of a provider are named where none is close. */
const NAMED_MAX = 6;

/**
 * The index of a region that is named `provider:region`, or `provider/region` as elsewhere in
 * Kedge. A zone's region stands for the zone where it is the only one of the region.
 * Errors: `spec.bad-value` for a region that the grid does not have.
 */
export function findRegion({ regions }: Network, text: string): number {
  const name = text.trim().toLowerCase().replace('/', ':');
  const exact = regions.findIndex((region) => region.toLowerCase() === name);
  if (exact >= 0) return exact;
  const place = name.replace(':', '/');
  const zones = regions.flatMap((region, index) => (placeOf(region) === place ? [index] : []));
  if (zones.length === 1) return zones[0]!;
  throw unknownRegion(regions, { text, name, zones });
}

function unknownRegion(
  regions: readonly string[],
  asked: { readonly text: string; readonly name: string; readonly zones: readonly number[] },
): KedgeError {
  const { text, name, zones } = asked;
  const short = text.slice(0, 64);
  if (zones.length > 1) {
    const named = zones.map((index) => regions[index]).join(' or ');
    return new KedgeError('spec.bad-value', `the grid has several zones in ${short}`, {
      hint: `name one: ${named}`,
    });
  }
  const closest = [...closestRegions(regions, name)];
  return new KedgeError('spec.bad-value', `the grid has no region "${short}"`, {
    hint: closest.length === 0 ? anyHint(regions) : `the closest are ${closest.join(', ')}`,
    details: { region: short, closest },
  });
}

/** By their whole name, by the name without the provider, then whatever begins alike. */
function closestRegions(regions: readonly string[], name: string): ReadonlySet<string> {
  const bare = name.split(':').at(-1)!;
  const places = new Map(regions.map((region) => [placeOf(region).replace('/', ':'), region]));
  const whole = closestWord(name, [...regions, ...places.keys()]);
  const found = new Set<string>();
  if (whole !== undefined) found.add(places.get(whole) ?? whole);
  for (const [place, region] of places) {
    const own = place.split(':').at(-1)!;
    const isAlike = own === bare || (whole === undefined && closestWord(bare, [own]) === own);
    if (isAlike) found.add(region);
  }
  if (found.size > 0) return new Set([...found].slice(0, NAMED_MAX));
  const alike = regions.filter((region) => region.startsWith(`${name.split(':')[0]}:`));
  return new Set(alike.slice(0, NAMED_MAX));
}

function anyHint(regions: readonly string[]): string {
  return `regions are named provider:region, as ${regions.slice(0, NAMED_MAX).join(', ')}`;
}
