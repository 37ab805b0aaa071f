import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GIB } from '../../../base/units.ts';
import type { Layout } from '../../../spec/demand.ts';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import { buildModel } from '../build-for-tests.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import { memoryModel } from '../memory/memory-model.ts';
import type { Architecture } from '../models/architecture.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { degreesOf, devicesOf, splitOf, tensorAlone } from '../split-of-layout.ts';
import { mixLayouts } from './mix-layouts.ts';
import { memoryOf } from './replica-memory.ts';
import { splitsOver } from './replica-split.ts';
import { servingFits, tryReplica } from './replica-trial.ts';
import { sameReplica, servingLayouts } from './serving-layouts.ts';
import type { ServingTask } from './serving-task.ts';

const LLAMA_8B = 'meta-llama/Llama-3.1-8B';
const DEEPSEEK = 'deepseek-ai/DeepSeek-V3';
const LLAMA_70B = 'meta-llama/Llama-3.1-70B';

describe('layouts for a mix of requests', () => {
  const sized = (inputTokens: number, outputTokens: number): ServingTask => ({
    inputTokens,
    outputTokens,
    precision: 'bf16',
    ttftMs: null,
    tpotMs: null,
  });
  const find = (layouts: readonly Layout[], name: string): Layout =>
    layouts.find(({ accelerator, devices }) => accelerator === name && devices === 1)!;

  it('do of each size what those for that size alone do', () => {
    const [short, long] = [sized(100, 100), sized(4000, 400)];
    const mixed = mixLayouts(model(LLAMA_8B), [
      { task: short, share: 0.75 },
      { task: long, share: 0.25 },
    ]);
    const h100 = find(mixed, 'H100');
    const alone = [short, long].map((task) => find(servingLayouts(model(LLAMA_8B), task), 'H100'));
    const rates = alone.map(
      ({ tokensPerSecond }, size) => tokensPerSecond!.mid / [short, long][size]!.outputTokens,
    );
    assert.deepEqual(h100.serves!.requestsPerSecond, rates);
    // Requests of the mix one after the other take so long on average.
    const seconds = 0.75 / rates[0]! + 0.25 / rates[1]!;
    const tokens = 0.75 * 100 + 0.25 * 400;
    assert.ok(Math.abs(h100.tokensPerSecond!.mid - tokens / seconds) < 1e-6);
    assert.ok(h100.serves!.concurrency <= alone[0]!.serves!.concurrency);
  });

  it('fit where any size does, and do nothing of one that does not', () => {
    const slow = { ...sized(200_000, 10), ttftMs: 1 };
    const sizes = [
      { task: sized(100, 100), share: 0.5 },
      { task: slow, share: 0.5 },
    ];
    const h100 = find(mixLayouts(model(LLAMA_8B), sizes), 'H100');
    assert.ok(h100.fits && h100.tokensPerSecond === null);
    assert.ok(h100.serves!.requestsPerSecond[0]! > 0);
    assert.equal(h100.serves!.requestsPerSecond[1], 0);
  });
});

describe('layouts of a service', () => {
  it('split a model over as many devices as hold it: 70B in bf16 on two H100, not on one', () => {
    const fits = layoutsOf(LLAMA_70B)
      .filter(({ accelerator, fits: carries }) => accelerator === 'H100' && carries)
      .map(({ devices }) => devices);
    assert.deepEqual(fits, [2, 4, 8]);
  });

  it('are of one replica, open-ended', () => {
    for (const { devices, tensorParallel, dataParallel, hours } of layoutsOf(LLAMA_8B)) {
      assert.deepEqual([tensorParallel, dataParallel, hours], [devices, 1, null]);
    }
  });

  it('drop out when a token takes longer than is wanted, and say that memory was not the cause', () => {
    const slow = layoutOn('T4', 2, layoutsOf(LLAMA_8B, buildTask({ tpotMs: 5 })));
    assert.equal(slow.fits, false);
    assert.ok(slow.memoryBytesPerDevice.high < 16 * GIB);
    assert.notEqual(slow.tokensPerSecond, null);
    assert.equal(layoutOn('T4', 2, layoutsOf(LLAMA_8B, buildTask({ tpotMs: 500 }))).fits, true);
  });

  it('drop out when the first token takes longer than is wanted', () => {
    const task = buildTask({ inputTokens: 16_384, ttftMs: 300 });
    assert.equal(layoutOn('L4', 8, layoutsOf(LLAMA_8B, task)).fits, false);
    assert.equal(layoutOn('H100', 8, layoutsOf(LLAMA_8B, task)).fits, true);
  });

  it('tell no speed where the weights have no room', () => {
    const layout = layoutOn('T4', 1, layoutsOf(LLAMA_70B));
    assert.equal(layout.tokensPerSecond, null);
    assert.equal(layout.fits, false);
  });

  it('a stricter time between tokens never gives more tokens a second', () => {
    const ms = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(ms, ms, (one, other) => {
        const [strict, lax] = [Math.min(one, other), Math.max(one, other)].map((tpotMs) =>
          layoutsOf(LLAMA_8B, buildTask({ tpotMs })),
        );
        strict!.forEach((layout, index) => {
          if (!layout.fits) return;
          assert.ok(lax![index]!.fits);
          assert.ok(layout.tokensPerSecond!.mid <= lax![index]!.tokensPerSecond!.mid * 1.0001);
        });
      }),
      { numRuns: 40 },
    );
  });

  const memory = fittedOf(memoryModel).coefficients as MemoryCoefficients;

  it('more devices and fewer sequences never need more memory on each', () => {
    const batch = fc.integer({ min: 1, max: 256 });
    fc.assert(
      fc.property(batch, fc.constantFrom(1, 2, 4), (sequences, tensorParallel) => {
        const of = (parallel: number, count: number) =>
          memoryOf(model(LLAMA_70B), buildTask(), {
            split: tensorAlone(parallel),
            sequences: count,
            memory,
          });
        const { low, mid, high } = of(tensorParallel, sequences);
        assert.ok(low <= mid && mid <= high);
        assert.ok(of(2 * tensorParallel, sequences).high <= high);
        assert.ok(of(tensorParallel, sequences + 1).high >= high);
      }),
    );
  });
});

describe('layouts in blocks of 4-bit floats', () => {
  const on = (accelerator: string, precision: ServingTask['precision']): Layout =>
    layoutOn(accelerator, 1, layoutsOf(LLAMA_70B, buildTask({ precision, inputTokens: 2048 })));

  it('take the room of 4 bits and their scales everywhere', () => {
    for (const accelerator of ['H100', 'B200', 'A100-80GB']) {
      assert.ok(on(accelerator, 'mxfp4').fits && on(accelerator, 'nvfp4').fits, accelerator);
      const [mx, nv] = [on(accelerator, 'mxfp4'), on(accelerator, 'nvfp4')];
      assert.ok(mx.memoryBytesPerDevice.mid < nv.memoryBytesPerDevice.mid);
      assert.ok(nv.memoryBytesPerDevice.high < 50 * GIB);
    }
  });

  it('are multiplied as such where the device can, and in 16 bits where it cannot', () => {
    const speed = (...[name, precision]: Parameters<typeof on>): number =>
      on(name, precision).tokensPerSecond!.mid;
    assert.ok(speed('B200', 'nvfp4') > 1.1 * speed('B200', 'int4'));
    assert.ok(speed('B200', 'nvfp4') > speed('B200', 'mxfp4'));
    assert.ok(Math.abs(speed('H100', 'mxfp4') / speed('H100', 'int4') - 1) < 0.05);
  });
});

describe('layouts of a mixture of experts', () => {
  const fp8 = buildTask({ precision: 'fp8', inputTokens: 1024, outputTokens: 512 });

  it('have latent attention in copies where that leaves room for more requests: DeepSeek-V3', () => {
    const { tensorParallel, serving, serves, dataParallel } = layoutOn(
      'H200',
      8,
      layoutsOf(DEEPSEEK, { ...fp8, tpotMs: 50 }),
    );
    assert.deepEqual(serving, { pipelineParallel: 1, attentionDataParallel: 8, expertParallel: 8 });
    assert.deepEqual([tensorParallel, dataParallel], [1, 1]);
    assert.ok(serves!.concurrency > 256);
  });

  it('are split by tensors where a token has to come soon', () => {
    const quick = layoutOn('H200', 8, layoutsOf(DEEPSEEK, { ...fp8, tpotMs: 14 }));
    assert.ok(quick.fits);
    assert.deepEqual([quick.tensorParallel, quick.serving], [8, undefined]);
  });

  it('never do less than any of the splits that they were chosen from', () => {
    const fits = servingFits();
    const device = findAccelerator('H100')!;
    for (const [id, task] of [
      ['Qwen/Qwen3-235B-A22B', { ...fp8, tpotMs: 40 }],
      ['openai/gpt-oss-120b', { ...fp8, ttftMs: 500 }],
    ] as const)
      for (const devices of [2, 4, 8]) {
        const found = layoutOn('H100', devices, layoutsOf(id, task));
        const tried = splitsOver(model(id), device, devices);
        assert.ok(tried.length > 1);
        const rates = tried.map((split) => tryReplica(model(id), { device, split, task }, fits));
        const best = Math.max(...rates.map(({ requestsPerSecond }) => requestsPerSecond));
        assert.equal(found.serves!.requestsPerSecond[0], best);
      }
  });

  it('go over two machines where one holds no request, and say how', () => {
    const H100 = layoutsOf(DEEPSEEK, fp8).filter(({ accelerator }) => accelerator === 'H100');
    assert.deepEqual(
      H100.map(({ devices, fits }) => [devices, fits]),
      [
        [1, false],
        [2, false],
        [4, false],
        [8, false],
        [16, true],
      ],
    );
    assert.equal(H100.at(-1)!.serving!.expertParallel, 16);
    const dense = layoutsOf('meta-llama/Llama-3.1-405B', buildTask());
    assert.deepEqual(
      [8, 16].map((devices) => {
        const { fits, tensorParallel, serving } = layoutOn('H100', devices, dense);
        return [fits, tensorParallel, serving?.pipelineParallel];
      }),
      [
        [false, 8, undefined],
        [true, 8, 2],
      ],
    );
    const held = layoutsOf(LLAMA_70B).filter(({ accelerator }) => accelerator === 'H100');
    assert.ok(held.every(({ devices }) => devices <= 8));
  });

  it('are one layout for all sizes of a mix', () => {
    const sizes = [
      { task: fp8, share: 0.5 },
      { task: { ...fp8, inputTokens: 8000 }, share: 0.5 },
    ];
    const mixed = layoutOn('H200', 8, mixLayouts(model(DEEPSEEK), sizes));
    const device = findAccelerator('H200')!;
    for (const [size, { task }] of sizes.entries()) {
      const alone = sameReplica(model(DEEPSEEK), task, { device, split: splitOf(mixed) });
      assert.equal(mixed.serves!.requestsPerSecond[size], alone.serves!.requestsPerSecond[0]);
    }
  });

  it('read back as the split that they were made of', () => {
    const device = findAccelerator('H200')!;
    for (const devices of [1, 2, 4, 8, 16])
      for (const split of splitsOver(model(DEEPSEEK), device, devices)) {
        assert.deepEqual(splitOf(degreesOf(split)), split);
        assert.equal(devicesOf(split), devices);
      }
  });

  it('of dense models and of engines without such layouts stay split by tensors', () => {
    const trainium = findAccelerator('Trainium2')!;
    assert.equal(splitsOver(model(DEEPSEEK), trainium, 8).length, 1);
    assert.equal(splitsOver(model(LLAMA_70B), findAccelerator('H200')!, 8).length, 1);
  });
});

function buildTask(parts: Partial<ServingTask> = {}): ServingTask {
  const request = { inputTokens: 512, outputTokens: 256, precision: 'bf16' } as const;
  return { ...request, ttftMs: null, tpotMs: null, ...parts };
}

function model(id: string): Architecture {
  return resolveModel(buildModel({ id }));
}

function layoutsOf(id: string, task: ServingTask = buildTask()): Layout[] {
  return servingLayouts(model(id), task);
}

function layoutOn(name: string, devices: number, layouts: readonly Layout[]): Layout {
  const found = layouts.find((one) => one.accelerator === name && one.devices === devices);
  assert.ok(found, `no layout on ${devices} × ${name}`);
  return found;
}
