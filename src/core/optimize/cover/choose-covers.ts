import type { Choice } from './choice/choice.ts';
import type { CoupledModel } from './coupled-model.ts';
import { CoverState } from './cover-state.ts';
import { rowOfOffer, type SharedRow } from './half-cuts.ts';
import type { Column } from './master.ts';
import { mixModel, NearColumns } from './near-mix.ts';

export type ChooseOptions = {
  /** Covers of the other tasks. */
  readonly kept: readonly Column[];
  /** That any choice keeps. */
  readonly cuts: readonly SharedRow[];
  /** What all covers cost at most, in micro-dollars. */
  readonly costMax: number;
};

/** For each task without a cover that is kept, which columns there are; costs are without the kept ones. */
export type Choosing = {
  readonly kept: CoverState;
  readonly free: readonly Column[];
  readonly choice: Choice;
  readonly costMax: number;
};

/** Rows of a choice: a tree keeps the square of them for each of its levels. */
const ROWS_MAX = 500;

/** Null where there is no column for some task, `large` where there are too many rows. */
export function choosing(
  model: CoupledModel,
  columns: readonly Column[],
  { kept, cuts, costMax }: ChooseOptions,
): Choosing | 'large' | null {
  const state = new CoverState(model);
  for (const column of kept) state.put(column);
  const free = columns.filter(({ task }) => state.columnOf(task) === null);
  if (new Set(free.map(({ task }) => task)).size + kept.length < model.tasks) return null;
  const { choice } = choiceOf(model, { kept, free, cuts });
  if (choice.rights.length > ROWS_MAX) return 'large';
  return { kept: state, free, choice, costMax: costMax - state.cost };
}

/** Null where what is chosen does not fit: what a relaxation takes for whole may be a little too much. */
export function coversOf({ kept, free }: Choosing, chosen: readonly number[]): CoverState | null {
  const state = kept.copy();
  for (const index of chosen) {
    if (!state.fits(free[index]!)) return null;
    state.put(free[index]!);
  }
  return state;
}

type ChoiceOf = {
  readonly kept: readonly Column[];
  readonly free: readonly Column[];
  readonly cuts: readonly SharedRow[];
};

/** What all tasks together keep: what a row of a choice is of, behind those of the groups. */
export type KeptRow = SharedRow | { readonly pool: number };

/** Rows are without what the kept covers count in them, and without those that always hold. */
export function choiceOf(
  model: CoupledModel,
  { kept, free, cuts }: ChoiceOf,
): { readonly choice: Choice; readonly keeps: readonly KeptRow[] } {
  const near = new NearColumns([...free, ...kept]);
  const offers = near.offers.map((offer) => {
    return rowOfOffer(offer, model.available[offer]!, model.tasks);
  });
  const shared = [...offers, ...cuts];
  const { rows } = mixModel(model, near, shared);
  const byTask = Map.groupBy([...free.keys()], (index) => free[index]!.task);
  const groups = [...byTask.values()];
  const groupOf = new Map([...byTask.keys()].map((task, group) => [task, group]));
  const entries = free.map(({ task }) => [{ row: groupOf.get(task)!, value: 1 }]);
  const rights = groups.map(() => 1);
  const keeps: KeptRow[] = [];
  for (const [index, { columns, values, upper }] of rows.slice(0, -model.tasks).entries()) {
    let right = upper;
    const most = new Float64Array(groups.length);
    columns.forEach((column, at) => {
      if (column >= free.length) right -= values[at]!;
      else {
        const group = groupOf.get(free[column]!.task)!;
        most[group] = Math.max(most[group]!, values[at]!);
      }
    });
    if (most.reduce((sum, one) => sum + one, 0) <= right) continue;
    columns.forEach((column, at) => {
      entries[column]?.push({ row: rights.length, value: values[at]! });
    });
    rights.push(right);
    keeps.push(shared[index] ?? { pool: index - shared.length });
  }
  const starts = new Int32Array(free.length + 1);
  entries.forEach(({ length }, column) => {
    starts[column + 1] = starts[column]! + length;
  });
  const choice = {
    costs: Float64Array.from(free, ({ cost }) => cost),
    groups: groups.map((own) => Int32Array.from(own)),
    columns: {
      starts,
      rows: Int32Array.from(entries.flat(), ({ row }) => row),
      values: Float64Array.from(entries.flat(), ({ value }) => value),
    },
    rights: Float64Array.from(rights),
  };
  return { choice, keeps };
}
