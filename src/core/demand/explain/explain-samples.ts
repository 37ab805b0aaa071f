import { assert } from '../../../base/assert.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import type { Architecture } from '../models/architecture.ts';
import { sampleCoefficients } from '../samples/sample-coefficients.ts';
import { batchOn, bytesByBatch, sampleMemory } from '../samples/sample-memory.ts';
import { type SampleScope, sampleScope } from '../samples/sample-scope.ts';
import { type SampleTask, sampleWord, workOn } from '../samples/sample-task.ts';
import { samplesModel } from '../samples/samples-model.ts';
import {
  type ExplainedLayout,
  type ExplainedResult,
  type ExplainedTime,
  sumOf,
} from './explained.ts';
import { heldBy } from './held-by.ts';
import { sampleLines } from './sample-lines.ts';
import { count, over, seconds, times } from './term.ts';

/** How memory and time of one layout come about, of images, rows or whole texts. */
export function explainSamples(
  model: Architecture,
  task: SampleTask,
  { layout, device }: { readonly layout: Layout; readonly device: AcceleratorFacts },
): ExplainedLayout {
  const { accelerator, devices, tensorParallel, dataParallel, training, fits, hours } = layout;
  const batch = batchOn(task, { device, devices }, bytesByBatch(model, task)) ?? 1;
  const scope = sampleScope(workOn(model, task, { device, devices, batch }), device);
  assert(typeof scope !== 'string', `${accelerator} is in a layout, and ${scope}`);
  const time = fits ? [timeOf(model, scope)] : [];
  const { samplesPerSecond } = layout;
  return {
    accelerator,
    devices,
    layout: { tensorParallel, dataParallel, training },
    requests: null,
    samples: {
      what: sampleWord(model),
      tokens: scope.tokens,
      atOnce: scope.batch,
      passes: scope.passes,
      trains: scope.trains,
    },
    ...heldBy(sampleMemory(model, task, batch), device),
    fits,
    time,
    results: time.flatMap((one) => resultsOf(task, scope, one)),
    tokensPerSecond: null,
    ...(samplesPerSecond && { samplesPerSecond }),
    hours,
  };
}

function timeOf(model: Architecture, scope: SampleScope): ExplainedTime {
  const { coefficients } = fittedOf(samplesModel);
  const lines = sampleLines({ model, scope, at: sampleCoefficients(coefficients, scope.group) });
  return { of: scope.trains ? 'step' : 'batch', seconds: sumOf(lines), lines };
}

function resultsOf(
  { samples }: SampleTask,
  { devices, passes, batch, trains }: SampleScope,
  time: ExplainedTime,
): readonly ExplainedResult[] {
  const passed = times(
    count(devices, 'devices'),
    count(passes, 'micro-batches'),
    count(batch, 'samples'),
  );
  const speed = over(passed, seconds(time.seconds, trains ? 'a step' : 'a batch'));
  const hours = over(
    count(samples, 'samples'),
    count(speed.value, 'samples/s'),
    count(SECONDS_PER_HOUR, 's/h'),
  );
  return [
    {
      name: 'samples/s',
      value: speed.value,
      formula: speed.text,
      source: trains
        ? 'of all devices; a step is one update of the weights'
        : 'of all devices, each with a batch of its own',
    },
    {
      name: 'hours',
      value: hours.value,
      formula: hours.text,
      source: 'busy to the end; loading data, evaluation and restarts come on top',
    },
  ];
}
