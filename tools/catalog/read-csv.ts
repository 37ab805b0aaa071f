import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../src/base/assert.ts';

/** One line of a table. Both refuse a column that the table does not have: a typing error. */
export type Line = {
  /** Null where the table says nothing. */
  text(column: string): string | null;
  /** Null where the table says nothing; NaN for what is no number, to be quarantined. */
  number(column: string): number | null;
};

/** The lines of a CSV file (RFC 4180: commas, quotes doubled inside quotes) below its header. */
export function readCsv(folder: string, name: string): Line[] {
  const [header, ...rows] = parse(readFileSync(join(folder, name), 'utf8'));
  assert(header !== undefined, `${name} is empty`);
  const columns = new Map(header.map((column, index) => [column, index]));
  return rows.map((cells) => lineOf(cells, columns, name));
}

function lineOf(
  cells: readonly string[],
  columns: ReadonlyMap<string, number>,
  name: string,
): Line {
  assert(cells.length === columns.size, `${name}: a line of ${cells.length} cells: ${cells}`);
  const text = (column: string) => {
    const index = columns.get(column);
    assert(index !== undefined, `${name} has no column ${column}`);
    return cells[index]! || null;
  };
  return {
    text,
    number: (column) => {
      const value = text(column);
      return value === null ? null : Number(value);
    },
  };
}

function parse(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
  for (const [, quoted, plain, end] of csv.matchAll(cell)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
