import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { isErrorCode } from '../../src/base/errors.ts';
import type { Answer } from './hostile-yaml-worker.ts';

const COUNT = Number(process.env['KEDGE_HOSTILE_COUNT'] ?? 153);
const FIRST_SEED = Number(process.env['KEDGE_HOSTILE_SEED'] ?? 0);
const MS_MAX = 200;
/** What reading may add to the heap, over what Node, the yaml package and the file itself take. */
const HEAP_MIB_MAX = 50;

/**
 * Files made to hurt a YAML reader, read in a worker whose heap is limited: one that needs more
 * ends it. A failure names the seed: `KEDGE_HOSTILE_SEED=17 KEDGE_HOSTILE_COUNT=1` reads it again.
 */
describe(`${COUNT} hostile YAML files`, () => {
  const answers: Answer[] = [];
  let crash: unknown = null;

  before(async () => {
    const seeds = Array.from({ length: COUNT }, (_, index) => FIRST_SEED + index);
    const worker = new Worker(new URL('./hostile-yaml-worker.ts', import.meta.url), {
      workerData: { seeds, fastMs: MS_MAX },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX, maxYoungGenerationSizeMb: 16 },
    });
    worker.on('message', (answer: Answer) => answers.push(answer));
    await new Promise<void>((resolve) => {
      worker.once('error', (error) => {
        crash = error;
      });
      worker.once('exit', () => resolve());
    });
  });

  it(`are each read within ${HEAP_MIB_MAX} MiB`, () => {
    const next = FIRST_SEED + answers.length;
    assert.equal(crash, null, `seed ${next}: ${String(crash)}`);
    assert.equal(answers.length, COUNT);
  });

  it('are each answered with tasks or with an error of ours', () => {
    const odd = answers.filter(({ outcome }) => outcome !== 'tasks' && !isErrorCode(outcome));
    assert.deepEqual(odd, []);
  });

  it(`are each answered in ${MS_MAX} ms`, (t) => {
    const slow = answers.filter(({ ms }) => ms > MS_MAX);
    const slowest = Math.max(...answers.map(({ ms }) => ms));
    t.diagnostic(`slowest: ${slowest.toFixed(0)} ms`);
    assert.deepEqual(slow, []);
  });

  it('are of all kinds: some are read, some refused, for more than one reason', () => {
    const outcomes = new Set(answers.map(({ outcome }) => outcome));
    const wanted = ['tasks', 'spec.syntax', 'spec.too-complex', 'spec.unknown-key'];
    assert.deepEqual(
      wanted.filter((outcome) => COUNT >= 100 && !outcomes.has(outcome)),
      [],
    );
  });
});
