import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closestWord } from './closest.ts';
import { ERROR_KINDS, KedgeError } from './errors.ts';
import { makeId } from './ids.ts';
import { seededRandom } from './rng.ts';
import { asEpochMs } from './time.ts';

describe('the closest word', () => {
  const known = ['accelerators', 'cpus', 'memory', 'use_spot'];

  it('finds a slip of the finger and a swap, and gives up on another word', () => {
    assert.equal(closestWord('accelerator', known), 'accelerators');
    assert.equal(closestWord('cpsu', known), 'cpus');
    assert.equal(closestWord('bananas', known), undefined);
  });

  it('answers at once for a word of a megabyte', () => {
    assert.equal(closestWord('a'.repeat(1e6), known), undefined);
  });
});

describe('ids', () => {
  it('sort by the time they were made', () => {
    const random = seededRandom(1);
    const ids = [1e12, 1.5e12, 1.7e12].map((at) => makeId('run', asEpochMs(at), random));
    assert.deepEqual(ids.toSorted(), ids);
    for (const id of ids) assert.match(id, /^run_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });

  it('do not repeat within a millisecond', () => {
    const random = seededRandom(2);
    const ids = Array.from({ length: 10_000 }, () => makeId('run', asEpochMs(1e12), random));
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe('errors', () => {
  it('carry what the shell, HTTP and the engine need', () => {
    const error = new KedgeError('launch.no-capacity', 'no p5 left', { hint: 'try another zone' });
    assert.equal(error.kind.exit, 1);
    assert.equal(error.retry, 'elsewhere');
  });

  it('are named area.what, in lower case', () => {
    for (const code of Object.keys(ERROR_KINDS)) assert.match(code, /^[a-z]+\.[a-z-]+$/);
  });
});
