import {
  addMicros,
  asMicros,
  charge,
  divideHalfEven,
  type Micros,
  ZERO_MICROS,
} from '../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Candidate } from '../../spec/match.ts';
import type { Offer } from '../../spec/offer.ts';
import { spotRunOf } from './spot-run-of.ts';

/** What floating point may add to a whole number of billing increments: of one, and of each. */
const SLACK = 1e-9;
const RELATIVE_SLACK = 1e-12;
const NANOS_PER_MICRO = 1000n;

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

type Way = Pick<Candidate, 'machines' | 'spotRun' | 'startS'> & {
  readonly offer: Terms & Pick<Offer, 'nanosPerHour' | 'laterPrices'>;
};

/** What a way costs that takes so long: all of its hours, or on spot the parts that are paid. */
export function wayCost({ offer, machines, spotRun, startS = 0 }: Way, hours: number): Micros {
  if (offer.laterPrices !== undefined) return steppedCost(offer, { machines, hours, startS });
  if (spotRun === undefined) return hireCost(offer, { machines, hours });
  const { spotHours, onDemandHours, onDemand } = spotRunOf(spotRun, hours);
  const spot = spotHours === 0 ? ZERO_MICROS : hireCost(offer, { machines, hours: spotHours });
  if (onDemand === null || onDemandHours === 0) return spot;
  return addMicros(spot, hireCost(onDemand, { machines, hours: onDemandHours }));
}

/** Each second at the price of its moment, of an offer as it is when the run begins; rounded once. */
function steppedCost(
  offer: Way['offer'],
  {
    machines,
    hours,
    startS,
  }: Required<Pick<Way, 'machines' | 'startS'>> & { readonly hours: number },
): Micros {
  const endS = startS + billedSeconds(offer, hours);
  const steps = [{ fromS: startS, nanosPerHour: offer.nanosPerHour }, ...offer.laterPrices!];
  const nanoSeconds = steps.reduce((sum, { fromS, nanosPerHour }, index) => {
    const untilS = Math.min(endS, Math.ceil(steps[index + 1]?.fromS ?? Infinity));
    const seconds = Math.max(0, untilS - Math.ceil(fromS));
    return sum + BigInt(nanosPerHour) * BigInt(seconds) * BigInt(machines);
  }, 0n);
  return asMicros(Number(divideHalfEven(nanoSeconds, BigInt(SECONDS_PER_HOUR) * NANOS_PER_MICRO)));
}
