import { doublingsOf } from '../demand/calibration/doublings.ts';
import type { Coefficients } from '../demand/calibration/fitted-model.ts';
import { widthFor } from '../demand/calibration/interval-width.ts';
import { type Fitted, predictiveSpread } from '../demand/calibration/predictive-spread.ts';
import type { MemoryCoefficients } from '../demand/memory/memory-coefficients.ts';
import { measuredMemory } from '../demand/memory/memory-model.ts';
import { type Ends, endsOf, type SpreadError } from './interval-widths.ts';
import type { MeasuredCase } from './measured-cases.ts';

/** A prediction beside what was measured. */
export type Judged = {
  readonly of: MeasuredCase;
  /** ln(predicted / measured). */
  readonly error: number;
  /** Of the 80 % interval that it came with; null where it came without. */
  readonly ends: Ends | null;
  /** Of the interval of equal width for all that sources gave whose own was not asked; null: not known. */
  readonly alike: Ends | null;
};

/** What the product says of a case. */
export function judge(of: MeasuredCase, fitted: Fitted): Judged {
  const { quantity, work } = of.measurement;
  const width = widthFor(fitted, quantity, work.model);
  const byWidth = width === undefined ? null : endsOf(spreadOf(of, fitted), width);
  return {
    of,
    error: of.error(fitted.coefficients),
    ends: memoryEnds(of, fitted.coefficients) ?? byWidth,
    alike: null,
  };
}

/** Of the peak of memory, whose interval is made line by line, without widths; null of all else. */
export function memoryEnds({ measurement }: MeasuredCase, coefficients: Coefficients): Ends | null {
  if (measurement.quantity !== 'peak-memory') return null;
  const memory = measuredMemory(measurement.work, coefficients as MemoryCoefficients);
  if (typeof memory === 'string') return null;
  const { low, mid, high } = memory.total;
  return { low: Math.log(low / mid), high: Math.log(high / mid) };
}

/** What the size of a prediction's interval depends on. */
export function spreadOf(
  { predict, measurement: { work, quantity } }: MeasuredCase,
  fit: Pick<Fitted, 'coefficients' | 'spreads'>,
): Pick<SpreadError, 'spread' | 'doublings'> {
  return { spread: predictiveSpread(predict, fit, 0), doublings: doublingsOf(work, quantity) };
}
