import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readTasks } from '../read-tasks.ts';
import type { Task, TaskFile } from '../task.ts';

const FOLDER = join(import.meta.dirname, '../../../test/tasks/skypilot');

/** Of each file, the keys that a plan must name; an exclamation mark: something else would run. */
const NOT_HONORED: Readonly<Record<string, readonly string[]>> = {
  '01-minimal.yaml': [],
  '02-workdir-setup-run.yaml': [],
  '03-accelerators-string.yaml': ['resources.disk_size'],
  '04-accelerators-dict.yaml': [],
  '05-accelerators-set.yaml': [],
  '06-accelerators-list.yaml': [],
  '07-accelerators-by-memory.yaml': ['resources.accelerators!'],
  '08-infra.yaml': ['resources.image_id!'],
  '09-cloud-region-zone.yaml': ['resources.labels'],
  '10-any-of.yaml': ['resources.any_of.disk_tier', 'resources.labels'],
  '11-ordered.yaml': ['resources.ordered.accelerator_args!'],
  '12-spot-recovery.yaml': [
    'file_mounts./checkpoint!',
    'resources.job_recovery.recover_on_exit_codes!',
    'resources.job_recovery.strategy',
  ],
  '13-envs-secrets.yaml': ['envs.SIZE!'],
  '14-file-mounts.yaml': [
    'file_mounts./outputs!',
    'file_mounts./remote/data!',
    'file_mounts.~/.ssh/id_test!',
  ],
  '15-git-workdir.yaml': ['event_callback!', 'managed_secrets!', 'workdir!'],
  '16-service.yaml': ['resources.ports', 'service!'],
  '17-pool.yaml': ['pool!', 'resources.autostop'],
  '18-config-volumes.yaml': [
    'api_server_access!',
    'config!',
    'inputs',
    'resources.local_disk',
    'resources.network_tier',
    'resources.priority',
    'resources.volumes!',
    'volumes!',
  ],
  '19-pipeline.yaml': [],
  '20-job-group.yaml': ['inter_connection!', 'primary_tasks!', 'termination_delay!'],
};

function read(name: string): TaskFile {
  return readTasks(readFileSync(join(FOLDER, name), 'utf8'), { file: name });
}

function only(name: string): Task {
  const { tasks } = read(name);
  assert.equal(tasks.length, 1);
  return tasks[0]!;
}

describe("SkyPilot's task files", () => {
  it('are twenty, and each says here what is not honored of it', () => {
    assert.deepEqual(readdirSync(FOLDER).sort(), Object.keys(NOT_HONORED));
    assert.equal(Object.keys(NOT_HONORED).length, 20);
  });

  for (const [name, keys] of Object.entries(NOT_HONORED)) {
    it(`${name} is a valid task, and ${keys.length} of its keys are named`, () => {
      const notes = read(name).tasks.flatMap(({ notHonored }) => notHonored);
      const named = notes.map(({ key, changesRun }) => (changesRun ? `${key}!` : key));
      assert.deepEqual(named.sort(), keys);
    });
  }

  it('names each key with its line', () => {
    const lines = only('12-spot-recovery.yaml').notHonored.map(({ key, line }) => `${line} ${key}`);
    assert.deepEqual(lines, [
      '6 resources.job_recovery.strategy',
      '8 resources.job_recovery.recover_on_exit_codes',
      '10 file_mounts./checkpoint',
    ]);
  });
});

describe("SkyPilot's keys mean what they mean there", () => {
  it('a map or a set of accelerators is any of them, a list an order of preference', () => {
    const devices = (name: string): unknown =>
      only(name).resources.map(({ accelerators }) =>
        accelerators.map((device) => `${device.name}:${device.count}`).join('|'),
      );
    assert.deepEqual(devices('04-accelerators-dict.yaml'), ['A100:1|L4:2|V100:4']);
    assert.deepEqual(devices('05-accelerators-set.yaml'), ['L4:1|T4:1|A10G:1']);
    assert.deepEqual(devices('06-accelerators-list.yaml'), ['H100:8', 'A100-80GB:8']);
    assert.equal(only('05-accelerators-set.yaml').resourcesOrdered, false);
    assert.equal(only('06-accelerators-list.yaml').resourcesOrdered, true);
  });

  it('a bare amount is exact, a plus is a least amount', () => {
    const [asked] = only('03-accelerators-string.yaml').resources;
    assert.deepEqual(asked?.cpus, { value: 32, atLeast: true });
    assert.deepEqual(only('09-cloud-region-zone.yaml').resources[0]?.cpus, {
      value: 4,
      atLeast: false,
    });
  });

  it('memory is GiB, whatever its unit is called, and 4x is for each CPU', () => {
    assert.deepEqual(only('10-any-of.yaml').resources[0]?.memoryGib, { value: 64, atLeast: true });
    assert.deepEqual(only('09-cloud-region-zone.yaml').resources[0]?.memoryGib, {
      value: 16,
      atLeast: false,
    });
  });

  it('infra, or cloud with region and zone, are patterns of places', () => {
    assert.deepEqual(only('08-infra.yaml').resources[0]?.places, ['aws/us-east-1/us-east-1a']);
    assert.deepEqual(only('09-cloud-region-zone.yaml').resources[0]?.places, ['gcp/us-central1']);
    const anyOf = only('10-any-of.yaml').resources.flatMap(({ places }) => places);
    assert.deepEqual(anyOf, ['k8s', 'aws', '*/europe-west4']);
  });

  it('spot is taken only when it is asked for, and a goal may ask for it at large', () => {
    const spotOf = (text: string): boolean | null =>
      readTasks(text, { file: 'spot.yaml' }).tasks[0]!.resources[0]!.spot;
    assert.equal(spotOf('run: train\n'), false);
    assert.equal(spotOf('run: train\nresources: {use_spot: true}\n'), true);
    assert.equal(spotOf('run: train\ngoal: {spot: allow}\n'), null);
    assert.equal(spotOf('run: train\nresources: {use_spot: false}\ngoal: {spot: allow}\n'), false);
    const own = 'offers: [{name: mine, price: $1, spot: true}]\n';
    assert.equal(spotOf(own), null, 'an offer that the task brings is allowed as it is');
  });

  it('what stands beside any_of holds for each alternative', () => {
    const { resources, resourcesOrdered } = only('10-any-of.yaml');
    assert.deepEqual(
      resources.map(({ memoryGib, spot }) => [memoryGib?.value, spot]),
      [
        [64, false],
        [64, true],
        [64, false],
      ],
    );
    assert.equal(resourcesOrdered, false);
    assert.equal(only('11-ordered.yaml').resourcesOrdered, true);
  });

  it('gpus are accelerators', () => {
    assert.deepEqual(only('11-ordered.yaml').resources[1]?.accelerators, [
      { name: 'H100', count: 8 },
    ]);
  });

  it('use_spot: yes is true, as in YAML 1.1', () => {
    assert.equal(only('04-accelerators-dict.yaml').resources[0]?.spot, true);
  });

  it('max_hourly_cost is a rate', () => {
    assert.equal(only('08-infra.yaml').resources[0]?.maxNanosPerHour, 2_500_000_000);
  });

  it('max_restarts_on_errors are retries', () => {
    assert.equal(only('12-spot-recovery.yaml').retries, 3);
  });

  it('values of variables are texts as written', () => {
    assert.deepEqual(only('13-envs-secrets.yaml').envs, {
      MODEL: 'meta-llama/Llama-3.1-8B',
      STEPS: '1000',
      VERSION: '3.10',
      VERBOSE: 'true',
      EMPTY: '',
    });
  });

  it('secrets without a value are taken from the caller', () => {
    assert.deepEqual(only('13-envs-secrets.yaml').secrets, {
      HF_TOKEN: null,
      WANDB_API_KEY: 'not-a-real-key',
    });
    const { secrets } = readTasks('secrets: [secrets:A, secrets:personal.B, C]', { file: 'f' })
      .tasks[0]!;
    assert.deepEqual(secrets, { A: null, B: null, C: null });
  });

  it('variables stand for their values in workdir and file_mounts', () => {
    const { workdir, fileMounts } = only('13-envs-secrets.yaml');
    assert.equal(workdir, './models/meta-llama/Llama-3.1-8B');
    assert.deepEqual(fileMounts, { 'weights/1000': './weights' });
  });

  it('local file mounts are kept beside buckets that are not', () => {
    assert.deepEqual(only('14-file-mounts.yaml').fileMounts, { config: './config' });
  });

  it('a pipeline is a chain, with the name of its header', () => {
    const { name, tasks, needs } = read('19-pipeline.yaml');
    assert.equal(name, 'pipeline');
    assert.deepEqual(
      tasks.map((task) => task.name),
      ['prepare', 'train', 'evaluate'],
    );
    assert.deepEqual(needs, [[], [0], [1]]);
  });

  it('a job group starts all at once', () => {
    const { name, tasks, needs } = read('20-job-group.yaml');
    assert.equal(name, 'rl-group');
    assert.equal(tasks[0]?.numNodes, 2);
    assert.deepEqual(needs, [[], []]);
  });
});
