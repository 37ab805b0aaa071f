import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Precision } from '../../../spec/task.ts';
import { allAccelerators, computeFormat } from '../accelerators/accelerator-facts.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import { registered } from '../samples/build-for-tests.ts';
import { sampleCoefficients } from '../samples/sample-coefficients.ts';
import { sampleScope } from '../samples/sample-scope.ts';
import { type SampleSeconds, sampleSeconds } from '../samples/sample-seconds.ts';
import { workOn } from '../samples/sample-task.ts';
import { samplesModel } from '../samples/samples-model.ts';
import { reckon } from './reckon-for-tests.ts';
import { sampleLines } from './sample-lines.ts';
import type { SamplesAsked } from './sample-parts.ts';

/** What of a step's time each line is a part of. */
const PARTS: Readonly<Record<string, keyof SampleSeconds>> = {
  arithmetic: 'passes',
  activations: 'passes',
  'attention scores': 'passes',
  weights: 'passes',
  'weights over the link': 'passes',
  gaps: 'passes',
  'shared host': 'passes',
  launches: 'passes',
  'around a step': 'update',
  optimizer: 'update',
  gradients: 'exchange',
};

describe('the arithmetic of samples, whatever the model and the device', () => {
  it('has each part of its time in lines of its own, which can be reckoned', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(anyAsked(), (asked) => {
        const lines = sampleLines(asked);
        const whole = sampleSeconds(asked.scope, asked.at);
        const parts = { passes: 0, update: 0, exchange: 0, total: 0 };
        for (const { name, seconds, formula, source } of lines) {
          met.add(name);
          parts[PARTS[name] as keyof typeof parts] += seconds;
          parts.total += seconds;
          const off = Math.abs(reckon(formula) - seconds);
          assert.ok(off <= 0.02 * seconds || off <= 0.01 * whole.total, `${name} = ${formula}`);
          assert.ok(source.length > 10, name);
        }
        for (const part of ['passes', 'update', 'exchange', 'total'] as const)
          assert.ok(Math.abs(parts[part] - whole[part]) <= 1e-9 * whole.total, part);
      }),
      { numRuns: 500, seed: 7 },
    );
    assert.deepEqual([...met].toSorted(), Object.keys(PARTS).toSorted());
  });

  it('tells each of arithmetic and memory as the roofline has them: only the shorter hides', () => {
    fc.assert(
      fc.property(anyAsked(), (asked) => {
        const { arithmetic, memory } = sampleSeconds(asked.scope, asked.at);
        const hiding = sampleLines(asked)
          .filter(({ formula }) => formula.includes('not hidden'))
          .map(({ name }) => name === 'arithmetic');
        assert.ok(hiding.length > 0);
        assert.ok(hiding.every((isArithmetic) => isArithmetic === arithmetic < memory));
      }),
      { numRuns: 100, seed: 8 },
    );
  });
});

/** Networks, encoders, diffusion and encoder-decoders on devices of every kind. */
function anyAsked(): fc.Arbitrary<SamplesAsked> {
  const { coefficients } = fittedOf(samplesModel);
  return fc
    .record({
      name: fc.constantFrom(
        'resnet50',
        'mobilenetv2_100',
        'vit-base-patch16-224',
        'bert-large-uncased',
        'stable-diffusion-2-base',
        't5-large',
        'mlcommons/dlrm-dcnv2',
      ),
      device: fc.constantFrom(
        ...allAccelerators().filter(({ name }) =>
          /^(V100|A100|H100|B200|MI300X|Gaudi3|tpu-v5e|T4|Hailo-8|Trainium2)$/.test(name),
        ),
      ),
      kind: fc.constantFrom('train' as const, 'infer' as const),
      precision: fc.constantFrom<Precision>('fp32', 'tf32', 'bf16', 'fp16', 'fp8', 'int8'),
      tokens: fc.constantFrom(128, 512, 4096),
      devices: fc.constantFrom(1, 8, 12, 64),
      batch: fc.constantFrom(1, 16, 256),
      passes: fc.constantFrom(1, 4),
    })
    .filter(({ device, precision }) => computeFormat(device, precision) !== null)
    .map(({ name, device, kind, precision, tokens, devices, batch, passes }) => {
      const model = registered(name);
      const sequenceLength = model.sample === null ? tokens : null;
      const globalBatch = kind === 'train' ? batch * devices * passes : null;
      const task = { kind, precision, samples: 1e6, sequenceLength, globalBatch };
      const scope = sampleScope(workOn(model, task, { device, devices, batch }), device);
      assert.ok(typeof scope !== 'string', String(scope));
      return { model, scope, at: sampleCoefficients(coefficients, scope.group) };
    });
}
