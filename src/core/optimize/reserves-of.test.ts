import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildOffer, buildResources } from '../../spec/build-for-tests.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Resources } from '../../spec/task.ts';
import { reservesOf } from './reserves-of.ts';

const machine = { vcpus: 64, memoryGib: 256.5, accelerator: null, acceleratorCount: 0 };
const whole: Partial<Offer> = { ...machine, pool: { id: 'machine:ada', takes: 'stated' } };
const part: Partial<Offer> = { ...machine, pool: { id: 'machine:ada', takes: 'part' } };
const atLeast = (value: number) => ({ value, atLeast: true });

describe('what a task takes of a place of one’s own', () => {
  const reserves = (offer: Partial<Offer>, ...resources: readonly Partial<Resources>[]) =>
    reservesOf(buildOffer(offer), { resources: resources.map(buildResources) });

  it('nothing, where the place is not ours', () => {
    assert.equal(reserves({}, {}), null);
  });

  it('what it states of a whole machine, as fine as it states it', () => {
    const stated = { cpus: atLeast(2.5), memoryGib: atLeast(8) };
    assert.deepEqual(reserves(whole, stated), {
      pool: 'machine:ada',
      cpusMilli: 2500,
      memoryMib: 8192,
      gpusByName: {},
    });
  });

  it('half a vCPU where it states nothing, so that small things run side by side', () => {
    const { cpusMilli, memoryMib } = reserves(whole, {})!;
    assert.deepEqual([cpusMilli, memoryMib], [500, 0]);
  });

  it('all of a part that it is kept within, whatever it states', () => {
    const { cpusMilli, memoryMib } = reserves(part, { cpus: atLeast(2) })!;
    assert.deepEqual([cpusMilli, memoryMib], [64_000, 262_656]);
  });

  it('the devices that it asks for, by their catalog name, though the offer has more', () => {
    const gpus = { ...whole, accelerator: 'A100-80GB', acceleratorCount: 4 };
    const asked = { accelerators: [{ name: 'a100-80gb', count: 3 }] };
    assert.deepEqual(reserves(gpus, asked)?.gpusByName, { 'A100-80GB': 3 });
    assert.deepEqual(reserves(gpus, {})?.gpusByName, { 'A100-80GB': 4 });
  });

  it('what that alternative states which has chosen the offer', () => {
    const gpus = { ...whole, accelerator: 'H100', acceleratorCount: 1 };
    const taken = reserves(
      gpus,
      { accelerators: [{ name: 'T4', count: 1 }], cpus: atLeast(4) },
      { accelerators: [{ name: 'H100', count: 1 }], cpus: atLeast(16) },
    );
    assert.equal(taken?.cpusMilli, 16_000);
  });
});
