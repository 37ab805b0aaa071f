import { asMicros, type Micros, type Rate, rateFromUsd, usd, usdPerUnit } from '../base/money.ts';
import { asEpochMs, type EpochMs, isoTime } from '../base/time.ts';

/**
 * The one codec between TypeScript and every wire form (REST, `-o json`, the database):
 *
 * | TypeScript              | wire                                                |
 * | ----------------------- | --------------------------------------------------- |
 * | `camelCase`             | `snake_case`                                        |
 * | `costMicros`: Micros    | `cost_usd`: number of at most six decimals          |
 * | `nanosPerHour`: Rate    | `usd_per_hour`: number of at most six decimals      |
 * | `nanosPerHourMax`       | `usd_per_hour_max`                                  |
 * | `nanosPerGigabyte`      | `usd_per_gigabyte`                                  |
 * | `createdAt`: EpochMs    | `created_at`: RFC 3339 string                       |
 *
 * The keys of the maps in OPAQUE belong to the user and stay as they are.
 */
const OPAQUE: ReadonlySet<string> = new Set([
  'envs',
  'secrets',
  'labels',
  'details',
  'throughput',
  'gpus_by_name',
]);

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [k: string]: Json };

/** TypeScript → wire. Properties that are undefined are left out. */
export function toWire(value: unknown): Json {
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value as Json;
  const wire: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) wire[wireName(key)] = wireValue(key, inner);
  }
  return wire;
}

/** Wire → TypeScript; what it gives is checked by the schema of the noun it should be. */
export function fromWire(wire: unknown): unknown {
  if (Array.isArray(wire)) return wire.map(fromWire);
  if (typeof wire !== 'object' || wire === null) return wire;
  const value: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(wire)) {
    const key = typeName(name);
    if (key !== '__proto__') value[key] = typeValue(name, key, inner);
  }
  return value;
}

/** The wire's name of a TypeScript key: `costMicros` → `cost_usd`. */
export function wireName(key: string): string {
  return remembered(wireNames, key, makeWireName);
}

function makeWireName(key: string): string {
  return key
    .replace(/(^n|N)anosPer(?=(?:Hour|Gigabyte)(?:Max)?$)/, (_, n: string) =>
      n === 'n' ? 'usdPer' : 'UsdPer',
    )
    .replace(/(^m|M)icros$/, (_, m: string) => (m === 'm' ? 'usd' : 'Usd'))
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The TypeScript key of a wire name: `cost_usd` → `costMicros`. */
export function typeName(name: string): string {
  return remembered(typeNames, name, makeTypeName);
}

function makeTypeName(name: string): string {
  return name
    .replace(/(^|_)usd_per_(?=(?:hour|gigabyte)(?:_max)?$)/, '$1nanos_per_')
    .replace(/(^|_)usd$/, '$1micros')
    .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function wireValue(key: string, value: unknown): Json {
  if (typeof value === 'number') {
    if (/nanosPer(Hour|Gigabyte)(Max)?$/i.test(key)) return usdPerUnit(value as Rate);
    if (/micros$/i.test(key)) return usd(value as Micros);
    if (/(^a|A)t$/.test(key)) return isoTime(value as EpochMs);
    return value;
  }
  return OPAQUE.has(wireName(key)) ? (value as Json) : toWire(value);
}

function typeValue(name: string, key: string, value: unknown): unknown {
  if (typeof value === 'number') {
    if (/(^|_)usd_per_(hour|gigabyte)(_max)?$/.test(name)) return rateFromUsd(value);
    if (/(^|_)usd$/.test(name)) return asMicros(Math.round(value * 1e6));
    return value;
  }
  if (typeof value === 'string' && /(^a|A)t$/.test(key)) return asEpochMs(Date.parse(value));
  return OPAQUE.has(name) ? value : fromWire(value);
}

/** There are a few hundred names of ours, and whatever a stranger may send. */
const NAMES_MAX = 2000;
const wireNames = new Map<string, string>();
const typeNames = new Map<string, string>();

/** Each name is made once: a plan has hundreds of keys, and a server reads it again and again. */
function remembered(
  names: Map<string, string>,
  name: string,
  make: (name: string) => string,
): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const made = make(name);
  if (names.size < NAMES_MAX) names.set(name, made);
  return made;
}
