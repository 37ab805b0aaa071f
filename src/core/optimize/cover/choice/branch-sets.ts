import type { Choice } from './choice.ts';

/** Some columns of a group: either one of them is chosen, or none of them. */
export type BranchSet = {
  readonly index: number;
  readonly group: number;
  readonly columns: readonly number[];
};

/**
 * Each column by itself, and those that count at least so much in a row: one that splits a group into
 * halves says more than one that shuts a single column. Reference: Ryan, Foster, An integer programming
 * approach to scheduling (1981).
 */
export function branchSets(choice: Choice): readonly BranchSet[] {
  const sets: BranchSet[] = [];
  choice.groups.forEach((own, group) => {
    const known = new Map<string, readonly number[]>();
    for (const column of own) known.set(String(column), [column]);
    for (const counts of countsByRow(choice, own).values()) {
      const levels = [...new Set(counts.values())].sort((a, b) => a - b);
      for (const level of levels) {
        const columns = [...counts].flatMap(([column, count]) => (count >= level ? [column] : []));
        if (columns.length < own.length) known.set(columns.join(), columns);
      }
    }
    for (const columns of known.values()) sets.push({ index: sets.length, group, columns });
  });
  return sets;
}

/** Rows, without that of the group; in each, what columns count that are in it. */
function countsByRow(
  { columns: { starts, rows, values } }: Choice,
  own: Int32Array,
): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const byRow = new Map<number, Map<number, number>>();
  for (const column of own) {
    for (let at = starts[column]! + 1; at < starts[column + 1]!; at++) {
      const row = rows[at]!;
      const counts = byRow.get(row) ?? new Map<number, number>();
      byRow.set(row, counts.set(column, values[at]!));
    }
  }
  return byRow;
}
