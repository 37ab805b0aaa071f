import { readFile } from 'node:fs/promises';
import { readCsv } from '../../src/core/demand/calibration/read-csv.ts';
import {
  type ReadMeasurements,
  readMeasurements,
} from '../../src/core/demand/calibration/read-measurements.ts';

/** Why a file is none of the form, and what to do. */
export type NoMeasurements = { readonly why: string; readonly hint: string };

/** Without them no row says anything; the others may be missing. */
const NEEDED = [
  ...(['kind', 'model', 'precision', 'accelerator'] as const),
  ...(['reported_metric', 'value', 'unit'] as const),
];

const FORM = 'docs/measurements.md describes the columns';

/** The measurements of a file, with the rows that give none; why it cannot be read at all. */
export async function readMeasurementsFile(
  path: string,
): Promise<ReadMeasurements | NoMeasurements> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read: ${code}`;
    return { why, hint: 'give the path of a CSV file of measurements' };
  }
  const records = readCsv(text);
  if (records.length === 0) return { why: `${path} has no line below its head`, hint: FORM };
  const missing = NEEDED.filter((column) => !Object.hasOwn(records[0]!, column));
  if (missing.length > 0) {
    const columns = missing.length === 1 ? 'column' : 'columns';
    return { why: `${path} lacks the ${columns} ${missing.join(', ')}`, hint: FORM };
  }
  return readMeasurements(text);
}
