import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { calibrate } from '../../src/core/calibrate/calibrate.ts';
import { evaluate } from '../../src/core/calibrate/evaluate.ts';
import { fittedModels } from '../../src/core/demand/calibration/fitted-models.ts';
import { readMeasurements } from '../../src/core/demand/calibration/read-measurements.ts';
import { describeCalibration, describeEvaluation } from './describe.ts';
import { printCoefficients } from './print-coefficients.ts';

const COEFFICIENTS = new URL(
  '../../src/core/demand/calibration/fitted-coefficients.ts',
  import.meta.url,
);

/**
 * `npm run calibrate -- FILE.csv` fits the coefficients of all models to the measurements of a file
 * and writes them into the product, with the error per source; it prints the cross-validation by
 * source family. `--evaluate FILE.csv [--json]` changes nothing and prints how far the product's
 * coefficients are from the measurements of any such file. The columns: docs/measurements.md.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { evaluate: { type: 'string' }, json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const file = values.evaluate ?? positionals[0];
  if (file === undefined || positionals.length > (values.evaluate === undefined ? 1 : 0)) {
    process.stderr.write('usage: npm run calibrate -- FILE.csv | --evaluate FILE.csv [--json]\n');
    process.exitCode = 2;
    return;
  }
  const { measurements, unusable } = readMeasurements(await readFile(file, 'utf8'));
  if (values.evaluate !== undefined) {
    const evaluation = evaluate(fittedModels(), measurements);
    process.stdout.write(describeEvaluation(evaluation, unusable, values));
    return;
  }
  const calibrated = fittedModels().map(({ model }) => calibrate(model, measurements));
  await writeFile(COEFFICIENTS, printCoefficients(calibrated));
  process.stdout.write(describeCalibration(calibrated, unusable, values));
}

await main();
