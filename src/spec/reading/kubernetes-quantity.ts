import { GIB } from '../../base/units.ts';
import { parseDecimal } from './scalar-forms.ts';

/** Source: Kubernetes API reference, Quantity. */
const SUFFIXES: ReadonlyMap<string, number> = new Map([
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['E', 1e18],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
  ['Ei', 2 ** 60],
]);

/** A thousand petabytes: no machine has more of anything. */
const QUANTITY_MAX = 2 ** 60;

/** What the API server reads as a quantity, zero and negative ones too; undefined for all else. */
export function quantityOf(written: string): number | undefined {
  const match = /^([-+]?)([\d.]{1,20}(?:[eE][-+]?\d{1,2})?)([A-Za-z]{0,2})$/.exec(written);
  if (match === null) return undefined;
  const number = parseDecimal(match[2]!);
  const scale = SUFFIXES.get(match[3]!);
  if (number === undefined || scale === undefined) return undefined;
  return (match[1] === '-' ? -1 : 1) * number * scale;
}

/** `500m`, `16Gi`, `1e9`; undefined when it is no quantity above zero. */
export function parseQuantity(written: string): number | undefined {
  const quantity = quantityOf(written.trim());
  return quantity !== undefined && quantity > 0 && quantity <= QUANTITY_MAX ? quantity : undefined;
}

/** A quantity of bytes in GiB. */
export function parseQuantityGib(written: string): number | undefined {
  const bytes = parseQuantity(written);
  return bytes === undefined ? undefined : bytes / GIB;
}
