import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GIB } from '../../base/units.ts';
import type { Layout } from '../../spec/demand.ts';
import { acceleratorFacts } from './accelerators/accelerator-facts.ts';
import { buildModel } from './build-for-tests.ts';
import type { Architecture } from './models/architecture.ts';
import { resolveModel } from './models/resolve-model.ts';
import { mixLayouts, type ServingTask, servingLayouts, servingMemory } from './serving-layouts.ts';
import { decodeSeconds, kvBytesPerToken, prefillSeconds, weightBytes } from './serving-speed.ts';

const LLAMA_8B = 'meta-llama/Llama-3.1-8B';
const LLAMA_70B = 'meta-llama/Llama-3.1-70B';

describe('the cache of a served model', () => {
  // 2 × layers × key-value heads × head width × 2 bytes, of each config.json.
  const published: readonly [string, number][] = [
    ['meta-llama/Llama-2-7b-hf', 524_288],
    [LLAMA_8B, 131_072],
    [LLAMA_70B, 327_680],
    ['mistralai/Mixtral-8x7B-v0.1', 131_072],
    ['Qwen/Qwen2.5-7B', 57_344],
  ];
  for (const [id, bytes] of published)
    it(`of ${id} takes ${bytes} bytes a token`, () => {
      assert.equal(kvBytesPerToken(model(id)), bytes);
    });
});

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

describe('weights of a served model', () => {
  it('take the bytes of their precision: 70B in bf16 is 141 GB, in 4 bits under 40', () => {
    const gb = (precision: ServingTask['precision']): number =>
      weightBytes(model(LLAMA_70B), precision) / 1e9;
    assert.ok(Math.abs(gb('bf16') - 141.1) < 0.1);
    assert.ok(Math.abs(gb('fp8') - 70.6) < 0.1);
    assert.ok(gb('int4') > 35 && gb('int4') < 40);
    assert.equal(gb('fp32'), 2 * gb('bf16'));
  });
});

/**
 * Milliseconds between tokens under load, of ai-dynamo/aiconfigurator's measured table; `batch`
 * sequences at once.
 */
const MEASURED: readonly {
  readonly model: string;
  readonly device: string;
  readonly parallel: number;
  readonly input: number;
  readonly output: number;
  readonly batch: number;
  readonly ms: number;
}[] = [
  {
    model: 'Qwen/Qwen3-32B',
    device: 'H100',
    parallel: 4,
    input: 1024,
    output: 128,
    batch: 16,
    ms: 10.9,
  },
  {
    model: 'Qwen/Qwen3-32B',
    device: 'H100',
    parallel: 1,
    input: 4096,
    output: 128,
    batch: 16,
    ms: 48.3,
  },
  {
    model: 'Qwen/Qwen3-32B',
    device: 'H100',
    parallel: 2,
    input: 4096,
    output: 256,
    batch: 8,
    ms: 13.9,
  },
  {
    model: 'meta-llama/Llama-3.1-70B',
    device: 'B200',
    parallel: 1,
    input: 1024,
    output: 1024,
    batch: 64,
    ms: 21.4,
  },
  {
    model: 'meta-llama/Llama-3.1-70B',
    device: 'B200',
    parallel: 4,
    input: 1024,
    output: 1024,
    batch: 8,
    ms: 7.0,
  },
  {
    model: 'meta-llama/Llama-3.1-70B',
    device: 'B200',
    parallel: 2,
    input: 1024,
    output: 8192,
    batch: 8,
    ms: 10.0,
  },
  {
    model: 'meta-llama/Llama-3.1-70B',
    device: 'H100',
    parallel: 2,
    input: 1024,
    output: 1024,
    batch: 16,
    ms: 19.7,
  },
  {
    model: 'meta-llama/Llama-3.1-70B',
    device: 'H100',
    parallel: 4,
    input: 1024,
    output: 1024,
    batch: 16,
    ms: 13.2,
  },
  {
    model: 'meta-llama/Llama-3.1-70B',
    device: 'H200',
    parallel: 1,
    input: 1024,
    output: 1024,
    batch: 64,
    ms: 32.3,
  },
];

describe('time between tokens', () => {
  for (const { device, parallel, input, output, batch, ms, ...row } of MEASURED)
    it(`of ${row.model} for ${batch} on ${parallel} × ${device} is within 30 % of ${ms} ms`, () => {
      const replica = { device: facts(device), tensorParallel: parallel };
      const request = buildTask({ inputTokens: input, outputTokens: output, precision: 'fp8' });
      const step = decodeSeconds(model(row.model), request, replica, batch);
      const prefills = (batch * prefillSeconds(model(row.model), request, replica)) / output;
      const found = 1000 * (step + prefills);
      assert.ok(Math.abs(found / ms - 1) < 0.3, `${found} ms`);
    });

  it('of one sequence is the weights over the rate of the memory', () => {
    const replica = { device: facts('H100'), tensorParallel: 1 };
    const step = decodeSeconds(model(LLAMA_8B), buildTask(), replica, 1);
    const floor = (2 * 8.03e9) / 3.35e12;
    assert.ok(step > floor && step < 2 * floor, `${step}`);
  });

  it('of a mixture grows with the experts that a batch reaches', () => {
    const replica = { device: facts('H200'), tensorParallel: 1 };
    const mixtral = model('mistralai/Mixtral-8x7B-v0.1');
    const [one, eight] = [1, 8].map((batch) =>
      decodeSeconds(mixtral, buildTask({ precision: 'fp8' }), replica, batch),
    );
    assert.ok(eight! > 2 * one! && eight! < 4 * one!);
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

  it('more devices and fewer sequences never need more memory on each', () => {
    const batch = fc.integer({ min: 1, max: 256 });
    fc.assert(
      fc.property(batch, fc.constantFrom(1, 2, 4), (sequences, tensorParallel) => {
        const of = (parallel: number, count: number) =>
          servingMemory(model(LLAMA_70B), buildTask(), { tensorParallel: parallel, batch: count });
        const { low, mid, high } = of(tensorParallel, sequences);
        assert.ok(low <= mid && mid <= high);
        assert.ok(of(2 * tensorParallel, sequences).high <= high);
        assert.ok(of(tensorParallel, sequences + 1).high >= high);
      }),
    );
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

function facts(name: string) {
  const found = acceleratorFacts().find((device) => device.name === name);
  assert.ok(found, name);
  return found;
}
