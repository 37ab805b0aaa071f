import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTasks } from '../read-tasks.ts';
import { problemsOf, refusalOf, taskIn } from './read-for-tests.ts';

const BAD = 'spec.bad-value';

const XPU = `
accelerators:
  - name: XPU-9
    like: H100-SXM
    kind: GPU
    year: 2027
    memory: 96GB
    memory_bandwidth: 4TB/s
    tflops: {bf16: 900, fp8: 1.8e3}
    ceiling: 0.75
    link: 450 GB/s
    network: 400Gbit/s
    domain: 8
`;

const WRONG = `
tflops: {bf16: -1}
tflops: {bf16: .nan}
tflops: {bf16: 1e30}
tflops: {fp8: 0}
tflops: {fp8: 1e8}
tflops: 900
memory: -1GB
memory: 1e30
memory: 2PB
memory_bandwidth: 4
memory_bandwidth: 4TB
link: 400Gb/s
network: 0GB/s
ceiling: 1.2
ceiling: 0
domain: 0
domain: 1.5
year: 27
kind: asic
`;

function messageOf(declaration: string): string {
  return problemsOf(`accelerators: [{name: X, like: H100, ${declaration}}]`)[0]!.message;
}

describe('accelerators that a task declares', () => {
  it('are read with the units that people write', () => {
    assert.deepEqual(taskIn(XPU).accelerators, [
      {
        name: 'XPU-9',
        like: 'H100-SXM',
        kind: 'gpu',
        year: 2027,
        memoryGib: 96,
        memoryBytesPerS: 4e12,
        tflops: { bf16: 900, fp8: 1800 },
        ceiling: 0.75,
        linkBytesPerS: 450e9,
        networkBytesPerS: 50e9,
        domain: 8,
      },
    ]);
    assert.deepEqual(taskIn('run: a').accelerators, []);
    const [little] = taskIn('accelerators: [{name: X, tflops: {fp16: 12}}]').accelerators;
    assert.deepEqual(little, { name: 'X', tflops: { fp16: 12 } });
  });

  it('are those of their own document alone', () => {
    const { tasks } = readTasks(`name: a${XPU}---\nname: b\n`, { file: 'task.yaml' });
    assert.deepEqual(
      tasks.map(({ accelerators }) => accelerators.length),
      [1, 0],
    );
  });

  it('are named by offers, resources and work in any case', () => {
    const task = taskIn(`${XPU}
resources: {accelerators: {xpu-9: 8, H100: 4}}
offers: [{name: lab, accelerators: Xpu-9:8, price: $10/h}, {name: cpu, price: $1/h}]
work: {hours: 3, on: xpu-9:8}
`);
    assert.deepEqual(
      task.resources[0]!.accelerators.map(({ name }) => name),
      ['XPU-9', 'H100'],
    );
    assert.deepEqual(
      task.offers.map(({ accelerator }) => accelerator),
      ['XPU-9', null],
    );
    assert.deepEqual(task.work, { hours: 3, on: { name: 'XPU-9', count: 8 } });
  });

  it('are refused with figures that no part has, at their place', () => {
    for (const figure of WRONG.trim().split('\n'))
      assert.equal(refusalOf(`accelerators: [{name: X, like: H100, ${figure}}]`).code, BAD, figure);
    assert.match(messageOf('tflops: {bf16: -1}'), /^task\.yaml:1:53: "accelerators\.tflops\.bf16"/);
    assert.match(messageOf('link: 400Gb/s'), /needs bytes or bits a second, not "400Gb\/s"/);
  });

  it('are refused with unknown keys, which name the closest', () => {
    const [key] = problemsOf('accelerators: [{name: X, like: H100, memory_bandwith: 4TB/s}]');
    assert.deepEqual(
      [key!.code, key!.closest, key!.column],
      ['spec.unknown-key', 'memory_bandwidth', 38],
    );
    const [format] = problemsOf('accelerators: [{name: X, tflops: {bf61: 900}}]');
    assert.equal(format!.closest, 'bf16');
  });

  it('are refused without a name that a command line can have', () => {
    assert.match(problemsOf('accelerators: [{like: H100}]')[0]!.message, /needs the key "name"/);
    for (const name of ['"XPU 9"', 'XPU:9', '9XPU', `X${'9'.repeat(64)}`])
      assert.equal(refusalOf(`accelerators: [{name: ${name}, like: H100}]`).code, BAD, name);
  });

  it('are refused where nothing tells their arithmetic', () => {
    for (const rest of ['', ', memory: 96GB', ', tflops: {}', ', like: '])
      assert.match(
        problemsOf(`accelerators: [{name: X${rest}}]`)[0]!.message,
        /:1:16: "X" tells neither its rate nor a part that it is like$/,
      );
  });

  it('are refused under one name twice, and beyond what anybody compares', () => {
    const twins = 'accelerators:\n  - {name: XPU-9, like: H100}\n  - {like: T4, name: xpu-9}\n';
    const [twin] = problemsOf(twins);
    assert.match(twin!.message, /two of "accelerators" are named "xpu-9"/);
    assert.deepEqual([twin!.line, twin!.column], [3, 22]);
    const many = Array.from({ length: 101 }, (_, index) => `{name: X${index}, like: H100}`);
    assert.equal(taskIn(`accelerators: [${many.slice(1).join(', ')}]`).accelerators.length, 100);
    assert.match(
      problemsOf(`accelerators: [${many.join(', ')}]`)[0]!.message,
      /has 101 parts; it takes 100/,
    );
  });
});
