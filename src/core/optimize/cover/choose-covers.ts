import type { Solver } from '../../../ports/solver.ts';
import type { CoupledModel } from './coupled-model.ts';
import { CoverState } from './cover-state.ts';
import { rowOfOffer, type SharedRow } from './half-cuts.ts';
import type { Column } from './master.ts';
import { mixModel, NearColumns, solvedBy } from './near-mix.ts';

/*
 * Problem: of covers that are known, the cheapest choice of one for each task.
 * Method: an integer model of one variable for each cover, given to a solver with the cuts that the
 * mix of them keeps, and with the best choice so far as a start.
 * Complexity: exponential; some ten seconds for 50 tasks of ten covers each, or what there is of it.
 * Reference: Baldacci, Christofides, Mingozzi, An exact algorithm for the vehicle routing problem
 * based on the set partitioning formulation (Math. Programming 115, 2008); Sadykov, Vanderbeck et
 * al., Primal heuristics for branch and price (INFORMS JoC 31, 2019), on restricted masters.
 */

export type ChooseOptions = {
  readonly cuts: readonly SharedRow[];
  readonly solver: Solver;
  readonly timeLimitMs: number;
};

/** What costs less than the known covers; null for nothing that was found in time. */
export async function chooseCovers(
  model: CoupledModel,
  known: CoverState,
  some: readonly Column[],
  { cuts, solver, timeLimitMs }: ChooseOptions,
): Promise<CoverState | null> {
  const columns = [...known.columns(), ...some];
  const near = new NearColumns(columns);
  const offers = near.offers.map((offer) => {
    return rowOfOffer(offer, model.available[offer]!, model.tasks);
  });
  const mix = mixModel(model, near, [...offers, ...cuts]);
  const answer = await solvedBy(
    solver,
    { ...mix, upper: columns.map(() => 1), integer: columns.map(() => true) },
    {
      timeLimitMs,
      relativeGap: 0,
      start: {
        columns: [...columns.keys()],
        values: columns.map((_, index) => (index < model.tasks ? 1 : 0)),
      },
    },
  );
  if (answer === null || !('values' in answer)) return null;
  const state = new CoverState(model);
  for (const column of columns.filter((_, index) => answer.values[index] === 1)) {
    // What a solver takes for whole may be a little too much.
    if (state.columnOf(column.task) !== null || !state.fits(column)) return null;
    state.put(column);
  }
  return state.columns().length === model.tasks && state.cost < known.cost ? state : null;
}
