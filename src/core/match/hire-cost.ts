import { charge, type Micros } from '../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Offer } from '../../spec/offer.ts';

/** What floating point may add to a whole number of billing increments: of one, and of each. */
const SLACK = 1e-9;
const RELATIVE_SLACK = 1e-12;

type Terms = Pick<Offer, 'billingIncrementS' | 'billingMinimumS'>;

/** Seconds that are billed for so many hours of one machine: whole increments, at least the minimum. */
export function billedSeconds(terms: Terms, hours: number): number {
  const { billingIncrementS, billingMinimumS } = terms;
  const used = (hours * SECONDS_PER_HOUR) / billingIncrementS;
  const increments = Math.max(0, Math.ceil(used * (1 - RELATIVE_SLACK) - SLACK));
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
