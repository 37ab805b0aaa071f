import type { LinearModel } from '../../../ports/solver.ts';

/*
 * Problem: a model with thousands of columns of which an optimum is in doubt about a few.
 * Method: duals of the relaxation give each column a reduced cost, what one unit of it costs above
 * its worth. A whole column at a bound whose reduced cost exceeds the distance from the relaxation
 * to an answer in hand stays there in every better answer, and is left out.
 * Complexity: O(entries).
 * Reference: Dantzig, Fulkerson, Johnson, Solution of a large-scale traveling-salesman problem
 * (1954), where variables are first left out so.
 */

export type Reduced = {
  readonly model: LinearModel;
  /** The column of the whole model that each column is. */
  readonly kept: readonly number[];
  /** Of the whole model; what kept columns have here does not count. */
  readonly fixed: readonly number[];
  /** Cost of what is fixed. */
  readonly constant: number;
};

const AT_BOUND = 1e-9;

/** What each column costs above what its rows are worth at these duals. */
export function reducedCosts(
  { cost, rows }: LinearModel,
  duals: readonly number[],
): readonly number[] {
  const reduced = [...cost];
  for (const [index, { columns, values }] of rows.entries()) {
    const dual = duals[index]!;
    if (dual === 0) continue;
    for (let at = 0; at < columns.length; at++) reduced[columns[at]!]! -= dual * values[at]!;
  }
  return reduced;
}

/** The model with those columns alone; the others are fixed. */
export function keepColumns(
  model: LinearModel,
  kept: readonly number[],
  fixed: readonly number[],
): Reduced {
  const place = new Int32Array(model.cost.length).fill(-1);
  for (const [index, column] of kept.entries()) place[column] = index;
  const of = <T>(all: readonly T[]): readonly T[] => kept.map((column) => all[column]!);
  const rows = model.rows.map((row) => {
    const columns: number[] = [];
    const values: number[] = [];
    let done = 0;
    for (const [at, column] of row.columns.entries()) {
      if (place[column]! >= 0) {
        columns.push(place[column]!);
        values.push(row.values[at]!);
      } else {
        done += row.values[at]! * fixed[column]!;
      }
    }
    return { columns, values, lower: row.lower - done, upper: row.upper - done };
  });
  const reduced = {
    cost: of(model.cost),
    lower: of(model.lower),
    upper: of(model.upper),
    integer: of(model.integer),
    rows,
  };
  let constant = 0;
  for (const [column, cost] of model.cost.entries()) {
    if (place[column]! < 0) constant += cost * fixed[column]!;
  }
  return { model: reduced, kept, fixed, constant };
}

/** The values of all columns, from those of the kept ones. */
export function restored({ kept, fixed }: Reduced, values: readonly number[]): readonly number[] {
  const all = [...fixed];
  for (const [index, column] of kept.entries()) all[column] = values[index]!;
  return all;
}

/**
 * The bound that a whole column is at in the relaxation, and that its reduced cost holds it at;
 * null for one that is between, or wants to leave.
 */
export function heldAt(
  { integer, lower, upper }: LinearModel,
  column: number,
  { value, above }: { readonly value: number; readonly above: number },
): number | null {
  if (!integer[column]) return null;
  if (above > 0 && value <= lower[column]! + AT_BOUND) return lower[column]!;
  return above < 0 && value >= upper[column]! - AT_BOUND ? upper[column]! : null;
}
