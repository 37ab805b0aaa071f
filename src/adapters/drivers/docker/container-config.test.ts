import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildNodeSpec } from '../../../ports/driver.conformance.ts';
import { containerConfig, IMAGE_DEFAULT, refOf } from './container-config.ts';

const gpu = { name: 'H100', memoryGib: 80, watts: 700 };
const slice = { id: 'docker/2-vcpu', vcpus: 1.5, memoryGib: 4, gpus: [] };

describe('what an engine is asked to create', () => {
  const spec = buildNodeSpec({ run: 'true' });

  it('is limited in cpus and memory, without swap, with room for data loaders', () => {
    const { HostConfig } = containerConfig(spec, { mounts: [], slice });
    assert.equal(HostConfig?.NanoCpus, 1_500_000_000);
    assert.deepEqual([HostConfig.Memory, HostConfig.MemorySwap], [4 * 2 ** 30, 4 * 2 ** 30]);
    assert.equal(HostConfig.ShmSize, 2 * 2 ** 30);
  });

  it('asks for as many NVIDIA devices as the offer has, and for none without', () => {
    const two = containerConfig(spec, { mounts: [], slice: { ...slice, gpus: [gpu, gpu] } });
    assert.deepEqual(two.HostConfig?.DeviceRequests, [
      { Driver: 'nvidia', Count: 2, Capabilities: [['gpu']] },
    ]);
    const none = containerConfig(spec, { mounts: [], slice });
    assert.equal(none.HostConfig?.DeviceRequests, undefined);
  });

  it('has the image of the task, or the one that the documentation states', () => {
    assert.equal(containerConfig(spec, { mounts: [], slice }).Image, IMAGE_DEFAULT);
    const own = containerConfig({ ...spec, image: 'node:24' }, { mounts: [], slice });
    assert.equal(own.Image, 'node:24');
  });

  it('says by its labels whose node it is; labels of others are nobody', () => {
    const { Labels } = containerConfig(spec, { mounts: [], slice });
    assert.deepEqual(refOf(Labels ?? {}), spec.ref);
    assert.equal(refOf({ 'com.example.run': 'x' }), null);
    assert.equal(refOf({ ...Labels, 'kedge.rank': 'x' }), null);
  });
});
