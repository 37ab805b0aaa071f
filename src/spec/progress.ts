/** How a task tells how far it is: in its output, or in a file of its working directory. */
export type ProgressSource = { readonly regex: string } | { readonly file: string };

export const PATTERN_CHARS_MAX = 200;

/**
 * A pattern that is matched in linear time whatever it is given (fault 42), by V8's engine of that
 * kind, which main.ts turns on; without it every pattern is refused. Errors: SyntaxError, saying
 * why it is no pattern, or none that can be matched so (look-around, back-references, large
 * counts). Source: v8.dev/blog/non-backtracking-regexp.
 */
export function linearPattern(source: string): RegExp {
  // oxlint-disable-next-line no-invalid-regexp -- a flag of V8's own
  return new RegExp(source, 'l');
}

/**
 * Done, from 0 to 1, of a line such as `0.42`, `42%`, `420/1000`; null when it is none of these.
 * A whole number is a percentage, one with a point up to 1 a fraction.
 */
export function parseProgress(line: string): number | null {
  const found = /^\s*(\d{1,15}(?:\.\d{1,15})?)\s*(?:(%)|\/\s*(\d{1,15}(?:\.\d{1,15})?))?\s*$/.exec(
    line,
  );
  if (found === null) return null;
  const [, first = '', percent, total] = found;
  if (total !== undefined) return share(Number(first), Number(total));
  return percent === undefined ? fraction(first) : share(Number(first), 100);
}

/**
 * Done, from 0 to 1, of what a pattern has found: groups named `percent`, or `done` and `total`;
 * else one group as `parseProgress` reads it, or two for done and total.
 */
export function progressOfMatch(match: RegExpExecArray): number | null {
  const { percent, done, total } = match.groups ?? {};
  if (percent !== undefined) return share(numberOf(percent), 100);
  if (done !== undefined && total !== undefined) return share(numberOf(done), numberOf(total));
  const [, first, second] = match;
  if (first === undefined) return null;
  if (second !== undefined) return share(numberOf(first), numberOf(second));
  const seen = match[0] + match.input.slice(match.index + match[0].length).slice(0, 2);
  const isPercent = seen.includes(`${first}%`) || seen.includes(`${first} %`);
  return isPercent ? share(numberOf(first), 100) : parseProgress(first);
}

function fraction(text: string): number | null {
  const value = Number(text);
  return text.includes('.') && value <= 1 ? value : share(value, 100);
}

/** Counts are written as people write them: `1,000`, `1_000`. */
function numberOf(text: string): number {
  const digits = text.replaceAll(/[,_\s]/g, '');
  return /^\d{1,15}(?:\.\d{1,15})?$/.test(digits) ? Number(digits) : Number.NaN;
}

function share(done: number, total: number): number | null {
  const value = done / total;
  return value >= 0 && value <= 1 ? value : null;
}
