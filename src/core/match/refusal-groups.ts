import type { Refusal, RefusalCode } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';
import { PASSES, type Requirement } from './requirement.ts';

/** What keeps one offer, or one way to use it, from carrying a task. */
export type Failing<Subject = Offer> = {
  /** How many requirements fail. */
  readonly fails: number;
  /** Summed over them. */
  readonly distance: number;
  /** Of the first. */
  readonly code: RefusalCode;
  /** What fails, among what passes. */
  readonly asked: readonly Requirement<Subject>[];
};

type Group = { offer: Offer; failing: Failing; offers: number };

/**
 * Refusals by provider and code, each speaking of the offer that came nearest: nobody reads forty
 * thousand of them (docs/adr/0005).
 */
export class RefusalGroups {
  readonly #groups = new Map<string, Map<RefusalCode, Group>>();

  add(offer: Offer, failing: Failing): void {
    let ofProvider = this.#groups.get(offer.provider);
    if (ofProvider === undefined) {
      ofProvider = new Map();
      this.#groups.set(offer.provider, ofProvider);
    }
    const group = ofProvider.get(failing.code);
    if (group === undefined) {
      ofProvider.set(failing.code, { offer, failing, offers: 1 });
      return;
    }
    group.offers++;
    if (isNearer({ offer, failing }, group)) {
      group.offer = offer;
      group.failing = failing;
    }
  }

  /** Nearest first: fewest changes, then the smallest, then the cheapest offer. */
  list(): readonly Refusal[] {
    return [...this.#groups.values()]
      .flatMap((ofProvider) => [...ofProvider.values()])
      .sort((a, b) => (isNearer(a, b) ? -1 : 1))
      .map(refusalOf);
  }
}

type Near = Pick<Group, 'offer' | 'failing'>;

/** A total order, so that the order of offers never matters. */
function isNearer(one: Near, other: Near): boolean {
  const a = one.failing;
  const b = other.failing;
  if (a.fails !== b.fails) return a.fails < b.fails;
  if (a.distance !== b.distance) return a.distance < b.distance;
  const price = one.offer.nanosPerHour - other.offer.nanosPerHour;
  return price === 0 ? one.offer.id < other.offer.id : price < 0;
}

function refusalOf({ offer, failing, offers }: Group): Refusal {
  const failed = failing.asked.filter(({ distance }) => distance(offer) !== PASSES);
  const all = failed.map(({ words }) => words(offer));
  const { reason, have, need } = all[0]!;
  const fixes = [...new Set(all.map(({ fix }) => fix))];
  return {
    place: offer.place,
    instance: offer.instance,
    code: failing.code,
    reason,
    have,
    need,
    fix: fixes.join('; and '),
    offers,
  };
}
