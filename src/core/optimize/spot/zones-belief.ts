import type { Rate } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import type { HazardModel } from './hazard.ts';
import { HazardBelief } from './hazard-belief.ts';
import type { ZonesAvailability } from './zones-job.ts';

/** The mean of the prices counts as so much of availability that was seen. */
const PRICE_PRIOR_MS = 24 * HOUR_MS;
/** By so much a price must be below another to count as cheaper: more than rounding makes. */
const CHEAPER = 1e-6;

/** What has been seen of several zones. */
export class ZonesBelief {
  readonly zones: readonly HazardBelief[];
  /** Of whether spot could be had in any of them. */
  readonly any: HazardBelief;
  readonly #prices: readonly Rate[];
  readonly #tickMs: number;
  /** Of the cheapest zone to be had: price × time, and time. */
  #priceMs: number;
  #seenMs = PRICE_PRIOR_MS;

  /** `prices` by zone, an hour. */
  constructor(
    prices: readonly Rate[],
    { model, tickMs }: { readonly model: HazardModel; readonly tickMs: number },
  ) {
    [this.#prices, this.#tickMs] = [prices, tickMs];
    this.zones = prices.map(() => new HazardBelief(model));
    this.any = new HazardBelief(model);
    this.#priceMs = (PRICE_PRIOR_MS * prices.reduce((sum, one) => sum + one, 0)) / prices.length;
  }

  /** Takes in the ticks of a past, oldest first. */
  observeAll(past: ZonesAvailability['available']): void {
    const ticks = past[0]?.length ?? 0;
    for (let tick = 0; tick < ticks; tick++) this.observe(past.map((zone) => zone[tick] === 1));
  }

  /** Takes in the availability of the next tick, by zone. */
  observe(available: readonly boolean[]): void {
    for (const [zone, belief] of this.zones.entries()) {
      belief.observe(available[zone]!, this.#tickMs);
    }
    const prices = this.#prices.filter((_, zone) => available[zone]);
    this.any.observe(prices.length > 0, this.#tickMs);
    if (prices.length === 0) return;
    this.#priceMs += this.#tickMs * Math.min(...prices);
    this.#seenMs += this.#tickMs;
  }

  /** Of availability to one who holds, or would hold, spot in that zone: the run is that zone's. */
  from(zone: number | null): HazardBelief {
    if (zone === null) return this.any;
    const { model, levels, side, ageMs } = this.zones[zone]!;
    const seen = new HazardBelief(model);
    seen.levels[0].set(this.any.levels[0]);
    seen.levels[1].set(levels[1]);
    [seen.side, seen.ageMs] = [side, ageMs];
    return seen;
  }

  /** Whether a zone's price is below the usual one. */
  isCheap(zone: number): boolean {
    return this.#prices[zone]! < (1 - CHEAPER) * (this.#priceMs / this.#seenMs);
  }

  /** How far the usual price is from the least one to the highest, from 0 to 1. */
  get dearness(): number {
    const [least, most] = [Math.min(...this.#prices), Math.max(...this.#prices)];
    return most === least ? 0 : (this.#priceMs / this.#seenMs - least) / (most - least);
  }
}
