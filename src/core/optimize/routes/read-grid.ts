import { KedgeError } from '../../../base/errors.ts';
import { type Link, type Network, networkOf } from './network.ts';

/** The columns of a grid of costs and throughput, in this order. */
export const GRID_COLUMNS = ['src', 'dst', 'throughput_gbps', 'egress_usd_per_gb'] as const;

const KILOBITS_PER_GIGABIT = 1e6;
const NANOS_PER_USD = 1e9;
/** Of a price, six decimals are kept, as everywhere in Kedge. */
const MICROS_PER_USD = 1e6;
const GBPS_MAX = 1e6;
/** Nobody asks a tenth of it; sums of it over any tree are exact. */
const USD_PER_GB_MAX = 10;

/**
 * A network from the text of a CSV file with the columns of GRID_COLUMNS, in any order; others
 * are ignored, and so are pairs of one region with itself and pairs without throughput.
 * Errors: `spec.syntax`, `spec.bad-value`, both naming the line.
 */
export function readGrid(text: string, file: string): Network {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim());
  const columns = GRID_COLUMNS.map((column) => {
    const at = names.indexOf(column);
    if (at >= 0) return at;
    throw new KedgeError('spec.syntax', `${file}:1: there is no column ${column}`, {
      hint: `a grid begins with ${GRID_COLUMNS.join(',')}`,
    });
  });
  const seen = new Set<string>();
  const links = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    return linkOf(line.split(','), { columns, cells: names.length, at: `${file}:${index + 2}` });
  });
  for (const { from, to } of links) {
    const pair = `${from} to ${to}`;
    if (seen.has(pair)) throw new KedgeError('spec.bad-value', `${file}: ${pair} is there twice`);
    seen.add(pair);
  }
  if (links.length === 0) throw new KedgeError('spec.bad-value', `${file}: it has no links`);
  return networkOf(links);
}

function linkOf(
  cells: readonly string[],
  layout: { readonly columns: readonly number[]; readonly cells: number; readonly at: string },
): readonly Link[] {
  const { columns, at } = layout;
  if (cells.length !== layout.cells) {
    const message = `${at}: a line of ${cells.length} cells under ${layout.cells} columns`;
    throw new KedgeError('spec.syntax', message);
  }
  const [from, to, gbps, price] = columns.map((column) => cells[column]!.trim());
  if (from === '' || to === '') throw new KedgeError('spec.bad-value', `${at}: a region is empty`);
  const throughput = numberOf(gbps!, { at, column: GRID_COLUMNS[2], max: GBPS_MAX });
  const dollars = numberOf(price!, { at, column: GRID_COLUMNS[3], max: USD_PER_GB_MAX });
  const kilobitsPerSecond = Math.round(throughput * KILOBITS_PER_GIGABIT);
  if (from === to || kilobitsPerSecond === 0) return [];
  const nanosPerGigabyte = Math.round(dollars * MICROS_PER_USD) * (NANOS_PER_USD / MICROS_PER_USD);
  return [{ from: from!, to: to!, kilobitsPerSecond, nanosPerGigabyte }];
}

function numberOf(
  text: string,
  { at, column, max }: { readonly at: string; readonly column: string; readonly max: number },
): number {
  const value = Number(text);
  if (text !== '' && value >= 0 && value <= max) return value;
  const message = `${at}: ${column} is "${text.slice(0, 64)}", not a number from 0 to ${max}`;
  throw new KedgeError('spec.bad-value', message);
}
