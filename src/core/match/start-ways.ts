import { SECOND_MS } from '../../base/time.ts';
import type { Candidate } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Goal } from '../../spec/task.ts';
import { billedSeconds } from './hire-cost.ts';

/**
 * A way to use an offer, begun at each moment of the goal's window at which it may be cheapest. What a
 * run costs is linear in its start but where its start or its end meets a step of the price: one of
 * those moments, or an end of the window, is the cheapest. Without a window it begins now.
 */
export function startWays(way: Candidate, { start }: Goal): readonly Candidate[] {
  const { offer } = way;
  if (start === undefined && offer.laterPrices === undefined) return [way];
  const afterS = (start?.afterMs ?? 0) / SECOND_MS;
  const latestS = Math.max(afterS, (start?.withinMs ?? 0) / SECOND_MS);
  const steps = (offer.laterPrices ?? []).map(({ fromS }) => Math.ceil(fromS));
  const lastingS = Math.ceil(billedSeconds(offer, way.hours?.mid ?? 0));
  const moments = [...steps, ...steps.map((step) => step - lastingS), latestS];
  const starts = moments.filter((moment) => moment > afterS && moment <= latestS);
  // Without another price to come, to wait is of no use.
  const worth = steps.length === 0 ? [] : starts;
  return [...new Set([afterS, ...worth])].toSorted((a, b) => a - b).map((at) => begun(way, at));
}

function begun(way: Candidate, startS: number): Candidate {
  if (startS === 0 && way.offer.laterPrices === undefined) return way;
  return { ...way, offer: offerAt(way.offer, startS), startS };
}

/** An offer as it is from a moment on: its price then, and what comes after. */
function offerAt(offer: Offer, startS: number): Offer {
  const { laterPrices } = offer;
  if (laterPrices === undefined) return offer;
  const price = laterPrices.findLast(({ fromS }) => Math.ceil(fromS) <= startS);
  return {
    ...offer,
    nanosPerHour: price?.nanosPerHour ?? offer.nanosPerHour,
    laterPrices: laterPrices.filter(({ fromS }) => Math.ceil(fromS) > startS),
  };
}
