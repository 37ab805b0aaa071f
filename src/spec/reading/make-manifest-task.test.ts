import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTasks } from '../read-tasks.ts';
import type { Task } from '../task.ts';
import { refusalOf, taskIn } from './read-for-tests.ts';

const JOB = `
apiVersion: batch/v1
kind: Job
metadata: {name: train, labels: {team: vision}}
spec:
  parallelism: 4
  completions: 4
  backoffLimit: 2
  template:
    spec:
      restartPolicy: OnFailure
      nodeSelector:
        cloud.google.com/gke-accelerator: nvidia-tesla-t4
        topology.kubernetes.io/region: us-central1
      tolerations: [{key: nvidia.com/gpu, operator: Exists}]
      containers:
        - name: main
          image: pytorch/pytorch:2.4
          command: [python, train.py]
          args: ["--name", "it's $(SEED) $$(X) $(NOBODY)"]
          env:
            - {name: SEED, value: "7"}
            - name: TOKEN
              valueFrom: {secretKeyRef: {name: hf, key: token}}
            - name: POD
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
          resources:
            requests: {cpu: 500m, memory: 16Gi}
            limits: {nvidia.com/gpu: 2}
          volumeMounts: [{name: data, mountPath: /data}]
      volumes: [{name: data, emptyDir: {}}]
`;

function pod(container: string, around = ''): Task {
  const text = `apiVersion: v1\nkind: Pod\nspec: {containers: [{image: a, ${container}}]${around}}\n`;
  return taskIn(text);
}

describe('a Kubernetes Job', () => {
  const task = taskIn(JOB);

  it('is a task with its name, pods and tries', () => {
    const { name, origin, kind, numNodes, retries } = task;
    assert.deepEqual(
      { name, origin, kind, numNodes, retries },
      { name: 'train', origin: 'kubernetes', kind: 'run', numNodes: 4, retries: 2 },
    );
  });

  it('runs its words one by one, with its variables filled in', () => {
    assert.equal(task.run, `python train.py --name 'it'\\''s 7 $(X) $(NOBODY)'`);
  });

  it('has its variables; what a cluster keeps secret is the caller’s', () => {
    assert.deepEqual(task.envs, { SEED: '7' });
    assert.deepEqual(task.secrets, { TOKEN: null });
  });

  it('asks for what it requests, at least, and for the device of its nodes', () => {
    const [asked] = task.resources;
    assert.deepEqual(asked?.cpus, { value: 0.5, atLeast: true });
    assert.deepEqual(asked?.memoryGib, { value: 16, atLeast: true });
    assert.deepEqual(asked?.accelerators, [{ name: 'nvidia-tesla-t4', count: 2 }]);
    assert.deepEqual(asked?.places, ['*/us-central1']);
    assert.equal(asked?.imageId, 'pytorch/pytorch:2.4');
  });

  it('names what is not honored, and whether something else would run', () => {
    const notes = task.notHonored.map(
      ({ key, line, changesRun }) => `${line} ${key} ${changesRun}`,
    );
    assert.deepEqual(notes.sort(), [
      '15 spec.template.spec.tolerations false',
      '18 spec.template.spec.containers.image true',
      '26 spec.template.spec.containers.env.POD true',
      '30 spec.template.spec.containers.volumeMounts true',
      '31 spec.template.spec.volumes true',
    ]);
  });

  it('tries six times by default', () => {
    assert.equal(taskIn(JOB.replace('  backoffLimit: 2\n', '')).retries, 6);
  });

  it('with more completions than pods at once says that not all would run', () => {
    const more = taskIn(JOB.replace('completions: 4', 'completions: 10'));
    assert.equal(more.numNodes, 4);
    assert.ok(more.notHonored.some(({ key }) => key === 'spec.completions'));
  });
});

describe('a Kubernetes Pod or Deployment', () => {
  it('of several replicas is as many nodes, and says that they are not kept alive', () => {
    const task = taskIn(
      JOB.replace('Job', 'Deployment').replace(
        / {2}parallelism[^]*?template/,
        '  replicas: 3\n  template',
      ),
    );
    assert.equal(task.numNodes, 3);
    assert.ok(task.notHonored.some(({ key, changesRun }) => key === 'kind' && changesRun));
  });

  it('without a command has nothing to run: the image knows', () => {
    assert.equal(pod('name: a').run, null);
    const { run, notHonored } = pod('args: [--fast]');
    assert.equal(run, null);
    assert.ok(notHonored.some(({ key }) => key === 'spec.containers.args'));
  });

  it('of two containers runs the first, and says so', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nspec: {containers: [{command: [a]}, {command: [b]}], initContainers: [{command: [c]}]}\n';
    const { run, notHonored } = taskIn(text);
    assert.equal(run, 'a');
    assert.deepEqual(notHonored.map(({ key }) => key).sort(), [
      'spec.containers',
      'spec.initContainers',
    ]);
  });

  it('that asks for a GPU must say which', () => {
    const { resources, notHonored } = pod('resources: {limits: {nvidia.com/gpu: 1}}');
    assert.deepEqual(resources[0]?.accelerators, []);
    assert.ok(
      notHonored.some(({ key, changesRun }) => key.endsWith('nvidia.com/gpu') && changesRun),
    );
  });

  it('takes limits where it requests nothing', () => {
    const [asked] = pod('resources: {limits: {cpu: 2, memory: 2147483648}}').resources;
    assert.deepEqual([asked?.cpus?.value, asked?.memoryGib?.value], [2, 2]);
  });

  it('names a field that nobody knows, as a mistyped one', () => {
    const { notHonored } = pod('comand: [a]');
    assert.ok(
      notHonored.some(({ key, changesRun }) => key === 'spec.containers.comand' && changesRun),
    );
  });

  it('of other kinds are no tasks, and say where', () => {
    const error = refusalOf('run: a\n---\napiVersion: v1\nkind: Service\nspec: {}\n');
    assert.equal(error.code, 'spec.unsupported-kind');
    assert.match(
      error.message,
      /^task.yaml:4:7: a Kubernetes manifest of kind "Service" is no task/,
    );
  });

  it('need a container, and quantities that are some', () => {
    assert.equal(refusalOf('apiVersion: v1\nkind: Pod\nspec: {}\n').code, 'spec.invalid');
    const bad =
      'apiVersion: v1\nkind: Pod\nspec: {containers: [{resources: {limits: {cpu: many}}}]}';
    assert.equal(refusalOf(bad).code, 'spec.bad-value');
  });

  it('in one file know no order', () => {
    const { needs } = readTasks(`${JOB}\n---\n${JOB}`, { file: 'f' });
    assert.deepEqual(needs, [[], []]);
  });
});
