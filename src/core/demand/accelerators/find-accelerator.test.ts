import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ACCELERATORS } from '../../catalog/accelerator-names.ts';
import { allAccelerators } from './accelerator-facts.ts';
import { findAccelerator } from './find-accelerator.ts';

describe('finding a part by name', () => {
  it('understands how papers and tables write it', () => {
    const written = {
      'A100-80GB SXM (Selene)': ['A100-80GB', 80],
      'H100-PCIe-80GB': ['H100-PCIe', 80],
      'RTX A6000 48GB': ['A6000', 48],
      '3090 24GB': ['RTX3090', 24],
      '4070 Ti 12GB': ['RTX4070-Ti', 12],
      'B200-180GB (preview)': ['B200', 180],
      'TPU v6e': ['tpu-v6e', 32],
      'TPU-v5p': ['tpu-v5p', 95],
      Trainium1: ['Trainium', 32],
      Trn2: ['Trainium2', 96],
      'V100-16GB SXM2': ['V100', 16],
      'V100-32GB SXM2': ['V100-32GB', 32],
      'K80 (1 of 2 dies, 12GB)': ['K80', 12],
      'A100 PCIe 80GB': ['A100-80GB-PCIe', 80],
      'A100-SXM4-40GB': ['A100', 40],
      'H200 SXM5 141GB': ['H200', 141],
      'MI300X-192GB': ['MI300X', 192],
      'NVIDIA H100 80GB HBM3': ['H100', 80],
      'AMD Radeon RX 7900 XTX': ['RX7900-XTX', 24],
      'Ascend 910B (Atlas 900 A2)': ['Ascend-910B', 64],
      'Hailo-8L (13 TOPS)': ['Hailo-8L', 0],
      'Coral Dev Board Edge TPU': ['Coral', 0],
      'Raspberry Pi 4 CPU (TFLite)': ['Raspberry-Pi-4', 4],
      'Jetson Nano (TensorRT)': ['Jetson-Nano', 4],
      'H100 94GB': ['H100-NVL', 94],
      'GB200 NVL72': ['GB200', 186],
      'GH200 480GB': ['GH200', 96],
      'A10G (AWS g5)': ['A10G', 24],
    };
    for (const [name, [part, memory]] of Object.entries(written)) {
      const found = findAccelerator(name);
      assert.deepEqual([found?.name, found?.memoryGib], [part, memory], name);
    }
  });

  it('takes the memory that the name states', () => {
    assert.equal(findAccelerator('M1 Max 32‑Core GPU 32GB')?.memoryGib, 32);
    assert.equal(findAccelerator('A100 64GB')?.memoryGib, 64);
    assert.equal(findAccelerator('H100 PCIe 94GB')?.name, 'H100-PCIe 94GB');
    assert.equal(findAccelerator('RTX 4090 48GB')?.memoryGib, 48);
  });

  it('scales the arithmetic of processors and Apple chips by their cores', () => {
    const whole = findAccelerator('Xeon Platinum 8480+')!;
    const part = findAccelerator('CPU Sapphire Rapids GCP c3-highcpu-44 (22 threads)')!;
    assert.equal(part.peak.bf16, (whole.peak.bf16 * 22) / 56);
    assert.equal(part.memoryBytesPerS, whole.memoryBytesPerS);
    assert.equal(findAccelerator('M1 7‑Core GPU 8GB')?.peak.fp32, (2.6e12 * 7) / 8);
  });

  it('finds nothing where no part is meant, or several are', () => {
    for (const name of ['any', 'CUDA', '', 'A100/H100', 'A10G vs A100-80GB', 'TPU v2/v3 chips'])
      assert.equal(findAccelerator(name), undefined, name);
    assert.equal(findAccelerator('mix L4 H100'), undefined);
  });

  it('finds the same part again by the name of what it found', () => {
    for (const device of allAccelerators()) assert.equal(findAccelerator(device.name), device);
    const any = fc.constantFrom(...allAccelerators().map(({ name }) => name));
    fc.assert(
      fc.property(
        any,
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 99 }),
        (...of) => {
          const [name, memory, cores] = of;
          const found = findAccelerator(`${name} ${memory}GB (${cores} cores)`);
          assert.ok(found);
          assert.deepEqual(findAccelerator(found.name), found);
        },
      ),
    );
  });

  it("knows the catalog's spellings of the parts that plans may name", () => {
    for (const { name } of allAccelerators().filter((one) => one.name in ACCELERATORS))
      for (const spelling of ACCELERATORS[name]!.aliases ?? [])
        assert.ok(findAccelerator(spelling)?.name.startsWith(familyOf(name)), spelling);
  });
});

function familyOf(name: string): string {
  return name.split('-')[0]!;
}
