import { asEpochMs } from '../../base/time.ts';
import type { Holder, PoolState, QueueEntry, Waiter } from '../../ports/store-queue.ts';
import type { Amounts, PoolCapacity, Span } from '../../spec/reservation.ts';

/** Builders for tests of a line: so many vCPUs for so long, the first of the line first. */
export const NOW = asEpochMs(1_800_000_000_000);

export function amounts(cpus: number, parts: Partial<Amounts> = {}): Amounts {
  return { cpusMilli: cpus * 1000, memoryMib: 0, gpusByName: {}, ...parts };
}

export function exactly(ms: number): Span {
  return { lowMs: ms, midMs: ms, highMs: ms };
}

export function waiter(runId: string, parts: Partial<Waiter> = {}): Waiter {
  const id = { tenantId: 'default', runId, allocation: 0, attempt: 1 };
  return { ...id, amounts: amounts(1), span: null, priority: 0, since: NOW, ...parts };
}

export function holder(runId: string, parts: Partial<Holder> = {}): Holder {
  return { ...waiter(runId), heldAt: NOW, ...parts };
}

export function poolState(parts: Partial<PoolState> = {}): PoolState {
  return { pool: 'machine:ada', now: NOW, held: [], waiting: [], ...parts };
}

export function capacity(cpus: number, parts: Partial<Amounts> = {}): PoolCapacity {
  return { pool: 'machine:ada', name: 'this machine', has: amounts(cpus, parts) };
}

/** The last of the line, unless told otherwise. */
export function queueEntry(state: PoolState, parts: Partial<QueueEntry> = {}): QueueEntry {
  const length = state.waiting.length;
  return { own: state.waiting.at(-1)!, state, position: length, length, ...parts };
}
