import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, refusalOf, taskIn } from './reading/read-for-tests.ts';

describe('a task file with a mistake', () => {
  it('is answered with file, line, column, the text at fault and the closest key', () => {
    const error = refusalOf('name: a\nresources:\n  cpus: 2\n  memroy: 4\n');
    assert.equal(error.code, 'spec.unknown-key');
    assert.equal(error.message, 'task.yaml:4:3: there is no key "memroy" in "resources"');
    assert.equal(error.hint, 'did you mean "memory"?');
    const [problem] = error.details['problems'] as [unknown];
    assert.deepEqual(problem, {
      code: 'spec.unknown-key',
      message: error.message,
      line: 4,
      column: 3,
      text: 'memroy',
      closest: 'memory',
    });
  });

  it('without a close key is answered with the known ones', () => {
    assert.match(refusalOf('goal: {quickly: true}').hint!, /minimize, deadline, budget, spot/);
  });

  it("never proposes SkyPilot's internal keys", () => {
    assert.equal(problemsOf('_metadat: 1')[0]?.closest, undefined);
  });

  it('is answered with all mistakes at once, in their order, each with its hint', () => {
    const found = problemsOf('nam: a\nnum_nodes: 0\nresources: {cpus: many}\nnam: b\n');
    assert.deepEqual(
      found.map(({ line, column, code }) => `${line}:${column} ${code}`),
      ['4:1 spec.duplicate-key'],
    );
    const later = problemsOf('nam: a\nnum_nodes: 0\nresources: {cpus: many}\n');
    assert.deepEqual(
      later.map(({ line, column, code }) => `${line}:${column} ${code}`),
      ['1:1 spec.unknown-key', '2:12 spec.bad-value', '3:19 spec.bad-value'],
    );
    assert.match(later[1]!.message, /\(write it like `num_nodes: 1`\)$/);
  });

  it('has at most twenty mistakes told', () => {
    const text = Array.from({ length: 50 }, (_, index) => `unknown${index}: 1\n`).join('');
    assert.equal(problemsOf(text).length, 20);
  });

  it('shows a long text cut, on one line', () => {
    const [problem] = problemsOf(`num_nodes: |\n  ${'long '.repeat(100)}\n  more\n`);
    assert.ok(problem!.message.length < 160, problem!.message);
    assert.ok(!problem!.message.includes('\n'));
  });

  const mistakes: Readonly<Record<string, readonly [text: string, code: string, shown: RegExp]>> = {
    'a list for a task': ['- a\n- b\n', 'spec.invalid', /:1:1: a task is a map of keys/],
    'a text for a task': ['hello', 'spec.invalid', /not "hello"/],
    'nothing in it': ['', 'spec.invalid', /:1:1: there is no task in it/],
    'comments only': ['# nothing\n', 'spec.invalid', /there is no task in it/],
    'a header alone': ['execution: parallel\n', 'spec.invalid', /no task follows this header/],
    'an open bracket': ['name: [a\n', 'spec.syntax', /:2:1: |:1:/],
    'an open quote': ['name: "a\n', 'spec.syntax', /:1:7: the quote is not closed/],
    'a bad escape': ['name: "a\\qb"', 'spec.syntax', /:1:9: "\\q" is no escape/],
    'a tab for indentation': ['resources:\n\tcpus: 2\n', 'spec.syntax', /:2:1: Tabs/],
    'two maps in one line': ['a: b: c\n', 'spec.syntax', /Nested mappings/],
    'a NUL byte': ['name: a\0b', 'spec.syntax', /:1:8: the control character U\+0000/],
    'a key twice': ['run: a\nname: b\nrun: c\n', 'spec.duplicate-key', /:3:1: .*on line 1 already/],
    'a map for a key': ['{a: b}: c\n', 'spec.bad-value', /cannot be a key/],
    '__proto__ for a key': [
      'envs: {__proto__: a}',
      'spec.bad-value',
      /"__proto__" cannot be a key/,
    ],
    'a tag of its own': ['name: !secret a\n', 'spec.bad-value', /"!secret" means nothing/],
    'an alias to nothing': ['name: *a\n', 'spec.syntax', /names no anchor before it/],
    'an alias to its own inside': [
      'envs: &a {B: *a}\n',
      'spec.syntax',
      /stands inside of what it names/,
    ],
    'a list for a number': ['num_nodes: [1]', 'spec.bad-value', /"num_nodes" needs a whole number/],
    'a word for a kind': ['kind: trian', 'spec.bad-value', /needs one of run, train/],
    'a bad variable name': ['envs: {2A: b}', 'spec.bad-value', /"2A" in "envs" is not the name/],
    'both units and hours': ['work: {units: 1, hours: 2}', 'spec.invalid', /and not both/],
    'units without throughput': ['work: {units: 1}', 'spec.invalid', /needs units with throughput/],
    'units that are empty': [
      'work: {units: , throughput: {gpu: 1}}',
      'spec.invalid',
      /and not both/,
    ],
    'an offer without price': ['offers: [{name: a}]', 'spec.invalid', /needs the key "price"/],
    'two offers of one name': [
      'offers: [{name: a, price: 1}, {name: a, price: 2}]',
      'spec.invalid',
      /two of "offers" are named "a"/,
    ],
    'any_of beside ordered': [
      'resources: {any_of: [{cpus: 1}], ordered: [{cpus: 2}]}',
      'spec.invalid',
      /exclude each other/,
    ],
    'infra beside cloud': ['resources: {infra: aws, cloud: aws}', 'spec.invalid', /infra excludes/],
    'gpus beside accelerators': [
      'resources: {gpus: T4, accelerators: L4}',
      'spec.invalid',
      /are the same/,
    ],
  };
  for (const [what, [text, code, shown]] of Object.entries(mistakes)) {
    it(`${what} is ${code}`, () => {
      const error = refusalOf(text);
      assert.equal(error.code, code);
      assert.match(error.message, shown);
    });
  }

  it('a mistyped word of a choice names the closest', () => {
    assert.equal(problemsOf('kind: trian')[0]?.closest, 'train');
  });
});

describe('YAML as people write it', () => {
  it('may start with a byte order mark', () => {
    assert.equal(taskIn('\uFEFFname: a\n').name, 'a');
  });

  it('may end its lines in any way, and lines are counted alike', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['# one', 'name: a', 'run: |', '  x', '  y', 'retries: 2', ''].join(end);
      assert.equal(taskIn(text).retries, 2, JSON.stringify(end));
      assert.equal(taskIn(text).run, 'x\ny\n', JSON.stringify(end));
    }
    for (const end of ['\n', '\r\n', '\r']) {
      assert.equal(problemsOf(`a: 1${end}b: 2${end}`)[1]?.line, 2, JSON.stringify(end));
    }
  });

  it('may share parts by anchors and merge keys; its own keys win', () => {
    const task = taskIn(
      'envs: &base {A: "1", B: "2"}\nsecrets:\n  <<: *base\n  B: "3"\n  C: "4"\nname: a\n',
    );
    assert.deepEqual(task.secrets, { B: '3', C: '4', A: '1' });
  });

  it('may leave keys without a value', () => {
    const { name, resources, workdir } = taskIn('name:\nresources: ~\nworkdir: null\nrun: a\n');
    assert.deepEqual([name, resources.length, workdir], [null, 1, null]);
  });

  it('may be JSON', () => {
    assert.equal(
      taskIn('{"name": "a", "run": "echo \\"x\\"\\n", "num_nodes": 2}').run,
      'echo "x"\n',
    );
  });

  it('keeps scripts to the letter, whatever they look like', () => {
    const script = 'a: b\n- [ {\n"\\q\n\t*x &y !z\n# kept\n';
    const text = `run: |\n${script.replaceAll(/^/gm, '  ').trimEnd()}\n`;
    assert.equal(taskIn(text).run, script);
  });
});

describe('what is too much for a task file', () => {
  const cases: Readonly<Record<string, readonly [text: string, what: RegExp]>> = {
    'sixty-five brackets': [`a: ${'['.repeat(65)}`, /more than 64 levels/],
    'a hundred dashes on a line': ['- '.repeat(100), /more than 64 levels/],
    'sixty-five indentations': [
      Array.from({ length: 66 }, (_, index) => `${' '.repeat(index)}a:\n`).join(''),
      /more than 64 levels/,
    ],
    'levels made by aliases': [
      `pad: [${'x, '.repeat(500)}]\na0: &a0 [x]\n${Array.from({ length: 70 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]\n`).join('')}`,
      /more than 64 levels/,
    ],
    'twenty thousand items': [`needs: [${'a, '.repeat(20_000)}]`, /more than 20000 nodes/],
    'twenty thousand empty items': ['-\n'.repeat(20_001), /more than 20000 nodes/],
    'a bomb of aliases': [
      `a: &a [${'x, '.repeat(10)}]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]}, `.repeat(10)}]\n`).join('')}`,
      /aliases that grow it more than 10 times/,
    ],
    'many lines': ['\n'.repeat(50_001), /more than 50000 lines/],
    'many comments': ['# x\n'.repeat(4000), /comments and anchors in a row/],
    'many documents': ['---\nrun: a\n'.repeat(1001), /more than 1000 documents/],
    'many directives': ['%YAML 1.2\n'.repeat(21), /more than 20 directives/],
  };
  for (const [what, [text, shown]] of Object.entries(cases)) {
    it(`${what} is spec.too-complex`, () => {
      const error = refusalOf(text);
      assert.equal(error.code, 'spec.too-complex');
      assert.match(error.message, shown);
    });
  }

  it('a megabyte and one byte is input.too-large, counted in UTF-8', () => {
    assert.equal(refusalOf(`# ${'x'.repeat(2 ** 20)}`).code, 'input.too-large');
    assert.equal(refusalOf(`# ${'é'.repeat(2 ** 19)}`).code, 'input.too-large');
  });

  const honest: Readonly<Record<string, string>> = {
    'sixty levels': `service: ${'['.repeat(60)}${']'.repeat(60)}`,
    'nineteen thousand values': `service: [${'a, '.repeat(19_000)}]`,
    'nine thousand lines of keys': `service:\n${Array.from({ length: 9000 }, (_, i) => `  k${i}: v\n`).join('')}`,
    'a script of forty thousand lines': `run: |\n${'  echo [ { "\n'.repeat(40_000)}`,
    'a shared map in a hundred places': `service:\n  a: &a {b: c}\n${Array.from({ length: 100 }, (_, i) => `  k${i}: *a\n`).join('')}`,
    'a megabyte in quotes': `run: "${'x'.repeat(2 ** 20 - 100)}"`,
  };
  for (const [what, text] of Object.entries(honest)) {
    it(`${what} is not too much`, () => assert.equal(taskIn(text).kind, 'run'));
  }
});
