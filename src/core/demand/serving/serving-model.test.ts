import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Coefficients } from '../calibration/fitted-model.ts';
import type { MeasuredWork, Quantity } from '../calibration/measurement.ts';
import { buildWork, DEEPSEEK_V3, LLAMA_8B, LLAMA_70B } from './build-for-tests.ts';
import { priorServingCoefficients, SERVING_PRIORS } from './serving-coefficients.ts';
import { servingModel } from './serving-model.ts';

const GPT_175B = {
  ...LLAMA_70B,
  name: 'GPT-175B',
  layers: 96,
  hidden: 12_288,
  heads: 96,
  kvHeads: 96,
  feedForward: 49_152,
  gated: false,
  vocab: 51_200,
  params: 174.6e9,
  activeParams: 174.6e9,
  matmulParams: 174.6e9,
  embeddingParams: 51_200 * 12_288,
  cachePerToken: 2 * 96 * 96 * 128,
};

/** Published figures; each line's source is its repository's table. */
const PUBLISHED: readonly (readonly [string, Quantity, number, MeasuredWork])[] = [
  // github.com/ai-dynamo/aiconfigurator, systems/silicon_sample.csv
  ['70B in fp8 on four H100', 'time-per-token', 13.19e-3, buildWork()],
  [
    'DeepSeek in fp8 on eight H200',
    'time-per-token',
    16.63e-3,
    buildWork({
      model: DEEPSEEK_V3,
      accelerator: 'H200',
      devices: 8,
      layout: { tensorParallel: 8 },
    }),
  ],
  // github.com/XiongjieDai/GPU-Benchmarks-on-LLM-Inference
  [
    '8B in 4 bits on a 3090',
    'time-per-token',
    1 / 111.74,
    buildWork({
      model: LLAMA_8B,
      precision: 'int4',
      weightBytes: 0.612,
      accelerator: 'RTX3090',
      devices: 1,
      inputTokens: 0,
      concurrency: 1,
      engine: 'llama.cpp',
      layout: { tensorParallel: 1 },
    }),
  ],
  // github.com/aws-neuron/aws-neuron-sdk, inf2 latency_data_decoder.csv
  [
    '70B in bf16 on twelve Inferentia 2',
    'time-per-token',
    32.5e-3,
    buildWork({
      precision: 'bf16',
      accelerator: 'Inferentia2',
      devices: 12,
      inputTokens: 128,
      concurrency: 1,
      engine: 'neuron',
      layout: { tensorParallel: 12 },
    }),
  ],
  // github.com/NVIDIA/FasterTransformer, docs/gpt_guide.md
  [
    'GPT 175B in fp16 on eight A100',
    'request-latency',
    1.72,
    buildWork({
      model: GPT_175B,
      precision: 'fp16',
      accelerator: 'A100-80GB',
      devices: 8,
      inputTokens: 512,
      outputTokens: 32,
      concurrency: 1,
      engine: 'fastertransformer',
      layout: { tensorParallel: 8 },
    }),
  ],
];

describe('the time of serving', () => {
  for (const [name, quantity, measured, work] of PUBLISHED) {
    it(`is within 30 % of what was published before anything is fitted: ${name}`, () => {
      const predicted = predict(work, quantity);
      assert.ok(Math.abs(predicted / measured - 1) < 0.3, `${predicted} s, not ${measured} s`);
    });
  }

  it('refuses what it is not for, and says why', () => {
    assert.equal(typeof servingModel.predictor(buildWork(), 'peak-memory'), 'string');
    const encoder = buildWork({ model: { ...LLAMA_8B, family: 'encoder' } });
    assert.equal(servingModel.predictor(encoder, 'time-per-token'), 'the model is no decoder');
    const unsaid = buildWork({ outputTokens: null });
    assert.match(String(servingModel.predictor(unsaid, 'output-tokens')), /not stated/);
    const unknown = buildWork({ accelerator: 'Abacus' });
    assert.match(String(servingModel.predictor(unknown, 'time-per-token')), /no known accelerator/);
  });

  it('of four-bit blocks is shorter where the device multiplies them', () => {
    const blocks = { operands: 'nvfp4', weightBytes: 0.5625 } as const;
    const prefill = (parts: Parameters<typeof buildWork>[0]) =>
      predict(buildWork({ ...parts, inputTokens: 8192 }), 'prefill-tokens');
    const onB200 = { accelerator: 'B200' } as const;
    assert.ok(prefill({ ...onB200, ...blocks }) > 1.2 * prefill(onB200));
    assert.ok(prefill(blocks) < prefill({}), 'an H100 widens them to 16 bits');
  });

  it('copies the model where nothing says how a throughput shares the devices', () => {
    const layout = { tensorParallel: null, dataParallel: null };
    const eight = { devices: 8, concurrency: null, layout } as const;
    const model = LLAMA_8B;
    const one = predict(
      buildWork({ model, concurrency: null, devices: 1, layout: { tensorParallel: 1 } }),
      'output-tokens',
    );
    const all = predict(buildWork({ model, ...eight }), 'output-tokens');
    assert.ok(Math.abs(all / one / 8 - 1) < 0.01);
    const large = predict(buildWork(eight), 'output-tokens');
    const copies = { ...eight, layout: { tensorParallel: 2, dataParallel: 4 } };
    assert.equal(large, predict(buildWork(copies), 'output-tokens'), '70 GB of two times 80 GiB');
  });

  it('depends on every coefficient that a measurement of its engine and part can tell', () => {
    const priors = priorServingCoefficients();
    const parts = {
      model: DEEPSEEK_V3,
      accelerator: 'H200',
      devices: 16,
      concurrency: 256,
      layout: { tensorParallel: 8, dataParallel: 2, expertParallel: 16 },
    } as const;
    const works = [8192, 16].map((inputTokens) => buildWork({ ...parts, inputTokens }));
    const times = (all: Coefficients) =>
      works.map((work) => predict(work, 'time-to-first-token', all)).toString() +
      works.map((work) => predict(work, 'time-per-token', all)).toString();
    const named = SERVING_PRIORS.filter(
      ({ name }) => name !== 'reach' && /^[^:]+$|:(hopper|vllm)$/.test(name),
    );
    for (const { name } of named)
      assert.notEqual(times({ ...priors, [name]: 2 * priors[name]! }), times(priors), name);
  });
});

function predict(
  work: MeasuredWork,
  quantity: Quantity,
  coefficients = priorServingCoefficients(),
): number {
  const predictor = servingModel.predictor(work, quantity);
  assert.ok(typeof predictor === 'function', String(predictor));
  return predictor(coefficients);
}
