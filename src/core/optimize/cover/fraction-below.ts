import type { Fraction } from '../model/task-problem.ts';

const DIGITS = 12;
const PER_MAX = 1e15;

/** A price as a fraction of whole numbers, rounded down at the twelfth digit. */
export function fractionBelow(price: number): Fraction {
  if (!(price > 0)) return { of: 0, per: 1 };
  const exponent = DIGITS - 1 - Math.floor(Math.log10(price));
  const per = Math.min(PER_MAX, 10 ** Math.max(0, exponent));
  return { of: Math.floor(price * per), per };
}

export function valueOf({ of, per }: Fraction): number {
  return of / per;
}
