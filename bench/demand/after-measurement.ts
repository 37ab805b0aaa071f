import {
  errorShares,
  kinshipOf,
  type TaskError,
  taskError,
} from '../../src/core/calibrate/error-shares.ts';
import type { Judged } from '../../src/core/calibrate/judged.ts';
import { errorCorrelation } from '../../src/core/demand/calibration/learn-from-measurement.ts';
import type { Quantity } from '../../src/core/demand/calibration/measurement.ts';
import { median } from '../statistics.ts';

/** Speeds that a task has of its own, by the model that predicts them. */
const SPEEDS: readonly (readonly Quantity[])[] = [
  ['training-tokens'],
  ['time-per-token', 'prefill-tokens', 'output-tokens', 'request-latency'],
  ['training-samples', 'samples'],
];
const PARTS = ['task', 'generation', 'device'] as const;
/** Fewer pairs say little. */
const PAIRS_MIN = 8;

/** Other devices: of the same generation, of another, or any. */
export type Reach = 'near' | 'far' | 'any';

/**
 * The median error of tasks on other devices once one device was measured, by that before: for each
 * source and quantity that has a task on several devices, with shares that other sources tell.
 */
export function afterMeasurement(leftOut: readonly Judged[], reach: Reach): readonly number[] {
  return SPEEDS.flatMap((quantities) => {
    const errors = leftOut
      .filter(({ of }) => quantities.includes(of.measurement.quantity))
      .map(({ of, error }) => taskError(of.measurement, error));
    return [...Map.groupBy(errors, ({ family, quantity }) => `${family} ${quantity}`).values()]
      .map((own) => ratioOf(own, errors, reach))
      .filter((ratio) => ratio !== null);
  });
}

function ratioOf(
  own: readonly TaskError[],
  errors: readonly TaskError[],
  reach: Reach,
): number | null {
  const pairs = [...Map.groupBy(own, ({ task }) => task).values()].flatMap((rows) =>
    rows.flatMap((measured) =>
      rows
        .map((other) => ({ measured, other, kinship: kinshipOf(measured, other) }))
        .filter(({ kinship }) => isWithin(kinship, reach)),
    ),
  );
  if (pairs.length < PAIRS_MIN) return null;
  const others = errors.filter(({ family }) => family !== own[0]!.family);
  const shares = errorShares(others, PARTS);
  const before = pairs.map(({ other }) => Math.abs(other.error));
  const after = pairs.map(({ measured, other, kinship }) =>
    Math.abs(other.error - errorCorrelation(shares, kinship) * measured.error),
  );
  return median(after) / median(before);
}

function isWithin(kinship: ReturnType<typeof kinshipOf>, reach: Reach): boolean {
  if (kinship === 'device') return false;
  return reach === 'any' || (kinship === 'generation') === (reach === 'near');
}
