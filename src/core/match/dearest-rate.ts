import { asRate, type Rate } from '../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Candidate } from '../../spec/match.ts';

/** The most that an hour of one of its machines costs while it runs, as far as is known. */
export function dearestRate({ offer, hours, startS = 0 }: Candidate): Rate {
  const endS = hours === null ? Infinity : startS + hours.high * SECONDS_PER_HOUR;
  const later = (offer.laterPrices ?? []).filter(({ fromS }) => fromS < endS);
  return asRate(Math.max(offer.nanosPerHour, ...later.map(({ nanosPerHour }) => nanosPerHour)));
}
