import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GIB } from '../../../base/units.ts';
import { buildModel } from '../build-for-tests.ts';
import { resolveModel } from '../models/resolve-model.ts';
import type { ParallelLayout } from '../training/training-layout.ts';
import { ONE_DEVICE } from '../training/training-layout.ts';
import { gpt, isClose } from './gpt-for-tests.ts';
import { layerActivations, modelStates, trainingMemory } from './training-memory.ts';
import { type TrainingTask, USUAL_TASK } from './training-task.ts';

const GB = 1e9;
/** Megatron's runs in fp16, before FlashAttention. */
const OLD_TASK: TrainingTask = { ...USUAL_TASK, precision: 'fp16', flashAttention: false };

describe('model states', () => {
  it("are those of ZeRO's figure 1 and table 1", () => {
    // Rajbhandari et al., arXiv:1910.02054: GB on one device, of stages 1, 2 and 3.
    const rows: [number, number, [number, number, number]][] = [
      [7.5, 1, [120, 120, 120]],
      [7.5, 4, [52.5, 41.3, 30]],
      [7.5, 64, [31.4, 16.6, 1.88]],
      [7.5, 1024, [30.1, 15.1, 0.12]],
      [128, 16, [608, 368, 128]],
      [128, 256, [518, 263, 8]],
      [1000, 64, [4187, 2218, 250]],
      [1000, 1024, [4011, 2013, 15.6]],
    ];
    for (const [billions, dataParallel, stages] of rows)
      stages.forEach((bytes, index) => {
        const zeroStage = (index + 1) as 1 | 2 | 3;
        const layout = { ...ONE_DEVICE, dataParallel, zeroStage };
        const states = modelStates(sized(billions), OLD_TASK, layout).mid / GB;
        assert.ok(isClose(states, bytes, 0.025), `${billions}B ZeRO-${zeroStage}: ${states}`);
        if (bytes > 100) assert.ok(isClose(states, bytes, 0.003), `${states} GB, not ${bytes}`);
      });
  });

  it("are those of DeepSpeed's estimator", () => {
    // DeepSpeed, docs/code-docs/source/memory.rst: T5-3B of 2,851M parameters, largest layer 32M,
    // 8 GPUs: ZeRO-2 15.93 GB, of which the 16-bit gradients before they are cut; ZeRO-3 6.09 GB.
    const t5 = sized(2.851);
    const task: TrainingTask = { ...USUAL_TASK, framework: 'deepspeed' };
    const of = (zeroStage: 2 | 3): number =>
      modelStates(t5, task, { ...ONE_DEVICE, dataParallel: 8, zeroStage }).mid;
    assert.ok(isClose((of(2) + 2 * t5.params) / GIB, 15.93, 0.002));
    assert.ok(isClose((of(3) + 4 * 32e6) / GIB, 6.09, 0.002));
  });

  it("of Megatron are those of Korthikanti's figure 1", () => {
    // arXiv:2205.05198, figure 1: GiB on each of tensor × pipeline devices, 18 bytes a parameter.
    for (const { model, layout, statesGib } of KORTHIKANTI) {
      const task: TrainingTask = { ...OLD_TASK, gradients: 'fp32' };
      const states = modelStates(model, task, layout).mid / GIB;
      assert.ok(isClose(states, statesGib, 0.016), `${states} GiB, not ${statesGib}`);
    }
  });

  it('depend on the optimizer: 8-bit Adam saves 6 bytes a parameter, SGD and Lion 4', () => {
    const model = sized(1);
    const bytes = (optimizer: TrainingTask['optimizer']): number =>
      modelStates(model, { ...USUAL_TASK, optimizer }, ONE_DEVICE).mid / model.params;
    assert.equal(bytes('adamw'), 18);
    assert.ok(isClose(bytes('adamw-8bit'), 12, 0.001));
    assert.equal(bytes('sgd'), 14);
    assert.equal(bytes('lion'), 14);
    assert.ok(isClose(bytes('adafactor'), 10, 0.002));
    const wide = modelStates(model, { ...USUAL_TASK, precision: 'fp32' }, ONE_DEVICE);
    assert.equal(wide.mid / model.params, 16);
  });
});

describe('activations', () => {
  it("are those of Korthikanti's figure 1, to a thousandth", () => {
    for (const { model, layout, microBatch, tensorGib, selectiveGib } of KORTHIKANTI) {
      const task = { ...OLD_TASK, microBatch };
      const tensor = layerActivations(model, task, layout).mid / GIB;
      assert.ok(isClose(tensor, tensorGib, 0.001), `${tensor} GiB, not ${tensorGib}`);
      const selective = { ...layout, sequenceParallel: true, recompute: 'selective' } as const;
      const kept = layerActivations(model, task, selective).mid / GIB;
      assert.ok(isClose(kept, selectiveGib, 0.001), `${kept} GiB, not ${selectiveGib}`);
    }
  });

  it('follow equation 1: sbd(34 + 5as/d) a layer', () => {
    const model = gpt({ layers: 3, hidden: 1024, heads: 16, vocab: 0 });
    const bytes = layerActivations(model, { ...OLD_TASK, microBatch: 2 }, ONE_DEVICE).mid;
    assert.equal(bytes, 3 * 2048 * 2 * 1024 * (34 + (5 * 16 * 2048) / 1024));
  });

  it('of GQA and SwiGLU: Llama 3 8B keeps 8d + 4A + 4K + 6F a token and layer', () => {
    const llama = known('meta-llama/Meta-Llama-3-8B');
    const bytes = layerActivations(llama, { ...USUAL_TASK, microBatch: 1 }, ONE_DEVICE).mid;
    const perToken = 8 * 4096 + 4 * 4096 + 4 * 1024 + 6 * 14_336 + 4 * 32;
    assert.equal(bytes, 32 * 2048 * perToken);
  });

  it('of a mixture of experts are those of the experts that a token passes', () => {
    const mixtral = known('mistralai/Mixtral-8x7B-v0.1');
    const one = { ...mixtral, expertsPerToken: 1 };
    const of = (moe: typeof mixtral): number => layerActivations(moe, USUAL_TASK, ONE_DEVICE).mid;
    const expert = 1.1 * 32 * 2048 * (6 * 14_336 + 4 * 4096);
    assert.ok(isClose(of(mixtral) - of(one), expert, 1e-9));
  });
});

describe('memory of a training', () => {
  it('is near the published peaks of BLOOM candidates', () => {
    // github.com/bigscience-workshop/bigscience, train/tr11-176B-ml/chronicles-prequel.md: GiB on
    // an A100 of 80 GB; 72 layers of 14,336 in fp16, 100 of 12,288 in bf16; all recomputed.
    const fp16 = gpt({ layers: 72, hidden: 14_336, heads: 64, vocab: 250_880 });
    const bf16 = gpt({ layers: 100, hidden: 12_288, heads: 64, vocab: 250_880 });
    const of = (
      candidate: typeof fp16,
      {
        peak,
        microBatch,
        ...parts
      }: { peak: number; microBatch: number } & Partial<ParallelLayout>,
    ): void => {
      const precision = candidate === fp16 ? 'fp16' : 'bf16';
      const task: TrainingTask = { ...OLD_TASK, precision, microBatch, framework: 'deepspeed' };
      const layout: ParallelLayout = { ...ONE_DEVICE, zeroStage: 1, recompute: 'full', ...parts };
      const { total } = trainingMemory(candidate, task, layout);
      assert.ok(isClose(total.mid / GIB, peak, 0.1), `${total.mid / GIB} GiB, not ${peak}`);
    };
    of(fp16, { peak: 65, microBatch: 1, tensorParallel: 8, pipelineParallel: 2, dataParallel: 24 });
    of(fp16, { peak: 49, microBatch: 4, tensorParallel: 8, pipelineParallel: 12, dataParallel: 4 });
    of(fp16, {
      peak: 63,
      microBatch: 2,
      tensorParallel: 2,
      pipelineParallel: 12,
      dataParallel: 16,
    });
    of(bf16, { peak: 61, microBatch: 2, tensorParallel: 8, pipelineParallel: 6, dataParallel: 8 });
  });

  it('fits QLoRA of 65B in 48 GB, LoRA of 7B in 24 GB, and full fine-tuning of neither in 80', () => {
    // Dettmers et al., arXiv:2305.14314, abstract; sequences of 512 tokens as in its appendix.
    const task = { ...USUAL_TASK, sequenceLength: 512 };
    const layout: ParallelLayout = { ...ONE_DEVICE, recompute: 'full' };
    const gib = (id: string, method: TrainingTask['method']) =>
      trainingMemory(known(id), { ...task, method }, layout).total.high / GIB;
    assert.ok(gib('huggyllama/llama-65b', 'qlora') < 48);
    assert.ok(gib('huggyllama/llama-65b', 'lora') > 120);
    assert.ok(gib('meta-llama/Llama-2-7b-hf', 'lora') < 24);
    assert.ok(gib('meta-llama/Llama-2-7b-hf', 'full') > 80);
  });

  it('is the sum of lines that each have a formula and a source', () => {
    const { lines, total } = trainingMemory(known('Qwen/Qwen3-8B'), USUAL_TASK, ONE_DEVICE);
    const sum = lines.reduce((all, { bytes }) => all + bytes.mid, 0);
    assert.ok(isClose(sum, total.mid, 1e-12));
    for (const line of lines) assert.ok(line.formula() !== '' && line.source !== '', line.name);
    for (const name of ['weights', 'gradients', 'optimizer', 'activations', 'logits', 'context'])
      assert.ok(
        lines.some((line) => line.name === name),
        name,
      );
  });

  it('has a tied table on both ends of a pipeline, and buffers for each group that exchanges', () => {
    const wide = gpt({ layers: 8, hidden: 1024, heads: 8, vocab: 1_000_000 });
    const split = { ...ONE_DEVICE, pipelineParallel: 2, tensorParallel: 2 };
    const { lines } = trainingMemory(wide, OLD_TASK, split);
    const bytes = (name: string) => lines.find((line) => line.name === name)?.bytes.mid;
    assert.equal(bytes('weights'), (2 * (4 * 12 * 1024 ** 2 + 1_000_000 * 1024)) / 2);
    const one = trainingMemory(wide, OLD_TASK, { ...split, pipelineParallel: 1 }).lines;
    const alone = one.find(({ name }) => name === 'communicators')!.bytes.mid;
    assert.equal(bytes('communicators'), 2 * alone);
  });

  it('is an interval in order, whatever is trained how', () => {
    fc.assert(
      fc.property(anyTask(), anyLayout(), (task, layout) => {
        const { low, mid, high } = trainingMemory(known('Qwen/Qwen3-30B-A3B'), task, layout).total;
        assert.ok(0 < low && low <= mid && mid <= high && high < Infinity);
      }),
    );
  });

  it('never grows with more devices, more sharding or more recomputation, nor shrinks with the batch', () => {
    const mixtral = known('mistralai/Mixtral-8x7B-v0.1');
    fc.assert(
      fc.property(anyTask(), anyLayout(), (task, layout) => {
        const of = (parts: Partial<ParallelLayout>, other = task): number =>
          trainingMemory(mixtral, other, { ...layout, ...parts }).total.mid;
        const { dataParallel, tensorParallel, zeroStage } = layout;
        assert.ok(of({ dataParallel: 2 * dataParallel }) <= of({}));
        if (tensorParallel > 1) assert.ok(of({ tensorParallel: 2 * tensorParallel }) <= of({}));
        if (zeroStage === 1 || zeroStage === 2)
          assert.ok(of({ zeroStage: (zeroStage + 1) as 2 | 3 }) <= of({}) + 2e9);
        assert.ok(of({ recompute: 'selective' }) <= of({ recompute: 'none' }));
        assert.ok(of({ recompute: 'full' }) <= of({ recompute: 'selective' }));
        assert.ok(of({}, { ...task, microBatch: 2 * task.microBatch }) >= of({}));
        assert.ok(
          of({}, { ...task, flashAttention: true }) <= of({}, { ...task, flashAttention: false }),
        );
      }),
    );
  });

  it('of adapters is less the narrower the frozen weights are', () => {
    for (const id of ['meta-llama/Llama-3.2-1B', 'meta-llama/Llama-3.1-405B']) {
      const [full, lora, qlora] = (['full', 'lora', 'qlora'] as const).map(
        (method) => trainingMemory(known(id), { ...USUAL_TASK, method }, ONE_DEVICE).total.mid,
      );
      assert.ok(qlora! < lora! && lora! < full!, id);
    }
  });
});

/** Figure 1 of arXiv:2205.05198: batch, layout, and GiB of states and of activations. */
const KORTHIKANTI = [
  published([48, 6144, 64], { stages: 1, virtual: 1, microBatch: 4 }, [45.5625, 59.25, 9.5625]),
  published(
    [96, 12_288, 96],
    { stages: 8, virtual: 3, microBatch: 1 },
    [45.5625, 66.8438, 12.3516],
  ),
  published(
    [105, 20_480, 128],
    { stages: 35, virtual: 3, microBatch: 1 },
    [31.6406, 114.023, 23.0762],
  ),
  published(
    [128, 25_600, 160],
    { stages: 64, virtual: 1, microBatch: 1 },
    [32.959, 131.25, 26.5625],
  ),
];

function published(
  [layers, hidden, heads]: readonly [number, number, number],
  run: { readonly stages: number; readonly virtual: number; readonly microBatch: number },
  [statesGib, tensorGib, selectiveGib]: readonly [number, number, number],
) {
  const layout: ParallelLayout = {
    ...ONE_DEVICE,
    tensorParallel: 8,
    pipelineParallel: run.stages,
    virtualStages: run.virtual,
  };
  const { microBatch } = run;
  const candidate = gpt({ layers, hidden, heads, vocab: 51_200 });
  return { model: candidate, layout, microBatch, statesGib, tensorGib, selectiveGib };
}

function sized(billions: number) {
  return gpt({ layers: 32, hidden: 4096, heads: 32, vocab: 51_200, params: billions * 1e9 });
}

function known(id: string) {
  return resolveModel(buildModel({ id }));
}

function anyTask(): fc.Arbitrary<TrainingTask> {
  return fc.record({
    method: fc.constantFrom('pretrain', 'full', 'lora', 'qlora'),
    precision: fc.constantFrom('fp32', 'tf32', 'bf16', 'fp16', 'fp8'),
    optimizer: fc.constantFrom('adamw', 'adamw-8bit', 'adafactor', 'sgd', 'lion'),
    framework: fc.constantFrom('megatron', 'deepspeed', 'fsdp'),
    gradients: fc.constantFrom('16-bit', 'fp32', null),
    sequenceLength: fc.integer({ min: 512, max: 131_072 }),
    microBatch: fc.integer({ min: 1, max: 64 }),
    microBatches: fc.integer({ min: 1, max: 512 }),
    flashAttention: fc.boolean(),
    loraRank: fc.integer({ min: 1, max: 256 }),
  });
}

function anyLayout(): fc.Arbitrary<ParallelLayout> {
  return fc.record({
    tensorParallel: fc.constantFrom(1, 2, 4, 8),
    sequenceParallel: fc.boolean(),
    pipelineParallel: fc.constantFrom(1, 2, 8),
    virtualStages: fc.constantFrom(1, 2, 4),
    contextParallel: fc.constantFrom(1, 2),
    expertParallel: fc.constantFrom(1, 2, 8),
    dataParallel: fc.constantFrom(8, 16, 128),
    zeroStage: fc.constantFrom(0, 1, 2, 3),
    recompute: fc.constantFrom('none', 'selective', 'full'),
  });
}
