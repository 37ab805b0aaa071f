import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MeasuredLayout } from './measurement.ts';
import { readOne } from './rows-for-tests.ts';

const layoutOf = (parallelism: string, count = '64', arch_notes = 'L40 d4096 h32 V51200') =>
  readOne({ parallelism, count, arch_notes }).work.layout;

const degrees = (layout: MeasuredLayout): (number | null)[] => [
  layout.tensorParallel,
  layout.pipelineParallel,
  layout.dataParallel,
  layout.contextParallel,
  layout.expertParallel,
  layout.virtualStages,
];

test('degrees stand in any of the usual spellings', () => {
  assert.deepEqual(degrees(layoutOf('TP8 PP4 DP2 ZeRO-1')), [8, 4, 2, 1, 1, 1]);
  assert.deepEqual(degrees(layoutOf('TP=8 DP=8')), [8, 1, 8, 1, 1, 1]);
  assert.deepEqual(degrees(layoutOf('TP2+PP8+CP2+VP4+EP2')), [2, 8, 2, 2, 2, 4]);
  assert.deepEqual(degrees(layoutOf('FSDP64+TP1+PP1+CP1')), [1, 1, 64, 1, 1, 1]);
  assert.deepEqual(degrees(layoutOf('TP8 PP8 int3 MBS1')), [8, 8, 1, 1, 1, 3]);
  assert.deepEqual(degrees(layoutOf('TP4 PP1 aDP4 moeTP1 EP16', '16')), [4, 1, 4, 1, 16, 1]);
  assert.deepEqual(degrees(layoutOf('DDP')), [1, 1, 64, 1, 1, 1]);
  assert.deepEqual(degrees(layoutOf('layer split', '4')), [1, 4, 1, 1, 1, 1]);
});

test('degrees over cores are counted in devices', () => {
  assert.deepEqual(degrees(layoutOf('TP24 NeuronCores', '12')).slice(0, 3), [12, 1, 1]);
  assert.deepEqual(degrees(layoutOf('TP=32 DP=4 PP=8', '512')).slice(0, 3), [16, 8, 4]);
  assert.equal(layoutOf('[32xNC(DP)] x 16Nodes(DP)', '256').dataParallel, 256);
});

test('nothing stated is unknown, and one device is not split', () => {
  assert.deepEqual(degrees(layoutOf('')), [null, null, null, null, null, null]);
  assert.deepEqual(degrees(layoutOf('', '1')), [1, 1, 1, 1, 1, 1]);
  assert.equal(layoutOf('').recompute, null);
});

test('ZeRO stages go by several names', () => {
  const stages = [
    'FSDP FULL_SHARD',
    'FSDP SHARD_GRAD_OP',
    'Pos+g+p DP64',
    'Pos+g DP64',
    'ZeRO-3 DP64',
    'DDP',
    'TP8 PP8',
  ];
  assert.deepEqual(
    stages.map((text) => layoutOf(text).zeroStage),
    [3, 2, 3, 2, 3, 0, null],
  );
});

test('recomputing is told with the layout or with the model', () => {
  assert.equal(layoutOf('FSDP FULL_SHARD; act ckpt True').recompute, 'full');
  assert.equal(layoutOf('FSDP FULL_SHARD; act ckpt False').recompute, 'none');
  assert.equal(layoutOf('TP8; TP+SP+selective recompute').recompute, 'selective');
  assert.equal(layoutOf('TP8; TP only, no SP, no recompute').recompute, 'none');
  assert.equal(layoutOf('TP8; no SP').sequenceParallel, false);
  assert.equal(
    layoutOf('TP8', '64', 'L40 d4096 h32 V51200; full activation recompute').recompute,
    'full',
  );
});

test('a precision is the first that its device multiplies', () => {
  const precisionOf = (precision: string, accelerator = 'H100') =>
    readOne({ precision, accelerator }).work.precision;
  const words = [
    'amp_bf16',
    'FP8-MX',
    'fp16 mixed',
    'mixed (submitter choice)',
    'bf16/fp16 mixed',
    'Autocast:BF16+SR',
    '32-bit',
  ];
  assert.deepEqual(
    words.map((text) => precisionOf(text)),
    ['bf16', 'fp8', 'fp16', 'bf16', 'bf16', 'bf16', 'fp32'],
  );
  assert.equal(precisionOf('fp8/bf16 (submitter choice)'), 'fp8');
  assert.equal(precisionOf('fp8/bf16 (submitter choice)', 'A100'), 'bf16');
});

test('block formats keep their name, and a file its exact bytes', () => {
  const served = (precision: string, arch_notes = 'L40 d4096 h32 V51200') => {
    const { work } = readOne({
      kind: 'infer',
      precision,
      arch_notes,
      accelerator: 'B200',
      seq_len: 'in 8 out 8',
      reported_metric: 'tpot_ms',
      unit: 'ms',
    });
    return [work.precision, work.operands, work.weightBytes];
  };
  assert.deepEqual(served('nvfp4'), ['fp8', 'nvfp4', 4.5 / 8]);
  assert.deepEqual(served('fp8_block'), ['fp8', 'fp8-block', null]);
  assert.deepEqual(served('int4_wo'), ['int4', null, null]);
  assert.deepEqual(served('W4A16'), ['int4', null, null]);
  assert.deepEqual(served('Q4_K_M (4.58 GB)'), ['int4', null, (4.58 * 2 ** 30) / 8e9]);
  assert.deepEqual(served('q8_0'), ['int8', null, 8.5 / 8]);
  assert.deepEqual(served('bf16 matmul', 'L40 d4096 h32 V51200; weights int8'), ['bf16', null, 1]);
  assert.equal(readOne({ precision: 'NVFP4', accelerator: 'B200' }).work.weightBytes, null);
});

test('batches and lengths stand in any of the usual spellings', () => {
  const batch = (global_batch_or_tokens: string) => {
    const { work } = readOne({ global_batch_or_tokens, seq_len: '4096', parallelism: 'DDP' });
    return [work.globalBatch, work.microBatch, work.tokens];
  };
  assert.deepEqual(batch('GBS 128 MBS 2'), [128, 2, null]);
  assert.deepEqual(batch('GBS 4M tok'), [1024, null, null]);
  assert.deepEqual(batch('batch 8-16/GPU'), [768, 12, null]);
  assert.deepEqual(batch('1M steps x 256 seqs'), [256, null, 256e6 * 4096]);
  assert.deepEqual(batch('90 epochs x 1.28M images'), [null, null, 115.2e6]);
  assert.deepEqual(batch('180B tokens corpus/300B seen'), [null, null, 300e9]);
  assert.deepEqual(batch('~15T tokens (8B: 15.6T)'), [null, null, 15.6e12]);
  assert.deepEqual(batch('1.1B@256 + 1.7B@512 images'), [null, null, null]);
});

test('requests at once are of the whole replica', () => {
  const { work } = readOne({
    kind: 'infer',
    seq_len: 'in ~219 out ~292',
    reported_metric: 'output_tokens_per_s',
    global_batch_or_tokens: 'concurrency 256 (per DP rank 64)',
    unit: 'tok/s total',
  });
  assert.deepEqual([work.concurrency, work.inputTokens, work.outputTokens], [256, 219, 292]);
});

test('the program that ran it is named in the notes, the source or the type of its weights', () => {
  const served = { kind: 'infer', seq_len: 'in 8 out 8', reported_metric: 'tpot_ms', unit: 'ms' };
  assert.equal(
    readOne({ ...served, arch_notes: 'dense L40 d4096; vllm 0.19; gemm fp8' }).work.engine,
    'vllm',
  );
  assert.equal(
    readOne({ ...served, source: 'NVIDIA/FasterTransformer' }).work.engine,
    'fastertransformer',
  );
  assert.equal(readOne({ ...served, precision: 'Q4_K_M (4.58 GB)' }).work.engine, 'llama.cpp');
  assert.equal(readOne(served).work.engine, null);
});

test('adapters are told by the model or the notes', () => {
  assert.equal(readOne({ kind: 'finetune', model: 'GPT-8B LoRA' }).work.method, 'lora');
  assert.equal(
    readOne({ kind: 'finetune', arch_notes: 'L40 d4096 h32; QLoRA r16' }).work.method,
    'qlora',
  );
  assert.equal(readOne({ kind: 'finetune' }).work.method, 'full');
});
