import type { CsvRecord } from './read-csv.ts';

/** A line of a measurements file, by the columns of its documented form. */
export type MeasurementRow = { readonly [column in Column]: string };

type Column = (typeof COLUMNS)[number];

/** The columns of a measurements file (docs: ESTIMATION.md); their order does not matter. */
export const COLUMNS = [
  ...(['id', 'kind', 'model', 'params_B', 'arch_notes', 'seq_len'] as const),
  ...(['global_batch_or_tokens', 'precision', 'accelerator', 'count', 'parallelism'] as const),
  ...(['reported_metric', 'value', 'unit', 'source', 'family'] as const),
] as const;

/** A record with every column; those that the file lacks are ''. */
export function measurementRow(record: CsvRecord): MeasurementRow {
  const cells = COLUMNS.map((column) => [column, record[column] ?? ''] as const);
  return Object.fromEntries(cells) as MeasurementRow;
}

const SCALES: { readonly [letter: string]: number } = {
  '': 1,
  k: 1e3,
  m: 1e6,
  b: 1e9,
  g: 1e9,
  t: 1e12,
};

/**
 * What the first group of a pattern says as a number, the second as its scale where there is one
 * (`250` and `k`); null where the text does not match or what matches is not a number above zero.
 */
export function numberIn(text: string, pattern: RegExp): number | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const value = Number(match[1]) * (SCALES[(match[2] ?? '').toLowerCase()] ?? 1);
  return Number.isFinite(value) && value > 0 ? value : null;
}
