import type { Measurement } from './measurement.ts';
import { COLUMNS, type MeasurementRow } from './measurement-row.ts';
import { readMeasurements } from './read-measurements.ts';

const GPT: MeasurementRow = {
  id: 'one',
  kind: 'train',
  model: 'GPT-8B',
  params_B: '8.0',
  seq_len: '2048',
  arch_notes: 'L40 d4096 h32 V51200',
  global_batch_or_tokens: 'GBS 512 seqs; MBS 2',
  precision: 'bf16',
  accelerator: 'A100-80GB SXM',
  count: '64',
  parallelism: 'TP4 PP2 DP8',
  reported_metric: 'tokens_per_s_per_gpu',
  value: '2500',
  unit: 'tok/s/GPU',
  source: 'a paper',
  family: 'a paper',
};

/** A measurements file of training rows of an 8B GPT on 64 A100, with what is said otherwise. */
export function measurementsFile(...rows: readonly Partial<MeasurementRow>[]): string {
  const lines = rows.map((row) => {
    const whole = { ...GPT, ...row };
    return COLUMNS.map((column) => `"${whole[column].replaceAll('"', '""')}"`).join(',');
  });
  return [COLUMNS.join(','), ...lines].join('\n');
}

/** What one row gives. Fails the test where it gives a reason. */
export function readOne(row: Partial<MeasurementRow>): Measurement {
  const { measurements, unusable } = readMeasurements(measurementsFile(row));
  if (measurements[0] === undefined) throw new TypeError(`unusable: ${unusable[0]?.reason}`);
  return measurements[0];
}

/** Why one row gives nothing; '' where it gives something. */
export function whyUnusable(row: Partial<MeasurementRow>): string {
  return readMeasurements(measurementsFile(row)).unusable[0]?.reason ?? '';
}
