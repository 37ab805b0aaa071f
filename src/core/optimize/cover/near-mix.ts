import { KedgeError } from '../../../base/errors.ts';
import type {
  LinearModel,
  LinearRow,
  Solver,
  SolverAnswer,
  SolverLimits,
} from '../../../ports/solver.ts';
import type { CoupledModel } from './coupled-model.ts';
import { countInRow, offersOf, type SharedRow } from './half-cuts.ts';
import type { Column } from './master.ts';

/*
 * Problem: the cheapest mix of covers that are all known, one for each task, under any rows that
 * whole covers keep.
 * Method: a linear model for a solver. Its vertices have few covers and tight rows, which cuts need;
 * and no prices are to be found for covers that are not there, for which a mix at a centre is better.
 * Complexity: as of the solver.
 * Reference: Dantzig and Wolfe, Decomposition principle for linear programs (Oper. Res. 8, 1960).
 */

/** What covers count in a row, where it is not 0. */
export type Counts = { readonly columns: Int32Array; readonly counts: Float64Array };

export type NearMix = {
  readonly value: number;
  readonly shares: Float64Array;
  /** Micro-dollars of one on the right of each row, ≥ 0. */
  readonly rows: Float64Array;
  readonly pools: Float64Array;
  /** Of each cover: what it costs at these prices more than the mix of its task does. */
  readonly losses: Float64Array;
};

/** Covers, and of each offer those that use it. */
export class NearColumns {
  readonly columns: readonly Column[];
  readonly #byOffer = new Map<number, number[]>();

  constructor(columns: readonly Column[]) {
    this.columns = columns;
    columns.forEach(({ bought }, index) => {
      for (const [offer] of bought) {
        const users = this.#byOffer.get(offer);
        if (users === undefined) this.#byOffer.set(offer, [index]);
        else users.push(index);
      }
    });
  }

  get offers(): readonly number[] {
    return [...this.#byOffer.keys()].sort((a, b) => a - b);
  }

  countsIn(row: SharedRow): Counts {
    const users = new Set([...offersOf(row)].flatMap((offer) => this.#byOffer.get(offer) ?? []));
    const columns: number[] = [];
    const counts: number[] = [];
    for (const index of users) {
      const count = countInRow(row, this.columns[index]!);
      if (count === 0) continue;
      columns.push(index);
      counts.push(count);
    }
    return { columns: Int32Array.from(columns), counts: Float64Array.from(counts) };
  }
}

/** Rows: the given ones, those of the pools, then one for each task. */
export function mixModel(
  model: CoupledModel,
  near: NearColumns,
  rows: readonly SharedRow[],
): LinearModel {
  const { columns } = near;
  const tasks = Array.from({ length: model.tasks }, (): number[] => []);
  columns.forEach(({ task }, index) => tasks[task]!.push(index));
  return {
    cost: columns.map(({ cost }) => cost),
    lower: columns.map(() => 0),
    upper: columns.map(() => Infinity),
    integer: columns.map(() => false),
    rows: [
      ...rows.map((row) => linearRow(near.countsIn(row), row.right)),
      ...Array.from(model.limits, (limit, pool) => {
        return linearRow(takenOf(model, columns, pool), limit);
      }),
      ...tasks.map((own) => ({ ...linearRow(onesOf(own), 1), lower: 1 })),
    ],
  };
}

/** Null where the solver failed: what is known without it is not lost with it. */
export async function solvedBy(
  solver: Solver,
  model: LinearModel,
  limits: SolverLimits,
): Promise<SolverAnswer | null> {
  try {
    return await solver.solve(model, limits);
  } catch (error) {
    if (error instanceof KedgeError && error.code.startsWith('solver.')) return null;
    throw error;
  }
}

/** Null where no mix of these covers keeps the rows, or none was found in time. */
export async function nearMix(
  model: CoupledModel,
  near: NearColumns,
  given: { readonly rows: readonly SharedRow[]; readonly solver: Solver; readonly leftMs: number },
): Promise<NearMix | null> {
  const { columns } = near;
  const scale = columns.reduce((most, { cost }) => Math.max(most, cost), 1);
  const mix = mixModel(model, near, given.rows);
  const answer = await solvedBy(
    given.solver,
    { ...mix, cost: columns.map(({ cost }) => cost / scale) },
    { timeLimitMs: Math.max(1, given.leftMs), relativeGap: 0 },
  );
  if (answer === null || answer.status !== 'optimal' || answer.duals === null) return null;
  const duals = answer.duals.map((dual) => dual * scale);
  const shared = given.rows.length + model.pools;
  const losses = Float64Array.from(columns, ({ cost, task }) => {
    return cost - duals[shared + task]!;
  });
  mix.rows.slice(0, shared).forEach(({ columns: users, values }, row) => {
    users.forEach((index, at) => {
      losses[index]! -= duals[row]! * values[at]!;
    });
  });
  const prices = Float64Array.from(duals, (dual) => Math.max(0, -dual));
  return {
    value: answer.objective * scale,
    shares: Float64Array.from(answer.values),
    rows: prices.slice(0, given.rows.length),
    pools: prices.slice(given.rows.length, shared),
    losses,
  };
}

function linearRow({ columns, counts }: Counts, upper: number): LinearRow {
  return { columns: [...columns], values: [...counts], lower: -Infinity, upper };
}

function onesOf(columns: readonly number[]): Counts {
  return {
    columns: Int32Array.from(columns),
    counts: new Float64Array(columns.length).fill(1),
  };
}

function takenOf(
  { amounts, offers }: CoupledModel,
  columns: readonly Column[],
  pool: number,
): Counts {
  const taken = columns.flatMap(({ bought }, index) => {
    const sum = bought.reduce((all, [offer, machines]) => {
      return all + machines * amounts[pool * offers + offer]!;
    }, 0);
    return sum > 0 ? [[index, sum] as const] : [];
  });
  return {
    columns: Int32Array.from(taken, ([index]) => index),
    counts: Float64Array.from(taken, ([, sum]) => sum),
  };
}
