import type { Choice } from './choice.ts';

/** Entries of one row after another: those of row r are from starts[r] up to starts[r + 1]. */
export type EntriesByRow = {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
};

export function entriesByRow({ rights, costs, columns }: Choice): EntriesByRow {
  const starts = new Int32Array(rights.length + 1);
  for (const row of columns.rows) starts[row + 1]!++;
  for (let row = 0; row < rights.length; row++) starts[row + 1]! += starts[row]!;
  const next = starts.slice();
  const own = new Int32Array(columns.rows.length);
  const values = new Float64Array(columns.rows.length);
  for (let column = 0; column < costs.length; column++) {
    for (let at = columns.starts[column]!; at < columns.starts[column + 1]!; at++) {
      const to = next[columns.rows[at]!]!++;
      own[to] = column;
      values[to] = columns.values[at]!;
    }
  }
  return { starts, columns: own, values };
}
