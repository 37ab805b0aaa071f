import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { cachedModels } from '../../src/adapters/models/cached-models.ts';
import { folderModels } from '../../src/adapters/models/folder-models.ts';
import { describeConfig } from '../../src/core/demand/models/config/read-config.ts';
import { readGgufHeader } from '../../src/core/demand/models/headers/read-gguf-header.ts';
import { readSafetensorsHeader } from '../../src/core/demand/models/headers/read-safetensors-header.ts';
import {
  absent,
  CONFIG,
  found,
  gguf,
  modelSourceConformance,
  type PublishedFiles,
  refused,
  safetensors,
} from '../../src/ports/model-source.conformance.ts';

const COMMIT = '0e9e39f249a16976918f6564b8830bc894c89659';
const OLDER = '8cde5ca8380496c9a6cc7ef3a8b46a0372a1d920';

const root = mkdtempSync(join(tmpdir(), 'kedge-models-'));
after(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
function newFolder(): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  return folder;
}

function write(folder: string, files: PublishedFiles): void {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

modelSourceConformance('folder', async () => {
  const baseDir = newFolder();
  let models = 0;
  return {
    source: folderModels({ baseDir, env: {} }),
    publish: async (files) => {
      const id = `./model-${models++}`;
      write(join(baseDir, id), files);
      return id;
    },
    missing: './none',
    cleanup: async () => {},
  };
});

/** A model in a cache as huggingface_hub lays it out: a snapshot of links into blobs. */
function cacheModel(
  cacheDir: string,
  {
    repo,
    commit = COMMIT,
    ref = 'main',
    files,
  }: {
    readonly repo: string;
    readonly commit?: string;
    readonly ref?: string | null;
    readonly files: PublishedFiles;
  },
): void {
  const folder = join(cacheDir, `models--${repo.replace('/', '--')}`);
  // Some programs end it with a line end, which is none of the commit.
  if (ref !== null) write(folder, { [`refs/${ref}`]: ref === 'main' ? commit : `${commit}\n` });
  mkdirSync(join(folder, 'blobs'), { recursive: true });
  for (const [index, [name, bytes]] of Object.entries(files).entries()) {
    const blob = join(folder, 'blobs', `${commit.slice(0, 8)}-${index}`);
    writeFileSync(blob, bytes);
    const link = join(folder, 'snapshots', commit, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(blob, link);
  }
}

modelSourceConformance('Hugging Face cache', async () => {
  const cacheDir = newFolder();
  let models = 0;
  return {
    source: cachedModels({ env: { HF_HUB_CACHE: cacheDir } }),
    publish: async (files) => {
      const repo = `owner/model-${models++}`;
      cacheModel(cacheDir, { repo, files });
      return repo;
    },
    missing: 'owner/none',
    cleanup: async () => {},
  };
});

describe('a model in a folder', () => {
  it('is found relative to the task file, below the home folder, and by its whole path', async () => {
    const [baseDir, home] = [newFolder(), newFolder()];
    const files = { 'config.json': JSON.stringify(CONFIG) };
    write(join(baseDir, 'runs/best'), files);
    write(join(home, 'models/mine'), files);
    const source = folderModels({ baseDir, env: { HOME: home } });
    const ids = ['runs/best', './runs/best/', 'runs/../runs/best', '~/models/mine'];
    for (const id of [...ids, join(home, 'models/mine'), '~/models/mine/config.json'])
      assert.deepEqual((await found(source, id)).config, CONFIG, id);
    const { origin } = await found(source, '~/models/mine');
    assert.deepEqual(origin, {
      source: 'folder',
      location: join(home, 'models/mine'),
      revision: null,
    });
  });

  it('is not looked for by a home folder that is another user’s', async () => {
    const source = folderModels({ baseDir: newFolder(), env: { HOME: newFolder() } });
    assert.match((await absent(source, '~root/m')).why ?? '', /~root\/m$/);
  });

  it('is no pickle, no pipe and no device', async () => {
    const baseDir = newFolder();
    write(baseDir, { 'pytorch_model.bin': 'pickle', 'm/config.json/inner': '' });
    symlinkSync('/dev/zero', join(baseDir, 'zero.json'));
    symlinkSync('loop.json', join(baseDir, 'loop.json'));
    const source = folderModels({ baseDir, env: {} });
    const { why } = await absent(source, 'pytorch_model.bin');
    assert.match(why ?? '', /pytorch_model\.bin is no config\.json, \.safetensors or \.gguf/);
    assert.match((await refused(source, 'zero.json')).message, /zero\.json: it is no file/);
    assert.match((await refused(source, 'm')).message, /config\.json: it is no file/);
    assert.match((await absent(source, 'loop.json')).why ?? '', /there is no/);
  });
});

describe('a model in the Hugging Face cache', () => {
  const files = (layers: number) => ({ 'config.json': JSON.stringify({ layers }) });

  it('is that of main, unless a branch, tag, pull request or commit is named', async () => {
    const cacheDir = newFolder();
    cacheModel(cacheDir, { repo: 'o/m', files: files(2) });
    cacheModel(cacheDir, { repo: 'o/m', commit: OLDER, ref: 'refs/pr/1', files: files(1) });
    cacheModel(cacheDir, { repo: 'gpt2', files: files(3) });
    const source = cachedModels({ env: { HF_HUB_CACHE: cacheDir } });
    const layersOf = async (id: string) => (await found(source, id)).config;
    for (const id of ['o/m', 'o/m@main', `o/m@${COMMIT}`, 'o/m@main/config.json'])
      assert.deepEqual(await layersOf(id), { layers: 2 }, id);
    for (const id of ['o/m@refs/pr/1', 'o/m@refs%2Fpr%2F1', `o/m@${OLDER}`])
      assert.deepEqual(await layersOf(id), { layers: 1 }, id);
    assert.deepEqual(await layersOf('gpt2'), { layers: 3 });
    const location = join(cacheDir, 'models--o--m', 'snapshots', OLDER);
    assert.deepEqual((await found(source, 'o/m@refs/pr/1')).origin, {
      source: 'Hugging Face cache',
      location,
      revision: OLDER,
    });
  });

  it('of another revision than the one that is asked for is not taken instead', async () => {
    const cacheDir = newFolder();
    cacheModel(cacheDir, { repo: 'o/m', ref: null, files: files(2) });
    const source = cachedModels({ env: { HF_HUB_CACHE: cacheDir } });
    for (const id of ['o/m', 'o/m@v2', `o/m@${OLDER}`])
      assert.match((await absent(source, id)).why ?? '', /does not have its revision/, id);
  });

  it('never leads out of the cache', async () => {
    const cacheDir = newFolder();
    write(cacheDir, { 'models--o--m/refs/main': '../../../elsewhere\n', 'x/config.json': '{}' });
    write(root, { 'elsewhere/config.json': '{}' });
    const source = cachedModels({ env: { HF_HUB_CACHE: cacheDir } });
    const outside = ['o/m', 'o/m@..', 'o/m@%2e%2e%2f%2e%2e', 'o/m@main/../../../x/config.json'];
    for (const id of [...outside, '../x', '..', './x', '/etc', 'o/..', 'a/b/c'])
      assert.equal((await source.read(id)).found, false, id);
  });

  it('is looked for where the environment says, as Hugging Face’s own library does', async () => {
    const home = newFolder();
    const env = { HOME: home };
    const places: [Record<string, string>, string][] = [
      [{ HF_HUB_CACHE: join(home, 'a') }, 'a'],
      [{ HF_HUB_CACHE: '~/b', HF_HOME: '/nowhere' }, 'b'],
      [{ HF_HUB_CACHE: '$HOME/c', HUGGINGFACE_HUB_CACHE: '/nowhere' }, 'c'],
      [{ HUGGINGFACE_HUB_CACHE: '${HOME}/d' }, 'd'],
      [{ HF_HOME: '~/e' }, 'e/hub'],
      [{ XDG_CACHE_HOME: join(home, 'f') }, 'f/huggingface/hub'],
      [{ HF_HUB_CACHE: '' }, '.cache/huggingface/hub'],
    ];
    for (const [variables, place] of places) {
      cacheModel(join(home, place), { repo: 'o/m', files: { 'config.json': `"${place}"` } });
      const source = cachedModels({ env: { ...env, ...variables } });
      assert.equal((await found(source, 'o/m')).config, place);
    }
  });
});

describe('what is read is what the demand analysis takes', () => {
  const LLAMA = {
    ...CONFIG,
    intermediate_size: 16,
    num_attention_heads: 2,
    vocab_size: 32,
  };

  it('a config.json, the header of safetensors, that of GGUF', async () => {
    const baseDir = newFolder();
    write(baseDir, {
      'm/config.json': JSON.stringify(LLAMA),
      'm/model.safetensors': safetensors(),
      'q.gguf': gguf().file,
    });
    const source = folderModels({ baseDir, env: {} });
    const { config, weights } = await found(source, 'm');
    assert.equal(describeConfig(config, 'm').architecture.layers, 2);
    assert.ok(weights?.kind === 'safetensors');
    assert.equal(readSafetensorsHeader(weights.header).params, 8);
    const quantized = (await found(source, 'q.gguf')).weights;
    assert.ok(quantized?.kind === 'gguf');
    // Its few fields make no model: that says that all of it was read, to the last tensor.
    assert.throws(() => readGgufHeader(quantized.header, 'q'), { code: 'spec.invalid' });
  });
});
