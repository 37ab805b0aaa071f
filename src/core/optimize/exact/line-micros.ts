import { asMicros, divideHalfEven, type Micros } from '../../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { billedSeconds, hireCost } from '../../match/hire-cost.ts';
import type { ProblemOffer } from '../model/problem.ts';

const NANOS_PER_MICRO = 1000;

/**
 * What a line costs, rounded once: its billed seconds at the price that is in force at each of
 * them. A step of the price between two seconds counts from the next whole one.
 */
export function lineMicros(
  offer: ProblemOffer,
  line: { readonly machines: number; readonly hours: number; readonly startS: number },
): Micros {
  const { laterPrices, nanosPerHour } = offer;
  if (laterPrices.length === 0) return hireCost(offer, line);
  const [startS, billedS] = [Math.floor(line.startS), billedSeconds(offer, line.hours)];
  let nanoSeconds = 0n;
  let [fromS, price]: [number, number] = [startS, nanosPerHour];
  for (const later of [...laterPrices, { fromS: Infinity, nanosPerHour: 0 }]) {
    const untilS = Math.min(startS + billedS, Math.ceil(later.fromS));
    if (untilS > fromS) {
      nanoSeconds += BigInt(Math.ceil(untilS - fromS)) * BigInt(price);
      fromS = untilS;
    }
    price = later.nanosPerHour;
  }
  const per = BigInt(SECONDS_PER_HOUR * NANOS_PER_MICRO);
  return asMicros(Number(divideHalfEven(nanoSeconds * BigInt(line.machines), per)));
}
