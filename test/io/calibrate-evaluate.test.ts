import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const COEFFICIENTS = join(ROOT, 'src/core/demand/calibration/fitted-coefficients.ts');

const COLUMNS =
  'id,kind,model,params_B,arch_notes,seq_len,global_batch_or_tokens,precision,accelerator,count,parallelism,reported_metric,value,unit,source,family';

/** Figures of our own making, of the size that such work has. */
const ROWS = [
  'a1,train,Llama-3.1-8B,,,4096,GBS 512 MBS 2,bf16,H100,64,FSDP; act ckpt True,tokens_per_s_per_gpu,9000,tok/s/GPU,ours,a',
  'a2,train,Llama-3.1-8B,,,4096,GBS 512 MBS 2,bf16,A100-80GB,64,FSDP; act ckpt True,tokens_per_s_per_gpu,3300,tok/s/GPU,ours,a',
  'b1,infer,Llama-3.1-8B,,vllm,in 1024 out 256,concurrency 8,bf16,H100,1,TP1,tpot_ms,8.2,ms,ours,b',
  'b2,infer,Llama-3.1-70B,,vllm,in 1024 out 256,concurrency 1,bf16,H100,1,TP1,oom,1,bool,ours,b',
  'c1,train,Mixtral-8x7B,,,4096,GBS 256 MBS 1,bf16,H100,64,TP4 EP8,tokens_per_s_per_gpu,"4,000",tok/s/GPU,ours,c',
  'c2,train,Nobody-Knows,,,4096,GBS 256,bf16,H100,64,,tokens_per_s_per_gpu,4000,tok/s/GPU,ours,c',
];

type Report = {
  readonly schema: string;
  readonly scores: readonly {
    readonly quantity: string;
    readonly kind: string;
    readonly all: { readonly rows: number; readonly median: number; readonly bias: number };
    readonly intervals: { readonly coverage: number } | null;
  }[];
  readonly fits: { readonly ranOut: number; readonly falseFits: readonly string[] };
  readonly unusable: readonly { readonly id: string; readonly reason: string }[];
};

describe('npm run calibrate -- --evaluate', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kedge-evaluate-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const write = (name: string, lines: readonly string[]): string => {
    const file = join(dir, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  };
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['tools/calibrate/calibrate.ts', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    });

  it('scores each quantity and kind of a file, tells what it cannot use, and changes nothing', () => {
    const before = readFileSync(COEFFICIENTS, 'utf8');
    const file = write('ours.csv', [COLUMNS, ...ROWS]);
    const { status, stdout, stderr } = run('--evaluate', file, '--json');
    assert.equal(status, 0, stderr);
    const { schema, scores, fits, unusable } = JSON.parse(stdout) as Report;
    assert.equal(schema, 'kedge.calibration/v1');
    assert.deepEqual(
      scores.map(({ quantity, kind, all }) => [quantity, kind, all.rows]),
      [
        ['training-tokens', 'dense', 2],
        ['time-per-token', 'dense', 1],
      ],
    );
    for (const { all, intervals } of scores) {
      assert.ok(all.median < 0.5 && Math.abs(all.bias) < 0.5);
      assert.ok(intervals!.coverage >= 0 && intervals!.coverage <= 1);
    }
    assert.deepEqual([fits.ranOut, fits.falseFits], [1, []]);
    assert.deepEqual(
      unusable.map(({ id }) => id),
      ['c1', 'c2'],
    );
    assert.match(unusable[0]!.reason, /"4,000" is not a number above zero/);
    assert.match(unusable[1]!.reason, /Nobody-Knows/);
    assert.equal(readFileSync(COEFFICIENTS, 'utf8'), before);
  });

  it('prints the same as a table for people', () => {
    const { status, stdout } = run('--evaluate', write('table.csv', [COLUMNS, ...ROWS]));
    assert.equal(status, 0);
    assert.match(stdout, /^training-tokens, dense/m);
    assert.match(stdout, /0 of 1 that ran out were said to fit/);
    assert.match(stdout, /2 rows could not be used:/);
  });

  it('says what is wrong with a file that is none, and how it was to be called', () => {
    const nowhere = run('--evaluate', join(dir, 'nowhere.csv'));
    assert.deepEqual([nowhere.status, nowhere.stdout], [1, '']);
    assert.match(nowhere.stderr, /^error: there is no file .*nowhere\.csv\n {2}hint: /);
    const prose = run('--evaluate', write('prose.csv', ['It was a dark night,', 'and it rained']));
    assert.equal(prose.status, 1);
    assert.match(prose.stderr, /lacks the columns kind, model, precision/);
    const empty = run('--evaluate', write('empty.csv', [COLUMNS]));
    assert.match(empty.stderr, /has no line below its head/);
    for (const args of [[], ['--evaluate'], ['a.csv', 'b.csv'], ['--fast', 'a.csv']]) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2);
      assert.match(stderr, /^usage: npm run calibrate/);
    }
  });
});
