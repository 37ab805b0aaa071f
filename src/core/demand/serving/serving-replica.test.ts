import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import { buildScope, DEEPSEEK_V3 } from './build-for-tests.ts';
import { priorServingCoefficients } from './serving-coefficients.ts';
import { servingScope, usualEngine } from './serving-replica.ts';

const WHOLE = { ...priorServingCoefficients(), arithmetic: 1 };

describe('the rates of a rank', () => {
  it('are what large products reach of the peak, in the format of the operands', () => {
    const rate = (precision: 'bf16' | 'fp8' | 'int4') =>
      buildScope({ precision, coefficients: WHOLE }).productRate;
    const { ceiling, narrowCeiling } = deviceOf('H100');
    assert.equal(rate('bf16'), 989.4e12 * ceiling);
    assert.equal(rate('fp8'), 1978.9e12 * narrowCeiling);
    assert.equal(rate('int4'), rate('bf16'), 'weights of four bits are widened');
  });

  it('are twice the fp8 ones for blocks of four bits on a B200, half of them for MXFP4', () => {
    const rate = (operands: 'nvfp4' | 'mxfp4') =>
      buildScope({ operands, accelerator: 'B200', coefficients: WHOLE }).productRate;
    assert.ok(rate('nvfp4') > 1.9 * rate('mxfp4'));
  });

  it('of a consumer card in llama.cpp are those of accumulation in 16 bits', () => {
    const parts = { precision: 'fp16', tensorParallel: 1, accelerator: 'RTX3090' } as const;
    const own = buildScope({
      ...parts,
      engine: 'llama.cpp',
      coefficients: { ...WHOLE, 'arithmetic:llama.cpp': 1 },
    });
    const usual = buildScope({ ...parts, coefficients: WHOLE });
    assert.ok(Math.abs(own.productRate / usual.productRate - 2) < 0.01);
  });

  it('of an A100 in llama.cpp are bound by its kernels, of a 3090 by the memory', () => {
    const rate = (accelerator: string, engine: string) =>
      buildScope({ accelerator, engine, precision: 'fp16', tensorParallel: 1 }).weightRate;
    assert.ok(rate('A100-80GB', 'llama.cpp') < 0.9 * rate('A100-80GB', 'vllm'));
    assert.ok(rate('RTX3090', 'llama.cpp') > 0.95 * rate('RTX3090', 'vllm'));
  });

  it('are none where the device does not compute the precision', () => {
    const served = {
      model: DEEPSEEK_V3,
      precision: 'bf16',
      weightBytes: null,
      operands: null,
      cacheBytes: 2,
    } as const;
    const degrees = { tensorParallel: 1, pipelineParallel: 1, dataParallel: 1, expertParallel: 1 };
    const replica = { device: deviceOf('K80'), engine: 'vllm', ...degrees };
    assert.equal(servingScope(served, replica, priorServingCoefficients()), null);
  });

  it('of latent attention beyond eight ranks are of groups with requests of their own', () => {
    const groups = (tensorParallel: number) =>
      buildScope({ model: DEEPSEEK_V3, tensorParallel, accelerator: 'GB200' }).groups;
    assert.equal(groups(8), 1);
    assert.equal(groups(24), 24);
  });
});

describe('the usual engine', () => {
  it('follows from the device', () => {
    assert.equal(usualEngine(deviceOf('H100')), 'vllm');
    assert.equal(usualEngine(deviceOf('Inferentia2')), 'neuron');
    assert.equal(usualEngine(deviceOf('M2-Ultra')), 'llama.cpp');
    assert.equal(usualEngine(deviceOf('Xeon-8480+')), 'llama.cpp');
  });
});

function deviceOf(name: string) {
  const device = findAccelerator(name);
  assert.ok(device, name);
  return device;
}
