import type { Coefficients, FittedModel } from '../demand/calibration/fitted-model.ts';
import { fitModel } from './fit-model.ts';
import type { MeasuredCase } from './measured-cases.ts';

/** A case and its error by a fit that saw nothing of its group. */
export type LeftOut = { readonly of: MeasuredCase; readonly error: number };

/** Each group is predicted from a fit to all others: source families, or generations of devices. */
export function crossValidate(
  model: FittedModel,
  cases: readonly MeasuredCase[],
  groupOf: (one: MeasuredCase) => string,
  start: Coefficients,
): readonly LeftOut[] {
  const groups = Map.groupBy(cases, groupOf);
  return [...groups].flatMap(([name, own]) => {
    const others = cases.filter((one) => groupOf(one) !== name);
    const { coefficients } = fitModel(model, others, start);
    return own.map((of) => ({ of, error: of.error(coefficients) }));
  });
}
