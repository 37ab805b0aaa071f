import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { V1PodSpec } from '@kubernetes/client-node';
import { Cluster } from '../../tools/cluster/cluster.ts';
import { BUSYBOX_IMAGE, NODE_IMAGE } from '../../tools/cluster/container-images.ts';
import { KERNEL_SETTINGS } from '../../tools/cluster/node-config.ts';
import { clusterObstacle } from '../../tools/cluster/obstacle.ts';
import { NODE_NAME } from '../../tools/cluster/real-node.ts';
import { ApiClient } from './api-client.ts';

const skip = clusterObstacle({ node: true }) ?? false;

/** What a driver for clusters builds on, seen on a node that really runs pods. */
describe('a node that runs pods', { skip, timeout: 300_000 }, () => {
  let cluster: Cluster;
  let api: ApiClient;
  const settings = kernelSettings();
  const interfaces = readdirSync('/sys/class/net');
  before(async () => {
    cluster = await Cluster.start({ node: true });
    api = new ApiClient(cluster);
  });
  after(async () => {
    await cluster.stop();
    assert.deepEqual(cluster.leftovers(), [], 'pods and mounts are gone');
    assert.deepEqual(readdirSync('/sys/class/net'), interfaces, 'and so are the interfaces');
  });

  it('runs a Job to completion, and tells what it wrote', async () => {
    await api.createJob('greet', shell('echo hello from $HOSTNAME; echo and goodbye >&2'));
    const job = await api.endedJob('greet', 30_000);
    assert.equal(job.status?.succeeded, 1);
    const pod = await api.podOf(
      'greet',
      'has ended',
      ({ status }) => status?.phase === 'Succeeded',
    );
    assert.equal(pod.spec?.nodeName, NODE_NAME);
    assert.equal(await api.logOf(pod), `hello from ${pod.metadata?.name}\nand goodbye\n`);
  });

  it('runs Node', async () => {
    const script = 'console.log(`Node ${process.versions.node}`)';
    await api.createJob('node', container(NODE_IMAGE, ['node', '-e', script]));
    await api.endedJob('node', 30_000);
    const pod = await api.podOf('node', 'has ended', ({ status }) => status?.phase === 'Succeeded');
    assert.equal(await api.logOf(pod), `Node ${process.versions.node}\n`);
  });

  it('says with which code a task failed', async () => {
    await api.createJob('fail', shell('exit 7'));
    assert.equal((await api.endedJob('fail', 30_000)).status?.failed, 1);
    const pod = await api.podOf('fail', 'has failed', ({ status }) => status?.phase === 'Failed');
    assert.equal(pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 7);
  });

  it('runs a command beside a task', async () => {
    await api.createJob('sleep', shell('echo 42 >/tmp/answer; exec sleep 600'));
    const pod = await api.podOf('sleep', 'runs', ({ status }) => status?.phase === 'Running');
    const { output, status } = await api.exec(pod, ['cat', '/tmp/answer']);
    assert.equal(output, '42\n');
    assert.equal(status.status, 'Success');
    const failure = await api.exec(pod, ['sh', '-c', 'exit 3']);
    assert.equal(failure.status.details?.causes?.[0]?.message, '3');
  });

  it('reports that a task outgrew its memory limit', async () => {
    const grow = 'x=x; while :; do x=$x$x; done';
    const { containers } = shell(grow);
    const resources = { limits: { memory: '32Mi', cpu: '100m' } };
    await api.createJob('grow', { containers: [{ ...containers[0]!, resources }] });
    const pod = await api.podOf('grow', 'has failed', ({ status }) => status?.phase === 'Failed');
    const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
    assert.equal(ended?.reason, 'OOMKilled');
    assert.equal(ended?.exitCode, 137);
  });

  it('reports an image that it cannot get, and that it goes on trying', async () => {
    await api.createJob('nowhere', container('localhost/nowhere:1', ['true']));
    const reasons = new Set<string | undefined>();
    await api.podOf('nowhere', 'has been tried', ({ status }) => {
      reasons.add(status?.containerStatuses?.[0]?.state?.waiting?.reason);
      return reasons.has('ImagePullBackOff');
    });
    assert.ok(reasons.has('ErrImagePull'), [...reasons].join(', '));
  });

  it('leaves the settings of the kernel as they were', () => {
    assert.deepEqual(kernelSettings(), settings);
  });
});

function kernelSettings(): readonly string[] {
  return KERNEL_SETTINGS.map((name) => `${name} ${readFileSync(`/proc/sys/${name}`, 'utf8')}`);
}

function shell(script: string): V1PodSpec {
  return container(BUSYBOX_IMAGE, ['sh', '-c', script]);
}

function container(image: string, command: string[]): V1PodSpec {
  // Pods of a Job are not waited for at the end of the test.
  return { terminationGracePeriodSeconds: 0, containers: [{ name: 'task', image, command }] };
}
