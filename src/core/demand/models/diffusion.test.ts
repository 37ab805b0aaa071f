import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Architecture, architectureOf } from './architecture.ts';
import { findModel } from './known-models.ts';

function model(id: string): Architecture {
  return architectureOf(findModel(id)!);
}

/**
 * Parameters of the classes of diffusers 0.42 on PyTorch's meta device; multiply-adds and outputs by
 * hooks on every convolution and matrix, and on attention.
 */
const UNETS: readonly [id: string, params: number, macs: number, activations: number][] = [
  ['stable-diffusion-v1-5', 859_520_964, 401_636_720_640, 259_763_264],
  ['stable-diffusion-xl-base-1.0', 2_567_463_684, 3_380_618_199_040, 1_988_807_616],
];

describe('a UNet', () => {
  for (const [id, params, macs, activations] of UNETS) {
    it(`counts to the digit as its class does: ${id}`, () => {
      const unet = model(id);
      assert.equal(unet.params, params);
      assert.deepEqual(unet.sample, { macs, activations });
    });
  }

  it('has as many transformer layers as its resolutions ask for', () => {
    // Two on the way down and three up at three resolutions, one in the middle.
    assert.equal(model('stable-diffusion-v1-5').layers, 3 * (2 + 3) + 1);
    assert.equal(model('stable-diffusion-xl-base-1.0').layers, (2 + 3) * (2 + 10) + 10);
  });
});

const TRANSFORMERS: readonly [id: string, params: number, macs: number, activations: number][] = [
  ['stable-diffusion-3-medium', 2_028_328_000, 4_452_168_769_536, 1_637_148_160],
  ['FLUX.1-dev', 11_901_408_320, 37_192_326_709_248, 7_546_365_952],
  ['Wan2.1-T2V-14B', 14_288_491_584, 839_185_141_596_160, 78_883_028_480],
];

describe('a transformer that denoises', () => {
  for (const [id, params, macs, activations] of TRANSFORMERS) {
    it(`counts as its class does: ${id}`, () => {
      const transformer = model(id);
      const sample = transformer.sample!;
      assert.equal(transformer.params, params);
      assert.ok(Math.abs(sample.macs / macs - 1) < 0.003, `${sample.macs}`);
      assert.ok(Math.abs(sample.activations / activations - 1) < 0.005, `${sample.activations}`);
    });
  }

  it('has the parameters of its class with norms of queries and keys too', () => {
    assert.equal(model('stable-diffusion-3.5-large').params, 8_056_627_520);
  });

  it('of images has the parameters and multiply-adds of its paper (DiT, table 1)', () => {
    const PUBLISHED = { 'DiT-S-2-256': 33, 'DiT-B-2-256': 130, 'DiT-L-2-256': 458 };
    for (const [id, millions] of Object.entries(PUBLISHED))
      assert.equal(Math.round(model(id).params / 1e6), millions);
    const largest = model('DiT-XL-2-256');
    assert.equal(Math.round(largest.params / 1e6), 675);
    assert.ok(Math.abs(largest.sample!.macs / 118.64e9 - 1) < 0.005);
    assert.ok(Math.abs(largest.sample!.activations / 83_137_024 - 1) < 0.01);
  });
});
