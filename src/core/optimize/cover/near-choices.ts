import { type Choosing, choosing } from './choose-covers.ts';
import type { CoupledModel } from './coupled-model.ts';
import type { SharedRow } from './half-cuts.ts';
import type { Column } from './master.ts';
import { listable } from './near-covers.ts';
import { coversNearHalves, type HalvedBound } from './price-near-covers.ts';

/** Of each task in the mean, the covers that all tasks choose from, in turn; and how many are listed. */
const NEAREST_OF_TASK = [14, 22];
const LISTED_OF_TASK = 600;

/** The least loss first; null where they cannot be listed. */
export function coversNear(
  model: CoupledModel,
  halved: HalvedBound,
  costGoal: number,
): readonly Column[] | null {
  const listed = listable(costGoal - halved.bound, (lossMax) =>
    coversNearHalves(model, halved, { lossMax, most: model.tasks * LISTED_OF_TASK }),
  );
  if (listed === null) return null;
  return listed.toSorted((a, b) => a.loss - b.loss).map(({ column }) => column);
}

/** All tasks choose, from fewer covers and from more. */
export function choicesOfAll(
  model: CoupledModel,
  near: readonly Column[],
  { halved, costGoal }: { readonly halved: HalvedBound; readonly costGoal: number },
): readonly Choosing[] {
  return NEAREST_OF_TASK.flatMap((ofTask) => {
    const nearest = near.slice(0, model.tasks * ofTask);
    const given = { kept: [], cuts: cutsOf(halved), costMax: costGoal };
    const whole = choosing(model, nearest, given);
    return whole === null || whole === 'large' ? [] : [whole];
  });
}

/** That any choice keeps. */
export function cutsOf({ cuts, halves }: HalvedBound): readonly SharedRow[] {
  return [...cuts, ...halves];
}
