import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../../base/errors.ts';
import { buildResources, buildTask } from '../../spec/build-for-tests.ts';
import type { Task, Training } from '../../spec/task.ts';
import { buildModel, buildServing, buildTraining } from './build-for-tests.ts';
import { estimateDemand } from './estimate-demand.ts';

const LLAMA = buildModel({ id: 'meta-llama/Llama-3.1-8B' });
const H100 = buildResources({ accelerators: [{ name: 'H100', count: 8 }] });
const WORK = { units: 100, per: 'hour', throughput: { cpu: 10 } } as const;

describe('what a task needs', () => {
  it('is its stated resources where nothing else is said', () => {
    const resources = [H100, buildResources({ cpus: { value: 8, atLeast: true } })];
    const demand = estimateDemand(buildTask({ resources, resourcesOrdered: true, numNodes: 2 }));
    assert.deepEqual(demand, {
      basis: 'resources',
      numNodes: 2,
      resources,
      resourcesOrdered: true,
      work: null,
      flops: null,
      layouts: [],
      notes: [],
    });
  });

  it("is the user's own work, even where a model is named too", () => {
    const demand = estimateDemand(
      buildTask({ work: WORK, model: LLAMA, training: buildTraining() }),
    );
    assert.equal(demand.basis, 'work');
    assert.deepEqual(demand.work, WORK);
    assert.deepEqual(demand.layouts, []);
  });

  it('follows from a model and a training, and keeps the resources that are stated', () => {
    const demand = estimateDemand(
      buildTask({ model: LLAMA, training: buildTraining(), resources: [H100] }),
    );
    assert.equal(demand.basis, 'model');
    assert.deepEqual(demand.resources, [H100]);
    // 6 × 7.5e9 and 6 × 32 × 4096 × 4096, times 1e9 tokens.
    assert.ok(Math.abs(demand.flops!.mid / 4.826e19 - 1) < 0.01, `${demand.flops!.mid}`);
    assert.ok(demand.layouts.some(({ fits, accelerator }) => fits && accelerator === 'H100'));
  });

  it('is laid out on the number of devices that the task asks for or offers', () => {
    const three = buildResources({ accelerators: [{ name: 'A100', count: 3 }] });
    const training = buildTraining({ method: 'lora' });
    const demand = estimateDemand(
      buildTask({ model: LLAMA, training, resources: [three], numNodes: 2 }),
    );
    assert.ok(demand.layouts.some(({ devices, fits }) => devices === 6 && fits));
    assert.ok(!demand.layouts.some(({ devices }) => devices === 3));
  });

  it('of a pretraining of trillions of tokens goes beyond 128 devices', () => {
    const most = (tokens: number): number => {
      const training = buildTraining({ method: 'pretrain', tokens });
      const { layouts } = estimateDemand(buildTask({ model: LLAMA, training }));
      return Math.max(...layouts.map(({ devices }) => devices));
    };
    assert.equal(most(1e9), 128);
    assert.equal(most(15e12), 1024);
  });

  it('of a service is open-ended: layouts of one replica, no FLOPs, no hours', () => {
    const demand = estimateDemand(
      buildTask({ kind: 'serve', model: LLAMA, serving: buildServing() }),
    );
    assert.equal(demand.flops, null);
    assert.ok(demand.layouts.length > 100);
    assert.ok(demand.layouts.every(({ hours }) => hours === null));
    assert.ok(demand.notes.some((note) => note.includes('12 requests/s = 3.07K output tokens/s')));
  });

  it('tells its arithmetic with numbers and sources', () => {
    const training = buildTraining({ method: 'lora', tokens: 2e8 });
    const { notes } = estimateDemand(buildTask({ model: LLAMA, training }));
    const text = notes.join('\n');
    for (const part of [
      '8.03B parameters, 32 layers',
      '4N',
      '200M tokens',
      '6.70e18',
      'rank 16',
      'arXiv:',
    ])
      assert.ok(text.includes(part), `${part} in\n${text}`);
    for (const note of notes) assert.ok(note.length <= 78, note);
  });

  it('takes the usual sequence length and batch where the user says none', () => {
    const said = buildTraining({ sequenceLength: 4096 });
    const unsaid = buildTraining({ sequenceLength: null });
    const flops = [said, unsaid].map(
      (training) => estimateDemand(buildTask({ model: LLAMA, training })).flops,
    );
    assert.deepEqual(flops[0], flops[1]);
  });

  it('is the resources alone where a model comes without training, and says so', () => {
    const demand = estimateDemand(buildTask({ model: LLAMA, resources: [H100] }));
    assert.equal(demand.basis, 'resources');
    assert.match(demand.notes[0]!, /model: not used/);
  });
});

describe('a demand that cannot be told', () => {
  const cases: readonly [what: string, task: Partial<Task>, code: string, words: RegExp][] = [
    [
      'training without tokens',
      { model: LLAMA, training: buildTraining({ tokens: null }) },
      'spec.invalid',
      /training\.tokens is missing/,
    ],
    [
      'serving without input',
      { model: LLAMA, serving: buildServing({ inputTokens: null }) },
      'spec.invalid',
      /serving\.input_tokens is missing/,
    ],
    [
      'serving without output',
      { model: LLAMA, serving: buildServing({ outputTokens: null }) },
      'spec.invalid',
      /serving\.output_tokens is missing/,
    ],
    [
      'a model without a purpose',
      { model: LLAMA },
      'spec.invalid',
      /does not say what is done with it/,
    ],
    [
      'a training without a model',
      { training: buildTraining() },
      'spec.invalid',
      /has training, and no model/,
    ],
    [
      'no tokens at all',
      { model: LLAMA, training: buildTraining({ tokens: 0 }) },
      'spec.bad-value',
      /training\.tokens is 0/,
    ],
    [
      'a sequence of no tokens',
      { model: LLAMA, training: buildTraining({ sequenceLength: 0 }) },
      'spec.bad-value',
      /sequence_length is 0/,
    ],
    [
      'full training in 4 bits',
      { model: LLAMA, training: buildTraining({ precision: 'int4' }) },
      'spec.bad-value',
      /int4 does not go with full/,
    ],
    [
      'adapters in NVFP4',
      { model: LLAMA, training: buildTraining({ method: 'lora', precision: 'nvfp4' }) },
      'spec.bad-value',
      /nvfp4 does not go with lora/,
    ],
    [
      'images in MXFP4',
      {
        model: buildModel({ id: 'timm/resnet50' }),
        serving: buildServing({ requests: 1e6, precision: 'mxfp4' }),
      },
      'spec.bad-value',
      /mxfp4 is for models of tokens/,
    ],
    [
      'an unknown model',
      { model: buildModel({ id: 'x/y' }), training: buildTraining() },
      'spec.bad-value',
      /x\/y/,
    ],
  ];
  for (const [what, parts, code, words] of cases)
    it(`${what} is refused, with what to add`, () => {
      assert.throws(
        () => estimateDemand(buildTask(parts)),
        (error) => {
          assert.ok(error instanceof KedgeError);
          assert.equal(error.code, code);
          assert.match(error.message, words);
          if (code === 'spec.invalid') assert.ok(error.hint, 'a hint says what to add');
          return true;
        },
      );
    });
});

describe('a batch of requests', () => {
  const serving = { ...buildServing({ requestsPerSecond: null }), requests: 2e6 };

  it('takes hours, that fall with the devices in proportion to the replicas on them', () => {
    const task = buildTask({ kind: 'batch', model: LLAMA, serving });
    const { layouts, flops } = estimateDemand(task);
    assert.ok(flops!.mid > 2e6 * 768 * 2 * 7e9);
    const hours = (devices: number) =>
      layouts.find((one) => one.accelerator === 'H100' && one.devices === devices)!.hours!.mid;
    assert.ok(Math.abs(hours(1) / hours(8) - 8) < 0.01, `${hours(1)} and ${hours(8)}`);
  });

  it('of a model that is too large for one device goes to replicas of several', () => {
    const model = buildModel({ id: 'meta-llama/Llama-3.1-70B' });
    const { layouts } = estimateDemand(buildTask({ kind: 'batch', model, serving }));
    const of = (devices: number) =>
      layouts.find((one) => one.accelerator === 'H100' && one.devices === devices)!;
    assert.equal(of(1).fits, false);
    assert.equal(of(8).tensorParallel * of(8).dataParallel, 8);
    assert.ok(of(8).hours!.mid < of(2).hours!.mid / 3);
  });
});

describe('a model without tokens', () => {
  const RESNET = buildModel({ id: 'resnet50' });
  const training = buildTraining({ tokens: null, samples: 115e6, precision: 'fp16' });

  it('is trained on so many images, faster on faster devices', () => {
    const { layouts, flops } = estimateDemand(
      buildTask({ kind: 'train', model: RESNET, training }),
    );
    // 4.1 GMACs forward (He et al., arXiv:1512.03385, table 1), twice as many backward.
    assert.ok(Math.abs(flops!.mid / (6 * 4.1e9 * 115e6) - 1) < 0.02, `${flops!.mid}`);
    const speed = (name: string) =>
      layouts.find((one) => one.accelerator === name && one.devices === 1)!.samplesPerSecond!.mid;
    // NVIDIA DeepLearningExamples, ResNet-50 v1.5: about 2,500 images/s on an A100, 1,000 on a V100.
    assert.ok(speed('A100-80GB') > 1700 && speed('A100-80GB') < 3500, `${speed('A100-80GB')}`);
    assert.ok(speed('V100') > 700 && speed('V100') < 1500, `${speed('V100')}`);
  });

  it('is refused without their number, with the field to add', () => {
    const silent = buildTask({ kind: 'train', model: RESNET, training: buildTraining() });
    assert.throws(() => estimateDemand(silent), {
      code: 'spec.invalid',
      message: /training.samples is missing/,
    });
  });

  it('reads texts too: an encoder answers sequences', () => {
    const model = buildModel({ id: 'bert-base-uncased' });
    const serving = { ...buildServing({ inputTokens: 128 }), requests: 1e6 };
    const { layouts } = estimateDemand(buildTask({ kind: 'batch', model, serving }));
    assert.ok(layouts.some(({ fits, hours }) => fits && hours!.mid > 0));
  });
});

describe('what updates the weights', () => {
  it('decides how much memory a training needs', () => {
    const of = (optimizer: 'adamw' | 'adamw-8bit' | 'sgd') => {
      const training = buildTraining({ method: 'full', globalBatch: 1, optimizer });
      const { layouts } = estimateDemand(buildTask({ model: LLAMA, training }));
      const one = (layout: (typeof layouts)[number]) =>
        layout.accelerator === 'B300' && layout.devices === 1;
      return layouts.find(one)!.memoryBytesPerDevice.mid;
    };
    assert.ok(of('sgd') < of('adamw') && of('adamw-8bit') < of('adamw'));
  });
});

describe('a training in NVFP4', () => {
  const of = (precision: Training['precision']) =>
    estimateDemand(
      buildTask({ model: LLAMA, training: buildTraining({ method: 'pretrain', precision }) }),
    ).layouts;

  it('is for devices that multiply it, and faster there than one in fp8', () => {
    const [narrow, wide] = [of('nvfp4'), of('fp8')];
    const speedOn = (layouts: typeof narrow): number =>
      layouts.find((one) => one.accelerator === 'B200' && one.devices === 8)!.tokensPerSecond!.mid;
    assert.ok(speedOn(narrow) > 1.05 * speedOn(wide));
    assert.ok(wide.some(({ accelerator }) => accelerator === 'H100'));
    assert.ok(!narrow.some(({ accelerator }) => accelerator === 'H100'));
  });
});
