import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts';

export const KIB = 1024;
export const MIB = KIB * 1024;
export const GIB = MIB * 1024;

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  p: 1e15,
  pb: 1e15,
  ki: KIB,
  kib: KIB,
  mi: MIB,
  mib: MIB,
  gi: GIB,
  gib: GIB,
  ti: GIB * KIB,
  tib: GIB * KIB,
  pi: GIB * MIB,
  pib: GIB * MIB,
};

const SPEED = /^([\d.]+\s*(?:[kKMGTP]i?)?)(B\/s|bit\/s|bps)$/;

const COUNTS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };

const DURATIONS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  sec: SECOND_MS,
  m: MINUTE_MS,
  min: MINUTE_MS,
  h: HOUR_MS,
  hr: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/** Bytes of `200GB`, `16 GiB`, `512Mi`; decimal and binary prefixes; undefined when it is no size. */
export function parseBytes(text: string): number | undefined {
  return scaled(text, BYTES);
}

/**
 * Bytes a second of `4TB/s`, `450 GB/s`, `400Gbit/s`, `400Gbps`; undefined when it is no such speed.
 * So is `Gb/s`, which some read as bits and others as bytes.
 */
export function parseBytesPerSecond(text: string): number | undefined {
  const [, amount, unit] = SPEED.exec(text.trim()) ?? [];
  const units = amount === undefined ? undefined : scaled(amount, BYTES);
  return units === undefined || unit === 'B/s' ? units : units / 8;
}

/** A count of `500M`, `8B`, `1.5k`, `12`; undefined when it is no count. */
export function parseCount(text: string): number | undefined {
  return scaled(text, COUNTS);
}

/** Milliseconds of `24h`, `10m`, `1h30m`, `90s`; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  const parts = [
    ...text
      .trim()
      .toLowerCase()
      .matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/g),
  ];
  const length = parts.reduce((sum, part) => sum + part[0].length, 0);
  if (parts.length === 0 || parts.length > 5 || length !== text.trim().length) return undefined;
  let total = 0;
  for (const [, amount, unit] of parts) {
    const size = DURATIONS[unit!];
    if (size === undefined) return undefined;
    total += Number(amount) * size;
  }
  const ms = Math.round(total);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** Dollars of `$500`, `$1.25`, `500`, `500 USD`; undefined when it is no amount of dollars. */
export function parseUsd(text: string): number | undefined {
  const match = /^\$?\s*(\d{1,12}(?:\.\d{1,9})?)\s*(k|usd)?$/i.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) * (match[2]?.toLowerCase() === 'k' ? 1000 : 1);
}

/** Dollars an hour of `$1/h`, `$0.35 per hour`, `2.5`; undefined when it is no hourly price. */
export function parseUsdPerHour(text: string): number | undefined {
  return parseUsd(text.trim().replace(/\s*(?:\/|per)\s*(?:h|hr|hour)$/i, ''));
}

/** Bytes as people read them, in binary units, at most one decimal: `80 GiB`, `1.5 TiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= KIB && unit < units.length - 1) {
    value /= KIB;
    unit++;
  }
  return `${Math.round(value * 10) / 10} ${units[unit]}`;
}

function scaled(text: string, scales: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,12})?)\s*([a-z]{0,3})$/i.exec(text.trim());
  if (!match) return undefined;
  const scale = new Map(Object.entries(scales)).get(match[2]!.toLowerCase());
  if (scale === undefined) return undefined;
  const value = Math.ceil(Number(match[1]) * scale);
  return Number.isSafeInteger(value) ? value : undefined;
}
