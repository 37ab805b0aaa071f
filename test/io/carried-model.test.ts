import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KedgeHome } from './kedge-home.ts';

/** What transformers saves of a decoder of 4B parameters, less what is not counted. */
const CONFIG = {
  model_type: 'qwen3',
  hidden_size: 2560,
  num_hidden_layers: 36,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  intermediate_size: 9728,
  vocab_size: 151_936,
  tie_word_embeddings: true,
};
const TASK = `name: own
kind: finetune
model: ./my-model
training: {method: lora, tokens: 500M}
run: sleep 1000
`;
/** A machine with an H200, by the word of a program that is found first. */
const SMI = '#!/bin/sh\necho "NVIDIA H200, 143771, 700.00"\n';

describe('a run with a model in a folder of its user', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  it('is placed anew when the folder is gone, by its server and by the next one', async () => {
    const bin = join(home.dir, 'bin');
    mkdirSync(bin);
    chmodSync(home.file('bin/nvidia-smi', SMI), 0o755);
    const kedge = (...args: readonly string[]) =>
      home.run(args, { PATH: `${bin}:${process.env['PATH']}` });
    mkdirSync(join(home.dir, 'my-model'));
    home.file('my-model/config.json', JSON.stringify(CONFIG));
    const up = await kedge('up', '-d', home.file('task.yaml', TASK));
    assert.equal(up.code, 0, up.stderr);
    rmSync(join(home.dir, 'my-model'), { recursive: true });
    for (const _ of ['its server', 'the next one']) {
      const { code, stderr } = await kedge('move', 'own', '--to', 'local', '--dry-run');
      assert.match(stderr, /it is at local\/H200:1 already/);
      assert.equal(code, 1);
      assert.equal((await kedge('server', 'stop')).code, 0);
    }
  });
});
