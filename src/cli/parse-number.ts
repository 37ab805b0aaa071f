import { InvalidArgumentError } from 'commander';
import { PRIORITY_MAX } from '../spec/api.ts';

/** An option's value as a whole number of one or more. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}

/** An option's value as a whole number of zero or more. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number, 0 or more.');
}

/** An option's value as a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** An option's value as a TCP port; 0 takes any free one. */
export function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be a port from 0 to 65535.');
}

/** An option's value as the urgency of a run: higher goes first, 0 is as usual. */
export function priority(text: string): number {
  const value = Number(text);
  if (/^-?\d{1,4}$/.test(text) && Math.abs(value) <= PRIORITY_MAX) return value;
  throw new InvalidArgumentError(`It must be a whole number, ${-PRIORITY_MAX} to ${PRIORITY_MAX}.`);
}
