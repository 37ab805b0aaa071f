import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildModel, buildServing, buildTraining } from '../core/demand/build-for-tests.ts';
import { buildResources, buildTask, buildTaskFile } from '../spec/build-for-tests.ts';
import type { Task } from '../spec/task.ts';
import { toWire } from '../spec/wire.ts';
import { demandOf, describeDemand } from './demand.ts';

const LLAMA = buildModel({ id: 'meta-llama/Llama-3.1-8B' });
const LORA = buildTask({
  name: 'lora',
  model: LLAMA,
  training: buildTraining({ method: 'lora', tokens: 2e8, globalBatch: 64 }),
});

describe('kedge demand', () => {
  it('reports each task of a file under its name', () => {
    const report = demandOf(buildTaskFile([LORA, buildTask({ name: null })]));
    assert.equal(report.schema, 'kedge.demand/v1');
    assert.deepEqual(
      report.tasks.map(({ name, basis }) => [name, basis]),
      [
        ['lora', 'model'],
        [null, 'resources'],
      ],
    );
  });

  it('prints FLOPs, memory and time with their interval', () => {
    const text = linesOf(LORA).join('\n');
    assert.match(text, /^lora: needs, by its model$/m);
    assert.match(text, /FLOPs {2}6\.70e18/);
    assert.match(text, /DEVICES +TP×DP +GIB EACH +TOKENS\/S +TIME/);
    assert.match(text, /1 × H100 +1×1 +\d+ \(\d+–\d+\) of 80 +\d+ +[\d.]+ h \([\d.]+–[\d.]+\)/);
    assert.match(text, /arXiv:2001\.08361/);
  });

  it('names devices that cannot carry the model, however many', () => {
    const training = buildTraining({ tokens: 1e9 });
    const model = buildModel({ id: 'meta-llama/Llama-3.1-405B' });
    const text = linesOf(buildTask({ model, training })).join('\n');
    assert.match(text, /None of these, however many: .*P100/);
    assert.doesNotMatch(text, /\d × P100/);
  });

  it('prints no time for a service', () => {
    const text = linesOf(buildTask({ kind: 'serve', model: LLAMA, serving: buildServing() })).join(
      '\n',
    );
    assert.doesNotMatch(text, /TIME/);
    assert.match(text, /1 × H100/);
  });

  it('prints stated resources and work as the user wrote them', () => {
    const resources = [
      buildResources({ accelerators: [{ name: 'H100', count: 8 }] }),
      buildResources({
        cpus: { value: 8, atLeast: true },
        memoryGib: { value: 64, atLeast: true },
      }),
    ];
    const work = { units: 100, per: 'hour', throughput: { cpu: 10, gpu: 100 } } as const;
    const lines = linesOf(buildTask({ resources, work, numNodes: 2 }));
    assert.deepEqual(lines, [
      'task: needs, by its work, on 2 nodes',
      '  work  100 units; an hour: cpu 10, gpu 100',
      '  resources  H100:8',
      '  or         8+ vCPUs, 64+ GiB',
    ]);
  });

  it('keeps to 80 columns, whatever the names', () => {
    const long = 'x'.repeat(300);
    const model = { ...LLAMA, id: long, params: 8e9 };
    const tasks = [
      LORA,
      buildTask({ name: long, model, training: buildTraining() }),
      buildTask({ kind: 'serve', model: LLAMA, serving: buildServing() }),
    ];
    for (const task of tasks)
      for (const line of linesOf(task)) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  });

  it("has a wire form in the wire's names", () => {
    const wire = toWire(demandOf(buildTaskFile([LORA]))) as {
      readonly tasks: readonly { readonly layouts: readonly Record<string, unknown>[] }[];
    };
    const layout = wire.tasks[0]!.layouts[0]!;
    assert.deepEqual(Object.keys(layout).toSorted(), [
      'accelerator',
      'accelerator_memory_gib',
      'data_parallel',
      'devices',
      'fits',
      'hours',
      'memory_bytes_per_device',
      'tensor_parallel',
      'tokens_per_second',
      'training',
    ]);
  });
});

function linesOf(task: Task): readonly string[] {
  return describeDemand(demandOf(buildTaskFile([task])));
}
