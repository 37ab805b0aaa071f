import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gpuName } from './gpu-name.ts';

describe('the name of a device that nvidia-smi tells of', () => {
  const cases: readonly (readonly [string, number | null, string])[] = [
    ['NVIDIA A100-SXM4-80GB', 80, 'A100-80GB'],
    ['NVIDIA A100-PCIE-40GB', 40, 'A100'],
    ['Tesla V100-SXM2-16GB', 16, 'V100'],
    ['Tesla V100-SXM2-32GB', 32, 'V100-32GB'],
    ['NVIDIA H100 80GB HBM3', 80, 'H100'],
    ['NVIDIA H100 PCIe', 80, 'H100-PCIe'],
    ['NVIDIA H100 NVL', 94, 'H100-NVL'],
    ['NVIDIA H200', 141, 'H200'],
    ['NVIDIA H200 NVL', 141, 'H200-NVL'],
    ['NVIDIA GeForce RTX 4090', 24, 'RTX4090'],
    ['NVIDIA RTX 6000 Ada Generation', 48, 'RTX6000-Ada'],
    ['Tesla T4', 15, 'T4'],
  ];
  for (const [product, gib, name] of cases) {
    it(`${product} is the catalog's ${name}`, () => assert.equal(gpuName(product, gib), name));
  }
});
