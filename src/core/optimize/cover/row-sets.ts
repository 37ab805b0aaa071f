import type { BranchSet } from './choice/branch-sets.ts';
import type { Choice } from './choice/choice.ts';

/** The columns of a group that count at least so much in a row. */
export type RowSet = BranchSet & { readonly row: number; readonly least: number };

/** All of them, where some of the group are in it and some are not; each once. */
export function rowSets(choice: Choice): readonly RowSet[] {
  const { starts, rows, values } = choice.columns;
  const sets: RowSet[] = [];
  choice.groups.forEach((own, group) => {
    const byRow = new Map<number, { readonly column: number; readonly count: number }[]>();
    for (const column of own) {
      for (let at = starts[column]! + 1; at < starts[column + 1]!; at++) {
        const users = byRow.get(rows[at]!) ?? [];
        users.push({ column, count: values[at]! });
        byRow.set(rows[at]!, users);
      }
    }
    const known = new Set<string>();
    for (const [row, users] of byRow) {
      for (const least of new Set(users.map(({ count }) => count))) {
        const columns = users.filter(({ count }) => count >= least).map(({ column }) => column);
        const key = columns.join();
        if (columns.length === own.length || known.has(key)) continue;
        known.add(key);
        sets.push({ index: sets.length, group, columns, row, least });
      }
    }
  });
  return sets;
}
