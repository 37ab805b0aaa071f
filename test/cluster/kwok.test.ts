import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Cluster } from '../../tools/cluster/cluster.ts';
import { KWOK_NODE } from '../../tools/cluster/kwok.ts';
import { clusterObstacle } from '../../tools/cluster/obstacle.ts';
import { ApiClient, until } from './api-client.ts';

const skip = clusterObstacle() ?? false;
const GPUS = 'nvidia.com/gpu';

describe('nodes that KWOK plays', { skip, timeout: 300_000 }, () => {
  let cluster: Cluster;
  let api: ApiClient;
  before(async () => {
    cluster = await Cluster.start({ kwok: true });
    api = new ApiClient(cluster);
  });
  after(async () => {
    await cluster.stop();
    assert.deepEqual(cluster.leftovers(), []);
  });

  it('have GPUs, and become Ready', async () => {
    const room = { cpu: '64', memory: '512Gi', pods: '110', [GPUS]: '8' };
    const body = {
      metadata: { name: 'gpus', annotations: KWOK_NODE, labels: { accelerator: 'H100' } },
      status: { capacity: room, allocatable: room },
    };
    await api.core.createNode({ body });
    const node = await until('a Ready node', 30_000, async () => {
      const { spec, status, metadata } = await api.core.readNode({ name: 'gpus' });
      const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
      return ready && spec?.taints === undefined ? { status, metadata } : null;
    });
    assert.equal(node.status?.allocatable?.[GPUS], '8');
  });

  it('take the pods of a Job in turn, each of which wants all GPUs of the node', async () => {
    const resources = { limits: { [GPUS]: '8' } };
    const pod = { containers: [{ name: 'task', image: 'never-pulled', resources }] };
    await api.createJob('gang', pod, 4);
    const { status } = await api.endedJob('gang', 60_000);
    assert.equal(status?.succeeded, 4);
  });

  it('leave a pod that wants more than they have waiting, with the reason', async () => {
    const resources = { limits: { [GPUS]: '9' } };
    const pod = { containers: [{ name: 'task', image: 'never-pulled', resources }] };
    await api.createJob('greedy', pod);
    const waiting = await api.podOf('greedy', 'cannot be placed', ({ status }) =>
      Boolean(status?.conditions?.some(({ reason }) => reason === 'Unschedulable')),
    );
    const reason = waiting.status?.conditions?.[0]?.message ?? '';
    assert.match(reason, /Insufficient nvidia\.com\/gpu/);
  });
});
