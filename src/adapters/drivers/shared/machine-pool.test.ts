import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundedMachine, capacityOf, machinePool, UNBOUNDED } from './machine-pool.ts';

const gpu = (name: string) => ({ name, memoryGib: 80, watts: 700 });
const machine = { vcpus: 7.5, memoryGib: 31.5, gpus: [gpu('H100'), gpu('T4'), gpu('H100')] };

describe('what this machine hands out', () => {
  it('all that it has, each kind of device by its name', () => {
    assert.deepEqual(capacityOf(machine, UNBOUNDED).has, {
      cpusMilli: 7500,
      memoryMib: 32_256,
      gpusByName: { H100: 2, T4: 1 },
    });
  });

  it('as much as its owner says, more or less', () => {
    const { has } = capacityOf(machine, { cpus: 10, memoryGib: 16 });
    assert.deepEqual([has.cpusMilli, has.memoryMib], [10_000, 16_384]);
  });

  it('processes and containers take from the same', () => {
    assert.equal(machinePool('stated').id, machinePool('part').id);
    assert.equal(capacityOf(machine, UNBOUNDED).pool, machinePool('part').id);
  });

  it('to one task never more than there is, nor more than may be handed out', () => {
    const { vcpus, memoryGib } = boundedMachine(machine, { cpus: 10, memoryGib: 16 });
    assert.deepEqual([vcpus, memoryGib], [7.5, 16]);
  });
});
