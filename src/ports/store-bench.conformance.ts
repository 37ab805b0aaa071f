import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { asEpochMs, type EpochMs, SECOND_MS } from '../base/time.ts';
import { buildPlan } from '../spec/build-for-tests.ts';
import type { NewEvent, RunEvent } from '../spec/event.ts';
import type { Run } from '../spec/run.ts';
import type { Batch } from './run-walk.conformance.ts';
import type { Claim, FoldRun, RunKey, RunRequest, Store } from './store.ts';

export type StoreSetup = { readonly now: () => EpochMs; readonly fold: FoldRun };

/** A store for one test, empty at first. */
export type StoreUnderTest = {
  readonly store: Store;
  /** Closes it and opens what it kept; absent where nothing outlives the store. */
  readonly reopen?: () => Promise<Store>;
};

/** Registers one test, which gets a bench of its own. */
export type Check = (
  title: string,
  body: (bench: Bench, context: TestContext) => Promise<void>,
) => void;

/** A store with a clock that the test moves. */
export type Bench = {
  store: Store;
  readonly fold: FoldRun;
  readonly clock: { at: EpochMs };
  readonly reopen: (() => Promise<Store>) | undefined;
};

export const T0 = asEpochMs(Date.UTC(2026, 5, 1));
export const LEASE_MS = 30 * SECOND_MS;
export const ALICE: RunKey = { tenantId: 'alice', runId: 'run_01' };
export const BOB: RunKey = { tenantId: 'bob', runId: 'run_01' };
export const created: NewEvent = { type: 'run.created', data: { name: 'digits' } };
export const stop: NewEvent = { type: 'run.stop-requested', data: {} };
export const queued: NewEvent = { type: 'run.queued', data: { reason: 'no room' } };
export const ended: NewEvent = {
  type: 'run.ended',
  data: { outcome: 'succeeded', exitCode: 0, reason: 'done' },
};
export const placed: NewEvent = {
  type: 'attempt.created',
  data: { allocation: 0, attempt: 1, place: 'local', move: 0 },
};
export const request: RunRequest = {
  taskText: 'run: echo "ünïcode"\n',
  baseDir: '/home/alice/project',
  envs: { MIXED_case: '1', a_b: 'two' },
  plan: buildPlan([{ count: 2 }, { spot: true }]),
};

export async function setUp(
  makeStore: (setup: StoreSetup) => Promise<StoreUnderTest>,
  fold: FoldRun,
): Promise<Bench> {
  const clock = { at: T0 };
  const { store, reopen } = await makeStore({ now: () => clock.at, fold });
  return { store, fold, clock, reopen };
}

export function create(store: Store, key: RunKey): Promise<Run> {
  return store.createRun(key, request, [created]);
}

export async function claimOne(store: Store): Promise<Claim> {
  const claims = await store.claimDue({ leaseMs: LEASE_MS, limit: 10 });
  assert.equal(claims.length, 1, 'exactly one run is due');
  return claims[0]!;
}

export async function dueIds(store: Store, limit = 10): Promise<readonly string[]> {
  const claims = await store.claimDue({ leaseMs: LEASE_MS, limit });
  return claims.map((claim) => claim.runId).sort();
}

export async function isRefused(work: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(work, (error) => error instanceof KedgeError && error.code === code);
}

/** Writes batch after batch; resolves to the run after the last. */
export async function playWalk(store: Store, key: RunKey, walk: readonly Batch[]): Promise<Run> {
  const [first, ...batches] = walk;
  let run = await store.createRun(key, request, first!);
  for (const batch of batches) run = await store.append(key, 'engine', batch);
  return run;
}

export async function allEvents(
  store: Store,
  key: RunKey,
  pageSize = 7,
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for (;;) {
    const last = events.at(-1)?.seq ?? 0;
    const page = await store.pageEvents(key, last, pageSize);
    if (page.length === 0) return events;
    assert.ok(page[0]!.seq > last, 'a page starts after the one before');
    events.push(...page);
  }
}
