import { formatCount } from '../models/architecture.ts';

/**
 * A piece of arithmetic that is both computed and shown, so that what a person reads is what was
 * reckoned: the value to the digit, its text with three of them.
 */
export type Term = {
  readonly value: number;
  readonly text: string;
  /**
   * What stands in brackets: the larger of two everywhere, sums where they are multiplied, products
   * where they divide.
   */
  readonly kind: 'number' | 'product' | 'sum' | 'larger';
};

/** `64 micro-batches`, `8.03B weights`: whole to 99,999, above it three digits. */
export function count(value: number, unit = ''): Term {
  const words = value < 1e5 ? String(Number(value.toPrecision(5))) : formatCount(value);
  return term(value, words, unit);
}

/** `0.712 of it reached`: three digits. */
export function factor(value: number, unit = ''): Term {
  return term(value, digits(value), unit);
}

/** `16.1 GB`, decimal as rates are. */
export function bytes(value: number, unit = ''): Term {
  return term(value, scaled(value, 'B'), unit);
}

/** `989 TFLOP/s`, `3.35 TB/s`. */
export function rate(value: number, unit: 'FLOP/s' | 'B/s', of = ''): Term {
  return term(value, scaled(value, unit), of);
}

/** `68.7 GFLOP`. */
export function flops(value: number, unit = ''): Term {
  return term(value, scaled(value, 'FLOP'), unit);
}

/** `137 µs`, `1.93 s`. */
export function seconds(value: number, unit = ''): Term {
  return term(value, formatSeconds(value), unit);
}

/** What is one without a unit's worth of news is left out: `× 1` says nothing. */
export function times(...factors: readonly Term[]): Term {
  const value = factors.reduce((product, one) => product * one.value, 1);
  const told = factors.filter((one) => one.value !== 1);
  const shown = told.length === 0 ? factors.slice(0, 1) : told;
  if (shown.length === 1) return { ...shown[0]!, value };
  return { value, text: shown.map(factorText).join(' × '), kind: 'product' };
}

/** A fraction; several divisors are bracketed. */
export function over(amount: Term, ...divisors: readonly Term[]): Term {
  const told = divisors.filter((one) => one.value !== 1);
  const divisor = times(...divisors);
  const value = amount.value / divisor.value;
  if (told.length === 0) return { ...amount, value };
  const text = divisor.kind === 'number' ? divisor.text : `(${divisor.text})`;
  return { value, text: `${factorText(amount)} / ${text}`, kind: 'product' };
}

/** Parts that are nothing are left out. */
export function plus(...parts: readonly Term[]): Term {
  const value = parts.reduce((sum, one) => sum + one.value, 0);
  const told = parts.filter((one) => one.value !== 0);
  if (told.length <= 1) return { ...(told[0] ?? parts[0]!), value };
  return { value, text: told.map(summandText).join(' + '), kind: 'sum' };
}

export function minus(all: Term, part: Term): Term {
  const text = `${summandText(all)} − ${factorText(part)}`;
  return { value: all.value - part.value, text, kind: 'sum' };
}

export function larger(one: Term, other: Term): Term {
  return {
    value: Math.max(one.value, other.value),
    text: `the larger of ${factorText(one)} and ${factorText(other)}`,
    kind: 'larger',
  };
}

/** The longer of two, and somewhat more where both are alike: the cube root of their cubes' sum. */
export function smoothlyLarger(one: Term, other: Term): Term {
  return {
    value: Math.cbrt(one.value ** 3 + other.value ** 3),
    text: `∛((${one.text})³ + (${other.text})³)`,
    kind: 'number',
  };
}

/** `1.93 s`, `12 µs`: three digits. */
export function formatSeconds(value: number): string {
  if (value === 0) return '0 s';
  const units: readonly [number, string][] = [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ];
  const [size, unit] = units.find(([least]) => value >= least) ?? [1e-9, 'ns'];
  return `${digits(value / size)} ${unit}`;
}

function scaled(value: number, unit: string): string {
  const prefixes: readonly [number, string][] = [
    [1e15, 'P'],
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  const [size, prefix] = prefixes.find(([least]) => value >= least) ?? [1, ''];
  return `${digits(value / size)} ${prefix}${unit}`;
}

function term(value: number, words: string, unit: string): Term {
  return { value, text: unit === '' ? words : `${words} ${unit}`, kind: 'number' };
}

function factorText({ text, kind }: Term): string {
  return kind === 'sum' || kind === 'larger' ? `(${text})` : text;
}

function summandText({ text, kind }: Term): string {
  return kind === 'larger' ? `(${text})` : text;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
