import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { calibrate } from '../../src/core/calibrate/calibrate.ts';
import { evaluate } from '../../src/core/calibrate/evaluate.ts';
import { judgeFits } from '../../src/core/calibrate/judge-fits.ts';
import { fittedModels } from '../../src/core/demand/calibration/fitted-models.ts';
import { describeCalibration, describeEvaluation } from './describe.ts';
import { printCoefficients } from './print-coefficients.ts';
import { readMeasurementsFile } from './read-measurements-file.ts';

const COEFFICIENTS = new URL(
  '../../src/core/demand/calibration/fitted-coefficients.ts',
  import.meta.url,
);

const USAGE = 'usage: npm run calibrate -- FILE.csv | --evaluate FILE.csv [--json]\n';

type Options = { readonly file: string; readonly evaluates: boolean; readonly json: boolean };

/**
 * `npm run calibrate -- FILE.csv` fits the coefficients of all models to the measurements of a file
 * and writes them into the product, with the error per source; it prints the cross-validation by
 * source family. `--evaluate FILE.csv [--json]` changes nothing and prints how far the product's
 * coefficients are from the measurements of any such file. The columns: docs/measurements.md. Exits
 * with 0, 1 where the file cannot be read, 2 where it was called wrongly.
 */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === null) {
    process.stderr.write(USAGE);
    return 2;
  }
  const read = await readMeasurementsFile(options.file);
  if ('why' in read) {
    process.stderr.write(`error: ${read.why}\n  hint: ${read.hint}\n`);
    return 1;
  }
  const { measurements, unusable } = read;
  if (options.evaluates) {
    const evaluation = evaluate(fittedModels(), measurements);
    process.stdout.write(describeEvaluation(evaluation, unusable, options));
    return 0;
  }
  const calibrated = fittedModels().map(({ model }) => calibrate(model, measurements));
  await writeFile(COEFFICIENTS, printCoefficients(calibrated));
  const judged = judgeFits(measurements);
  process.stdout.write(describeCalibration(calibrated, judged, unusable, options));
  return 0;
}

/** Null for what is not of the usage. */
function readOptions(args: readonly string[]): Options | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { evaluate: { type: 'string' }, json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const files = [...(values.evaluate === undefined ? [] : [values.evaluate]), ...positionals];
    if (files.length !== 1) return null;
    return { file: files[0]!, evaluates: values.evaluate !== undefined, json: values.json };
  } catch {
    return null;
  }
}

// Whoever reads only the beginning has what it wants.
process.stdout.on('error', () => process.exit());
process.exitCode = await main(process.argv.slice(2));
