import type { ReadProblem } from './problem.ts';
import { wireName } from './wire.ts';

/** As many things in a list stand on the line of what they belong to. */
const FEW = 3;
const NANOS_PER_USD = 1e9;
const MICROS_PER_USD = 1e6;

/** A `Problem` of core, or one that was read. */
type Printable = ReadonlyDeep<ReadProblem>;

type ReadonlyDeep<T> = T extends readonly (infer Item)[]
  ? readonly ReadonlyDeep<Item>[]
  : { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> };

/** A problem as JSON that people can read, compare and keep: each small thing on its own line. */
export function printProblem(problem: Printable): string {
  return `${printed(wireOf(problem), '')}\n`;
}

/**
 * What the hash of a problem is that of: JSON with its keys in order and no spaces. What a file
 * leaves out and what it says in another order makes no difference.
 */
export function problemText(problem: Printable): string {
  return JSON.stringify(sorted(wireOf(problem)));
}

/** As `toWire`, but with prices to the nano-dollar: a problem is the same when it is read again. */
function wireOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wireOf);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, inner]) => [wireName(key), numberOf(key, inner)]));
}

function numberOf(key: string, value: unknown): unknown {
  if (typeof value !== 'number') return wireOf(value);
  if (/nanosPer(Hour|Gigabyte)(Max)?$/i.test(key)) return value / NANOS_PER_USD;
  return /micros$/i.test(key) ? value / MICROS_PER_USD : value;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function printed(value: unknown, indent: string): string {
  if (isShort(value)) return oneLine(value);
  const inner = `${indent}  `;
  const isOfMany = isList(value);
  const parts = isOfMany
    ? value.map((one) => printed(one, inner))
    : Object.entries(value as object).map(([key, one]) => keyed(key, printed(one, inner)));
  const [open, close] = isOfMany ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}

/** Lists of numbers, and what has no more in it than some of these and a list of a few things. */
function isShort(value: unknown): boolean {
  if (isScalar(value)) return true;
  const inner: readonly unknown[] = Object.values(value as object);
  if (Array.isArray(value)) return inner.every(isScalar);
  return inner.every((one) => isScalar(one) || (isList(one) && one.every(isFlat)));
}

function isFlat(value: unknown, _: number, all: readonly unknown[]): boolean {
  if (isScalar(value)) return true;
  return all.length <= FEW && !isList(value) && Object.values(value as object).every(isScalar);
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function oneLine(value: unknown): string {
  if (isScalar(value)) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(oneLine).join(', ')}]`;
  const parts = Object.entries(value as object).map(([key, one]) => keyed(key, oneLine(one)));
  return `{${parts.join(', ')}}`;
}

function keyed(key: string, text: string): string {
  return `${JSON.stringify(key)}: ${text}`;
}
