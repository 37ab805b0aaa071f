import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import { buildWork, PRIOR_COEFFICIENTS, registered, speedOf } from './build-for-tests.ts';
import { sampleCoefficients } from './sample-coefficients.ts';
import { sampleScope } from './sample-scope.ts';
import { sampleSeconds } from './sample-seconds.ts';
import { samplesModel } from './samples-model.ts';

const secondsOf = (parts: Parameters<typeof buildWork>[0]) => {
  const work = buildWork(parts);
  const scope = sampleScope(work, work.device!);
  if (typeof scope === 'string') throw new TypeError(scope);
  return sampleSeconds(scope, sampleCoefficients(PRIOR_COEFFICIENTS, scope.group));
};

/** Published, and by the priors alone within a third. Sources: NVIDIA's DeepLearningExamples. */
test('well-known speeds come out without any fit', () => {
  const within = (speed: number, published: number): void =>
    assert.ok(
      Math.abs(Math.log(speed / published)) < Math.log(4 / 3),
      `${speed}, not ${published}`,
    );
  within(speedOf({}), 2470);
  within(speedOf({ accelerator: 'V100', precision: 'fp16' }), 1200);
  within(speedOf({ accelerator: 'V100', precision: 'fp16', kind: 'infer' }), 3382);
  within(speedOf({ accelerator: 'V100', precision: 'fp32', kind: 'infer' }), 1261);
  const bert = { model: registered('bert-large-uncased'), sequenceLength: 128, microBatch: 64 };
  within(speedOf(bert), 580);
});

test('a batch of one is bound by starting kernels unless the graph is compiled', () => {
  const one = { kind: 'infer', concurrency: 1 } as const;
  const eager = speedOf(one);
  assert.ok(Math.abs(speedOf({ ...one, precision: 'fp32' }) / eager - 1) < 0.1);
  assert.ok(speedOf({ ...one, engine: 'tensorrt' }) > 5 * eager);
});

test('most of what a small network does is memory traffic, a large transformer multiplies', () => {
  const small = secondsOf({ model: registered('mobilenetv2_100') });
  assert.ok(small.memory > small.arithmetic);
  const large = secondsOf({ model: registered('vit-huge-patch14-224'), microBatch: 64 });
  assert.ok(large.arithmetic > large.memory);
});

test('arithmetic is three passes of two operations at the share of the peak that convolutions reach', () => {
  const { ceiling, peak } = findAccelerator('A100-80GB')!;
  const flops = 3 * 2 * 4089184256 * 256;
  const seconds = flops / (peak.fp16 * ceiling * 0.75 * 0.75);
  assert.ok(Math.abs(secondsOf({}).arithmetic / seconds - 1) < 1e-9);
});

test('devices add up, less what they share, and sum gradients over a slow network in the open', () => {
  const one = speedOf({});
  const eight = speedOf({ devices: 8, accelerator: 'A100-80GB' });
  assert.ok(eight < 8 * one && eight > 7 * one);
  const unet = { model: registered('stable-diffusion-2-base'), microBatch: 1, accelerator: 'T4' };
  assert.equal(secondsOf(unet).exchange, 0);
  assert.ok(secondsOf({ ...unet, devices: 32 }).exchange > secondsOf(unet).total / 2);
  const [few, more] = [4, 8].map((microBatch) => secondsOf({ ...unet, microBatch, devices: 16 }));
  const hidden = 0.7 * (2 / 3) * (more!.passes - few!.passes);
  assert.ok(Math.abs((few!.exchange - more!.exchange) / hidden - 1) < 1e-9);
});

test('a batch larger than fits is passed in parts before an update', () => {
  const large = { microBatch: null, globalBatch: 8192 };
  const parts = sampleScope(buildWork(large), findAccelerator('A100-80GB')!);
  assert.ok(typeof parts !== 'string');
  assert.deepEqual([parts.batch, parts.passes], [256, 32]);
  const little = sampleScope(buildWork({ ...large, globalBatch: 64 }), findAccelerator('A100')!);
  assert.ok(typeof little !== 'string');
  assert.deepEqual([little.batch, little.passes], [64, 1]);
});

test('padding is skipped in contests and in pretraining on GPUs, of long texts', () => {
  const text = { model: registered('bert-large-uncased'), microBatch: 64, sequenceLength: 512 };
  const tuned = { ...text, method: 'full', kind: 'finetune' } as const;
  assert.ok(speedOf(text) > 1.4 * speedOf(tuned));
  const contest = secondsOf({ ...tuned, engine: 'mlperf' }).arithmetic;
  assert.ok(Math.abs(contest / secondsOf(tuned).arithmetic - 0.55) < 1e-9);
  const short = { sequenceLength: 128 };
  assert.equal(speedOf({ ...text, ...short }), speedOf({ ...tuned, ...short }));
});

test('weights that a part without memory cannot keep come over its link', () => {
  const hailo = {
    kind: 'infer',
    accelerator: 'Hailo-8L',
    precision: 'int8',
    concurrency: 8,
  } as const;
  const vit = registered('vit-base-patch16-224');
  const more = secondsOf({ ...hailo, model: vit }).memory;
  const kept = secondsOf({ ...hailo, model: { ...vit, params: 10e6 } }).memory;
  const streamed = (vit.params - 13e12 * 1.5e-6) / 0.9e9;
  assert.ok(Math.abs((more - kept) / streamed - 1) < 1e-9);
});

test('what cannot be told is said in words', () => {
  const why = (parts: Parameters<typeof buildWork>[0]): string =>
    String(samplesModel.predictor(buildWork(parts), 'training-samples'));
  assert.match(why({ accelerator: 'abacus' }), /no known accelerator/);
  assert.match(why({ model: registered('bert-large-uncased') }), /not stated/);
  assert.match(why({ accelerator: 'Hailo-8', precision: 'fp32' }), /in fp32 is not known/);
});

test('more at once, more devices and narrower numbers never make all samples slower', () => {
  const parts = fc.record({
    model: fc.constantFrom('resnet18', 'vgg16', 'vit-base-patch16-224', 'yolov8n').map(registered),
    accelerator: fc.constantFrom('T4', 'A100', 'H100', 'L4', 'tpu-v5e', 'Jetson-AGX-Orin'),
    concurrency: fc.integer({ min: 1, max: 512 }),
  });
  fc.assert(
    fc.property(parts, fc.integer({ min: 2, max: 64 }), (work, times) => {
      const speed = speedOf({ ...work, kind: 'infer' });
      assert.ok(Number.isFinite(speed) && speed > 0);
      const more = { ...work, concurrency: work.concurrency * times };
      assert.ok(speedOf({ ...more, kind: 'infer' }) >= speed * (1 - 1e-9));
      const devices = speedOf({ ...work, kind: 'infer', devices: times });
      assert.ok(devices > speed && devices <= times * speed * (1 + 1e-9));
    }),
  );
});
