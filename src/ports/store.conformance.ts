import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { asEpochMs, SECOND_MS } from '../base/time.ts';
import { buildCarriedModel } from '../spec/build-for-tests.ts';
import type { Run } from '../spec/run.ts';
import { walkRun } from './run-walk.conformance.ts';
import type { FoldRun } from './store.ts';
import {
  ALICE,
  allEvents,
  BOB,
  type Check,
  claimOne,
  create,
  created,
  ended,
  isRefused,
  LEASE_MS,
  placed,
  playWalk,
  queued,
  request,
  type StoreSetup,
  type StoreUnderTest,
  setUp,
  stop,
  T0,
} from './store-bench.conformance.ts';
import { checkClaims, checkLeases, checkWakeUps } from './store-claims.conformance.ts';
import { checkQueue } from './store-queue.conformance.ts';
import { checkSamples } from './store-samples.conformance.ts';

/** What every Store must hold to; `fold` is the product's own, as main.ts gives it. */
export function storeConformance(
  name: string,
  {
    fold,
    makeStore,
  }: {
    readonly fold: FoldRun;
    readonly makeStore: (setup: StoreSetup) => Promise<StoreUnderTest>;
  },
): void {
  const check: Check = (title, body) => {
    test(`${name}: ${title}`, async (context) => {
      const bench = await setUp(makeStore, fold);
      context.after(() => bench.store.close());
      await body(bench, context);
    });
  };
  checkRuns(check);
  checkEvents(check);
  checkPaging(check);
  checkClaims(check);
  checkLeases(check);
  checkWakeUps(check);
  checkSamples(check);
  checkQueue(check);
  checkReopening(check);
}

function checkRuns(check: Check): void {
  check('a run is read back as it was written, with the request it came from', async (bench) => {
    const run = await create(bench.store, ALICE);
    assert.deepEqual(await bench.store.readRun(ALICE), { run, request });
    assert.equal(run.state, 'queued');
    assert.equal(run.createdAt, T0);
  });

  check('asking twice for the same run makes one', async ({ store }) => {
    const run = await create(store, ALICE);
    await store.append(ALICE, 'user', [stop]);
    const other = { ...request, taskText: 'run: other' };
    const again = await store.createRun(ALICE, other, [created]);
    assert.deepEqual(again, { ...run, state: 'stopping', stopRequested: true });
    assert.equal((await allEvents(store, ALICE)).length, 2);
    assert.equal((await store.readRun(ALICE)).request.taskText, request.taskText);
  });

  check('two tenants with the same run id never meet', async ({ store }) => {
    await create(store, ALICE);
    await isRefused(store.readRun(BOB), 'run.not-found');
    await isRefused(store.append(BOB, 'user', [stop]), 'run.not-found');
    assert.deepEqual(await store.pageEvents(BOB, 0, 10), []);
    assert.deepEqual(await store.pageRuns('bob', { after: null, limit: 10 }), []);
    await create(store, BOB);
    await store.append(BOB, 'user', [stop]);
    assert.equal((await store.readRun(ALICE)).run.stopRequested, false);
    const claims = await store.claimDue({ leaseMs: LEASE_MS, limit: 10 });
    const alice = claims.find((claim) => claim.tenantId === 'alice')!;
    await store.writeOutcome(alice, [placed]);
    assert.deepEqual((await store.readRun(BOB)).run.attempts, []);
    await isRefused(store.writeOutcome({ ...alice, tenantId: 'eve' }, [stop]), 'run.not-found');
  });

  check('what the state of a run does not allow is refused, and leaves no trace', async (bench) => {
    await create(bench.store, ALICE);
    const before = await bench.store.readRun(ALICE);
    const batch = [placed, created];
    await isRefused(bench.store.append(ALICE, 'user', batch), 'state.illegal-transition');
    assert.deepEqual(await bench.store.readRun(ALICE), before);
    assert.equal((await allEvents(bench.store, ALICE)).length, 1);
  });

  check(
    'what is refused of writes at the same moment leaves the others as they are',
    async (bench) => {
      const { store } = bench;
      await create(store, ALICE);
      const asked = [[queued], [placed, created], [stop]].map((events) =>
        store.append(ALICE, 'user', events),
      );
      const states = (await Promise.allSettled(asked)).map(({ status }) => status);
      assert.deepEqual(states, ['fulfilled', 'rejected', 'fulfilled']);
      const types = (await allEvents(store, ALICE)).map(({ type }) => type);
      assert.deepEqual(types, ['run.created', 'run.queued', 'run.stop-requested']);
    },
  );

  check('the installation keeps its id', async ({ store }) => {
    const id = await store.installationId();
    assert.match(id, /^inst_[0-9a-f]{32}$/);
    assert.equal(await store.installationId(), id);
  });

  check('runs that have ended are not counted as active', async ({ store }) => {
    await create(store, ALICE);
    await create(store, BOB);
    assert.equal(await store.countActive(), 2);
    await store.append(BOB, 'user', [ended]);
    assert.equal(await store.countActive(), 1);
  });
}

function checkEvents(check: Check): void {
  check('events are numbered without holes, and tell who and when', async ({ store, clock }) => {
    await create(store, ALICE);
    clock.at = asEpochMs(T0 + 5);
    await store.append(ALICE, 'user', [queued, queued]);
    await store.writeIntent(await claimOne(store), [placed]);
    const events = await allEvents(store, ALICE, 2);
    assert.deepEqual(
      events.map(({ seq, type, actor, at }) => [seq, type, actor, at - T0]),
      [
        [1, 'run.created', 'user', 0],
        [2, 'run.queued', 'user', 5],
        [3, 'run.queued', 'user', 5],
        [4, 'attempt.created', 'engine', 5],
      ],
    );
    assert.deepEqual(events[3]!.data, placed.data);
  });

  check('what a task says is kept, down to characters that are none', async ({ store, fold }) => {
    await create(store, ALICE);
    const reason = 'a\0b \ud800 ünïcode 😀';
    const run = await store.append(ALICE, 'user', [{ type: 'run.queued', data: { reason } }]);
    assert.equal(run.reason, 'a\ufffdb \ufffd ünïcode 😀');
    assert.deepEqual((await store.readRun(ALICE)).run, run);
    const events = await allEvents(store, ALICE);
    assert.deepEqual(events.reduce<Run | null>(fold, null), run);
  });

  check('writers at the same moment are taken one after the other', async ({ store }) => {
    await create(store, ALICE);
    const writes = Array.from({ length: 20 }, () => store.append(ALICE, 'user', [queued]));
    await Promise.all(writes);
    const seqs = (await allEvents(store, ALICE)).map((event) => event.seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, index) => index + 1),
    );
    assert.equal(seqs.length, 21);
  });

  check('law: what is stored of a run is the fold of its log', async ({ store, fold, clock }) => {
    let runs = 0;
    const choices = fc.array(fc.nat(), { maxLength: 30 });
    const law = fc.asyncProperty(choices, async (walk) => {
      const key = { tenantId: 'alice', runId: `run_${++runs}` };
      clock.at = asEpochMs(clock.at + SECOND_MS);
      const told = await playWalk(store, key, walkRun(fold, walk));
      const events = await allEvents(store, key, 50);
      const folded = events.reduce<Run | null>(fold, null);
      assert.deepEqual((await store.readRun(key)).run, folded);
      assert.deepEqual(told, folded);
      assert.deepEqual((await store.pageRuns('alice', { after: null, limit: 1000 })).length, runs);
    });
    await fc.assert(law, { numRuns: 30 });
  });
}

function checkPaging(check: Check): void {
  check('pages go by the bytes of the ids, whatever the language of the machine', async (bench) => {
    const ids = ['run_a', 'run_B', 'run_b', 'run_A', 'run_ä'];
    for (const runId of ids) await create(bench.store, { tenantId: 'alice', runId });
    const seen: string[] = [];
    for (const _ of ids) {
      const after = seen.at(-1) ?? null;
      const page = await bench.store.pageRuns('alice', { after, limit: 1 });
      seen.push(...page.map((run) => run.runId));
    }
    assert.deepEqual(seen, ['run_ä', 'run_b', 'run_a', 'run_B', 'run_A']);
  });

  check('pages hold every run once, newest first, with its own parts', async ({ store, fold }) => {
    const ids = Array.from({ length: 11 }, (_, index) => `run_${String(index).padStart(2, '0')}`);
    const written = new Map<string, Run>();
    for (const [index, runId] of ids.entries()) {
      const alice = { tenantId: 'alice', runId };
      written.set(runId, await playWalk(store, alice, walkRun(fold, [3, index, 1, index, 4])));
      await playWalk(store, { tenantId: 'bob', runId }, walkRun(fold, [index, 3, 3, 0]));
    }
    const seen: Run[] = [];
    while (seen.length <= ids.length) {
      const after = seen.at(-1)?.runId ?? null;
      const page = await store.pageRuns('alice', { after, limit: 3 });
      if (page.length === 0) break;
      seen.push(...page);
    }
    assert.deepEqual(
      seen.map((run) => run.runId),
      ids.toReversed(),
    );
    for (const run of seen) assert.deepEqual(run, written.get(run.runId));
  });
}

function checkReopening(check: Check): void {
  check(
    'everything acknowledged is there after the store is opened again',
    async (bench, context) => {
      if (bench.reopen === undefined) return context.skip('it keeps nothing when it is closed');
      const { store, clock } = bench;
      await create(store, ALICE);
      await store.append(ALICE, 'user', [queued]);
      const id = await store.installationId();
      const claim = await claimOne(store);
      await store.writeIntent(claim, [placed]);
      const [before, events] = [await store.readRun(ALICE), await allEvents(store, ALICE)];
      bench.store = await bench.reopen();
      assert.deepEqual(await bench.store.readRun(ALICE), before);
      assert.deepEqual(await allEvents(bench.store, ALICE), events);
      assert.equal(await bench.store.installationId(), id);
      clock.at = claim.expiresAt;
      const next = await claimOne(bench.store);
      assert.ok(next.token > claim.token, 'a token of before can never be given again');
      await isRefused(bench.store.writeOutcome(claim, [queued]), 'state.stale-lease');
    },
  );

  check('a run that brought models has them when it is opened again', async (bench, context) => {
    if (bench.reopen === undefined) return context.skip('it keeps nothing when it is closed');
    const asked = { ...request, models: [buildCarriedModel()] };
    await bench.store.createRun(ALICE, asked, [created]);
    bench.store = await bench.reopen();
    assert.deepEqual((await bench.store.readRun(ALICE)).request, asked);
  });
}
