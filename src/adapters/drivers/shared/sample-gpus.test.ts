import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GIB, MIB } from '../../../base/units.ts';
import { gpusOf, parseNvidia, parseRocm, parseXpu } from './sample-gpus.ts';

/** In the forms that the tools' documentation shows; none was run where there is a device. */
const DEVICES = `0, GPU-aaaa, 97, 61234
1, GPU-bbbb, 3, 512
2, GPU-cccc, [N/A], [N/A]
`;
const APPS = `GPU-aaaa, 4711, 61000
GPU-bbbb, 99, 300
GPU-aaaa, 4712, 200
`;

describe('devices as their tools tell of them', () => {
  it('of NVIDIA come with who uses them', () => {
    const [first, second, third] = parseNvidia(DEVICES, APPS);
    assert.deepEqual(first, {
      index: 0,
      utilization: 0.97,
      memoryBytes: 61_234 * MIB,
      memoryByPid: new Map([
        [4711, 61_000 * MIB],
        [4712, 200 * MIB],
      ]),
    });
    assert.deepEqual([second!.index, second!.memoryByPid!.get(99)], [1, 300 * MIB]);
    assert.deepEqual([third!.utilization, third!.memoryBytes], [null, null]);
    assert.deepEqual(parseNvidia('', ''), []);
    assert.deepEqual(parseNvidia('No devices were found\n', ''), []);
  });

  it('of AMD come as JSON, with their numbers as texts', () => {
    const json = JSON.stringify({
      card0: { 'GPU use (%)': '12', 'VRAM Total Used Memory (B)': '1073741824' },
      card1: { 'GPU use (%)': 'N/A' },
      system: { 'Driver version': '6.7.0' },
    });
    assert.deepEqual(parseRocm(json), [
      { index: 0, utilization: 0.12, memoryBytes: GIB, memoryByPid: null },
      { index: 1, utilization: null, memoryBytes: null, memoryByPid: null },
    ]);
  });

  it('of Intel come as lines below a heading', () => {
    const csv = `Timestamp, DeviceId, GPU Utilization (%), GPU Memory Used (MiB)
20:06:17.218,    0, 97.10, 78.50
20:06:17.218,    1,  N/A,  N/A
`;
    assert.deepEqual(parseXpu(csv), [
      { index: 0, utilization: 0.971, memoryBytes: 78.5 * MIB, memoryByPid: null },
      { index: 1, utilization: null, memoryBytes: null, memoryByPid: null },
    ]);
  });
});

describe('the devices of a node', () => {
  it('are those that its processes use, with what they hold there', () => {
    const devices = parseNvidia(DEVICES, APPS);
    assert.deepEqual(gpusOf(devices, new Set([4711, 4712])), [
      { index: 0, utilization: 0.97, memoryBytes: 61_200 * MIB },
    ]);
  });

  it('are idle where it uses none, so that one that is paid for in vain is seen', () => {
    const idle = gpusOf(parseNvidia(DEVICES, APPS), new Set([1]));
    assert.deepEqual(idle, [{ index: 0, utilization: 0, memoryBytes: 0 }]);
    assert.deepEqual(gpusOf([], new Set([1])), []);
  });

  it('are all of the machine where the tool tells of no processes', () => {
    const card = { index: 3, utilization: 0.5, memoryBytes: 7, memoryByPid: null };
    assert.deepEqual(gpusOf([card], new Set()), [{ index: 3, utilization: 0.5, memoryBytes: 7 }]);
  });
});
