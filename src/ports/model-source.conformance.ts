import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import type { ModelAbsence, ModelFiles, ModelSource } from './model-source.ts';

/** Files of a model by their names, with slashes. */
export type PublishedFiles = Readonly<Record<string, string | Uint8Array>>;

/** A source that a test may fill. */
export type ModelSourceHarness = {
  readonly source: ModelSource;
  /** Puts a model there, and says how it is asked for. */
  readonly publish: (files: PublishedFiles) => Promise<string>;
  /** How something is asked for that is not there. */
  readonly missing: string;
  readonly cleanup: () => Promise<void>;
};

type Make = () => Promise<ModelSourceHarness>;
type Check = (
  title: string,
  body: (harness: ModelSourceHarness) => Promise<void>,
) => Promise<void> | void;

/** What every ModelSource must hold to; each check has a harness of its own. */
export function modelSourceConformance(name: string, make: Make): void {
  const check: Check = (title, body) =>
    void it(title, async () => {
      const harness = await make();
      try {
        await body(harness);
      } finally {
        await harness.cleanup();
      }
    });
  describe(`${name}: what is read of a model`, () => checkReading(check));
  describe(`${name}: which of its files`, () => checkChoice(check));
  describe(`${name}: a model that is not there`, () => checkAbsence(check));
  describe(`${name}: files that are not what they say`, () => checkRefusals(check));
}

export const CONFIG = { model_type: 'llama', hidden_size: 8, num_hidden_layers: 2 };

/** The bytes of a safetensors file: length, header, weights. */
export function safetensors(
  header: object | string = { w: { dtype: 'BF16', shape: [2, 4], data_offsets: [0, 16] } },
  { length, weights = 16 }: { readonly length?: number; readonly weights?: number } = {},
): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(length ?? json.length));
  return Buffer.concat([prefix, json, Buffer.alloc(weights, 7)]);
}

/** A GGUF file of version 3 with a vocabulary and one tensor; and how long its header is. */
export function gguf({ words = 3, width = 8, weights = 64 } = {}): {
  file: Uint8Array;
  header: number;
} {
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(1),
    uint64(3),
    string('general.architecture'),
    uint32(8),
    string('llama'),
    string('llama.block_count'),
    uint32(4),
    uint32(2),
    string('tokenizer.ggml.tokens'),
    uint32(9),
    uint32(8),
    uint64(words),
    ...Array.from({ length: words }, (_, word) => string(`${word}`.padEnd(width))),
    string('token_embd.weight'),
    uint32(2),
    uint64(4),
    uint64(words),
    uint32(1),
    uint64(0),
  ]);
  return { file: Buffer.concat([header, Buffer.alloc(weights, 7)]), header: header.length };
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function string(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

const INDEX = {
  metadata: { total_size: 32 },
  weight_map: { a: 'model-00001-of-00002.safetensors' },
};

function checkReading(check: Check): void {
  check('is its config.json, and where it was found', async ({ source, publish }) => {
    const id = await publish({ 'config.json': JSON.stringify(CONFIG), 'README.md': '# model' });
    const { config, weights, notes, origin } = await found(source, id);
    assert.deepEqual(config, CONFIG);
    assert.deepEqual([weights, notes], [null, []]);
    assert.equal(origin.source, source.name);
    assert.match(origin.location, /^(?:\/|https?:\/\/)/);
  });

  check('is the header of its safetensors, without a byte of the weights', async (harness) => {
    const file = safetensors();
    const id = await harness.publish({ ...configured, 'model.safetensors': file });
    const { weights } = await found(harness.source, id);
    assert.ok(weights?.kind === 'safetensors');
    assert.match(weights.file, /model\.safetensors$/);
    assert.deepEqual([...weights.header], [...file.subarray(0, file.length - 16)]);
  });

  check('is the index where the weights are in several files', async ({ source, publish }) => {
    const parts = {
      'model-00001-of-00002.safetensors': 'x',
      'model-00002-of-00002.safetensors': 'x',
    };
    const index = { 'model.safetensors.index.json': JSON.stringify(INDEX) };
    const id = await publish({ ...configured, ...parts, ...index });
    const { weights } = await found(source, id);
    assert.ok(weights?.kind === 'safetensors-index');
    assert.deepEqual(weights.json, INDEX);
  });

  check('is the header of a GGUF file, where nothing else describes it', async (harness) => {
    const { file, header } = gguf();
    const id = await harness.publish({ 'model.Q4_K_M.gguf': file });
    const { config, weights } = await found(harness.source, id);
    assert.equal(config, null);
    assert.ok(weights?.kind === 'gguf');
    assert.deepEqual([...weights.header], [...file.subarray(0, header)]);
  });

  check('is a header with a large vocabulary too, to its end', async ({ source, publish }) => {
    const { file, header } = gguf({ words: 700, width: 5000, weights: 1024 });
    assert.ok(header > 3e6);
    const { weights } = await found(source, await publish({ 'model.gguf': file }));
    assert.ok(weights?.kind === 'gguf');
    assert.equal(weights.header.length, header);
  });

  check('is JSON as Python writes it, with null for what is no number', async (harness) => {
    const text =
      '{"limit": [0.0, Infinity], "low": -Infinity, "nan": NaN, "says": "NaN \\" Infinity"}';
    const { config } = await found(harness.source, await harness.publish({ 'config.json': text }));
    const expected = { limit: [0, null], low: null, nan: null, says: 'NaN " Infinity' };
    assert.deepEqual(config, expected);
  });

  check('is told as it is: code that it names is only a name', async ({ source, publish }) => {
    const remote = { ...CONFIG, auto_map: { AutoModel: 'code.Model' } };
    const code = { 'code.py': 'raise SystemExit', 'model.py': '' };
    const id = await publish({ 'config.json': JSON.stringify(remote), ...code });
    assert.deepEqual((await found(source, id)).config, remote);
  });
}

function checkChoice(check: Check): void {
  check('of a diffusers pipeline its denoiser is read', async ({ source, publish }) => {
    for (const folder of ['transformer', 'unet']) {
      const id = await publish({
        'model_index.json': '{}',
        'vae/config.json': '{"_class_name": "AutoencoderKL"}',
        [`${folder}/config.json`]: `{"_class_name": "${folder}"}`,
        [`${folder}/diffusion_pytorch_model.safetensors`]: safetensors(),
        [`${folder}/diffusion_pytorch_model.fp16.safetensors`]: safetensors('{}'),
      });
      const { config, weights } = await found(source, id);
      assert.deepEqual(config, { _class_name: folder });
      assert.match(weights?.file ?? '', /\/diffusion_pytorch_model\.safetensors$/);
    }
  });

  check(
    'an adapter beside the model, or other forms of it, are not its weights',
    async (harness) => {
      const { file } = gguf();
      const id = await harness.publish({
        ...configured,
        'adapter_model.safetensors': safetensors('{}'),
        'consolidated.safetensors': safetensors(),
        'pytorch_model.bin': 'pickle',
        'model.gguf': file,
      });
      const { weights } = await found(harness.source, id);
      assert.match(weights?.file ?? '', /consolidated\.safetensors$/);
    },
  );

  check('of a GGUF file in parts the first, without a projector of images', async (harness) => {
    const { file } = gguf();
    const id = await harness.publish({
      'm-00001-of-00002.gguf': file,
      'm-00002-of-00002.gguf': 'GGUF',
      'mmproj-m-f16.gguf': 'GGUF',
    });
    const { weights } = await found(harness.source, id);
    assert.match(weights?.file ?? '', /m-00001-of-00002\.gguf$/);
  });

  check('which of several GGUF files is meant has to be said', async ({ source, publish }) => {
    const { file } = gguf();
    const files = { 'm.Q4_K_M.gguf': file, 'm.Q8_0.gguf': file };
    const error = await refused(source, await publish(files));
    assert.equal(error.code, 'spec.bad-value');
    assert.match(error.message, /2 GGUF files.*m\.Q4_K_M\.gguf, m\.Q8_0\.gguf/);
    assert.match(error.hint ?? '', /model: .+\/m\.Q4_K_M\.gguf/);
    const beside = await found(source, await publish({ ...configured, ...files }));
    assert.deepEqual([beside.config, beside.weights], [CONFIG, null]);
    assert.match(beside.notes.join(), /2 GGUF files/);
  });

  check('one that was said is taken, whatever lies beside it', async ({ source, publish }) => {
    const { file } = gguf();
    const id = await publish({
      ...configured,
      'a.gguf': 'x',
      'b.gguf': file,
      'c.safetensors': safetensors(),
    });
    const named = await found(source, `${id}/b.gguf`);
    assert.deepEqual([named.config, named.weights?.kind], [null, 'gguf']);
    const tensors = await found(source, `${id}/c.safetensors`);
    assert.deepEqual([tensors.config, tensors.weights?.kind], [CONFIG, 'safetensors']);
    const config = await found(source, `${id}/config.json`);
    assert.deepEqual([config.config, config.weights], [CONFIG, null]);
    assert.match(config.origin.location, /config\.json$/);
  });
}

function checkAbsence(check: Check): void {
  check('is absent, and the source says where it looked', async ({ source, missing }) => {
    const { why, isOutOfReach } = await absent(source, missing);
    assert.ok(why !== null && why.length > 10, `${why}`);
    assert.equal(isOutOfReach, false);
  });

  check('or of which nothing says what it is', async ({ source, publish }) => {
    const { why } = await absent(source, await publish({ 'README.md': '# model' }));
    assert.match(why ?? '', /no config\.json, \.safetensors or \.gguf/);
  });

  check('or has no such file', async ({ source, publish }) => {
    const id = await publish(configured);
    assert.match((await absent(source, `${id}/none.gguf`)).why ?? '', /none\.gguf/);
  });

  check('and what is no name at all, are no crash', async ({ source }) => {
    for (const id of ['', ' ', '\0', 'a\0b', '@', '/'.repeat(9), 'é/è', 'x'.repeat(9999), 'a/b@%'])
      assert.equal((await source.read(id)).found, false, JSON.stringify(id));
  });

  check('but nobody waits any more: the reason of the signal is told', async (harness) => {
    const signal = AbortSignal.abort(new RangeError('enough'));
    await assert.rejects(harness.source.read(harness.missing, { signal }), /RangeError: enough/);
  });
}

function checkRefusals(check: Check): void {
  check('a config.json that is no JSON is named', async ({ source, publish }) => {
    for (const text of ['', '{"hidden_size": 8', '<html>', '"'.repeat(9), '\\"'.repeat(100_000)]) {
      const error = await refused(source, await publish({ 'config.json': text }));
      assert.equal(error.code, 'model.unreadable');
      assert.match(error.message, /config\.json: it is no JSON/);
      assert.ok(error.hint);
    }
  });

  check('a config.json of more than 1 MiB is not read', async ({ source, publish }) => {
    const large = JSON.stringify({ text: 'x'.repeat(1024 * 1024) });
    const error = await refused(source, await publish({ 'config.json': large }));
    assert.equal(error.code, 'model.unreadable');
    assert.match(error.message, /over 1048576 bytes/);
  });

  for (const [title, name, { file, why }] of UNREADABLE) {
    check(`${title} is refused`, async ({ source, publish }) => {
      const error = await refused(source, await publish({ [name]: file }));
      assert.equal(error.code, 'model.unreadable');
      assert.match(error.message, why);
      assert.ok(error.message.includes(name), 'it is named');
      assert.ok(error.hint);
    });

    check(`${title} leaves the config.json beside it, with a note`, async (harness) => {
      const id = await harness.publish({ ...configured, [name]: file });
      const { config, weights, notes } = await found(harness.source, id);
      assert.deepEqual([config, weights], [CONFIG, null]);
      assert.match(notes.join(), why);
    });
  }
}

const configured = { 'config.json': JSON.stringify(CONFIG) };

type Broken = { readonly file: Uint8Array | string; readonly why: RegExp };

const TENSORS = 'model.safetensors';
const QUANTS = 'model.gguf';

const UNREADABLE: readonly [title: string, name: string, broken: Broken][] = [
  ['an empty file of weights', TENSORS, { file: '', why: /it has no header/ }],
  [
    'a header that is cut off',
    TENSORS,
    { file: safetensors().subarray(0, 40), why: /would be \d+ bytes, but 32 are there/ },
  ],
  [
    'a length that lies',
    TENSORS,
    {
      file: safetensors('{}', { length: 99_999_999 }),
      why: /would be 99999999 bytes, but 18 are there/,
    },
  ],
  [
    'a length that is absurd',
    TENSORS,
    {
      file: safetensors('{}', { length: 2 ** 60 }),
      why: /would be \d{19} bytes, not 2 to 100000000/,
    },
  ],
  [
    'a length of nothing',
    TENSORS,
    { file: safetensors('{}', { length: 0 }), why: /would be 0 bytes, not 2 to 100000000/ },
  ],
  [
    'what Git LFS has not fetched',
    TENSORS,
    {
      file: 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n',
      why: /Git LFS has not fetched/,
    },
  ],
  [
    'another file that is called GGUF',
    QUANTS,
    { file: '<html>not found</html>', why: /it is no GGUF file/ },
  ],
  ['an empty GGUF file', QUANTS, { file: '', why: /ends early, after 0 bytes/ }],
  [
    'a GGUF header that is cut off',
    QUANTS,
    { file: gguf().file.subarray(0, 99), why: /ends early, after 99 bytes/ },
  ],
  [
    'a GGUF header whose lengths lie',
    QUANTS,
    {
      file: Buffer.concat([gguf().file.subarray(0, 24), Buffer.alloc(8, 0xff)]),
      why: /it is no GGUF file/,
    },
  ],
];

/** The model, which has to be there. */
export async function found(source: ModelSource, id: string): Promise<ModelFiles> {
  const answer = await source.read(id);
  assert.ok(answer.found, `${id} is absent: ${answer.found || answer.why}`);
  return answer;
}

/** Why it is not there, which it must not be. */
export async function absent(source: ModelSource, id: string): Promise<ModelAbsence> {
  const answer = await source.read(id);
  assert.ok(!answer.found, `${id} is there`);
  return answer;
}

/** The error that asking ends with. */
export async function refused(source: ModelSource, id: string): Promise<KedgeError> {
  try {
    await source.read(id);
  } catch (error) {
    assert.ok(error instanceof KedgeError, String(error));
    return error;
  }
  assert.fail(`${id} was read`);
}
