import type { Rate } from '../base/money.ts';

/**
 * One line of a price list as a feed gives it: facts only. Null is "not known", and what is not
 * known never satisfies a stated requirement.
 */
export type PriceRow = {
  readonly provider: string;
  readonly region: string | null;
  readonly zone: string | null;
  readonly instance: string | null;
  /** Catalog name of the device, as `H100`, `A100-80GB`; null for a machine without one. */
  readonly accelerator: string | null;
  readonly acceleratorCount: number;
  /** Of one device, or of the hired part of one (a count below 1). */
  readonly acceleratorMemoryGib: number | null;
  readonly vcpus: number | null;
  readonly memoryGib: number | null;
  readonly spot: boolean;
  /** Of the whole machine, in dollars, at the exchange rate of its source. */
  readonly nanosPerHour: Rate;
  readonly source: PriceSource;
};

/** Where prices come from, when they were true, and how they became dollars. */
export type PriceSource = {
  readonly id: string;
  /** The day on which the prices were true: `2026-08-22`, or less exactly `2026-07`. */
  readonly asOf: string;
  readonly licence: string;
  readonly attribution: string;
  /** ISO 4217 code of the native prices. */
  readonly currency: string;
  /** Dollars for one unit of the currency, and the day of that rate; 1 and asOf for dollars. */
  readonly usdPerUnit: number;
  readonly exchangeAsOf: string;
};

/** Something for hire: a machine type at a place, with price and capacity. */
export type Offer = {
  /** Stable, unique within one catalog: `aws/us-east-1/-/p5.48xlarge/spot`. */
  readonly id: string;
  /** `provider/region/zone` as far as known: `aws/us-east-1`, `local`. */
  readonly place: string;
  readonly provider: string;
  readonly region: string | null;
  readonly zone: string | null;
  readonly instance: string | null;
  readonly accelerator: string | null;
  readonly acceleratorCount: number;
  readonly acceleratorMemoryGib: number | null;
  readonly vcpus: number | null;
  readonly memoryGib: number | null;
  readonly spot: boolean;
  readonly nanosPerHour: Rate;
  /** Machines that can be hired at once; null when unknown or unlimited. */
  readonly available: number | null;
  /** Seconds: hired time is rounded up to the increment, and never billed below the minimum. */
  readonly billingIncrementS: number;
  readonly billingMinimumS: number;
  /** The price is our estimate (as the energy a machine draws), not a price list's. */
  readonly estimated: boolean;
  /** A driver of this installation can launch it. */
  readonly launchable: boolean;
  readonly source: string;
  readonly asOf: string;
  /** The place of one's own whose capacity it is a part of; absent at any other. */
  readonly pool?: OfferPool;
  /** Its price from so many seconds from now on, in order of time; absent where it is to stay. */
  readonly laterPrices?: readonly LaterPrice[];
  /** Of CO2e that one machine emits; absent where nobody says, which is not none. */
  readonly gramsPerHour?: number;
  /** Where its hours are paid for already, at price 0: a part of another offer; else absent. */
  readonly paid?: { readonly hours: number; readonly of: string };
};

export type LaterPrice = { readonly fromS: number; readonly nanosPerHour: Rate };

export type OfferPool = {
  /** As the driver's `capacity()` names it. */
  readonly id: string;
  /**
   * `part`: a task is kept within what the offer has, and takes all of that. `stated`: the offer is
   * the whole place, of which a task takes what it states.
   */
  readonly takes: 'part' | 'stated';
};
