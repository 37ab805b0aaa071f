import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { KedgeError } from '../base/errors.ts';
import { hideSecrets } from './hide-secrets.ts';
import { readTasks } from './read-tasks.ts';

const file = 'task.yaml';
const hide = (text: string) => hideSecrets(text, { file });

/** How people write a value; each gives the text of the key and the value. */
const STYLES: readonly ((value: string) => string)[] = [
  (value) => `KEY: ${JSON.stringify(value)}\n`,
  (value) => `KEY: '${value.replaceAll("'", "''").replaceAll('\n', '\n\n    ')}' # kept\n`,
  (value) => `KEY: !!str ${JSON.stringify(value)}\n`,
  (value) => `KEY: &it ${JSON.stringify(value)}\n  SAME: *it\n`,
  (value) => `? "KEY"\n  : ${JSON.stringify(value)}\n`,
  (value) => `KEY: |-\n${value.replace(/^/gm, '      ')}\n`,
];

describe('a task file without the values of its secrets', () => {
  it('has none of them, whatever they are and however they are written, and is the same task', () => {
    const letters = fc.constantFrom(
      'h',
      'u',
      '7',
      ':',
      "'",
      '"',
      '#',
      ' ',
      '{',
      '\\',
      'ü',
      '🔑',
      '\n',
    );
    const word = fc.string({ unit: letters, maxLength: 20 });
    const law = fc.property(word, fc.constantFrom(...STYLES), (middle, style) => {
      const value = `canary${middle}end`;
      const text = `envs: {A: b}\nsecrets:\n  ${style(value)}run: echo # canary\n`;
      const hidden = hide(text);
      assert.equal(hidden.values['KEY'], readTasks(text, { file }).tasks[0]!.secrets['KEY']);
      assert.ok(!hidden.text.slice(0, -15).includes('canary'), hidden.text);
      const [task] = readTasks(hidden.text, { file }).tasks;
      assert.deepEqual([task!.envs, task!.run, task!.secrets['KEY']], [{ A: 'b' }, 'echo', null]);
    });
    fc.assert(law, { numRuns: 500 });
  });

  it('has everything else at its line and column, where errors and notes name them', () => {
    const text = 'secrets: {A: "xy", B: null}\nsetup: ok\nservice: {}\nrun: |\n  go\n';
    assert.equal(hide(text).text, text.replace('"xy"', '~   '));
    const block = 'secrets:\r\n  A: >\r\n    one\r\n    two\r\nrun: go\r\n';
    const { text: hidden, values } = hide(block);
    assert.deepEqual(values, { A: 'one two\n' });
    assert.equal(hidden.indexOf('run: go'), block.indexOf('run: go'));
    assert.equal(hidden.split('\n').length, block.split('\n').length);
  });

  it('is the file itself where it holds no values', () => {
    const text = 'secrets: [HF_TOKEN, secrets:personal.X]\nrun: go\n';
    assert.deepEqual(hide(text), { text, values: {} });
  });

  it('takes those of every document, and none of a manifest, which only names them', () => {
    const env = '[{name: T, valueFrom: {secretKeyRef: {name: a, key: b}}}]';
    const pod = `apiVersion: v1\nkind: Pod\nspec: {containers: [{command: [a], env: ${env}}]}\n`;
    assert.deepEqual(hide(pod), { text: pod, values: {} });
    const two = 'run: a\nsecrets: {A: canary-a}\n---\nrun: b\nsecrets: {B: canary-b}\n';
    assert.deepEqual(hide(two).values, { A: 'canary-a', B: 'canary-b' });
    assert.ok(!hide(two).text.includes('canary'));
  });

  it('cannot be made where a value stands for something else too, and says so', () => {
    const elsewhere = [
      'envs: {A: &a canary}\nsecrets: {B: *a}\nrun: go\n',
      'workdir: data/$KEY\nsecrets: {KEY: canary}\nrun: go\n',
    ];
    for (const text of elsewhere) {
      assert.throws(() => hide(text), { code: 'spec.invalid', message: /beyond "secrets"/ }, text);
    }
    const twice = 'run: a\nsecrets: {A: canary-a}\n---\nrun: b\nsecrets: {A: canary-b}\n';
    assert.throws(() => hide(twice), { code: 'spec.invalid', message: /two values/ });
  });

  it('is refused without quoting a value where a secret is written in a wrong way (fault 34)', () => {
    for (const secrets of [
      '{A: [canary]}',
      '{A: {canary: canary}}',
      '[A=canary]',
      '["B C=canary"]',
    ]) {
      let error: unknown;
      try {
        hide(`secrets: ${secrets}\nrun: go\n`);
      } catch (reason) {
        error = reason;
      }
      assert.match(String(error), /KedgeError/);
      const { message, details } = error as { message: string; details: object };
      assert.ok(!`${message}${JSON.stringify(details)}`.includes('canary'), secrets);
    }
  });

  it('is refused without quoting a value where it is no YAML because of one (fault 34)', () => {
    const broken = [
      'secrets:\n  A: postgres://me:canary@host: 5432\nrun: go\n',
      'secrets:\n  A: "canary\nrun: go\n',
      'secrets:\n  A:\n    - x\n   canary\nrun: go\n',
      "secrets: {A: 'canary, B: c}\nrun: go\n",
      '{run: go, secrets: {A: ["canary"}}\n',
      'secrets:\n  A: @canary\nrun: go\n',
      'secrets:\n  A: *canary\nrun: go\n',
      'secrets:\n  A: !canary\nrun: go\n',
      'secrets:\n  A: %canary\nrun: go\n',
      'secrets:\n\tA: canary\nrun: go\n',
    ];
    for (const text of broken) {
      try {
        hide(text);
        assert.fail(`read: ${text}`);
      } catch (error) {
        const { code, message, details } = error as KedgeError;
        assert.ok(['spec.syntax', 'spec.bad-value'].includes(code), `${error}`);
        assert.ok(!`${message}${JSON.stringify(details)}`.includes('canary'), message);
      }
    }
    const elsewhere = 'secrets: [A]\nrun: "shown\n';
    assert.throws(() => hide(elsewhere), { message: /shown/ });
  });
});
