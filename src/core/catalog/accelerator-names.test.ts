import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  ACCELERATORS,
  isKnownAccelerator,
  normaliseAccelerator,
  resolveAccelerator,
} from './accelerator-names.ts';

/** What people, price lists and nvidia-smi write, by the one name that it means. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  H100: ['h100', 'NVIDIA H100 80GB HBM3', 'nvidia-h100-80gb', 'H100 SXM5', 'h100-sxm', 'HGX H100'],
  'H100-PCIe': ['NVIDIA H100 PCIe', 'h100-pcie', 'H100-80GB-PCIe'],
  'H100-NVL': ['NVIDIA H100 NVL', 'h100_nvl'],
  H200: ['NVIDIA H200', 'H200 SXM', 'h200-141gb'],
  A100: ['a100', 'NVIDIA A100-SXM4-40GB', 'NVIDIA A100-PCIE-40GB', 'a100-40gb'],
  'A100-80GB': ['NVIDIA A100-SXM4-80GB', 'NVIDIA A100 80GB PCIe', 'a100-80gb', 'A100 SXM 80'],
  V100: ['Tesla V100-SXM2-16GB', 'v100', 'V100-16GB'],
  'V100-32GB': ['Tesla V100-SXM2-32GB', 'v100-32gb'],
  P100: ['Tesla P100-PCIE-16GB', 'p100'],
  T4: ['Tesla T4', 't4', 'nvidia-tesla-t4'],
  T4g: ['NVIDIA T4G', 't4g'],
  L40S: ['NVIDIA L40S', 'l40s', 'L40S-48GB'],
  A6000: ['NVIDIA RTX A6000', 'rtx a6000', 'RTXA6000', 'RTX-A6000'],
  RTX6000: ['Quadro RTX 6000'],
  'RTX6000-Ada': ['NVIDIA RTX 6000 Ada Generation', 'rtx 6000 ada', 'RTX6000ADA'],
  RTXPRO6000: ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 'rtx-pro-6000', 'RTX 6000 Pro'],
  RTX4090: ['NVIDIA GeForce RTX 4090', 'rtx 4090', 'RTX-4090', 'geforce_rtx_4090'],
  'RTX4070-Ti-Super': ['NVIDIA GeForce RTX 4070 Ti SUPER', 'rtx4070tisuper'],
  GH200: ['NVIDIA GH200 480GB', 'gh200'],
  MI300X: ['AMD MI300X', 'mi300x'],
  Trainium: ['AWS Trainium', 'trainium1'],
  'tpu-v5e': ['tpu-v5litepod', 'TPU v5e', 'tpu-v5-lite-podslice'],
};

describe('names of accelerators', () => {
  it('whatever way a device is spelled, it gets its one name', () => {
    for (const [name, spellings] of Object.entries(SPELLINGS))
      for (const spelling of spellings)
        assert.equal(normaliseAccelerator(spelling), name, spelling);
  });

  it('every name means itself, in any case and with any punctuation', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(ACCELERATORS)),
        fc.constantFrom('', ' ', '_', '-'),
        fc.boolean(),
        (name, joint, upper) => {
          const spelled = name.replaceAll('-', joint);
          assert.equal(normaliseAccelerator(upper ? spelled.toUpperCase() : spelled), name);
        },
      ),
    );
  });

  it('no spelling stands for two devices', () => {
    const owners = new Map<string, string>();
    for (const [name, { aliases = [] }] of Object.entries(ACCELERATORS))
      for (const spelling of [name, ...aliases]) {
        const key = spelling.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
        assert.equal(owners.get(key) ?? name, name, `${spelling} is an alias of two names`);
        owners.set(key, name);
        assert.equal(normaliseAccelerator(spelling), name, spelling);
      }
  });

  it('devices of different memory or arithmetic stay apart', () => {
    assert.notEqual(normaliseAccelerator('A100-40GB'), normaliseAccelerator('A100-80GB'));
    assert.notEqual(normaliseAccelerator('H100 SXM'), normaliseAccelerator('H100 PCIe'));
    assert.notEqual(normaliseAccelerator('RTX 6000 Ada'), normaliseAccelerator('RTX 6000 Pro'));
    assert.notEqual(normaliseAccelerator('L40'), normaliseAccelerator('L40S'));
  });

  it('an unknown device stays as it was written', () => {
    assert.equal(normaliseAccelerator('  Frobnicator 9000 '), 'Frobnicator 9000');
    assert.equal(isKnownAccelerator('Frobnicator 9000'), false);
    assert.equal(isKnownAccelerator('constructor'), false);
    assert.equal(isKnownAccelerator('h100'), false, 'only the own spelling is a name');
  });

  it('hostile text is neither slow nor taken for a device', () => {
    const long = 'nvidia-'.repeat(100_000);
    assert.equal(normaliseAccelerator(long), long);
    assert.equal(normaliseAccelerator('__proto__'), '__proto__');
  });
});

describe('a request for accelerators', () => {
  it('a slice up to v5p names cores, two on a chip; later ones name chips', () => {
    const chips = (name: string) => resolveAccelerator({ name, count: 1 });
    assert.deepEqual(chips('tpu-v2-8'), { name: 'tpu-v2', count: 4 });
    assert.deepEqual(chips('tpu-v4-8'), { name: 'tpu-v4', count: 4 });
    assert.deepEqual(chips('tpu-v5p-8'), { name: 'tpu-v5p', count: 4 });
    assert.deepEqual(chips('tpu-v5litepod-8'), { name: 'tpu-v5e', count: 8 });
    assert.deepEqual(chips('tpu-v6e-8'), { name: 'tpu-v6e', count: 8 });
    assert.deepEqual(chips('TPU-V6E-1'), { name: 'tpu-v6e', count: 1 });
  });

  it('a count multiplies slices, and stays with other devices', () => {
    assert.deepEqual(resolveAccelerator({ name: 'tpu-v6e-4', count: 2 }), {
      name: 'tpu-v6e',
      count: 8,
    });
    assert.deepEqual(resolveAccelerator({ name: 'nvidia-h100-80gb', count: 8 }), {
      name: 'H100',
      count: 8,
    });
  });
});
