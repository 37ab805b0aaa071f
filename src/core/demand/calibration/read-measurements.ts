import { findAccelerator } from '../accelerators/find-accelerator.ts';
import type { Measurement } from './measurement.ts';
import { type MeasurementRow, measurementRow } from './measurement-row.ts';
import { readCsv } from './read-csv.ts';
import { readModel } from './read-model.ts';
import { readQuantity, whyNotDerived } from './read-quantity.ts';
import { positiveValue } from './read-unit.ts';
import { readWork } from './read-work.ts';
import { FLOPS_METRIC } from './reported-flops.ts';

export type UnusableRow = {
  readonly id: string;
  readonly family: string;
  /** Why, in words. */
  readonly reason: string;
};

export type ReadMeasurements = {
  readonly measurements: readonly Measurement[];
  readonly unusable: readonly UnusableRow[];
};

/**
 * The measurements of a CSV file of the documented form. Every line gives one measurement or one
 * reason why it gives none; words that are not known leave a field null. No text makes it fail: a
 * file without the columns has no usable row.
 */
export function readMeasurements(csvText: string): ReadMeasurements {
  const measurements: Measurement[] = [];
  const unusable: UnusableRow[] = [];
  const rows = readCsv(csvText).map(measurementRow);
  const results = rows.map((row) => ({ row, result: readRow(row) }));
  const read = results.filter(({ result }) => typeof result !== 'string');
  const closest = closestTold(read.map(({ row }) => row));
  for (const { row, result } of results) {
    const { id, family } = row;
    const twin = closest.get(runOf(row));
    if (typeof result === 'string') unusable.push({ id, family, reason: result });
    else if (twin !== undefined && directness(twin) < directness(row)) {
      unusable.push({ id, family, reason: `the same run is told more directly by row ${twin.id}` });
    } else measurements.push(result);
  }
  return { measurements, unusable };
}

function readRow(row: MeasurementRow): Measurement | string {
  const { id, family, source } = row;
  const reason = whyNotDerived(row.reported_metric) ?? whyNotLikely(row);
  if (reason !== null) return reason;
  if (positiveValue(row) === null) return `the value "${row.value}" is not a number above zero`;
  const model = readModel(row);
  if (typeof model === 'string') return model;
  const device = findAccelerator(row.accelerator) ?? null;
  if (device === null && needsDevice(row)) {
    return `the accelerator "${row.accelerator}" is not known, or several are meant`;
  }
  const work = readWork(row, model, device);
  if (typeof work === 'string') return work;
  const quantity = readQuantity(row, work, device);
  return typeof quantity === 'string' ? quantity : { id, family, source, work, ...quantity };
}

/** Work that the estimate does not model, by words of the row. */
function whyNotLikely(row: MeasurementRow): string | null {
  if (/rule of thumb|estimated\b/i.test(row.arch_notes)) return 'a rule of thumb, not measured';
  if (/\boffload/i.test(row.parallelism) && !/\bno offload/i.test(row.parallelism)) {
    return 'states offloaded to the host, which the estimate does not plan with';
  }
  if (/\bbeam [2-9]/i.test(`${row.model} ${row.arch_notes}`)) return 'beam search';
  return null;
}

/** Bytes that follow from the model alone do not depend on where they lie. */
function needsDevice(row: MeasurementRow): boolean {
  return !/^(?:kv_bytes|model_state|params_grads|activation_|model_mem)/.test(row.reported_metric);
}

/** How far a metric is from what is measured: tokens and times, FLOP/s, a share of a peak. */
function directness(row: MeasurementRow): number {
  if (!FLOPS_METRIC.test(row.reported_metric)) return 0;
  return /tflops/.test(row.reported_metric) ? 1 : 2;
}

/** The row of each run that tells its throughput most directly. */
function closestTold(rows: readonly MeasurementRow[]): ReadonlyMap<string, MeasurementRow> {
  const closest = new Map<string, MeasurementRow>();
  for (const row of rows.filter(tellsTraining)) {
    const run = runOf(row);
    const other = closest.get(run);
    if (other === undefined || directness(row) < directness(other)) closest.set(run, row);
  }
  return closest;
}

function tellsTraining(row: MeasurementRow): boolean {
  return (
    FLOPS_METRIC.test(row.reported_metric) ||
    /^(?:tokens|seq|iteration|step|samples|images)_/.test(row.reported_metric)
  );
}

/** What two rows about one run have in common; the micro-batch is stated in one of them only. */
function runOf(row: MeasurementRow): string {
  const batch = row.global_batch_or_tokens.replace(/[;\s]*MBS ?\d+/i, '');
  return JSON.stringify([
    row.family,
    row.kind,
    row.model,
    row.seq_len,
    batch,
    row.precision,
    row.accelerator,
    row.count,
    row.parallelism,
  ]);
}
