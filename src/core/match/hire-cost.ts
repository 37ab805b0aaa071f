import { charge, type Micros } from '../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Offer } from '../../spec/offer.ts';

/** What rounding in floating point may add to a whole number of billing increments. */
const SLACK = 1e-9;

type Terms = Pick<Offer, 'billingIncrementS' | 'billingMinimumS'>;

/** Seconds that are billed for so many hours of one machine: whole increments, at least the minimum. */
export function billedSeconds(terms: Terms, hours: number): number {
  const { billingIncrementS, billingMinimumS } = terms;
  const increments = Math.ceil((hours * SECONDS_PER_HOUR) / billingIncrementS - SLACK);
  return Math.max(billingMinimumS, increments * billingIncrementS);
}

/** What it costs to hire so many machines of one offer for so long, rounded once. */
export function hireCost(
  offer: Terms & Pick<Offer, 'nanosPerHour'>,
  hired: { readonly machines: number; readonly hours: number },
): Micros {
  const seconds = billedSeconds(offer, hired.hours) * hired.machines;
  return charge(offer.nanosPerHour, { of: seconds, per: SECONDS_PER_HOUR });
}
