import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readMeasurements } from '../../src/core/demand/calibration/read-measurements.ts';
import { constantMfuErrors } from './constant-mfu.ts';

const COLUMNS =
  'id,kind,model,seq_len,global_batch_or_tokens,precision,accelerator,count,parallelism,reported_metric,value,unit,family';

/** Llama-2-7b on 64 devices, at so many tokens a second for each. */
function trained(family: string, accelerator: string, tokens: number, precision = 'bf16'): string {
  const what = `train,Llama-2-7b,4096,GBS 512 MBS 1,${precision},${accelerator},64,TP1`;
  return `${family},${what},tokens_per_s_per_gpu,${tokens},tok/s/GPU,${family}`;
}

function errors(rows: readonly string[]): readonly number[] {
  const { measurements } = readMeasurements(`${[COLUMNS, ...rows].join('\n')}\n`);
  return constantMfuErrors(measurements).map(({ error }) => Number(Math.exp(error).toFixed(3)));
}

it('a rule of one MFU takes that of the same device and precision in other families', () => {
  const rows = [
    trained('a', 'A100-80GB', 3000),
    trained('b', 'A100-80GB', 2000),
    trained('b', 'H100', 8000),
    trained('c', 'A100-80GB', 1000, 'fp16'),
  ];
  // Of a: b's on A100, not its H100 row; of b's H100: a's A100 row in bf16; fp16 has none: the median.
  const [a, b, hopper] = errors(rows);
  assert.deepEqual([a, b], [0.667, 1.5]);
  assert.ok(Math.abs(hopper! - (3000 * 989.4) / 312 / 8000) < 0.01, `${hopper}`);
});

it('a rule of one MFU never knows the family that it is asked about', () => {
  const rows = [trained('a', 'H100', 9000), trained('a', 'H100', 9000), trained('b', 'H100', 4500)];
  assert.deepEqual(errors(rows), [0.5, 0.5, 2]);
});
