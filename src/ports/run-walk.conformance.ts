import { asRate } from '../base/money.ts';
import { asEpochMs, SECOND_MS } from '../base/time.ts';
import type { NewEvent, RunEvent } from '../spec/event.ts';
import { DEFAULT_TENANT, type Run, type RunNode } from '../spec/run.ts';
import type { FoldRun } from './store.ts';

/** What an engine may write at once. */
export type Batch = readonly NewEvent[];

/**
 * Batches that may follow one another in the log of one run, after its creation: each choice, a
 * whole number, picks one of those that are legal then. Ends early with the run.
 */
export function walkRun(fold: FoldRun, choices: readonly number[]): readonly Batch[] {
  const first: Batch = [{ type: 'run.created', data: { name: 'walk' } }];
  const batches: Batch[] = [first];
  let run = foldBatch(fold, { run: null, batch: first, seq: 1 });
  for (const choice of choices) {
    const options = nextBatches(run);
    if (options.length === 0) break;
    const batch = options[choice % options.length]!;
    run = foldBatch(fold, { run, batch, seq: batches.flat().length + 1 });
    batches.push(batch);
  }
  return batches;
}

/** An event as a store would number it, one second of the run's life for each. */
export function numbered(event: NewEvent, seq: number): RunEvent {
  const at = asEpochMs(Date.UTC(2026, 0, 1) + seq * SECOND_MS);
  const actor = 'engine';
  return {
    ...event,
    tenantId: DEFAULT_TENANT,
    runId: 'run_walk',
    seq,
    schemaVersion: 1,
    at,
    actor,
  };
}

function foldBatch(
  fold: FoldRun,
  { run, batch, seq }: { run: Run | null; batch: Batch; seq: number },
): Run {
  return batch.reduce<Run | null>((state, event, i) => fold(state, numbered(event, seq + i)), run)!;
}

const ALLOCATIONS = 2;
const ATTEMPTS_MAX = 3;
const NODES = 2;

function nextBatches(run: Run): readonly Batch[] {
  if (run.state === 'ended') return [];
  const open = run.attempts.filter((attempt) => attempt.state !== 'ended');
  const batches: Batch[] = run.nodes.flatMap(nodeBatches);
  for (const { allocation, attempt } of open) {
    const gang = run.nodes.filter((n) => n.allocation === allocation && n.attempt === attempt);
    if (!gang.every((node) => node.state === 'ended')) continue;
    const data = { allocation, attempt, outcome: 'infra-lost' as const, reason: 'lost' };
    batches.push([{ type: 'attempt.ended', data }]);
  }
  if (open.length === 0) {
    const data = { outcome: 'task-failed' as const, exitCode: 1, reason: 'failed' };
    batches.push([{ type: 'run.ended', data }]);
  }
  batches.push([{ type: 'run.stop-requested', data: {} }]);
  batches.push([{ type: 'run.stop-requested', data: { reason: 'budget' } }]);
  for (const { allocation, attempt, rank } of run.nodes) {
    const data = { kind: 'stall' as const, allocation, attempt, rank, reason: 'quiet' };
    batches.push([{ type: 'alarm.raised', data }], [{ type: 'alarm.cleared', data }]);
  }
  batches.push([{ type: 'run.quarantined', data: { reason: 'Kedge failed on it' } }]);
  if (run.state === 'stopping') return batches;
  batches.push([{ type: 'run.queued', data: { reason: 'no room' } }]);
  for (let allocation = 0; allocation < ALLOCATIONS; allocation++) {
    const past = run.attempts.filter((attempt) => attempt.allocation === allocation);
    const isFree = past.every((attempt) => attempt.state === 'ended');
    if (isFree && past.length < ATTEMPTS_MAX) batches.push(placed(allocation, past.length + 1));
  }
  return batches;
}

function placed(allocation: number, attempt: number): Batch {
  const nodes = Array.from({ length: NODES }, (_, rank) => ({
    type: 'node.starting' as const,
    data: { allocation, attempt, rank, token: `${allocation}-${attempt}-${rank}` },
  }));
  const data = { allocation, attempt, place: 'here', move: 0 };
  return [{ type: 'attempt.created', data }, ...nodes];
}

function nodeBatches(node: RunNode): readonly Batch[] {
  if (node.state === 'ended') return [];
  const { allocation, attempt, rank, token } = node;
  const id = { allocation, attempt, rank };
  const startedAt = asEpochMs(Date.UTC(2026, 0, 1, 1));
  const price = { nanosPerHour: asRate(2e9), billingIncrementS: 60, billingMinimumS: 60 };
  const running: NewEvent = { type: 'node.running', data: { ...id, token, ...price, startedAt } };
  const how = { outcome: 'succeeded' as const, exitCode: 0, reason: 'done' };
  const endedAt = asEpochMs(startedAt + 90 * SECOND_MS);
  const ended: NewEvent = { type: 'node.ended', data: { ...id, ...how, endedAt } };
  const batches: Batch[] = [[running], [ended], [running, ended]];
  if (node.state === 'stopping') return batches;
  batches.push([{ type: 'node.stopping', data: { ...id, reason: 'gang' } }]);
  batches.push([{ type: 'node.unknown', data: { ...id, reason: 'out of sight' } }]);
  return batches;
}
