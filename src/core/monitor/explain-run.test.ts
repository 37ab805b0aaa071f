import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, rateFromUsd } from '../../base/money.ts';
import { asEpochMs, HOUR_MS, MINUTE_MS } from '../../base/time.ts';
import type { Bill, BillLine } from '../../spec/bill.ts';
import { buildPlan } from '../../spec/build-for-tests.ts';
import type { QueueWait } from '../../spec/queue.ts';
import type { Attempt, Run, RunNode } from '../../spec/run.ts';
import { type Explained, explainRun, ordinal } from './explain-run.ts';

const NOW = asEpochMs(1_800_000_000_000);
const ago = (ms: number) => asEpochMs(NOW - ms);

const run: Run = {
  schema: 'kedge.run/v1',
  tenantId: 'default',
  runId: 'run_1',
  name: 'digits',
  state: 'queued',
  reason: null,
  outcome: null,
  exitCode: null,
  stopRequested: false,
  stopReason: null,
  createdAt: ago(HOUR_MS),
  startedAt: null,
  endedAt: null,
  attempts: [],
  nodes: [],
  moves: [],
  alarms: [],
};
const bill: Bill = {
  schema: 'kedge.bill/v1',
  runId: 'run_1',
  currency: 'USD',
  costMicros: asMicros(0),
  plannedMicros: null,
  estimated: false,
  lines: [],
};
const wait: QueueWait = {
  allocation: 0,
  attempt: 1,
  pool: 'machine:ada',
  needs: { cpusMilli: 2000, memoryMib: 0, gpusByName: {} },
  reason: 'waits for 2 vCPUs on this machine: 8 of 10 in use by 4 runs',
  priority: 0,
  position: 3,
  length: 12,
  ahead: [
    { runId: 'run_aaaaaaaaaaaa', priority: 5 },
    { runId: 'run_bbbbbbbbbbbb', priority: 0 },
  ],
  expectedStart: null,
};

function attempt(number: number, parts: Partial<Attempt> = {}): Attempt {
  const times = { createdAt: ago(30 * MINUTE_MS), endedAt: ago(20 * MINUTE_MS) };
  return {
    allocation: 0,
    attempt: number,
    move: 0,
    state: 'ended',
    outcome: 'infra-lost',
    ...times,
    ...parts,
  };
}

function node(number: number, parts: Partial<RunNode> = {}): RunNode {
  return {
    allocation: 0,
    attempt: number,
    rank: 0,
    token: `run_1-0-${number}-0`,
    state: 'ended',
    reason: 'preempted',
    outcome: 'infra-lost',
    exitCode: null,
    startedAt: ago(30 * MINUTE_MS),
    endedAt: ago(20 * MINUTE_MS),
    ...parts,
  };
}

const told = (parts: Partial<Explained>): string =>
  explainRun({ run, plan: buildPlan(), bill, waits: [], now: NOW, ...parts })
    .map(({ text }) => text)
    .join('\n');

describe('why a run is as it is', () => {
  it('waits: for what, where in line, behind whom, and until when', () => {
    const start = { lowAt: NOW, midAt: asEpochMs(NOW + HOUR_MS), rough: false };
    const expectedStart = { ...start, highAt: asEpochMs(NOW + 2 * HOUR_MS) };
    assert.equal(
      told({ waits: [{ ...wait, expectedStart }] }),
      [
        'It waits for 2 vCPUs on this machine: 8 of 10 in use by 4 runs.',
        'It is 3rd of 12 in line; ahead of it: aaaaaaaa (priority 5), bbbbbbbb.',
        'It is expected to start in 1h (between now and 2h).',
      ].join('\n'),
    );
  });

  it('says what would let it tell when, where nothing does', () => {
    assert.match(
      told({ waits: [wait] }),
      /cannot be told: nothing says how long .* \(work: \{hours/,
    );
  });

  it('failed: the reason of the node, and what was tried before', () => {
    const failed = node(2, { outcome: 'task-failed', reason: 'exit code 3', exitCode: 3 });
    const ended: Run = {
      ...run,
      state: 'ended',
      outcome: 'task-failed',
      reason: 'exit code 3',
      startedAt: ago(30 * MINUTE_MS),
      endedAt: NOW,
      attempts: [attempt(1), attempt(2, { outcome: 'task-failed', endedAt: NOW })],
      nodes: [node(1), failed],
    };
    assert.equal(
      told({ run: ended }),
      [
        'Its task failed after 30m at local: exit code 3.',
        'Attempt 1 at local was lost after 10m: preempted.',
      ].join('\n'),
    );
  });

  it('moved: where to, and why, also what came to nothing', () => {
    const line = { ...buildPlan().allocations[0]!, place: 'docker' };
    const move = { move: 1, allocation: 0, line, bytes: 0, requestedAt: NOW, delayedAt: null };
    const moves: Run['moves'] = [
      { ...move, state: 'moved', reason: 'it saves $2 a day', endedAt: NOW },
      { ...move, move: 2, state: 'abandoned', reason: 'no room', endedAt: NOW },
    ];
    const text = told({ run: { ...run, state: 'running', startedAt: ago(MINUTE_MS), moves } });
    assert.match(text, /It was moved to docker: it saves \$2 a day\./);
    assert.match(text, /A move to docker came to nothing: no room\./);
  });

  it('costs so much: against the plan, what was billed and not used, what was tried in vain', () => {
    const line: BillLine = {
      allocation: 0,
      attempt: 1,
      rank: 0,
      nanosPerHour: rateFromUsd(6),
      startedAt: ago(30 * MINUTE_MS),
      endedAt: ago(20 * MINUTE_MS),
      seconds: 3600,
      costMicros: asMicros(6_000_000),
    };
    const cost = { ...bill, lines: [line], costMicros: line.costMicros };
    const text = told({
      run: { ...run, attempts: [attempt(1), attempt(2, { state: 'running', outcome: null })] },
      bill: { ...cost, plannedMicros: asMicros(1_000_000) },
    });
    assert.match(text, /It has cost \$6\.00; planned: \$1\.00\./);
    assert.match(text, /\$5\.00 of that is time billed and not used/);
    assert.match(text, /\$6\.00 of that went into an attempt before the last\./);
  });

  it('is being stopped: by whom, or for what', () => {
    const stopping: Run = { ...run, state: 'stopping', stopRequested: true };
    assert.match(told({ run: stopping }), /stopped: the user asked for it\./);
    const why = { ...stopping, stopReason: 'its budget is spent' };
    assert.match(told({ run: why }), /stopped: its budget is spent\./);
  });

  it('has an alarm, if one was raised', () => {
    const alarm = { kind: 'stalled', allocation: 0, attempt: 1, rank: 0 } as const;
    const alarms = [{ ...alarm, reason: 'no output for 10m', raisedAt: NOW }] as never;
    assert.match(told({ run: { ...run, alarms } }), /Alarm: no output for 10m\./);
  });

  it('counts as people do', () => {
    const words = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal).join(' ');
    assert.equal(words, '1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th');
  });
});
