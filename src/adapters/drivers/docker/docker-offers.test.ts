import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dockerOffers, sliceOf } from './docker-offers.ts';

const pricing = { usdPerHour: null, electricityUsdPerKwh: null, today: '2026-11-25' };
const gpu = { name: 'H100', memoryGib: 80, watts: 700 };
const machines = fc.record({
  vcpus: fc.integer({ min: 1, max: 512 }),
  memoryGib: fc.double({ min: 0.5, max: 4096, noNaN: true }),
  gpus: fc.array(fc.constant(gpu), { maxLength: 8 }),
});

describe('the offers of a container engine', () => {
  it('are the machine, its half, its quarter, down to one vCPU, each with its share', () => {
    const offers = dockerOffers({ vcpus: 6, memoryGib: 24, gpus: [] }, pricing);
    assert.deepEqual(
      offers.map(({ id, vcpus, memoryGib }) => [id, vcpus, memoryGib]),
      [
        ['docker/6-vcpu', 6, 24],
        ['docker/3-vcpu', 3, 12],
        ['docker/1-vcpu', 1, 4],
      ],
    );
  });

  it('have 1, 2, 4 and all of the devices', () => {
    const gpus = Array.from({ length: 6 }, () => gpu);
    const offers = dockerOffers({ vcpus: 48, memoryGib: 480, gpus }, pricing);
    const parts = offers.filter(({ acceleratorCount }) => acceleratorCount > 0);
    assert.deepEqual(
      parts.map(({ id, vcpus, memoryGib }) => [id, vcpus, memoryGib]),
      [
        ['docker/H100:1', 8, 80],
        ['docker/H100:2', 16, 160],
        ['docker/H100:4', 32, 320],
        ['docker/H100:6', 48, 480],
      ],
    );
  });

  it('limit a container to what they say, never to more than there is', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        for (const { id, vcpus, memoryGib, acceleratorCount } of dockerOffers(machine, pricing)) {
          const slice = sliceOf(id, machine);
          assert.deepEqual([slice.vcpus, slice.memoryGib], [vcpus, memoryGib]);
          assert.equal(slice.gpus.length, acceleratorCount);
          assert.ok(slice.vcpus <= machine.vcpus && slice.memoryGib <= machine.memoryGib);
        }
      }),
    );
  });

  it('cost less the smaller they are, of energy or of the price that the user gives', () => {
    for (const usdPerHour of [null, 8]) {
      const machine = { vcpus: 16, memoryGib: 64, gpus: [] };
      const prices = dockerOffers(machine, { ...pricing, usdPerHour }).map((o) => o.nanosPerHour);
      assert.deepEqual(
        prices,
        prices.toSorted((a, b) => b - a),
      );
      assert.equal(new Set(prices).size, prices.length);
    }
  });
});
