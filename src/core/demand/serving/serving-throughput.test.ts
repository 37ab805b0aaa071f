import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import { buildScope, DEEPSEEK_V3, LLAMA_8B, LLAMA_70B } from './build-for-tests.ts';
import { sequencesMax, servingThroughput } from './serving-throughput.ts';

const REQUEST = { inputTokens: 1024, outputTokens: 256 };
const ANY = { firstTokenMax: null, perTokenMax: null };

describe('the most that a replica serves', () => {
  it('is what the memory holds where nothing is asked', () => {
    const most = servingThroughput(buildScope(), REQUEST, ANY, 40);
    assert.ok(most.meets);
    assert.equal(most.batch, 40);
    const usual = servingThroughput(buildScope(), REQUEST, ANY);
    assert.ok(usual.meets);
    assert.equal(usual.batch, sequencesMax(buildScope().device));
  });

  it('is what engines take on large devices, which is more, but for the A100', () => {
    const most = (name: string): number => sequencesMax(findAccelerator(name)!);
    assert.deepEqual(['H100', 'H200', 'MI300X'].map(most), [1024, 1024, 1024]);
    assert.deepEqual(['A100-80GB', 'L40S', 'RTX4090'].map(most), [256, 256, 256]);
  });

  it('keeps the times asked for, and one request more would not', () => {
    const level = { firstTokenMax: null, perTokenMax: 0.02 };
    const most = servingThroughput(buildScope(), REQUEST, level);
    assert.ok(most.meets);
    assert.ok(most.perToken <= 0.02);
    const forced = servingThroughput(buildScope(), REQUEST, ANY, most.batch + 1);
    assert.ok(forced.meets);
    assert.equal(forced.batch, most.batch + 1);
    assert.ok(forced.perToken > 0.02);
  });

  it('is refused with what one request alone already breaks', () => {
    const slow = servingThroughput(buildScope(), REQUEST, {
      firstTokenMax: null,
      perTokenMax: 1e-3,
    });
    assert.ok(!slow.meets);
    assert.equal(slow.because, 'per-token');
    assert.ok(slow.seconds > 1e-3);
    const late = servingThroughput(buildScope(), REQUEST, {
      firstTokenMax: 1e-3,
      perTokenMax: null,
    });
    assert.ok(!late.meets);
    assert.equal(late.because, 'first-token');
    const large = servingThroughput(
      buildScope({ model: DEEPSEEK_V3, tensorParallel: 4 }),
      REQUEST,
      ANY,
    );
    assert.deepEqual(large, { meets: false, because: 'memory', seconds: 0 });
  });

  it('never falls by asking for less or by holding more', () => {
    const models = fc.constantFrom(LLAMA_8B, LLAMA_70B);
    const lengths = fc.integer({ min: 16, max: 16_384 });
    const limits = fc.double({ min: 0.002, max: 0.2, noNaN: true });
    const slots = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(models, lengths, limits, slots, (model, inputTokens, perTokenMax, held) => {
        const scope = buildScope({ model });
        const of = (limit: number, count: number) => {
          const level = { firstTokenMax: null, perTokenMax: limit };
          const most = servingThroughput(scope, { inputTokens, outputTokens: 256 }, level, count);
          return most.meets ? most.outputTokensPerSecond : 0;
        };
        const base = of(perTokenMax, held);
        assert.ok(of(perTokenMax * 1.5, held) >= base * 0.999);
        assert.ok(of(perTokenMax, held + 1) >= base * 0.999);
      }),
    );
  });

  it('is answered a thousand times a second', () => {
    const level = { firstTokenMax: 1, perTokenMax: 0.03 };
    const scope = buildScope({ model: DEEPSEEK_V3, tensorParallel: 8, accelerator: 'H200' });
    servingThroughput(scope, REQUEST, level);
    const begin = performance.now();
    for (let time = 0; time < 200; time++) servingThroughput(scope, REQUEST, level);
    assert.ok(performance.now() - begin < 200);
  });
});
