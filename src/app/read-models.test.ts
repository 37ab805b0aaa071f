import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { buildModel } from '../core/demand/build-for-tests.ts';
import type { ModelFiles } from '../ports/model-source.ts';
import type { Model } from '../spec/task.ts';
import { readModels } from './read-models.ts';

const LLAMA = {
  model_type: 'llama',
  hidden_size: 4096,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  intermediate_size: 14_336,
  vocab_size: 128_256,
};

describe('reading the models of tasks', () => {
  it('asks for nothing where the registry or the task itself knows them', async () => {
    const known = [{ id: 'meta-llama/Llama-3.1-8B' }, { id: 'mine/own', params: 8e9 }];
    const book = await readModels(tasksOf(...known), {
      find: () => assert.fail('nobody is to be asked'),
    });
    assert.equal(book.size, 0);
  });

  it('asks once for each that it does not know, and cites where it was found', async () => {
    const asked: string[] = [];
    const find = async () => async (id: string) => {
      asked.push(id);
      return files({ config: LLAMA });
    };
    const book = await readModels(tasksOf({ id: 'acme/fresh' }, { id: 'acme/fresh' }), { find });
    assert.deepEqual(asked, ['acme/fresh']);
    const { architecture, notes } = book.get('acme/fresh')!;
    assert.equal(architecture.params, 8_030_261_248);
    assert.match(notes[0]!, /https:\/\/hub\/acme\/fresh, revision 0123456789ab$/);
  });

  it('takes a path as a path, even where its last part is a known name', async () => {
    const find = async () => async () => files({ config: LLAMA });
    const book = await readModels(tasksOf({ id: './Llama-3.1-8B' }), { find });
    assert.ok(book.has('./Llama-3.1-8B'));
  });

  it('tells whoever mistyped a known model which was meant', async () => {
    const find = async () => async () => {
      throw new KedgeError('model.not-found', 'nobody has it');
    };
    await assert.rejects(readModels(tasksOf({ id: 'meta-llama/Lama-3.1-8B' }), { find }), {
      code: 'spec.bad-value',
      hint: /did you mean meta-llama\/Llama-3.1-8B/,
    });
  });

  it('refuses weights that tell no shape, with what to add', async () => {
    const find = async () => async () => files({ config: null });
    await assert.rejects(readModels(tasksOf({ id: './weights' }), { find }), {
      code: 'spec.invalid',
      hint: /config.json/,
    });
  });
});

function tasksOf(...models: readonly Partial<Model>[]) {
  return models.map((parts) => ({ model: buildModel(parts) }));
}

function files({ config }: { readonly config: unknown }): ModelFiles {
  const origin = {
    source: 'hub',
    location: 'https://hub/acme/fresh',
    revision: '0123456789abcdef',
  };
  return { found: true, origin, config, weights: null, notes: [] };
}
