import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { buildModel, buildTraining } from '../core/demand/build-for-tests.ts';
import { buildTask, buildTaskFile } from '../spec/build-for-tests.ts';
import { describeDemand } from './demand.ts';
import { measuredDemandOf } from './measured-demand.ts';

const TASK = buildTask({
  name: 'tune',
  model: buildModel({ id: 'meta-llama/Llama-3.1-8B' }),
  training: buildTraining({ method: 'lora', tokens: 2e8, globalBatch: 64 }),
});
const MEASURED = { measured: ['step_time=2.4s', 'peak_memory=40GiB'], on: 'H100:8' };

describe('kedge demand --measured', () => {
  it('prints the updated estimate, and what changed it', () => {
    const report = measuredDemandOf(buildTaskFile([TASK]), MEASURED);
    assert.equal(report.tasks[0]!.name, 'tune');
    const text = describeDemand(report).join('\n');
    assert.match(text, /measured on 8 × H100: step time 2\.4 s, estimated [\d.]+ s/);
    assert.match(text, /measured: peak memory 40 GiB, estimated [\d.]+ GiB/);
    for (const line of text.split('\n')) assert.ok(line.length <= 80 && !line.endsWith('…'), line);
  });

  it('is of one task', () => {
    assert.throws(
      () => measuredDemandOf(buildTaskFile([TASK, TASK]), MEASURED),
      (error) => error instanceof KedgeError && error.code === 'cli.usage',
    );
  });
});
