import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { buildInlineOffer } from '../build-for-tests.ts';
import { readTasks } from '../read-tasks.ts';
import type { Task } from '../task.ts';
import { refusalOf, taskIn } from './read-for-tests.ts';

describe("Kedge's own keys", () => {
  /** What one key with a value makes of a task. */
  const readings: Readonly<Record<string, Partial<Task>>> = {
    'kind: Batch': { kind: 'batch' },
    'retries: 3': { retries: 3 },
    'outputs: 50GB': { outputBytes: 50e9 },
    'outputs: {s3://bucket/out: 1.5, s3://bucket/log: 20MB}': { outputBytes: 1.52e9 },
    'num_nodes: 4': { numNodes: 4 },
    'needs: prepare\n---\nname: prepare': { needs: ['prepare'] },
    'checkpoint: {path: /ckpt, interval: 10m, size: 16GB}': {
      checkpoint: { path: '/ckpt', intervalMs: 600_000, sizeBytes: 16e9 },
    },
    'goal: {minimize: time, deadline: 1h30m, budget: $500, spot: require}': {
      goal: {
        minimize: 'time',
        deadlineMs: 5_400_000,
        budgetMicros: 500e6 as never,
        spot: 'require',
      },
    },
    'goal: {budget: 1.5k}': {
      goal: { minimize: 'cost', deadlineMs: null, budgetMicros: 1500e6 as never, spot: 'allow' },
    },
    'placement: {allow: [AWS, gcp/europe-*, kubernetes/*], deny: aws/us-*, residency: EU}': {
      placement: { allow: ['aws', 'gcp/europe-*', 'k8s/*'], deny: ['aws/us-*'], residency: 'EU' },
    },
    'placement: {providers_min: 2, provider_share_max: 0.6, apart: Zone}': {
      spread: { providersMin: 2, shareMax: 0.6, apart: 'zone' },
    },
    'offers: [{name: mine, price: $2/h, count: 4, paid_hours: 100}]': {
      offers: [{ ...buildInlineOffer('mine', 2, 4), paidHours: 100 }],
    },
    'placement: {providers_min: 1}': { spread: null },
    'placement: {allow: "*"}': { placement: { allow: [], deny: [], residency: null } },
    'work: {hours: 12, on: H100:8}': { work: { hours: 12, on: { name: 'H100', count: 8 } } },
    'work: {hours: 90m}': { work: { hours: 1.5, on: null } },
    'work: {units: 1.5k, throughput: {cpu: 0.5, gpu: 100}}': {
      work: { units: 1500, per: 'hour', throughput: { cpu: 0.5, gpu: 100 } },
    },
    'serving: {requests_per_second: 0.5, input_tokens: 2k, ttft_ms: 500}': {
      serving: {
        requestsPerSecond: 0.5,
        inputTokens: 2000,
        outputTokens: null,
        ttftMs: 500,
        tpotMs: null,
        precision: 'bf16',
      },
    },
    'training: {method: qlora, tokens: 500M, precision: fp8}': {
      training: {
        method: 'qlora',
        tokens: 500e6,
        sequenceLength: null,
        globalBatch: null,
        precision: 'fp8',
      },
    },
    'data: [{from: s3://bucket/corpus, size: 200GB, class: personal, region: eu-central-1}]': {
      data: [
        { from: 's3://bucket/corpus', sizeBytes: 200e9, class: 'personal', region: 'eu-central-1' },
      ],
    },
    'artifacts: [{path: out/, to: s3://bucket/results}, {path: log}]': {
      artifacts: [
        { path: 'out/', to: 's3://bucket/results' },
        { path: 'log', to: null },
      ],
    },
    'offers: [{name: a, price: 0.5 per hour, accelerators: T4:2, cpus: 8, memory: 32, spot: true}]':
      {
        offers: [
          {
            name: 'a',
            nanosPerHour: 500_000_000 as never,
            count: null,
            accelerator: 'T4',
            acceleratorCount: 2,
            vcpus: 8,
            memoryGib: 32,
            region: null,
            spot: true,
          },
        ],
      },
  };
  for (const [text, expected] of Object.entries(readings)) {
    it(`${text.split('\n')[0]}`, () => {
      const task = taskIn(text);
      for (const [key, value] of Object.entries(expected)) {
        assert.deepEqual(task[key as keyof Task], value);
      }
    });
  }

  it('a model is an id, or its shape', () => {
    assert.equal(taskIn('model: meta-llama/Llama-3.1-8B').model?.id, 'meta-llama/Llama-3.1-8B');
    const { model } = taskIn('model: {params: 8B, active_params: 2B, layers: 32, kv_heads: 8}');
    assert.deepEqual(
      [model?.id, model?.params, model?.activeParams, model?.layers, model?.kvHeads, model?.vocab],
      [null, 8e9, 2e9, 32, 8, null],
    );
  });

  it('a mixture of experts may be told by its experts', () => {
    const { model } = taskIn(
      'model: {params: 47B, experts: 8, experts_per_token: 2, feed_forward: 14336, window: 4096}',
    );
    assert.deepEqual(
      [model?.experts, model?.expertsPerToken, model?.feedForward, model?.window],
      [8, 2, 14_336, 4096],
    );
    assert.equal(model?.routedLayers, undefined);
  });

  it('training from scratch is the default of kind train, all weights of the others', () => {
    const method = (kind: string): unknown =>
      taskIn(`kind: ${kind}\ntraining: {tokens: 1M}`).training?.method;
    assert.deepEqual([method('train'), method('finetune')], ['pretrain', 'full']);
  });

  it('data and a service say that something else would run', () => {
    const text = 'kind: serve\ndata: [{from: s3://a}]\nartifacts: [{path: out}]\n';
    const notes = taskIn(text).notHonored.map(({ key, changesRun }) => [key, changesRun]);
    assert.deepEqual(notes, [
      ['data', true],
      ['kind', true],
    ]);
  });

  it('artifacts are kept wherever they go; a bucket that they cannot be sent to is noted', () => {
    const text = `artifacts:
  - {path: out, to: ./results}
  - {path: log, to: file:///home/me/log}
  - path: model
    to: s3://bucket/model
`;
    const [note, ...others] = taskIn(text).notHonored;
    assert.deepEqual([note?.key, note?.line, note?.changesRun], ['artifacts.to', 5, false]);
    assert.match(note!.why, /nothing is sent to s3:\/\/bucket\/model yet; `kedge pull`/);
    assert.deepEqual(others, []);
  });

  it('what says nothing is not noted', () => {
    const text = 'resources: {ports: , labels: {}, autostop: false, image_id: ""}\nvolumes: {}\n';
    assert.deepEqual(taskIn('resources: {ports: , labels: {}, autostop: false}').notHonored, []);
    assert.equal(refusalOf(text).code, 'spec.bad-value');
  });

  it('numbers that no machine could mean are refused, not rounded', () => {
    for (const text of [
      'num_nodes: 1.5',
      'num_nodes: -1',
      'num_nodes: 1e9',
      'retries: 0x10',
      'resources: {cpus: 0}',
      'resources: {memory: -4}',
      'resources: {accelerators: H100:0}',
      'resources: {accelerators: "H100:1:2"}',
      'goal: {budget: $-5}',
      `goal: {budget: $${'9'.repeat(400)}}`,
      'goal: {deadline: 5 parsecs}',
      'work: {hours: .inf}',
      'work: {hours: .}',
      'work: {hours: 1e7}',
      'work: {units: 1e300, throughput: {a: 1}}',
      'resources: {max_hourly_cost: 1e300}',
      `resources: {infra: a${'*a'.repeat(9)}}`,
    ]) {
      assert.equal(refusalOf(text).code, 'spec.bad-value', text);
    }
  });

  it("the design's example is a valid task", () => {
    const example = `
name: finetune-llama
kind: finetune
model: meta-llama/Llama-3.1-8B
training: {method: lora, tokens: 500M, sequence_length: 4096, global_batch: 64, precision: bf16}
serving: {requests_per_second: 12, input_tokens: 512, output_tokens: 256, ttft_ms: 500, tpot_ms: 50}
work: {units: 100, per: hour, throughput: {cpu: 10, gpu: 100, tpu: 500}}
offers: [{name: cpu, price: $1/h, count: 10}]
data: [{from: s3://bucket/corpus, size: 200GB, class: personal, region: eu-central-1}]
artifacts: [{path: out/, to: s3://bucket/results}]
goal: {minimize: cost, deadline: 24h, budget: $500, spot: allow}
placement: {allow: [aws, gcp/europe-*, k8s/*], residency: EU}
resources: {accelerators: H100:8, cpus: 8+, memory: 64+, image_id: docker:pytorch/pytorch}
num_nodes: 1
checkpoint: {path: /ckpt, interval: 10m, size: 16GB}
retries: 0
envs: {A: b}
secrets: [HF_TOKEN]
workdir: .
file_mounts: {data: ./data}
setup: pip install .
run: python train.py
`;
    const named = taskIn(example).notHonored.map(({ key }) => key);
    assert.deepEqual(named, ['data', 'artifacts.to']);
  });

  for (const name of ['digits', 'llama-lora', 'seed-mix']) {
    it(`examples/${name} is a valid task, all of it honored`, () => {
      const file = `${import.meta.dirname}/../../../examples/${name}/task.yaml`;
      const { tasks } = readTasks(readFileSync(file, 'utf8'), { file });
      assert.deepEqual(tasks[0]?.notHonored, []);
    });
  }
});
