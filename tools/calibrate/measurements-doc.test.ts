import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { COLUMNS } from '../../src/core/demand/calibration/measurement-row.ts';
import { readMeasurements } from '../../src/core/demand/calibration/read-measurements.ts';
import { whyNotDerived } from '../../src/core/demand/calibration/read-quantity.ts';

const DOC = readFileSync(join(import.meta.dirname, '../../docs/measurements.md'), 'utf8');

/** The words in backticks of the first cell of each row of a table under a heading. */
function firstCells(heading: string): readonly string[] {
  const table = DOC.slice(DOC.indexOf(`| ${heading}`)).split('\n\n')[0]!;
  const rows = table.split('\n').slice(2);
  return rows.flatMap((row) =>
    [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, word]) => word!),
  );
}

it('docs/measurements.md tells of every column of the form', () => {
  assert.deepEqual(
    firstCells('column')
      .filter((word) => word !== 'unit')
      .sort(),
    COLUMNS.filter((column) => column !== 'unit').toSorted(),
  );
});

it('every metric that docs/measurements.md names is one that is read', () => {
  const metrics = firstCells('`reported_metric` | `unit`').map((word) => word.replace('…', ''));
  assert.ok(metrics.length > 20);
  for (const metric of metrics) {
    assert.equal(whyNotDerived(metric), null, metric);
    const row = `x,infer,Llama-2-7b,in 8 out 8,fp16,H100,1,${metric},1,bool`;
    const head = 'id,kind,model,seq_len,precision,accelerator,count,reported_metric,value,unit';
    const { unusable } = readMeasurements(`${head}\n${row}\n`);
    assert.doesNotMatch(unusable[0]?.reason ?? '', /the metric/, metric);
  }
});
