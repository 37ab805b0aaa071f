import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildModel, buildServing, buildTraining } from '../core/demand/build-for-tests.ts';
import { buildTask, buildTaskFile } from '../spec/build-for-tests.ts';
import type { Task } from '../spec/task.ts';
import { toWire } from '../spec/wire.ts';
import { demandOf } from './demand.ts';
import { describeExplained, explainedDemand } from './explain-demand.ts';
import { measuredDemandOf } from './measured-demand.ts';

const LLAMA = buildModel({ id: 'meta-llama/Llama-3.1-8B' });
const LORA = buildTask({
  name: 'lora',
  model: LLAMA,
  training: buildTraining({ method: 'lora', tokens: 2e8, globalBatch: 64 }),
});
const CHAT = buildTask({
  name: 'chat',
  kind: 'serve',
  model: LLAMA,
  serving: buildServing({ ttftMs: 500 }),
});
const IMAGES = buildTask({
  name: 'images',
  model: buildModel({ id: 'resnet50' }),
  training: buildTraining({ tokens: null, samples: 115e6, globalBatch: 2048 }),
});
const TEXTS = buildTask({
  name: 'texts',
  kind: 'batch',
  model: buildModel({ id: 'bert-base-uncased' }),
  serving: buildServing({ requestsPerSecond: null, requests: 1e7, inputTokens: 128 }),
});

describe('kedge demand --explain', () => {
  it('prints memory, time and what follows, each with formula, numbers and source', () => {
    const text = textOf([LORA], 'H100:1');
    assert.match(text, /^lora: how it comes about on 1 × H100$/m);
    assert.match(text, /^ {2}nothing is split; ZeRO 0; activations .*; micro-batches of \d+\.$/m);
    assert.match(text, /MEMORY of the fullest device: [\d.]+ GiB \([\d.]+–[\d.]+\) of 79\.1/);
    assert.match(text, /14\.96 +\d+ % +frozen weights = 2 B × 8\.03B\n +— Hu et al\., LoRA/);
    assert.match(text, /TIME of a step: [\d.]+ s/);
    assert.match(text, /\d s +\d+ % +products = \d passes × \d+ micro-batches/);
    assert.match(text, /\n {4}tokens\/s \d+ \(\d+–\d+\) = 64 sequences × 4096 tokens \/ [\d.]+ s/);
    assert.match(text, /\n {4}hours [\d.]+ \([\d.]+–[\d.]+\) = 200M tokens \//);
  });

  it('shows a service by its times of a request', () => {
    const text = textOf([CHAT], 'H100:1');
    assert.match(text, /nothing is split; \d+ at once of requests of 512 \+ 256 tokens\./);
    assert.match(text, /TIME PER TOKEN: [\d.]+ ms/);
    assert.match(text, /TIME TO FIRST TOKEN: [\d.]+ ms/);
  });

  it('shows images and texts by how they are passed, and ends in samples a second', () => {
    const text = textOf([IMAGES], 'A100:2');
    assert.match(text, /^ {2}split: data 2; micro-batches of 256 images, 4 to an update\.$/m);
    assert.match(text, /TIME of a step: [\d.]+ m?s/);
    assert.match(text, /% +arithmetic = 4 micro-batches × .*3 passes/);
    assert.match(
      text,
      /\n {4}samples\/s \d+ \(\d+–\d+\) = 2 devices × 4 micro-batches × 256 samples \//,
    );
    assert.match(text, /\n {4}hours [\d.]+ \([\d.]+–[\d.]+\) = 115M samples \//);
    const answers = textOf([TEXTS], 'A100:2');
    assert.match(answers, /split: replicas 2; each answers 256 sequences of 128 tokens at once\./);
    assert.match(answers, /TIME of a batch: /);
  });

  it('has the step and the speed that a measurement is compared with', () => {
    const text = textOf([IMAGES], 'A100:2');
    const [, step] = /TIME of a step: (.*)/.exec(text)!;
    const [, speed] = /samples\/s (\d+) /.exec(text)!;
    const compared = (measured: string): string =>
      measuredDemandOf(buildTaskFile([IMAGES]), { measured: [measured], on: 'A100:2' }).tasks[0]!
        .notes[0]!;
    assert.match(compared('step_time=500ms'), new RegExp(`step time 500 ms, estimated ${step}$`));
    assert.match(compared('images/s=4000'), new RegExp(`samples/s 4000, estimated ${speed}$`));
  });

  it('keeps a number and its unit on one line', () => {
    for (const task of [LORA, CHAT, IMAGES, TEXTS])
      assert.doesNotMatch(textOf([task], 'A100:8'), /\d\n +[kMGTPmµ]?(?:B|s|FLOP|B\/s|FLOP\/s)\b/);
  });

  it('keeps to 80 columns, whatever the names, and cuts no formula short', () => {
    const long = 'x'.repeat(300);
    const mix = {
      sizes: [
        { share: 0.7, inputTokens: 100, outputTokens: 200, throughput: null },
        { share: 0.3, inputTokens: 4000, outputTokens: 200, throughput: null },
      ],
      concurrency: null,
      utilizationMax: 1,
      latency: 'mean',
    } as const;
    const tasks = [
      LORA,
      CHAT,
      IMAGES,
      TEXTS,
      buildTask({ kind: 'serve', model: LLAMA, serving: buildServing({ mix }) }),
      buildTask({
        model: buildModel({ id: 'deepseek-ai/DeepSeek-V3' }),
        training: buildTraining({ method: 'pretrain', tokens: 15e12, precision: 'fp8' }),
      }),
    ];
    for (const task of tasks)
      for (const line of textOf([task]).split('\n')) {
        assert.ok(line.length <= 80, `${line.length}: ${line}`);
        assert.ok(!line.includes('…'), line);
      }
    const named = textOf([buildTask({ ...LORA, name: long })]).split('\n');
    assert.ok(named.every((line) => line.length <= 80));
  });

  it('says of each task in turn, and why there is nothing to say', () => {
    const text = textOf([LORA, buildTask({ name: 'plain', needs: [] })]);
    assert.match(text, /^lora: how/);
    assert.match(text, /\n\nplain: nothing to explain: its resources are all that is known$/);
  });

  it('says what would fit where the devices are too small', () => {
    const task = buildTask({ ...LORA, training: buildTraining() });
    const text = textOf([task], 'T4:1').replaceAll(/\s+/g, ' ');
    assert.match(text, /Does not fit: needs up to \d+ GiB of each T4, which has \d+ GiB for it;/);
    assert.match(text, /\d+ × T4 would do\.$/);
  });

  it("has a wire form in the wire's names", () => {
    const file = buildTaskFile([LORA]);
    const wire = toWire(explainedDemand(demandOf(file), file, { on: 'H100:8' })) as {
      readonly tasks: readonly { readonly explained: readonly Wire[] }[];
    };
    const [explained] = wire.tasks[0]!.explained;
    assert.deepEqual(Object.keys(explained!).toSorted(), [
      'accelerator',
      'devices',
      'fits',
      'hours',
      'inherited',
      'layout',
      'memory',
      'memory_bytes',
      'requests',
      'results',
      'time',
      'tokens_per_second',
      'unfit',
      'usable_bytes',
    ]);
    const [memory] = explained!['memory'] as readonly Wire[];
    assert.deepEqual(Object.keys(memory!), ['name', 'bytes', 'formula', 'source']);
    assert.deepEqual(Object.keys(memory!['bytes'] as Wire), ['low', 'mid', 'high']);
    const [step] = explained!['time'] as readonly Wire[];
    assert.deepEqual(Object.keys(step!), ['of', 'seconds', 'lines']);
    const [line] = step!['lines'] as readonly Wire[];
    assert.deepEqual(Object.keys(line!), ['name', 'seconds', 'formula', 'source']);
  });

  it('has on the wire how samples are passed, and their speed', () => {
    const file = buildTaskFile([IMAGES]);
    const wire = toWire(explainedDemand(demandOf(file), file, { on: 'A100:2' })) as {
      readonly tasks: readonly { readonly explained: readonly Wire[] }[];
    };
    const [explained] = wire.tasks[0]!.explained;
    assert.deepEqual(explained!['samples'], {
      what: 'image',
      tokens: null,
      at_once: 256,
      passes: 4,
      trains: true,
    });
    assert.deepEqual(Object.keys(explained!['samples_per_second'] as Wire), ['low', 'mid', 'high']);
    assert.equal(explained!['tokens_per_second'], null);
  });
});

type Wire = Readonly<Record<string, unknown>>;

function textOf(tasks: readonly Task[], on?: string): string {
  const file = buildTaskFile(tasks);
  return describeExplained(explainedDemand(demandOf(file), file, { on })).join('\n');
}
