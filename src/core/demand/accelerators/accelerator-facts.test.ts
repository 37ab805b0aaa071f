import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCELERATORS } from '../../catalog/accelerator-names.ts';
import {
  type AcceleratorFacts,
  acceleratorFacts,
  allAccelerators,
  computeFormat,
} from './accelerator-facts.ts';

describe('what devices can do', () => {
  it('is told under the names of the catalog, with the memory that the catalog has', () => {
    for (const { name, memoryGib } of acceleratorFacts()) {
      assert.ok(name in ACCELERATORS, `${name} is no name of the catalog`);
      assert.equal(memoryGib, ACCELERATORS[name]!.memoryGib, name);
    }
  });

  it('is told once for each, with a figure in every column', () => {
    const names = acceleratorFacts().map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const device of acceleratorFacts()) {
      const { memoryBytesPerS, linkBytesPerS, networkBytesPerS, domain } = device;
      for (const figure of [memoryBytesPerS, linkBytesPerS, networkBytesPerS, domain])
        assert.ok(figure > 0, `${device.name} has a figure of ${figure}`);
      for (const [format, peak] of Object.entries(device.peak))
        assert.ok(peak >= 0 && peak < 1e17, `${device.name} does ${peak} FLOP/s in ${format}`);
    }
  });

  it('is told of all parts once, each with a source, a year and a figure to compute with', () => {
    const all = allAccelerators();
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
    for (const device of all) {
      const { name, year, memoryGib, memoryBytesPerS, ceiling, narrowCeiling, watts } = device;
      assert.ok(device.source.length > 3 && device.vendor !== '', name);
      assert.ok(year >= 2014 && year <= 2026, `${name} ${year}`);
      assert.equal(memoryGib === 0, memoryBytesPerS === Infinity, name);
      assert.ok(
        Object.values(device.peak).some((peak) => peak > 0),
        name,
      );
      for (const share of [ceiling, narrowCeiling]) assert.ok(share > 0.5 && share <= 1, name);
      assert.ok(watts === null || watts > 0, name);
    }
  });

  it('names what its matmul ceiling rests on', () => {
    assert.equal(deviceOf('A100').ceiling, 271.2 / 312);
    assert.match(deviceOf('A100').ceilingSource, /^16 bits: measured/);
    assert.equal(deviceOf('RTX4090').ceiling, (271.2 + 252.9) / 2 / 312);
    assert.match(deviceOf('RTX4090').ceilingSource, /inherited from A100 SXM, A100 PCIe/);
    assert.match(deviceOf('tpu-v5p').ceilingSource, /inherited from all measured parts/);
  });

  it('is without sparsity: an H100 does 989 TFLOP/s in bf16', () => {
    assert.equal(deviceOf('H100').peak.bf16, 989.4e12);
    assert.equal(deviceOf('H100').memoryBytesPerS, 3.35e12);
  });

  it('falls back to the format that a device has', () => {
    assert.equal(computeFormat(deviceOf('H100'), 'fp8'), 'fp8');
    assert.equal(computeFormat(deviceOf('A100'), 'fp8'), 'bf16');
    assert.equal(computeFormat(deviceOf('V100'), 'bf16'), 'fp16');
    assert.equal(computeFormat(deviceOf('tpu-v5e'), 'nf4'), 'bf16');
    assert.equal(computeFormat(deviceOf('tpu-v5e'), 'fp32'), null);
  });
});

function deviceOf(name: string): AcceleratorFacts {
  const found = acceleratorFacts().find((one) => one.name === name);
  assert.ok(found, `${name} is not in the table`);
  return found;
}
