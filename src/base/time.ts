declare const epoch: unique symbol;

/** A moment: whole milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = number & { readonly [epoch]: true };

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const SECONDS_PER_HOUR = 3600;

export function asEpochMs(value: number): EpochMs {
  return Math.trunc(value) as EpochMs;
}

/** The wire form of a moment: RFC 3339 in UTC with milliseconds. */
export function isoTime(at: EpochMs): string {
  return new Date(at).toISOString();
}

/** The way people read a duration: `45s`, `12m 5s`, `3h 20m`, `2d 4h`; at most two parts. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)}ms`;
  if (ms < 10 * SECOND_MS) return `${Math.round(ms / 100) / 10}s`;
  const parts: readonly [number, string][] = [
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'm'],
    [SECOND_MS, 's'],
  ];
  const first = parts.findIndex(([size]) => ms >= size);
  const words: string[] = [];
  let left = ms;
  for (const [size, letter] of parts.slice(first, first + 2)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count}${letter}`);
  }
  return words.join(' ');
}
