import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTasks } from '../spec/read-tasks.ts';
import type { Context } from './context.ts';
import { noteSecretLike } from './secret-like.ts';
import { requireName, takeSecretsApart } from './secret-values.ts';
import type { TaskInput } from './task-input.ts';

type Words = Readonly<Record<string, string>>;

function inputOf(text: string): TaskInput {
  const file = 'task.yaml';
  const tasks = readTasks(text, { file });
  return { file, path: `/x/${file}`, text, isBlanked: false, baseDir: '/x', tasks };
}

const apart = (text: string, { env = {}, envs = {} }: { env?: Words; envs?: Words } = {}) =>
  takeSecretsApart({ env } as unknown as Context, { input: inputOf(text), envs });

function notesOn(text: string, envs: Words = {}): string {
  let notes = '';
  const io = { err: (note: string) => void (notes += note) };
  noteSecretLike({ io } as unknown as Context, { input: inputOf(text), envs });
  return notes;
}

describe('the secrets of a task', () => {
  it('are those of the command line, of the file, or of the environment, in this order', () => {
    const text = 'secrets: {A: file, B: file, C: null}\nrun: go\n';
    const env = { A: 'env', B: 'env', C: 'env' };
    const { secrets, envs, context } = apart(text, { env, envs: { A: 'line', OTHER: 'x' } });
    assert.deepEqual(secrets, { A: 'line', B: 'file', C: 'env' });
    // What is given for a secret is one, and not stored with the other variables.
    assert.deepEqual(envs, { OTHER: 'x' });
    // A server that is started now has none of them in its environment.
    assert.deepEqual(context.env, {});
  });

  it('are in no text that is sent; a file without any is sent as it is', () => {
    const { input } = apart('secrets: {A: canary}\nrun: go\n');
    assert.deepEqual([input.text, input.isBlanked], ['secrets: {A: ~     }\nrun: go\n', true]);
    const plain = 'secrets: [A]\nrun: go\n';
    const sent = apart(plain, { env: { A: 'canary' } }).input;
    assert.deepEqual([sent.text, sent.isBlanked], [plain, false]);
  });

  it('may be named on the command line, where their values have no place', () => {
    const env = { HF_TOKEN: 'canary' };
    const names = [requireName('HF_TOKEN')];
    const asked = { input: inputOf('run: go\n'), envs: {}, names };
    assert.deepEqual(takeSecretsApart({ env } as unknown as Context, asked).secrets, env);
    assert.throws(() => requireName('HF_TOKEN=canary'), {
      code: 'cli.usage',
      message: '--secret needs the name of a variable alone: HF_TOKEN',
    });
  });

  it('without a value, or with one that no variable can have, are refused by name', () => {
    const text = 'secrets: [HF_TOKEN]\nrun: go\n';
    assert.throws(() => apart(text), { code: 'spec.invalid', message: /HF_TOKEN has no value/ });
    assert.throws(() => apart('secrets: {A: "canary\\0"}\nrun: go\n'), {
      code: 'spec.invalid',
      message: 'the secret A holds a NUL character',
    });
  });
});

describe('variables that look like secrets', () => {
  it('are noted in one line, those of the command line too', () => {
    const text = 'envs: {HF_TOKEN: hf_0123456789, SEED: 12345678}\nrun: go\n';
    const notes = notesOn(text, { WANDB_API_KEY: '0123456789', PGPASSWORD: '01234567' });
    assert.match(notes, /^note: task\.yaml: HF_TOKEN, WANDB_API_KEY, PGPASSWORD: .*\n$/);
    assert.ok(!notes.includes('0123'));
  });

  it('are not settings that only sound like them', () => {
    const names = ['TOKENIZER', 'MAX_TOKENS', 'NUM_KEYS', 'SORT_KEY', 'COMPASS_MODE', 'TOKEN'];
    const envs = Object.fromEntries(
      names.map((name) => [name, name === 'TOKEN' ? 'short' : '01234567']),
    );
    assert.equal(notesOn('run: go\n', envs), '');
  });
});
