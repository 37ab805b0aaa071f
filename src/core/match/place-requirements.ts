import type { Offer } from '../../spec/offer.ts';
import type { Goal, Placement, Resources } from '../../spec/task.ts';
import { jurisdictionOf } from '../catalog/regions.ts';
import { carbonRequirements } from './carbon-requirement.ts';
import { containerImage } from './container-image.ts';
import { INLINE_PROVIDER } from './inline-provider.ts';
import { placeMatcher } from './place-pattern.ts';
import { ONE_STEP, PASSES, type Requirement } from './requirement.ts';

export type PlaceAsks = {
  readonly resources: Resources;
  readonly placement: Placement;
  readonly goal: Goal;
  /** Only what this installation has a driver for. */
  readonly launchableOnly: boolean;
};

/** What a task asks of the place and terms of an offer, whatever machine stands there. */
export function placeRequirements(asks: PlaceAsks): readonly Requirement[] {
  const { resources, placement } = asks;
  return [
    ...(asks.launchableOnly ? [LAUNCHABLE] : []),
    containerRequirement(asks),
    ...(resources.places.length > 0 ? [allowed(resources.places, 'infra')] : []),
    ...(placement.allow.length > 0 ? [allowed(placement.allow, 'placement.allow')] : []),
    ...(placement.deny.length > 0 ? [denied(placement.deny)] : []),
    ...(placement.residency === null ? [] : residency(placement.residency)),
    ...spotRequirements(resources, asks.goal),
    ...carbonRequirements(asks.goal),
  ];
}

const LAUNCHABLE: Requirement = {
  code: 'not-launchable',
  distance: (offer) => (offer.launchable ? PASSES : ONE_STEP),
  words: (offer) => ({
    reason: `Kedge has no driver that launches at ${offer.provider}`,
    have: offer.provider,
    need: 'a place that `kedge check` lists',
    fix: 'ask `kedge plan` for the price there; launching comes with a driver for it',
  }),
};

/** The provider whose nodes are containers, as its driver names it. */
const CONTAINERS = 'docker';

/**
 * A container has what its image has, and nothing of the machine's own programs: a task goes into
 * one when it names an image, or `docker` as its place, and else runs on the machine itself.
 */
function containerRequirement({ resources, placement }: PlaceAsks): Requirement {
  const image = containerImage(resources);
  if (image === null) return notAsked([...resources.places, ...placement.allow]);
  return {
    code: 'container-required',
    distance: ({ launchable, provider }) =>
      launchable && provider !== CONTAINERS ? ONE_STEP : PASSES,
    words: ({ provider }) => ({
      reason: 'commands run there on the machine itself, not in an image',
      have: provider,
      need: image,
      fix: 'leave out image_id, or start Docker or Podman',
    }),
  };
}

function notAsked(places: readonly string[]): Requirement {
  const isNamed = places.some((place) => place.split('/')[0] === CONTAINERS);
  return {
    code: 'container-not-asked',
    distance: ({ launchable, provider }) =>
      launchable && provider === CONTAINERS && !isNamed ? ONE_STEP : PASSES,
    words: () => ({
      reason: 'commands run there in a container, and the task names no image',
      have: null,
      need: 'resources.image_id',
      fix: 'image_id: docker:IMAGE, or infra: docker for the default image',
    }),
  };
}

function allowed(patterns: readonly string[], key: string): Requirement {
  const within = placeMatcher(patterns);
  return {
    code: 'place-not-allowed',
    distance: (offer) => (within(offer.place) ? PASSES : ONE_STEP),
    words: (offer) => ({
      reason: `${key} names ${patterns.join(', ')} only`,
      have: offer.place,
      need: patterns.join(', '),
      fix: `add ${offer.place} to ${key}`,
    }),
  };
}

function denied(patterns: readonly string[]): Requirement {
  const within = placeMatcher(patterns);
  return {
    code: 'place-denied',
    distance: (offer) => (within(offer.place) ? ONE_STEP : PASSES),
    words: (offer) => ({
      reason: `placement.deny names ${patterns.join(', ')}`,
      have: offer.place,
      need: `a place outside of ${patterns.join(', ')}`,
      fix: `take ${offer.place} out of placement.deny`,
    }),
  };
}

/** Two requirements, since "stands elsewhere" and "nobody says where" have different remedies. */
function residency(zone: string): readonly Requirement[] {
  const wanted = zone.toUpperCase();
  return [
    {
      code: 'unknown-region',
      distance: (offer) => (blocsOf(offer).length === 0 ? ONE_STEP : PASSES),
      words: (offer) => ({
        reason: `nothing tells in which jurisdiction ${offer.place} lies`,
        have: offer.region,
        need: wanted,
        fix: 'leave out placement.residency: what is not known never satisfies',
      }),
    },
    {
      code: 'residency-violated',
      distance: (offer) => {
        const blocs = blocsOf(offer);
        return blocs.length === 0 || blocs.includes(wanted) ? PASSES : ONE_STEP;
      },
      words: (offer) => ({
        reason: `it lies in ${blocsOf(offer)[0]}, not in ${wanted}`,
        have: blocsOf(offer)[0] ?? null,
        need: wanted,
        fix: `placement.residency: ${blocsOf(offer)[0]}`,
      }),
    },
  ];
}

/** An inline offer's region is the user's own word for a jurisdiction. */
function blocsOf(offer: Offer): readonly string[] {
  if (offer.provider !== INLINE_PROVIDER) {
    return jurisdictionOf(offer.provider, offer.region).blocs;
  }
  return offer.region === null ? [] : [offer.region.toUpperCase()];
}

function spotRequirements(resources: Resources, goal: Goal): readonly Requirement[] {
  const forbid = goal.spot === 'forbid' || resources.spot === false;
  const require = goal.spot === 'require' || resources.spot === true;
  const forbidden: Requirement = {
    code: 'spot-forbidden',
    distance: (offer) => (offer.spot ? ONE_STEP : PASSES),
    words: () => ({
      reason: 'it is a spot price, and spot is not allowed',
      have: 'spot',
      need: 'on demand',
      fix:
        goal.spot === 'forbid'
          ? 'goal: {spot: allow}'
          : 'goal: {spot: allow}, and no use_spot: false',
    }),
  };
  const required: Requirement = {
    code: 'spot-required',
    distance: (offer) => (offer.spot ? PASSES : ONE_STEP),
    words: () => ({
      reason: 'it is an on-demand price, and spot is required',
      have: 'on demand',
      need: 'spot',
      fix: 'goal: {spot: allow}',
    }),
  };
  return [...(forbid ? [forbidden] : []), ...(require ? [required] : [])];
}
