import { closestWord } from '../../base/closest.ts';
import { type Micros, microsFromUsd, type Rate, rateFromUsd } from '../../base/money.ts';
import { HOUR_MS } from '../../base/time.ts';
import {
  parseBytes,
  parseCount,
  parseDuration,
  parseUsd,
  parseUsdPerHour,
} from '../../base/units.ts';
import { type Form, type JsonSchema, type Wanted, wrong } from './form.ts';
import { quoted } from './reading.ts';

/** Longer texts are no numbers, whatever they hold; it also bounds what a pattern may try. */
const SHORT_CHARS_MAX = 64;
const USD_MAX = 1e9;
const USD_PER_HOUR_MAX = 1e6;
/** A century and more: what a clock of milliseconds and a bill can hold. */
const HOURS_MAX = 1e6;
/** Beyond this no quantity of a task means anything, and sums lose their units. */
const DECIMAL_MAX = 1e15;
const DECIMAL_MIN = 1e-9;

/** A scalar of the form that `parse` knows; it gets the text as written, trimmed. */
export function scalar<T>(
  parse: (text: string) => T | undefined,
  wanted: Wanted,
  schema: JsonSchema,
): Form<T> {
  return {
    read: (node, place) => {
      if (node.kind !== 'text') return wrong(node, place, wanted);
      return parse(node.text.trim()) ?? wrong(node, place, wanted);
    },
    schema,
  };
}

/** Any text; numbers and truth values too, as written. */
export const text: Form<string> = {
  read: (node, place) =>
    node.kind === 'text' ? node.text : wrong(node, place, { what: 'a text', example: '"…"' }),
  schema: { type: ['string', 'number', 'boolean'] },
};

/** A text of some words on one line: a name, a path, an address. */
export const line: Form<string> = scalar(
  (value) => (value === '' || /[\r\n]/.test(value) ? undefined : value),
  { what: 'a text on one line', example: 'some-name' },
  { type: 'string' },
);

/** One of some words, in any case. */
export function oneOf<const W extends string>(words: readonly W[]): Form<W> {
  return {
    read: (node, place) => {
      const written = node.kind === 'text' ? node.text.trim() : '';
      const found = words.find((word) => word === written.toLowerCase());
      if (found !== undefined) return found;
      const what = `one of ${words.join(', ')}`;
      const closest = closestWord(written, words);
      if (node.kind !== 'text' || closest === undefined) {
        return wrong(node, place, { what, example: words[0]! });
      }
      place.reading.problem({
        code: 'spec.bad-value',
        at: node.start,
        message: `${quoted(place.path)} needs ${what}, not ${quoted(written)}`,
        text: written,
        closest,
      });
      return undefined;
    },
    schema: { enum: words },
  };
}

export function whole(min: number, max: number): Form<number> {
  return scalar(
    (value) => {
      const found = parseDecimal(value);
      return Number.isInteger(found) && found! >= min && found! <= max ? found : undefined;
    },
    { what: `a whole number from ${min} to ${max}`, example: String(Math.max(min, 1)) },
    { type: 'integer', minimum: min, maximum: max },
  );
}

export const positive: Form<number> = scalar(
  (value) => aboveZero(parseDecimal(value)),
  { what: 'a number above zero', example: '12' },
  { type: 'number', exclusiveMinimum: 0 },
);

/** `300`, `0` where nothing is emitted. */
export const grams: Form<number> = scalar(
  (value) => {
    const found = parseDecimal(value);
    return found !== undefined && found >= 0 ? found : undefined;
  },
  { what: 'a number of grams', example: '300' },
  { type: 'number', minimum: 0 },
);

/** `0.6`: a part of the whole, or all of it. */
export const share: Form<number> = scalar(
  (value) => {
    const found = aboveZero(parseDecimal(value));
    return found !== undefined && found <= 1 ? found : undefined;
  },
  { what: 'a share above 0 and up to 1', example: '0.6' },
  { type: 'number', exclusiveMinimum: 0, maximum: 1 },
);

const PRECISIONS = ['fp32', 'tf32', 'bf16', 'fp16', 'fp8', 'int8', 'int4', 'nf4'] as const;

/** The number format of a training's arithmetic. */
export const trainedPrecision = oneOf([...PRECISIONS, 'nvfp4']);

/** That of weights which are only read. */
export const servedPrecision = oneOf([...PRECISIONS, 'nvfp4', 'mxfp4']);

/** `500M`, `8B`, `4096`. */
export const count: Form<number> = scalar(
  (value) => aboveZero(parseCount(short(value).replaceAll('_', ''))),
  { what: 'a count above zero', example: '500M' },
  { type: ['string', 'number'], examples: ['500M', 4096] },
);

/** Units of work of any size: `0.5`, `100`, `1.5k`. */
export const amountOfWork: Form<number> = scalar(
  (value) => aboveZero(parseDecimal(value) ?? parseCount(short(value))),
  { what: 'a number above zero', example: '100' },
  { type: ['string', 'number'], examples: [100, '1.5k'] },
);

/** `200GB`, `16 GiB`. */
export const bytes: Form<number> = scalar(
  (value) => parseBytes(short(value)),
  { what: 'a size with its unit', example: '200GB' },
  { type: ['string', 'number'], examples: ['200GB', '16GiB'] },
);

/** `24h`, `10m`, `1h30m`. */
export const duration: Form<number> = scalar(
  (value) => aboveZero(parseDuration(short(value))),
  { what: 'a time with its unit', example: '24h' },
  { type: 'string', examples: ['24h', '10m', '1h30m'] },
);

export const hours: Form<number> = scalar(
  (value) => {
    const ms = parseDuration(short(value));
    const found = aboveZero(parseDecimal(value) ?? (ms === undefined ? undefined : ms / HOUR_MS));
    return found !== undefined && found <= HOURS_MAX ? found : undefined;
  },
  { what: 'hours', example: '12' },
  { type: ['number', 'string'], examples: [12, '90m'] },
);

/** `$500`, `1200`. */
export const dollars: Form<Micros> = scalar(
  (value) => {
    const usd = parseUsd(short(value));
    return usd === undefined || usd > USD_MAX ? undefined : microsFromUsd(usd);
  },
  { what: 'an amount of dollars', example: '$500' },
  { type: ['string', 'number'], examples: ['$500', 500] },
);

/** `$1/h`, `2.5`. */
export const dollarsPerHour: Form<Rate> = scalar(
  (value) => {
    const usd = parseUsdPerHour(short(value));
    return usd === undefined || usd > USD_PER_HOUR_MAX ? undefined : rateFromUsd(usd);
  },
  { what: 'dollars an hour', example: '$1/h' },
  { type: ['string', 'number'], examples: ['$1/h', 2.5] },
);

/** A number as YAML writes it in decimal; undefined when the text is none. */
export function parseDecimal(value: string): number | undefined {
  if (value.length > SHORT_CHARS_MAX) return undefined;
  if (!/^[-+]?(?:\d[\d_]*)?(?:\.\d*)?(?:e[-+]?\d+)?$/i.test(value) || !/\d/.test(value)) {
    return undefined;
  }
  const number = Number(value.replaceAll('_', ''));
  return Math.abs(number) <= DECIMAL_MAX ? number : undefined;
}

function short(value: string): string {
  return value.length > SHORT_CHARS_MAX ? '' : value;
}

function aboveZero(value: number | undefined): number | undefined {
  return value !== undefined && value >= DECIMAL_MIN ? value : undefined;
}
