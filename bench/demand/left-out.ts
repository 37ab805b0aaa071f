import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibrate } from '../../src/core/calibrate/calibrate.ts';
import { crossValidate } from '../../src/core/calibrate/cross-validate.ts';
import { judgeFits } from '../../src/core/calibrate/judge-fits.ts';
import type { Judged } from '../../src/core/calibrate/judged.ts';
import { fittedModels } from '../../src/core/demand/calibration/fitted-models.ts';
import type { Measurement } from '../../src/core/demand/calibration/measurement.ts';
import { readMeasurements } from '../../src/core/demand/calibration/read-measurements.ts';
import type { GroupError } from './macro.ts';

const FILE = join('..', 'shared', 'data', 'estimation', 'measurements.csv');
const ROOT = join(import.meta.dirname, '..', '..');

/** Of `KEDGE_MEASUREMENTS`, or of the data folder beside the checkout; null where there is none. */
export function publishedMeasurements(): readonly Measurement[] | null {
  const file = process.env['KEDGE_MEASUREMENTS'] ?? join(ROOT, FILE);
  try {
    return readMeasurements(readFileSync(file, 'utf8')).measurements;
  } catch {
    process.stderr.write(`note: no measurements at ${file}: errors are not measured\n`);
    return null;
  }
}

/** What the estimate says of measurements when it has not seen where they come from. */
export type LeftOutErrors = {
  /** Each source by a fit, and with intervals, that did not see it. */
  readonly bySource: readonly Judged[];
  /** Training speeds, each generation of devices by a fit that did not see it. */
  readonly byGeneration: readonly GroupError[];
  readonly fits: ReturnType<typeof judgeFits>['fits'];
};

export function leftOutErrors(measurements: readonly Measurement[]): LeftOutErrors {
  const calibrated = fittedModels().map(({ model }) => calibrate(model, measurements));
  const { model, cases, fitted } = calibrated.find((one) => one.model.name === 'training')!;
  const generation = ({ work }: Measurement): string => work.device!.generation;
  const unseen = crossValidate(
    model,
    cases,
    ({ measurement }) => generation(measurement),
    fitted.coefficients,
  );
  return {
    bySource: calibrated.flatMap(({ leftOut }) => leftOut),
    byGeneration: unseen
      .filter(({ of }) => of.measurement.quantity === 'training-tokens')
      .map(({ of, error }) => ({ group: generation(of.measurement), error })),
    fits: judgeFits(measurements).fits,
  };
}
