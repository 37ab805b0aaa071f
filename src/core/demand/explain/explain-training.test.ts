import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildTask } from '../../../spec/build-for-tests.ts';
import type { Layout } from '../../../spec/demand.ts';
import type { Training } from '../../../spec/task.ts';
import { acceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { buildModel, buildTraining } from '../build-for-tests.ts';
import { estimateDemand, modelOf, trainingRun } from '../estimate-demand.ts';
import { explainTraining } from './explain-training.ts';
import type { Explained } from './explained.ts';
import { reckon } from './reckon-for-tests.ts';

const LLAMA = 'meta-llama/Llama-3.1-8B';

/** Between them: every format, adapters, experts, all kinds of parallelism and recomputation. */
const TRAININGS: readonly [what: string, id: string, training: Partial<Training>][] = [
  ['LoRA', LLAMA, { method: 'lora', globalBatch: 64 }],
  ['QLoRA', LLAMA, { method: 'qlora', precision: 'nf4' }],
  ['NVFP4', LLAMA, { method: 'pretrain', precision: 'nvfp4' }],
  ['long sequences in fp32', LLAMA, { precision: 'fp32', sequenceLength: 131_072 }],
  ['layers with windows in fp16', 'mistralai/Mistral-7B-v0.1', { precision: 'fp16' }],
  ['experts', 'mistralai/Mixtral-8x7B-v0.1', {}],
  [
    'latent attention and experts in fp8',
    'deepseek-ai/DeepSeek-V3',
    { method: 'pretrain', tokens: 15e12, precision: 'fp8' },
  ],
];

/** Each layout of every sixth device: a few hundred in all. */
const EXPLAINED = TRAININGS.map(([what, id, parts]) => {
  const task = buildTask({ model: buildModel({ id }), training: buildTraining(parts) });
  const model = modelOf(task.model!, new Map()).architecture;
  const run = trainingRun(task.training!);
  const devices = acceleratorFacts().filter(
    ({ peak }, index) => index % 6 === 5 || (parts.precision === 'nvfp4' && peak.fp4 > 0),
  );
  const { layouts } = estimateDemand(task);
  const both = layouts.flatMap((layout): [Layout, Explained][] => {
    const device = devices.find(({ name }) => name === layout.accelerator);
    if (device === undefined) return [];
    const explained = explainTraining(model, run, { layout, device });
    return [[layout, { ...explained, inherited: null, unfit: null }]];
  });
  return [what, both] as const;
});

describe('the arithmetic of a training', () => {
  for (const [what, both] of EXPLAINED) {
    const fitting = both.filter(([{ fits }]) => fits);

    it(`adds up to the memory of each layout: ${what}`, () => {
      for (const [layout, { memory, memoryBytes }] of both) {
        assert.deepEqual(memoryBytes, layout.memoryBytesPerDevice);
        const lines = memory.reduce((sum, { bytes }) => sum + bytes.mid, 0);
        assertClose(lines, memoryBytes.mid, place(layout));
      }
    });

    it(`gives the tokens a second and the hours of each layout that fits: ${what}`, () => {
      assert.ok(fitting.length > 10, `${fitting.length}`);
      for (const [layout, { time, results }] of fitting) {
        const [step] = time;
        const lines = step!.lines.reduce((sum, { seconds }) => sum + seconds, 0);
        assertClose(lines, step!.seconds, place(layout));
        const values = Object.fromEntries(results.map((one) => [one.name, one.value]));
        assertClose(values['tokens/s']!, layout.tokensPerSecond!.mid, place(layout));
        assertClose(values['hours']!, layout.hours!.mid, place(layout));
      }
    });

    it(`can be reckoned from its lines, as far as three digits go: ${what}`, () => {
      for (const [layout, { time, results }] of fitting) {
        const [{ seconds: whole, lines }] = time as [(typeof time)[0]];
        for (const { name: line, seconds, formula } of lines)
          assertNear(reckon(formula), seconds, { whole, what: `${place(layout)} ${line}` });
        for (const { value, formula } of results)
          assertNear(reckon(formula), value, { whole: 0, what: place(layout) });
      }
    });

    it(`names numbers and a source in every line: ${what}`, () => {
      for (const [, { memory, time, results }] of both)
        for (const line of [...memory, ...time.flatMap(({ lines }) => lines), ...results]) {
          assert.match(line.formula, /\d/, line.name);
          assert.ok(line.source.length > 10, line.name);
        }
    });
  }

  it('says tokens, weights, peak, ceiling and share of its products', () => {
    const layout = layoutsOf('LoRA').find(
      ([{ accelerator, devices }]) => accelerator === 'A100' && devices === 8,
    )!;
    const [products] = layout[1].time[0]!.lines;
    assert.equal(products!.name, 'products');
    assert.match(
      products!.formula,
      /^\d passes × .*2 × \d+ tokens × [\d.]+B weights \/ \(312 TFLOP\/s bf16 × [\d.]+ ceiling × [\d.]+ reached\)$/,
    );
    assert.match(products!.source, /arXiv:2001\.08361.*ceiling of 16 bits: .*fitted/);
  });

  it('has no time where the memory is too small', () => {
    const [, explained] = layoutsOf('long sequences in fp32').find(([{ fits }]) => !fits)!;
    assert.deepEqual([explained.time, explained.results], [[], []]);
    assert.ok(explained.memoryBytes.high > explained.usableBytes);
  });
});

function layoutsOf(what: string): readonly [Layout, Explained][] {
  return EXPLAINED.find(([name]) => name === what)![1];
}

function place({ accelerator, devices }: Layout): string {
  return `${devices} × ${accelerator}`;
}

function assertClose(one: number, other: number, what: string): void {
  assert.ok(Math.abs(one / other - 1) < 1e-9, `${what}: ${one} is not ${other}`);
}

/** A difference of two large numbers loses digits; not more of the whole step than shows. */
function assertNear(
  one: number,
  other: number,
  { whole, what }: { readonly whole: number; readonly what: string },
): void {
  const off = Math.abs(one - other);
  assert.ok(off <= 0.02 * other || off <= 0.005 * whole, `${what}: ${one} is not ${other}`);
}
