import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { planText as plan, planWords as words } from './plan-text-for-tests.ts';

const EXAMPLE = readFileSync(
  new URL('../../examples/cheaper-hours/task.yaml', import.meta.url),
  'utf8',
);

describe('a plan that may wait for a cheaper hour', () => {
  it('waits, and says until when and what that saves', async () => {
    const found = await plan(EXAMPLE);
    // An hour at $3, three at $1: it ends when the price rises again.
    assert.deepEqual(
      found.allocations.map(({ offerId, startS, costMicros }) => [offerId, startS, costMicros]),
      [['night', 4 * 3600, 6e6]],
    );
    assert.deepEqual([found.hours, found.bound!.micros, found.gap], [8, 6e6, 0]);
    assert.deepEqual(found.waits, [{ task: 0, startS: 4 * 3600, earliestS: 0, savedMicros: 2e6 }]);
    assert.match(
      words(found),
      /1 × night for 4h, beginning in 4h, at \$3.00\/h, then \$1.00\/h = \$6.00/,
    );
    assert.match(words(found), /begins in 4h: \$2.00 less than the best that begins now/);
  });

  it('does not wait longer than the goal allows, nor beyond its deadline', async () => {
    const short = await plan(EXAMPLE.replace('within: 12h', 'within: 3h'));
    assert.deepEqual([short.allocations[0]!.offerId, short.waits], ['always', undefined]);
    const late = await plan(EXAMPLE.replace('deadline: 24h', 'deadline: 7h'));
    assert.deepEqual([late.allocations[0]!.offerId, late.hours], ['always', 4]);
  });

  it('begins no earlier than the goal says', async () => {
    const found = await plan(EXAMPLE.replace('{within: 12h}', '{after: 9h}'));
    assert.deepEqual([found.allocations[0]!.startS, found.hours], [9 * 3600, 13]);
    assert.match(words(found), /always for 4h, beginning in 9h/);
  });

  it('of a task that waits for another one is refused: nobody knows its hour', async () => {
    const text = `name: first\nwork: {hours: 1}\noffers: [{name: a, price: $1}]\n---\n${EXAMPLE}`;
    const error = await plan(text).catch((reason: unknown) => reason);
    assert.ok(error instanceof KedgeError);
    assert.equal(error.code, 'spec.invalid');
    assert.match(error.message, /cheaper-hours begins when the tasks have ended that it needs/);
  });
});
