import { assert } from './assert.ts';

declare const micros: unique symbol;
declare const rate: unique symbol;

/** An amount of money: an integer number of micro-dollars (1e-6 USD), a safe integer. */
export type Micros = number & { readonly [micros]: true };

/** A price: an integer number of nano-dollars (1e-9 USD) for one unit, usually one hour. */
export type Rate = number & { readonly [rate]: true };

/** An exact amount of something, numerator / denominator: 90 minutes are {of: 90, per: 60} hours. */
export type Quantity = { readonly of: number; readonly per: number };

const NANOS_PER_MICRO = 1000;
const MICROS_PER_USD = 1e6;

export const ZERO_MICROS = 0 as Micros;

/** Brands an integer as micro-dollars; an unsafe or fractional one is a bug. */
export function asMicros(value: number): Micros {
  assert(Number.isSafeInteger(value), `${value} is no safe integer of micro-dollars`);
  return value as Micros;
}

/** Brands an integer as nano-dollars per unit; a negative, unsafe or fractional one is a bug. */
export function asRate(value: number): Rate {
  assert(Number.isSafeInteger(value) && value >= 0, `${value} is no rate in nano-dollars`);
  return value as Rate;
}

/**
 * The rate nearest to a price in dollars per unit, as price lists write it, to six decimals: so
 * the wire form of a price (at most six decimals) loses nothing.
 */
export function rateFromUsd(dollars: number): Rate {
  return asRate(Math.round(dollars * MICROS_PER_USD) * NANOS_PER_MICRO);
}

/** The amount nearest to a number of dollars, as people write budgets. */
export function microsFromUsd(dollars: number): Micros {
  return asMicros(Math.round(dollars * MICROS_PER_USD));
}

/** Dollars as the wire shows them: a number of at most six decimals. */
export function usd(amount: Micros): number {
  return amount / MICROS_PER_USD;
}

/** Dollars per unit as the wire shows them, rounded to six decimals. */
export function usdPerUnit(price: Rate): number {
  return Math.round(price / NANOS_PER_MICRO) / MICROS_PER_USD;
}

/** Dollars for people: cents where that tells enough, more digits where it does not. */
export function showUsd(dollars: number): string {
  if (dollars === 0 || dollars >= 1) return `$${dollars.toFixed(2)}`;
  return `$${dollars.toFixed(6).replace(/(\.\d\d+?)0+$/, '$1')}`;
}

export function showMicros(amount: Micros): string {
  return showUsd(usd(amount));
}

export function showRate(price: Rate): string {
  return showUsd(usdPerUnit(price));
}

export function addMicros(...amounts: readonly Micros[]): Micros {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return asMicros(sum);
}

/**
 * The only product of money: rate × quantity, computed exactly and rounded once, half to even, to
 * a micro-dollar. Called once for each line of a ledger; a bill is the sum of its lines.
 */
export function charge(price: Rate, quantity: Quantity): Micros {
  const { of, per } = quantity;
  assert(Number.isSafeInteger(of) && of >= 0, `quantity ${of} is no safe whole number`);
  assert(Number.isSafeInteger(per) && per > 0, `quantity per ${per} is no positive whole number`);
  const [numerator, denominator] = [price * of, per * NANOS_PER_MICRO];
  // Exact in floating point as well, as long as both products are: a hundredfold faster.
  if (Number.isSafeInteger(numerator) && Number.isSafeInteger(denominator)) {
    return asMicros(divideHalfEvenSafe(numerator, denominator));
  }
  const value = divideHalfEven(BigInt(price) * BigInt(of), BigInt(per) * BigInt(NANOS_PER_MICRO));
  return asMicros(Number(value));
}

/** numerator / denominator rounded half to even; both non-negative, denominator positive. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** The same for safe integers: the remainder is exact, and so is the difference to the rest. */
function divideHalfEvenSafe(numerator: number, denominator: number): number {
  const rest = numerator % denominator;
  const quotient = (numerator - rest) / denominator;
  const above = rest - (denominator - rest);
  return above > 0 || (above === 0 && quotient % 2 === 1) ? quotient + 1 : quotient;
}
