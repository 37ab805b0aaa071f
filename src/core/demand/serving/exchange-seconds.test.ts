import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildScope, DEEPSEEK_V3, LLAMA_70B } from './build-for-tests.ts';
import { exchangeSeconds } from './exchange-seconds.ts';
import { priorServingCoefficients } from './serving-coefficients.ts';

const ROUND = { ...priorServingCoefficients(), reduce: 10e-6, link: 1, network: 40e-6 };
const LAYERS = LLAMA_70B.layers;

describe('the exchanges of a pass', () => {
  it('are none on one device', () => {
    assert.equal(exchangeSeconds(buildScope({ tensorParallel: 1 }), 4096), 0);
  });

  it('are two all-reduces a layer: on a switch, as deep as a tree, and the bytes of a ring', () => {
    const scope = buildScope({ tensorParallel: 4, coefficients: ROUND });
    const bytes = (2 * 3 * 2 * 8192) / 4;
    const each = 10e-6 + bytes / 450e9;
    assert.ok(Math.abs(exchangeSeconds(scope, 1) - 2 * LAYERS * each) < 1e-9);
    const wide = buildScope({ tensorParallel: 8, coefficients: ROUND });
    assert.ok(Math.abs(exchangeSeconds(wide, 0) - 2 * LAYERS * 15e-6) < 1e-9);
  });

  it('wait longer where host copies or a torus carry them, or a network', () => {
    const latency = (accelerator: string, tensorParallel: number) =>
      exchangeSeconds(
        buildScope({ accelerator, tensorParallel, coefficients: ROUND, precision: 'bf16' }),
        0,
      );
    assert.ok(Math.abs(latency('RTX4090', 4) - 2 * LAYERS * 30e-6) < 1e-9);
    // Two cores on each of eight chips: a square of four by four.
    assert.ok(Math.abs(latency('Trainium', 8) - 2 * LAYERS * 40e-6) < 1e-9);
    assert.ok(Math.abs(latency('H100', 16) - 2 * LAYERS * (20e-6 + 40e-6)) < 1e-9);
  });

  it('are a dispatch and a combine where groups share experts, over the network from some machines on', () => {
    const experts = (dataParallel: number, accelerator: string) => {
      const parts = {
        model: DEEPSEEK_V3,
        tensorParallel: 1,
        expertParallel: dataParallel,
      } as const;
      return exchangeSeconds(
        buildScope({ ...parts, dataParallel, accelerator, coefficients: ROUND }),
        0,
      );
    };
    assert.ok(Math.abs(experts(8, 'H200') - 58 * 2 * 15e-6) < 1e-9);
    assert.ok(Math.abs(experts(16, 'H200') - 58 * 2 * (15e-6 + 40e-6)) < 1e-9);
    assert.ok(Math.abs(experts(16, 'GB200') - 58 * 2 * 15e-6) < 1e-9);
  });
});
