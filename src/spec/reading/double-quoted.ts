/** What an escape of one letter stands for. Source: YAML 1.2.2, section 5.7. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ['/', '/'],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
/** Escapes of a code point, with the number of their hex digits. */
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);
const CODE_POINT_MAX = 0x10ffff;

/** An escape that YAML does not know: its place in the scalar, and how it is written. */
export type BadEscape = { readonly offset: number; readonly text: string };

/**
 * The escapes of a double-quoted scalar that mean nothing, one at a time. The yaml package makes
 * an error object with a stack trace of each, which for a megabyte of them takes minutes.
 */
export function* badEscapes(quoted: string): Generator<BadEscape, void> {
  let at = quoted.indexOf('\\');
  while (at !== -1) {
    const length = escapeLength(quoted, at + 1);
    if (length === 0) yield { offset: at, text: quoted.slice(at, at + 2) };
    at = quoted.indexOf('\\', at + 1 + Math.max(1, length));
  }
}

/** Characters after the backslash that belong to the escape; none when it is bad. */
function escapeLength(quoted: string, at: number): number {
  const letter = quoted[at] ?? '';
  if (LETTERS.has(letter) || letter === '\n') return 1;
  if (letter === '\r' && quoted[at + 1] === '\n') return 2;
  const digits = HEX_DIGITS.get(letter);
  if (digits === undefined) return 0;
  const hex = quoted.slice(at + 1, at + 1 + digits);
  if (hex.length < digits || !/^[0-9a-f]+$/i.test(hex)) return 0;
  return Number.parseInt(hex, 16) <= CODE_POINT_MAX ? 1 + digits : 0;
}

/** True when the last quote ends the scalar, and is not escaped. */
export function isClosed(quoted: string): boolean {
  if (quoted.length < 2 || !quoted.endsWith('"')) return false;
  let backslashes = 0;
  while (quoted[quoted.length - 2 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 0;
}

/** An escape; or blanks, with the line ends that fold them; in this order. */
const PIECES =
  /\\(?:x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|\r?\n[ \t]*|.)|[ \t]*\r?\n[ \t\r\n]*|[ \t]+/gs;

/**
 * The text of a double-quoted scalar without bad escapes. The package builds it letter by letter,
 * which takes sixty bytes for each.
 * Source: YAML 1.2.2, sections 5.7 and 7.3.1.
 */
export function doubleQuotedText(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (!/[\\\n]/.test(inner)) return inner;
  return inner.replace(PIECES, (piece) => {
    if (piece[0] === '\\') return unescaped(piece);
    return piece.includes('\n') ? folded(piece) : piece;
  });
}

function unescaped(escape: string): string {
  const letter = escape[1]!;
  if (letter === '\n' || letter === '\r') return '';
  if (HEX_DIGITS.has(letter)) return String.fromCodePoint(Number.parseInt(escape.slice(2), 16));
  return LETTERS.get(letter)!;
}

/** One line end is a space, each further one a line end. */
function folded(blanks: string): string {
  const lineEnds = blanks.split('\n').length - 1;
  return lineEnds === 1 ? ' ' : '\n'.repeat(lineEnds - 1);
}
