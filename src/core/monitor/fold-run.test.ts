import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { KedgeError } from '../../base/errors.ts';
import { asRate } from '../../base/money.ts';
import { asEpochMs } from '../../base/time.ts';
import { numbered, walkRun } from '../../ports/run-walk.conformance.ts';
import type { NewEvent } from '../../spec/event.ts';
import { isLegal, RUN_TRANSITIONS, type Run, runSchema } from '../../spec/run.ts';
import { foldEvents, foldRun } from './fold-run.ts';

const T0 = asEpochMs(Date.UTC(2026, 5, 1));
const created: NewEvent = { type: 'run.created', data: { name: 'digits' } };
const stop: NewEvent = { type: 'run.stop-requested', data: {} };

function placed(attempt: number, { allocation = 0, nodes = 2 } = {}): NewEvent[] {
  const starts = Array.from({ length: nodes }, (_, rank) =>
    starting(rank, { allocation, attempt }),
  );
  return [
    { type: 'attempt.created', data: { allocation, attempt, place: 'local', move: 0 } },
    ...starts,
  ];
}

function starting(rank: number, { allocation = 0, attempt = 1, token = 'token' } = {}): NewEvent {
  return {
    type: 'node.starting',
    data: { allocation, attempt, rank, token: `${token}-${allocation}-${attempt}-${rank}` },
  };
}

function running(rank: number, { allocation = 0, attempt = 1, startedAt = T0 } = {}): NewEvent {
  const price = { nanosPerHour: asRate(1e9), billingIncrementS: 1, billingMinimumS: 0 };
  const token = `token-${allocation}-${attempt}-${rank}`;
  return {
    type: 'node.running',
    data: { allocation, attempt, rank, token, ...price, startedAt: asEpochMs(startedAt) },
  };
}

function stopping(rank: number): NewEvent {
  return { type: 'node.stopping', data: { allocation: 0, attempt: 1, rank, reason: 'gang' } };
}

function unknown(rank: number): NewEvent {
  return { type: 'node.unknown', data: { allocation: 0, attempt: 1, rank, reason: 'no answer' } };
}

function nodeEnded(rank: number, outcome: 'succeeded' | 'infra-lost' = 'succeeded'): NewEvent {
  const exitCode = outcome === 'succeeded' ? 0 : null;
  const data = { allocation: 0, attempt: 1, rank, outcome, exitCode, reason: 'over', endedAt: T0 };
  return { type: 'node.ended', data };
}

function attemptEnded(outcome: 'succeeded' | 'infra-lost' = 'succeeded'): NewEvent {
  return { type: 'attempt.ended', data: { allocation: 0, attempt: 1, outcome, reason: 'lost it' } };
}

const runEnded: NewEvent = {
  type: 'run.ended',
  data: { outcome: 'succeeded', exitCode: 0, reason: 'the task succeeded' },
};

function fold(...events: readonly NewEvent[]): Run {
  return foldEvents(events.map((event, index) => numbered(event, index + 1)))!;
}

function refuses(...events: readonly NewEvent[]): void {
  const before = events.slice(0, -1);
  assert.doesNotThrow(() => fold(...before), 'only the last event may be the illegal one');
  assert.throws(
    () => fold(...events),
    (error) => error instanceof KedgeError && error.code === 'state.illegal-transition',
  );
}

const phases = ({ state, attempts, nodes }: Run) => [
  state,
  attempts.map((attempt) => attempt.state).join(' '),
  nodes.map((node) => node.state).join(' '),
];

test('a run goes from its queue through a gang of two to its end', () => {
  const log = [created, ...placed(1), running(0), running(1), nodeEnded(0), nodeEnded(1)];
  assert.deepEqual(phases(fold(...log.slice(0, 1))), ['queued', '', '']);
  assert.deepEqual(phases(fold(...log.slice(0, 4))), ['starting', 'starting', 'starting starting']);
  assert.deepEqual(phases(fold(...log.slice(0, 5))), ['starting', 'starting', 'running starting']);
  assert.deepEqual(phases(fold(...log.slice(0, 6))), ['running', 'running', 'running running']);
  const over = fold(...log, attemptEnded(), runEnded);
  assert.deepEqual(phases(over), ['ended', 'ended', 'ended ended']);
  assert.equal(over.outcome, 'succeeded');
  assert.equal(over.exitCode, 0);
  assert.equal(over.reason, 'the task succeeded');
  assert.equal(over.endedAt, numbered(runEnded, log.length + 2).at);
});

test('a run started when its first node did, and never again', () => {
  const later = running(1, { startedAt: asEpochMs(T0 + 5000) });
  const run = fold(created, ...placed(1), running(0), later);
  assert.equal(run.startedAt, T0);
  const again = running(0, { startedAt: asEpochMs(T0 + 9000) });
  assert.equal(fold(created, ...placed(1), running(0), again).nodes[0]!.startedAt, T0);
});

test('a request to stop outlives everything that the engine writes after it', () => {
  const log = [created, ...placed(1), stop, running(0), running(1)];
  const run = fold(...log);
  assert.equal(run.stopRequested, true);
  assert.deepEqual(phases(run), ['stopping', 'running', 'running running']);
});

test('an intent written just after a request to stop is taken, and the run still stops', () => {
  const run = fold(created, stop, ...placed(1));
  assert.deepEqual(phases(run), ['stopping', 'starting', 'starting starting']);
});

test('why it waits, told just after a request to stop, changes nothing', () => {
  const late = { type: 'run.queued' as const, data: { reason: 'no room' } };
  assert.deepEqual(fold(created, ...placed(1), stop, late), fold(created, ...placed(1), stop));
});

test('a request to stop that comes too late alters nothing but the note of it', () => {
  const over = fold(created, runEnded);
  assert.deepEqual(fold(created, runEnded, stop), { ...over, stopRequested: true });
});

test('one node that is taken down takes its attempt with it', () => {
  const run = fold(created, ...placed(1), running(0), running(1), stopping(1));
  assert.deepEqual(phases(run), ['running', 'stopping', 'running stopping']);
});

test('a node that turns out to have started while it was being stopped is noted, not revived', () => {
  const run = fold(created, ...placed(1), stopping(0), running(0));
  assert.equal(run.nodes[0]!.state, 'stopping');
  assert.equal(run.nodes[0]!.startedAt, T0);
});

test('unknown is not dead: a node out of sight can be seen running again', () => {
  const lost = fold(created, ...placed(1), running(0), running(1), unknown(0));
  assert.deepEqual(phases(lost), ['running', 'running', 'unknown running']);
  const found = fold(created, ...placed(1), running(0), running(1), unknown(0), running(0));
  assert.deepEqual(phases(found), ['running', 'running', 'running running']);
});

test('after a lost attempt the run says why, and the next attempt starts it again', () => {
  const lost = [created, ...placed(1, { nodes: 1 }), running(0), nodeEnded(0, 'infra-lost')];
  const waiting = fold(...lost, attemptEnded('infra-lost'));
  assert.equal(waiting.reason, 'lost it');
  assert.equal(waiting.attempts[0]!.outcome, 'infra-lost');
  const again = fold(...lost, attemptEnded('infra-lost'), ...placed(2, { nodes: 1 }));
  assert.deepEqual(phases(again), ['starting', 'ended starting', 'ended starting']);
  assert.equal(again.reason, null);
});

test('a second allocation that starts does not make a running run look stopped', () => {
  const first = [created, ...placed(1, { nodes: 1 }), running(0)];
  const run = fold(...first, ...placed(1, { allocation: 1, nodes: 1 }));
  assert.deepEqual(phases(run), ['running', 'running starting', 'running starting']);
});

test('attempts and nodes are listed by their place in the run, not by when they came', () => {
  const run = fold(created, ...placed(1, { allocation: 1 }), ...placed(1), ...placed(2));
  assert.deepEqual(
    run.nodes.map(({ allocation, attempt, rank }) => [allocation, attempt, rank]),
    [
      [0, 1, 0],
      [0, 1, 1],
      [0, 2, 0],
      [0, 2, 1],
      [1, 1, 0],
      [1, 1, 1],
    ],
  );
  assert.deepEqual(
    run.attempts.map(({ allocation, attempt }) => [allocation, attempt]),
    [
      [0, 1],
      [0, 2],
      [1, 1],
    ],
  );
});

test('the end of a node told twice counts once, and the first telling holds', () => {
  const log = [created, ...placed(1), nodeEnded(0)];
  assert.deepEqual(fold(...log, nodeEnded(0, 'infra-lost')), fold(...log));
  assert.deepEqual(fold(...log, running(0)), fold(...log));
});

test('what cannot happen is refused by name', () => {
  refuses(stop);
  refuses(created, created);
  refuses(created, runEnded, ...placed(1).slice(0, 1));
  refuses(created, runEnded, { type: 'run.queued', data: { reason: 'no room' } });
  refuses(created, starting(0));
  refuses(created, ...placed(1), starting(0, { token: 'other' }));
  refuses(created, ...placed(1), running(2));
  refuses(created, ...placed(1), nodeEnded(0), stopping(0));
  refuses(created, ...placed(1), stopping(0), unknown(0));
  refuses(created, attemptEnded());
});

const walks = fc.array(fc.nat(), { maxLength: 40 });

test('law: along every log only legal transitions happen, and the schema holds', () => {
  fc.assert(
    fc.property(walks, (choices) => {
      let run: Run | null = null;
      for (const [index, event] of walkRun(foldRun, choices).flat().entries()) {
        const next = foldRun(run, numbered(event, index + 1));
        assert.ok(run === null || isLegal(RUN_TRANSITIONS, run.state, next.state));
        assert.ok(run === null || !run.stopRequested || next.stopRequested);
        run = next;
      }
      assert.deepEqual(runSchema.parse(run), run);
    }),
  );
});

test('law: the last event told a second time changes nothing', () => {
  fc.assert(
    fc.property(walks, (choices) => {
      const events = walkRun(foldRun, choices).flat();
      const last = events.at(-1)!;
      if (last.type === 'run.created') return;
      assert.deepEqual(fold(...events, last), fold(...events));
    }),
  );
});
