import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { billedSeconds } from '../../match/hire-cost.ts';
import type { ProblemOffer } from '../model/problem.ts';
import { lineMicros } from './line-micros.ts';

type Hired = { readonly machines: number; readonly hours: number };

/**
 * When to begin so that it costs least. The price steps at known times, so the cost as a function
 * of the start is a chain of straight pieces: the least lies where a step meets the start or the
 * end of what is billed, or at a limit. Of equals the earliest.
 */
export function cheapestStart(
  offer: ProblemOffer,
  hired: Hired,
  { earliestS, latestS }: { readonly earliestS: number; readonly latestS: number },
): { readonly startS: number; readonly micros: number } {
  const costOf = (startS: number) => lineMicros(offer, { ...hired, startS });
  let best = { startS: earliestS, micros: costOf(earliestS) };
  if (offer.laterPrices.length === 0) return best;
  const billedS = billedSeconds(offer, hired.hours);
  const steps = offer.laterPrices.flatMap(({ fromS }) => [fromS, fromS - billedS]);
  const limits = Number.isFinite(latestS) ? [latestS] : [];
  for (const startS of [...steps, ...limits].toSorted((a, b) => a - b)) {
    if (startS <= earliestS || startS > latestS) continue;
    const micros = costOf(startS);
    if (micros < best.micros) best = { startS, micros };
  }
  return best;
}

/** The last second of a line, from now. */
export function endS({ startS, hours }: { readonly startS: number; readonly hours: number }) {
  return startS + hours * SECONDS_PER_HOUR;
}
