import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GIB } from '../../../base/units.ts';
import type { Layout } from '../../../spec/demand.ts';
import { acceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import { buildModel } from '../build-for-tests.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { type TrainingRun, trainingLayouts } from './training-layouts.ts';

const LLAMA_8B = 'meta-llama/Llama-3.1-8B';
const METHODS = ['full', 'lora', 'qlora', 'pretrain'] as const;

/**
 * Tokens a second of one device, as published: llm-foundry scripts/train/benchmarking; Touvron et
 * al. (arXiv:2302.13971, section 2.4); NVIDIA Megatron-Bridge docs/performance-summary; MaxText
 * README; MLPerf training 4.0 (Llama 2 70B LoRA, 8 H200).
 */
const MEASURED: readonly {
  readonly model: string;
  readonly device: string;
  readonly devices: number;
  readonly length: number;
  readonly batch: number;
  readonly precision?: 'fp8';
  readonly method?: 'lora';
  readonly speed: number;
}[] = [
  {
    model: 'huggyllama/llama-65b',
    device: 'A100-80GB',
    devices: 2048,
    length: 2048,
    batch: 2048,
    speed: 380,
  },
  {
    model: 'meta-llama/Llama-2-70b-hf',
    device: 'tpu-v5p',
    devices: 512,
    length: 4096,
    batch: 1024,
    speed: 692,
  },
  {
    model: 'meta-llama/Llama-3.1-70B',
    device: 'tpu-v6e',
    devices: 256,
    length: 8192,
    batch: 512,
    speed: 960,
  },
  {
    model: LLAMA_8B,
    device: 'H100',
    devices: 8,
    length: 8192,
    batch: 128,
    precision: 'fp8',
    speed: 14_451,
  },
  {
    model: 'meta-llama/Llama-3.1-70B',
    device: 'GB200',
    devices: 64,
    length: 8192,
    batch: 256,
    precision: 'fp8',
    speed: 4224,
  },
  {
    model: 'meta-llama/Llama-2-70b-hf',
    device: 'H200',
    devices: 8,
    length: 8192,
    batch: 8,
    precision: 'fp8',
    method: 'lora',
    speed: 2535,
  },
];

describe('speed of a training', () => {
  for (const { model, device, devices, length, batch, speed, ...rest } of MEASURED) {
    it(`${model} on ${devices} × ${device} is within 35 % of what was measured`, () => {
      const task = { ...buildTask(rest), sequenceLength: length, globalBatch: batch };
      const layout = layoutsOf(model, task, devices).find(
        ({ accelerator }) => accelerator === device,
      )!;
      const found = layout.tokensPerSecond!.mid / devices;
      assert.ok(Math.abs(found / speed - 1) < 0.35, `${found} for ${speed}`);
    });
  }

  it('falls by the step of recomputation where the memory is short', () => {
    const task = buildTask({ method: 'lora', sequenceLength: 8192, globalBatch: 1 });
    const [small, large] = ['A100', 'A100-80GB'].map((name) =>
      on(name, layoutsOf(LLAMA_8B, task, 1)),
    );
    const ratio = large!.tokensPerSecond!.mid / small!.tokensPerSecond!.mid;
    assert.ok(ratio > 1.3 && ratio < 1.6, `${ratio}`);
  });

  it('suffers from a slow network: a second machine does not double it, least of all at home', () => {
    const gain = (name: string): number => {
      const [one, two] = [8, 16].map((devices) =>
        on(name, layoutsOf('meta-llama/Llama-3.2-1B', buildTask({ globalBatch: 16 }), devices)),
      );
      return two!.tokensPerSecond!.mid / one!.tokensPerSecond!.mid;
    };
    // 400 Gbit/s of eight A100, and 10 of eight RTX 4090.
    assert.ok(gain('A100') < 1.95, `${gain('A100')}`);
    assert.ok(gain('RTX4090') < 1.5, `${gain('RTX4090')}`);
  });
});

describe('layouts of a training', () => {
  it('choose what fits: full 8B on four devices of 80 GB and not on one', () => {
    const layouts = [1, 4].map((devices) => on('H100', layoutsOf(LLAMA_8B, buildTask(), devices)));
    assert.deepEqual(
      layouts.map(({ fits }) => fits),
      [false, true],
    );
    assert.equal(layouts[0]!.hours, null);
    assert.ok(layouts[0]!.memoryBytesPerDevice.high > 80 * GIB);
  });

  it('multiply to their devices, and stay within what fast links join', () => {
    const domains = new Map(acceleratorFacts().map(({ name, domain }) => [name, domain]));
    for (const devices of [1, 3, 8, 12, 128])
      for (const layout of layoutsOf(LLAMA_8B, buildTask(), devices)) {
        const { pipelineParallel, contextParallel } = layout.training!;
        const split = layout.tensorParallel * pipelineParallel * contextParallel;
        assert.equal(split * layout.dataParallel, devices);
        assert.ok(layout.tensorParallel <= domains.get(layout.accelerator)!);
      }
  });

  it('share a batch only as far as it has sequences', () => {
    const task = buildTask({ method: 'lora', globalBatch: 4 });
    for (const { dataParallel } of layoutsOf(LLAMA_8B, task, 16)) assert.ok(dataParallel <= 4);
    const one = layoutsOf(LLAMA_8B, { ...task, globalBatch: 1 }, 64);
    assert.ok(one.every(({ dataParallel }) => dataParallel === 1));
    assert.deepEqual(layoutsOf(LLAMA_8B, { ...task, globalBatch: 1 }, 4096), []);
  });

  it('QLoRA is for devices that have its kernels', () => {
    const names = new Set(
      layoutsOf(LLAMA_8B, buildTask({ method: 'qlora' }), 1).map(({ accelerator }) => accelerator),
    );
    assert.ok(names.has('T4') && names.has('MI300X'));
    for (const name of ['tpu-v5e', 'Trainium', 'Gaudi2']) assert.ok(!names.has(name), name);
  });

  it('never train on a device that only infers', () => {
    assert.ok(
      !layoutsOf(LLAMA_8B, buildTask(), 8).some(({ accelerator }) => accelerator === 'Inferentia2'),
    );
  });

  it('that fit still fit on twice the devices, and what fits has the room', () => {
    for (const id of [LLAMA_8B, 'Qwen/Qwen2.5-14B', 'mistralai/Mixtral-8x7B-v0.1'])
      for (const method of METHODS)
        for (const devices of [1, 2, 3, 8, 64]) {
          const few = layoutsOf(id, buildTask({ method }), devices);
          const many = layoutsOf(id, buildTask({ method }), 2 * devices);
          few.forEach((layout, index) => {
            const usable = usableBytes(findAccelerator(layout.accelerator)!);
            assert.equal(layout.fits, layout.memoryBytesPerDevice.high <= usable);
            if (layout.fits) assert.ok(many[index]!.fits);
          });
        }
  });

  it('intervals are in order, and more tokens never take less time', () => {
    const tokens = fc.integer({ min: 1, max: 1e13 });
    fc.assert(
      fc.property(tokens, tokens, fc.constantFrom(...METHODS), (one, other, method) => {
        const [fewer, more] = [one, other]
          .sort((a, b) => a - b)
          .map((count) => layoutsOf(LLAMA_8B, buildTask({ method, tokens: count }), 8));
        fewer!.forEach((layout, index) => {
          for (const interval of [
            layout.hours,
            layout.tokensPerSecond,
            layout.memoryBytesPerDevice,
          ])
            if (interval) assert.ok(interval.low <= interval.mid && interval.mid <= interval.high);
          if (layout.hours) assert.ok(layout.hours.mid <= more![index]!.hours!.mid);
        });
      }),
      { numRuns: 40 },
    );
  });
});

function buildTask(parts: Partial<TrainingRun> = {}): TrainingRun {
  return {
    method: 'full',
    precision: 'bf16',
    sequenceLength: 4096,
    tokens: 1e9,
    globalBatch: null,
    ...parts,
  };
}

function layoutsOf(id: string, task: TrainingRun, devices: number): Layout[] {
  return trainingLayouts(resolveModel(buildModel({ id })), task, [devices]);
}

function on(accelerator: string, layouts: readonly Layout[]): Layout {
  const found = layouts.find((layout) => layout.accelerator === accelerator);
  assert.ok(found, `no layout on ${accelerator}`);
  return found;
}
