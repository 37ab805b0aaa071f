/** Shorter values are words: to mask them would make output unreadable and hide nothing. */
const CHARS_MIN = 4;
/** Of a line of a value with several, and of a value that is looked for within other base64. */
const PART_CHARS_MIN = 8;
/** Source: RFC 4648, tables 1 and 2, which differ in the last two. */
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * The texts that give a secret away: its value, each longer line of it, and what programs make of
 * values when they write them elsewhere: JSON and URLs, words of a shell, base64 (as a whole, or
 * within something longer, as a basic authorization). Longest first.
 */
export function secretForms(values: Iterable<string>): readonly string[] {
  const forms = new Set<string>();
  for (const value of values) {
    if ([...value].length < CHARS_MIN) continue;
    for (const form of formsOf(value.toWellFormed())) forms.add(form);
  }
  return [...forms].toSorted((a, b) => b.length - a.length);
}

function formsOf(value: string): readonly string[] {
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  return [
    value,
    ...(lines.length > 1 ? lines.filter((line) => line.length >= PART_CHARS_MIN) : []),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    value.replaceAll("'", `'\\''`),
    value.replace(/[\\"$`]/g, '\\$&'),
    ...base64Forms(utf8(value)),
  ];
}

/**
 * What stands for these bytes in base64, whatever comes before and after them: six bits make a
 * character, so that those at both ends may belong to a neighbour too, and are left out.
 */
function base64Forms(bytes: Uint8Array): readonly string[] {
  const forms = [base64(bytes)];
  for (const before of bytes.length < PART_CHARS_MIN ? [] : [0, 1, 2]) {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const whole = Math.floor((padded.length * 8) / 6);
    forms.push(base64(padded).slice(Math.ceil((before * 8) / 6), whole));
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** Without padding. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [one, two = 0, three = 0] = bytes.subarray(at, at + 3);
    const bits = (one! << 16) | (two << 8) | three;
    for (const shift of [18, 12, 6, 0]) text += BASE64[(bits >> shift) & 63];
  }
  return text.slice(0, Math.ceil((bytes.length * 8) / 6));
}

/** A well-formed text in UTF-8. */
export function utf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text);
  const bytes: number[] = [];
  for (let at = 0; at < escaped.length; at++) {
    if (escaped[at] !== '%') bytes.push(escaped.charCodeAt(at));
    else {
      bytes.push(Number.parseInt(escaped.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  return Uint8Array.from(bytes);
}
