import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs, HOUR_MS, MINUTE_MS } from '../base/time.ts';
import type { Queue, QueueWait } from '../spec/queue.ts';
import { queueLines } from './describe-queue.ts';
import { wrapWords } from './wrap-words.ts';

const NOW = asEpochMs(1_800_000_000_000);
const after = (ms: number) => asEpochMs(NOW + ms);

function queueOf(expectedStart: QueueWait['expectedStart']): Queue {
  const wait: QueueWait = {
    allocation: 0,
    attempt: 1,
    pool: 'machine:ada',
    needs: { cpusMilli: 1000, memoryMib: 0, gpusByName: {} },
    reason: 'waits',
    priority: 0,
    position: 3,
    length: 120,
    ahead: [],
    expectedStart,
  };
  return { schema: 'kedge.queue/v1', runId: 'run_1', waits: [wait] };
}

describe('the line of a run that waits', () => {
  it('tells its place and when it starts, as well as that is known', () => {
    const spread = { lowAt: NOW, midAt: after(5 * MINUTE_MS), highAt: after(HOUR_MS) };
    const exact = { lowAt: after(HOUR_MS), midAt: after(HOUR_MS), highAt: after(HOUR_MS) };
    assert.deepEqual(
      [
        null,
        { ...spread, rough: false },
        { ...exact, rough: true },
        { ...spread, midAt: NOW, rough: false },
      ].flatMap((start) => queueLines(queueOf(start), NOW)),
      [
        'queue    #3 of 120, starts when those before it have ended',
        'queue    #3 of 120, starts in about 5m (now to 1h)',
        'queue    #3 of 120, starts in roughly 1h',
        'queue    #3 of 120, starts at any moment (now to 1h)',
      ],
    );
  });

  it('of one that does not wait there is nothing to tell', () => {
    assert.deepEqual(queueLines({ ...queueOf(null), waits: [] }, NOW), []);
  });
});

describe('sentences on a terminal', () => {
  it('are broken between words, and a word that is longer keeps its line', () => {
    const lines = wrapWords('one two three fourteen-characters five', { columns: 12, indent: 2 });
    assert.deepEqual(lines, ['  one two', '  three', '  fourteen-characters', '  five']);
  });
});
