import type { Random } from '../../../../base/rng.ts';
import type { Choice } from './choice.ts';

const upTo = (random: Random, most: number): number => 1 + Math.floor(random() * most);

/** A few groups of a few columns under rows that are often too narrow for the cheapest ones. */
export function randomChoice(random: Random): Choice {
  const [groups, rows] = [1 + upTo(random, 4), upTo(random, 5)];
  return choiceOf(random, {
    sizes: Array.from({ length: groups }, () => upTo(random, 5)),
    density: 0.6,
    rights: Array.from({ length: rows }, () => upTo(random, 2 * groups)),
  });
}

/** So many groups and rows that hundreds of pivots lead to a few columns of each group. */
export function largeChoice(random: Random): Choice {
  return choiceOf(random, {
    sizes: Array.from({ length: 30 }, () => 20),
    density: 0.15,
    rights: Array.from({ length: 40 }, () => 3 + upTo(random, 5)),
  });
}

type Shape = {
  /** Columns of each group. */
  readonly sizes: readonly number[];
  /** How many entries are not 0, of 1. */
  readonly density: number;
  /** Of the rows that are not a group's. */
  readonly rights: readonly number[];
};

function choiceOf(random: Random, { sizes, density, rights }: Shape): Choice {
  const entries: { readonly row: number; readonly value: number }[][] = [];
  const costs: number[] = [];
  const own = sizes.map((size, group) => {
    return Int32Array.from({ length: size }, () => {
      const column = entries.length;
      const counts = rights.map((_, row) => {
        return { row: sizes.length + row, value: random() < density ? upTo(random, 3) : 0 };
      });
      entries.push([{ row: group, value: 1 }, ...counts.filter(({ value }) => value > 0)]);
      costs.push(upTo(random, 1000));
      return column;
    });
  });
  const starts = new Int32Array(entries.length + 1);
  entries.forEach(({ length }, column) => {
    starts[column + 1] = starts[column]! + length;
  });
  return {
    costs: Float64Array.from(costs),
    groups: own,
    columns: {
      starts,
      rows: Int32Array.from(entries.flat(), ({ row }) => row),
      values: Float64Array.from(entries.flat(), ({ value }) => value),
    },
    rights: Float64Array.from([...sizes.map(() => 1), ...rights]),
  };
}

/** What given shares of columns count in each row. */
export function countedBy({ rights, columns }: Choice, shares: Float64Array): Float64Array {
  const counts = new Float64Array(rights.length);
  shares.forEach((share, column) => {
    for (let at = columns.starts[column]!; at < columns.starts[column + 1]!; at++) {
      counts[columns.rows[at]!]! += share * columns.values[at]!;
    }
  });
  return counts;
}

/** All that keep the rows, by trying every one. */
export function everyChoice(choice: Choice): readonly (readonly number[])[] {
  const found: (readonly number[])[] = [];
  const from = (chosen: readonly number[]): void => {
    const own = choice.groups[chosen.length];
    if (own === undefined) {
      const shares = new Float64Array(choice.costs.length);
      for (const column of chosen) shares[column] = 1;
      const counts = countedBy(choice, shares);
      if (counts.every((count, row) => count <= choice.rights[row]!)) found.push(chosen);
      return;
    }
    for (const column of own) from([...chosen, column]);
  };
  from([]);
  return found;
}

export function costOf(choice: Choice, chosen: readonly number[]): number {
  return chosen.reduce((sum, column) => sum + choice.costs[column]!, 0);
}
