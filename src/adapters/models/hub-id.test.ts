import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { modelWord, parseHubId } from './hub-id.ts';

describe('the id of a model on a hub', () => {
  const CASES: readonly [id: string, repo: string, revision: string, file: string | null][] = [
    ['meta-llama/Llama-3.1-8B', 'meta-llama/Llama-3.1-8B', 'main', null],
    ['gpt2', 'gpt2', 'main', null],
    ['o/m@v1.0', 'o/m', 'v1.0', null],
    ['o/m@refs/pr/3', 'o/m', 'refs/pr/3', null],
    ['o/m@feature%2Fx', 'o/m', 'feature/x', null],
    ['o/m/m.Q4_K_M.gguf', 'o/m', 'main', 'm.Q4_K_M.gguf'],
    ['o/m/UD-Q4/m-00001-of-00002.gguf', 'o/m', 'main', 'UD-Q4/m-00001-of-00002.gguf'],
    ['o/m@v1/unet/config.json', 'o/m', 'v1', 'unet/config.json'],
    ['o/m@refs/pr/3/model.safetensors', 'o/m', 'refs/pr/3', 'model.safetensors'],
    ['gpt2@v1/model.safetensors', 'gpt2', 'v1', 'model.safetensors'],
  ];
  for (const [id, repo, revision, file] of CASES) {
    it(`${id} is taken apart`, () => {
      assert.deepEqual(parseHubId(id), { repo, revision, file });
    });
  }

  it('is no path, no URL, and nothing that no hub would have', () => {
    const paths = ['./m', '../m', '/m', '~/m', 'C:\\m', 'm/config.json', 'a.gguf', 'o\\m'];
    const urls = ['https://huggingface.co/o/m', 'hf://o/m', 'o:m/x'];
    const wrong = [
      '',
      ' o/m',
      'o/m ',
      'o//m',
      'o/m/',
      'o/m@',
      'o/m@/x',
      'o/m.git',
      'a--b/c',
      '-a/b',
    ];
    const beyond = ['o/m/a/b', 'o/m/weights.bin', 'o/m/../x.gguf', 'o/m/./x.gguf', 'o/m@../x.gguf'];
    for (const id of [...paths, ...urls, ...wrong, ...beyond, 'o/m@a%2F..%2Fb', 'o/m@%', 'é/m'])
      assert.equal(parseHubId(id), null, id);
  });

  it('as a task writes it, is the same again', () => {
    for (const [id] of CASES.filter(([, , , file]) => file === null)) {
      const parsed = parseHubId(id)!;
      assert.deepEqual(parseHubId(modelWord(parsed)), parsed);
    }
  });

  it('law: whatever it is, nothing in it leads out of a folder', () => {
    const parts = fc.constantFrom(
      'o',
      'm',
      '..',
      '.',
      '/',
      '@',
      '%2F',
      '%2e',
      '\\',
      'x.gguf',
      '\0',
    );
    const ids = fc.oneof(
      fc.string(),
      fc.array(parts, { maxLength: 9 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(ids, (id) => {
        const parsed = parseHubId(id);
        if (parsed === null) return;
        const { repo, revision, file } = parsed;
        for (const part of [repo, revision, file ?? 'x'].flatMap((path) => path.split('/')))
          assert.doesNotMatch(part, /^(?:|\.|\.\.)$|[\\\0]/);
      }),
    );
  });
});
