import { asRate, charge, type Quantity } from '../../../base/money.ts';
import type { Apart, Problem, ProblemOffer, Transfer } from '../model/problem.ts';

/*
 * Problem: what couples tasks of a pipeline: data that cost something from place to place, and
 * tasks that must lie apart.
 * Method: functions of two hired options, so that only the pairs that are asked for are reckoned.
 * Complexity: O(offers + routes), and O(1) for a pair.
 */

const BYTES_PER_GIGABYTE = 1_000_000_000;
const NANOS_PER_MICRO = 1000;
const BITS_PER_BYTE = 8;

/** `provider/region`, as routes name it; what a provider places nowhere is all in one place. */
export function regionOf({ provider, region }: ProblemOffer): string {
  return `${provider}/${region ?? ''}`;
}

export function zoneOf(offer: ProblemOffer): string {
  return `${regionOf(offer)}/${offer.zone ?? ''}`;
}

/** What one pair of tasks costs at two places: micro-dollars; infinite where it cannot be. */
export type Coupling = {
  readonly from: number;
  readonly to: number;
  readonly costOf: (from: Hired, to: Hired) => number;
  /** The same of all at once, a row for each `from`; left out where `costOf` is all there is. */
  readonly costsOf?: (from: readonly Hired[], to: readonly Hired[]) => Float64Array;
};

export type Hired = {
  readonly offer: ProblemOffer;
  /** Index of its region. */
  readonly region: number;
  /** Micro-dollars, with the price of its time where time has one. */
  readonly cost: number;
  /** Of these, what is paid. */
  readonly micros: number;
};

/** `microsPerSecond`: what each second counts for which data are on their way. */
export function couplingsOf(
  problem: Problem,
  rates: Rates,
  microsPerSecond: number,
): readonly Coupling[] {
  const transfers = problem.transfers.map((one) =>
    transferCoupling(problem, one, { ...rates, microsPerSecond }),
  );
  const apart = problem.apart.flatMap(({ tasks, by }) =>
    tasks.flatMap((from, index) =>
      tasks.slice(index + 1).map((to): Coupling => {
        const costOf = (one: Hired, other: Hired): number =>
          WHERE[by](one.offer) === WHERE[by](other.offer) ? Infinity : 0;
        return { from, to, costOf };
      }),
    ),
  );
  return [...transfers, ...apart];
}

const WHERE: Readonly<Record<Apart['by'], (offer: ProblemOffer) => string>> = {
  provider: ({ provider }) => provider,
  region: regionOf,
  zone: zoneOf,
};

/** Who takes the data pays for them, out of a budget of its own where it has one. */
function transferCoupling(
  { tasks }: Problem,
  { from, to, gigabytes }: Transfer,
  {
    regions,
    rates,
    secondsPerGigabyte,
    microsPerSecond,
  }: Rates & { readonly microsPerSecond: number },
): Coupling {
  const budget = tasks[to]!.limits.budgetMicros ?? Infinity;
  const amount = inLowestTerms(Math.round(gigabytes * BYTES_PER_GIGABYTE), BYTES_PER_GIGABYTE);
  const { of, per } = { of: amount.of, per: amount.per * NANOS_PER_MICRO };
  const parts = 1 / per;
  /** Infinite where no route leads. */
  const chargeOf = (rate: number): number => {
    const nanos = rate * of;
    // A half, and what is too large to be exact, is left to those who can. (Remainders are slow.)
    const whole = Math.floor(nanos * parts + 0.5);
    const isPlain = nanos <= Number.MAX_SAFE_INTEGER && Math.abs(nanos - whole * per) * 2 < per;
    if (isPlain) return whole;
    return Number.isNaN(rate) ? Infinity : charge(asRate(rate), amount);
  };
  const costOf = (source: Hired, sink: Hired): number => {
    if (source.region === sink.region || gigabytes === 0) return 0;
    const at = source.region * regions + sink.region;
    const cost = chargeOf(rates[at]!);
    if (sink.micros + cost > budget) return Infinity;
    if (microsPerSecond === 0) return cost;
    return cost + Math.round(microsPerSecond * gigabytes * secondsPerGigabyte[at]!);
  };
  if (budget < Infinity || microsPerSecond > 0 || gigabytes === 0) return { from, to, costOf };
  return { from, to, costOf, costsOf };

  /** Prices alone: by region, without a look at what is hired there. */
  function costsOf(sources: readonly Hired[], sinks: readonly Hired[]): Float64Array {
    const costs = new Float64Array(sources.length * sinks.length);
    const columns = Int32Array.from(sinks, ({ region }) => region);
    let at = 0;
    for (const { region } of sources) {
      const row = region * regions;
      for (let sink = 0; sink < columns.length; sink++) {
        const column = columns[sink]!;
        costs[at++] = column === region ? 0 : chargeOf(rates[row + column]!);
      }
    }
    return costs;
  }
}

/** Products of small numbers are exact in floating point, and much faster for that. */
function inLowestTerms(of: number, per: number): Quantity {
  let [one, other] = [of, per];
  while (other > 0) [one, other] = [other, one % other];
  return { of: of / one, per: per / one };
}

export type Rates = {
  readonly regions: number;
  /** Of each offer. */
  readonly regionOfOffer: Int32Array;
  /** Nano-dollars for a gigabyte from each region, row by row, to each; NaN where no route leads. */
  readonly rates: Float64Array;
  /** The same for its time; 0 where none is known. */
  readonly secondsPerGigabyte: Float64Array;
};

export function ratesOf({ offers, routes }: Problem): Rates {
  const indices = new Map<string, number>();
  const regionOfOffer = Int32Array.from(offers, (offer) => {
    const name = regionOf(offer);
    const region = indices.get(name) ?? indices.size;
    indices.set(name, region);
    return region;
  });
  const regions = indices.size;
  const rates = new Float64Array(regions ** 2).fill(Number.NaN);
  const secondsPerGigabyte = new Float64Array(regions ** 2);
  for (const { from, to, nanosPerGigabyte, gigabitsPerSecond } of routes) {
    const [row, column] = [indices.get(from), indices.get(to)];
    if (row === undefined || column === undefined) continue;
    rates[row * regions + column] = nanosPerGigabyte;
    if (gigabitsPerSecond === null) continue;
    secondsPerGigabyte[row * regions + column] = BITS_PER_BYTE / gigabitsPerSecond;
  }
  return { regions, regionOfOffer, rates, secondsPerGigabyte };
}
