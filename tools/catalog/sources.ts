import type { PriceSource } from '../../src/spec/offer.ts';

/** Dated rates of other currencies: `catalog/exchange-rates.json`. */
export type ExchangeRates = {
  readonly source: string;
  readonly asOf: string;
  /** Dollars for one unit, by ISO 4217 code. */
  readonly usdPerUnit: Readonly<Record<string, number>>;
};

type SourceParts = Pick<PriceSource, 'id' | 'asOf' | 'licence' | 'attribution'>;

/** A source of prices in dollars. */
export function usdSource(parts: SourceParts): PriceSource {
  return { ...parts, currency: 'USD', usdPerUnit: 1, exchangeAsOf: parts.asOf };
}

/** A source of prices in another currency, or in dollars. */
export function sourceIn(currency: string, rates: ExchangeRates, parts: SourceParts): PriceSource {
  const usdPerUnit = rates.usdPerUnit[currency];
  if (usdPerUnit === undefined) return usdSource(parts);
  return { ...parts, currency, usdPerUnit, exchangeAsOf: rates.asOf };
}

/** Makes one source for each key, so that its rows share it. */
export function once(make: (key: string) => PriceSource): (key: string) => PriceSource {
  const made = new Map<string, PriceSource>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}

export const NO_LICENCE = 'none stated; facts only';
