import type { Random } from './rng.ts';
import type { EpochMs } from './time.ts';

/** The kinds of things that carry an id; the prefix says which. */
export type IdPrefix = 'run' | 'node' | 'inst' | 'srv';

/**
 * A prefixed UUIDv7: `run_` + 32 hex digits, sorted by creation time to the millisecond.
 * Source: RFC 9562 section 5.7.
 */
export function makeId(prefix: IdPrefix, now: EpochMs, random: Random): string {
  const time = now.toString(16).padStart(12, '0');
  const version = (0x7000 | Math.floor(random() * 0x1000)).toString(16);
  const variant = (0x8000 | Math.floor(random() * 0x4000)).toString(16);
  return `${prefix}_${time}${version}${variant}${hex(random, 6)}${hex(random, 6)}`;
}

function hex(random: Random, digits: number): string {
  return Math.floor(random() * 16 ** digits)
    .toString(16)
    .padStart(digits, '0');
}
