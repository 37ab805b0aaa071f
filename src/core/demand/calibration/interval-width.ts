import type { Architecture } from '../models/architecture.ts';
import type { Quantity } from './measurement.ts';
import type { Fitted, IntervalWidth } from './predictive-spread.ts';

/** What models are alike in how well they can be predicted. */
export type ModelKind = 'dense' | 'mixture of experts' | Exclude<Architecture['family'], 'decoder'>;

export function kindOfModel({ family, experts }: Architecture): ModelKind {
  if (family !== 'decoder') return family;
  return experts > 1 ? 'mixture of experts' : 'dense';
}

/** How wide intervals of a quantity are: for this kind of model, where measurements tell. */
export function widthFor(
  { widths }: Pick<Fitted, 'widths'>,
  quantity: Quantity,
  model: Architecture,
): IntervalWidth | undefined {
  return widths[widthKey(quantity, kindOfModel(model))] ?? widths[quantity];
}

export function widthKey(quantity: Quantity, kind: ModelKind): string {
  return `${quantity}, ${kind}`;
}
