import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { COLUMNS } from './measurement-row.ts';
import { readMeasurements } from './read-measurements.ts';
import { measurementsFile, readOne, whyUnusable } from './rows-for-tests.ts';

const near = (actual: number, expected: number, share = 1e-9): void =>
  assert.ok(Math.abs(actual / expected - 1) < share, `${actual} is not ${expected}`);

const CNN = {
  model: 'SomeNet',
  params_B: '0.02',
  arch_notes: '224x224; 2.0 GMAC fwd',
  seq_len: '',
  unit: 'img/s',
  parallelism: '',
};
const REQUEST = {
  kind: 'infer',
  seq_len: 'in 128 out 32',
  global_batch_or_tokens: 'batch 4',
  count: '',
  parallelism: '',
  unit: 'ms',
  precision: 'fp16',
};

test('a training row gives the tokens of all devices, its layout and its batch', () => {
  const { id, family, quantity, value, work } = readOne({ id: 'x', family: 'f' });
  assert.deepEqual(
    { id, family, quantity, value },
    { id: 'x', family: 'f', quantity: 'training-tokens', value: 160_000 },
  );
  assert.equal(work.kind, 'train');
  assert.equal(work.method, 'pretrain');
  assert.equal(work.device?.name, 'A100-80GB');
  assert.deepEqual([work.globalBatch, work.microBatch, work.sequenceLength], [512, 2, 2048]);
});

test('rates are of all devices unless the unit or the metric says of one', () => {
  assert.equal(readOne({ reported_metric: 'tokens_per_s', unit: 'tok/s total' }).value, 2500);
  assert.equal(readOne({ reported_metric: 'tokens_per_s', unit: 'tok/s/chip' }).value, 160_000);
  assert.match(whyUnusable({ unit: 'tok/s (basis unclear)' }), /basis .* not clear/);
});

test('the time of a step gives tokens by the batch, and cannot without it', () => {
  const step = { reported_metric: 'iteration_time_s', unit: 's', value: '8' };
  assert.equal(readOne(step).value, (512 * 2048) / 8);
  assert.match(whyUnusable({ ...step, global_batch_or_tokens: '' }), /batch of a step/);
});

test('MFU and FLOP/s give tokens by what they count', () => {
  const matmul = 6 * readOne({}).work.model.matmulParams;
  const attention = 40 * 4096 * 2048;
  const mfu = readOne({ reported_metric: 'mfu', value: '50', unit: '%' });
  near(mfu.value, (64 * 156e12) / (matmul + 12 * attention));
  const model = readOne({ reported_metric: 'model_tflops_per_gpu', value: '156', unit: 'TFLOP/s' });
  near(model.value, (64 * 156e12) / (matmul + 6 * attention));
  const hardware = { reported_metric: 'hw_tflops_per_gpu', value: '156', unit: 'TFLOP/s' };
  assert.match(whyUnusable(hardware), /recomputed/);
});

test("hardware FLOP/s under full recompute are those of Megatron's equation", () => {
  const row = readOne({
    reported_metric: 'hw_tflops_per_gpu',
    value: '138',
    unit: 'TFLOP/s',
    params_B: '',
    parallelism: 'TP4 PP2 DP8; full activation recompute',
  });
  const flops = 96 * 40 * 4096 ** 2 * (1 + 2048 / (6 * 4096) + 51_200 / (16 * 40 * 4096));
  near(row.value, (64 * 138e12) / flops, 1e-3);
});

test('of rows about one run, the one that tells tokens counts, the shares of a peak do not', () => {
  const share = { id: 'share', reported_metric: 'mfu', unit: '%', value: '45' };
  const flops = {
    id: 'flops',
    reported_metric: 'model_tflops_per_gpu',
    unit: 'TFLOP/s',
    value: '140',
  };
  const { measurements, unusable } = readMeasurements(
    measurementsFile(share, flops, { id: 'tokens' }),
  );
  assert.deepEqual(
    measurements.map(({ id }) => id),
    ['tokens'],
  );
  assert.deepEqual(
    unusable.map(({ reason }) => reason),
    Array(2).fill('the same run is told more directly by row tokens'),
  );
  const alone = readMeasurements(
    measurementsFile(share, { ...share, id: 'other', count: '32', parallelism: 'TP4 PP2 DP4' }),
  );
  assert.equal(alone.measurements.length, 2);
});

test('device-hours come as such, or from a time on so many devices, and need the tokens', () => {
  const run = {
    global_batch_or_tokens: '1.5T tokens; GBS 4M tok',
    reported_metric: 'gpu_hours',
    unit: 'A100-h',
    value: '90000',
  };
  const { quantity, value, work } = readOne(run);
  assert.deepEqual(
    [quantity, value, work.tokens, work.globalBatch],
    ['training-hours', 90_000, 1.5e12, 2048],
  );
  const days = { ...run, reported_metric: 'wall_days', unit: 'days', value: '10' };
  assert.deepEqual([readOne(days).value, readOne(days).work.tokens], [64 * 240, 1.5e12]);
  assert.match(
    whyUnusable({ ...days, reported_metric: 'wall_days_for_300B_tokens' }),
    /a run that nobody made/,
  );
  assert.match(
    whyUnusable({ ...run, global_batch_or_tokens: 'up to 9T tokens' }),
    /how many tokens/,
  );
  assert.match(whyUnusable({ ...run, count: '', global_batch_or_tokens: '' }), /how many tokens/);
});

test('a run whose devices are not counted has as many as finish it in a month', () => {
  const run = {
    global_batch_or_tokens: '1T tokens',
    reported_metric: 'gpu_hours',
    unit: 'A100-h',
    count: '',
    parallelism: '',
  };
  assert.equal(readOne(run).work.devices, 128);
});

test('times of requests are seconds', () => {
  const tpot = readOne({ ...REQUEST, reported_metric: 'tpot_ms_p50', value: '12' });
  assert.deepEqual([tpot.quantity, tpot.value, tpot.work.devices], ['time-per-token', 0.012, 1]);
  assert.deepEqual(
    [tpot.work.inputTokens, tpot.work.outputTokens, tpot.work.concurrency],
    [128, 32, 4],
  );
  assert.equal(
    readOne({ ...REQUEST, reported_metric: 'ttft_ms', value: '50' }).quantity,
    'time-to-first-token',
  );
  const whole = readOne({ ...REQUEST, reported_metric: 'latency_ms', value: '500' });
  assert.deepEqual([whole.quantity, whole.value], ['request-latency', 0.5]);
  assert.match(whyUnusable({ ...REQUEST, reported_metric: 'ttft_ms_p99' }), /tail/);
});

test('decoding speed is time between tokens, and a bare length is what is generated', () => {
  const row = {
    ...REQUEST,
    seq_len: '1024',
    reported_metric: 'decode_tokens_per_s_b1',
    value: '50',
    unit: 'tok/s',
  };
  const { quantity, value, work } = readOne(row);
  assert.deepEqual(
    [quantity, value, work.inputTokens, work.outputTokens],
    ['time-per-token', 0.02, 0, 1024],
  );
  const prefill = readOne({ ...row, seq_len: 'pp512', reported_metric: 'prefill_tokens_per_s' });
  assert.deepEqual([prefill.quantity, prefill.work.inputTokens], ['prefill-tokens', 512]);
});

test('sequences of a decoder are tokens, samples of other models stay samples', () => {
  const sequences = readOne({ reported_metric: 'seq_per_s', unit: 'seq/s total', value: '10' });
  assert.deepEqual([sequences.quantity, sequences.value], ['training-tokens', 20_480]);
  const bert = {
    model: 'BERT-Huge',
    arch_notes: 'L24 d1024 h16 V30522',
    params_B: '0.34',
    seq_len: '128',
  };
  const encoded = readOne({
    ...bert,
    reported_metric: 'seq_per_s',
    unit: 'seq/s total',
    value: '10',
  });
  assert.deepEqual([encoded.quantity, encoded.value], ['training-samples', 10]);
  const answered = readOne({
    ...REQUEST,
    reported_metric: 'samples_per_s',
    unit: 'samples/s',
    value: '2',
  });
  assert.deepEqual([answered.quantity, answered.value], ['output-tokens', 64]);
});

test('tokens of prompts and answers together count the answers', () => {
  const total = { ...REQUEST, reported_metric: 'total_tokens_per_s', unit: 'tok/s', value: '100' };
  assert.deepEqual([readOne(total).quantity, readOne(total).value], ['output-tokens', 20]);
});

test('images have the work that their row states, at its size', () => {
  const trained = readOne({
    ...CNN,
    reported_metric: 'images_per_s',
    value: '900',
    global_batch_or_tokens: 'batch 32/GPU',
  });
  assert.deepEqual([trained.quantity, trained.work.model.sample?.macs], ['training-samples', 2e9]);
  assert.deepEqual([trained.work.globalBatch, trained.work.microBatch], [32 * 64, 32]);
  const operations = {
    ...CNN,
    kind: 'infer',
    arch_notes: '6.98 GOPs',
    precision: 'int8',
    accelerator: 'Hailo-8 (26 TOPS)',
    count: '1',
  };
  const edge = readOne({
    ...operations,
    reported_metric: 'images_per_s',
    global_batch_or_tokens: 'batch 8',
  });
  near(edge.work.model.sample!.macs, 3.49e9);
  const stated = readOne({
    ...CNN,
    kind: 'infer',
    arch_notes: '4.1 GMACs, 11.1M activations',
    reported_metric: 'latency_ms',
    unit: 'ms',
    value: '5',
    count: '1',
    global_batch_or_tokens: 'batch 1',
  });
  assert.deepEqual(
    [stated.quantity, stated.value, stated.work.model.sample?.activations],
    ['samples', 200, 11.1e6],
  );
});

test('memory is in bytes: binary where a device tells it, decimal where a formula does', () => {
  const memory = { kind: 'memory', value: '2', global_batch_or_tokens: 'GBS 4 MBS 4' };
  assert.equal(
    readOne({ ...memory, reported_metric: 'peak_mem_per_gpu', unit: 'GB' }).value,
    2 ** 31,
  );
  assert.equal(
    readOne({ ...memory, reported_metric: 'activation_GiB_per_gpu', unit: 'GiB' }).value,
    2 ** 31,
  );
  const states = readOne({
    ...memory,
    reported_metric: 'model_state_GB_per_gpu',
    unit: 'GB',
    accelerator: 'any',
  });
  assert.deepEqual(
    [states.quantity, states.value, states.work.device],
    ['model-states', 2e9, null],
  );
  const cache = readOne({
    ...memory,
    reported_metric: 'kv_bytes_per_token',
    unit: 'bytes',
    accelerator: 'any',
    count: '',
  });
  assert.deepEqual([cache.quantity, cache.value], ['cache-per-token', 2]);
});

test('what did not fit, did not fit into the memory of its device', () => {
  const oom = { kind: 'memory', reported_metric: 'oom', value: '1', unit: 'bool' };
  assert.deepEqual([readOne(oom).quantity, readOne(oom).value], ['fits-not', 80 * 2 ** 30]);
  assert.equal(readOne({ ...oom, unit: 'bool (did not fit 40GB)' }).value, 40 * 2 ** 30);
});

test('every row that cannot be used says why', () => {
  const reasons: readonly [Parameters<typeof whyUnusable>[0], RegExp][] = [
    [{ kind: 'dance' }, /kind "dance"/],
    [{ value: 'fast' }, /value "fast"/],
    [{ value: '-3' }, /not a number above zero/],
    [{ accelerator: 'A10G vs A100' }, /several are meant/],
    [{ precision: 'mystery' }, /precision "mystery"/],
    [{ model: 'Unheard', params_B: '', arch_notes: '' }, /"Unheard" is not known/],
    [{ count: '' }, /how many devices/],
    [{ reported_metric: 'smiles' }, /metric "smiles"/],
    [{ reported_metric: 'time_to_train_min', unit: 'min' }, /reach the target/],
    [{ reported_metric: 'cost_usd', unit: 'USD' }, /money/],
    [{ reported_metric: 'achieved_matmul_tflops' }, /lone matrix product/],
    [{ reported_metric: 'model_tflops_per_gpu', model: 'GPT-8B LoRA', kind: 'finetune' }, /LoRA/],
    [
      { reported_metric: 'mfu', unit: '%', precision: 'fp8', accelerator: 'H100' },
      /fp8 or the bf16 peak/,
    ],
    [{ parallelism: 'ZeRO-2 optimizer CPU offload' }, /offloaded/],
    [
      { kind: 'memory', arch_notes: 'rule of thumb', reported_metric: 'peak_mem_per_gpu' },
      /rule of thumb/,
    ],
    [{ model: 'GPT-8B (beam 4)' }, /beam/],
    [{ seq_len: '', reported_metric: 'seq_per_s', unit: 'seq/s' }, /sequence length/],
  ];
  for (const [row, reason] of reasons) assert.match(whyUnusable(row), reason);
});

test('every line gives a measurement or a reason, and no text makes it fail', () => {
  const words = [
    'L32 d4096',
    'MoE 8e top2',
    'TP0',
    'GBS 1e999',
    'in 9 out',
    '0.1/',
    '%',
    '"',
    '1x1',
    '-',
    'fp8/',
    'A100',
    '1T tokens',
    'ms',
    'NaN',
  ];
  const cell = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(...words));
  const metric = fc.constantFrom(
    'mfu',
    'oom',
    'tokens_per_s',
    'gpu_hours',
    'latency_ms',
    'images_per_s',
    'peak_mem_per_gpu',
  );
  const changed = fc.tuple(
    fc.dictionary(fc.constantFrom(...COLUMNS), cell, { noNullPrototype: true }),
    metric,
    fc.constantFrom('train', 'infer', 'memory'),
  );
  fc.assert(
    fc.property(fc.array(changed, { maxLength: 4 }), (rows) => {
      const text = measurementsFile(
        ...rows.map(([row, reported_metric, kind]) => ({ reported_metric, kind, ...row })),
      );
      const { measurements, unusable } = readMeasurements(text);
      assert.equal(measurements.length + unusable.length, rows.length);
      for (const { value, work } of measurements) {
        assert.ok(value > 0 && Number.isFinite(value));
        assert.ok(work.model.params > 0 && Number.isFinite(work.model.params));
      }
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      readMeasurements(text);
    }),
  );
});
