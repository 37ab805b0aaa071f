import { GIB } from '../../../base/units.ts';

/**
 * What a reader with a pocket calculator makes of a formula: numbers with their units, × / + − and
 * brackets, `the larger of A and B`, `√A`, `∛(A³ + B³)`; all other words are passed over.
 */
export function reckon(formula: string): number {
  const tokens = formula
    .replace(/[()√∛³]/g, ' $& ')
    .replace(/[:,](?= )/g, '')
    .trim()
    .split(/\s+/);
  let at = 0;

  function sum(): number {
    let value = product();
    while (tokens[at] === '+' || tokens[at] === '−')
      value += tokens[at++] === '+' ? product() : -product();
    return value;
  }

  function product(): number {
    let value = one();
    for (skipWords(); tokens[at] === '×' || tokens[at] === '/'; skipWords())
      value = tokens[at++] === '×' ? value * one() : value / one();
    return value;
  }

  function one(): number {
    skipWords();
    if (tokens[at] === 'larger') {
      at++;
      const first = sum();
      at++;
      return Math.max(first, sum());
    }
    if (tokens[at] === '√' || tokens[at] === '∛')
      return tokens[at++] === '√' ? Math.sqrt(one()) : Math.cbrt(one());
    if (tokens[at] !== '(') return number();
    at++;
    const value = sum();
    at++;
    if (tokens[at] !== '³') return value;
    at++;
    return value ** 3;
  }

  function number(): number {
    const [, digits, size] = /^([\d.]+(?:e[+-]?\d+)?)([KMBTP]?)$/.exec(tokens[at++]!)!;
    if (tokens[at] === 'GiB') return Number(digits) * GIB;
    const [, prefix, unit] = /^([kMGTPmµn]?)(B|FLOP|B\/s|FLOP\/s|s)$/.exec(tokens[at] ?? '') ?? [];
    return Number(digits) * SIZES[size!]! * (unit === undefined ? 1 : SIZES[prefix!]!);
  }

  function skipWords(): void {
    const isMet = (token: string) => /^[\d(×/+−)√∛³]|^larger$/.test(token) || isSecondOf(token);
    while (at < tokens.length && !isMet(tokens[at]!)) at++;
  }

  /** `read and written` is no second of two. */
  function isSecondOf(token: string): boolean {
    return token === 'and' && tokens.slice(0, at).includes('larger');
  }

  return sum();
}

const SIZES: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  µ: 1e-6,
  m: 1e-3,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  B: 1e9,
  G: 1e9,
  T: 1e12,
  P: 1e15,
};
