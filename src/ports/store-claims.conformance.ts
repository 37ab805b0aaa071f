import assert from 'node:assert/strict';
import { asEpochMs, MINUTE_MS } from '../base/time.ts';
import type { Claim } from './store.ts';
import {
  ALICE,
  BOB,
  type Check,
  claimOne,
  create,
  dueIds,
  ended,
  isRefused,
  LEASE_MS,
  placed,
  stop,
  T0,
} from './store-bench.conformance.ts';

/** One worker at a time, in the order of their times. */
export function checkClaims(check: Check): void {
  check('a run is held by one worker at a time', async ({ store }) => {
    await create(store, ALICE);
    await create(store, BOB);
    const asked = Array.from({ length: 5 }, () => store.claimDue({ leaseMs: LEASE_MS, limit: 1 }));
    const claims = (await Promise.all(asked)).flat();
    assert.deepEqual(claims.map((claim) => claim.tenantId).sort(), ['alice', 'bob']);
  });

  check('what is due longest is claimed first, and no more than asked', async (bench) => {
    const { store, clock } = bench;
    for (const [index, runId] of ['run_b', 'run_c', 'run_a'].entries()) {
      clock.at = asEpochMs(T0 + index);
      await create(store, { tenantId: 'alice', runId });
    }
    assert.deepEqual(await dueIds(store, 2), ['run_b', 'run_c']);
    assert.deepEqual(await dueIds(store, 2), ['run_a']);
  });

  check('a run given back is due again at its time, and not before', async ({ store, clock }) => {
    await create(store, ALICE);
    const at = asEpochMs(T0 + MINUTE_MS);
    await store.release(await claimOne(store), at);
    assert.equal(await store.nextDueAt(), at);
    clock.at = asEpochMs(at - 1);
    assert.deepEqual(await dueIds(store), []);
    clock.at = at;
    assert.deepEqual(await dueIds(store), ['run_01']);
  });

  check('a run given back for good is due only when something is said to it', async (bench) => {
    const { store, clock } = bench;
    await create(store, ALICE);
    await store.release(await claimOne(store), null);
    assert.equal(await store.nextDueAt(), null);
    clock.at = asEpochMs(T0 + 1000 * MINUTE_MS);
    assert.deepEqual(await dueIds(store), []);
    await store.append(ALICE, 'user', [stop]);
    assert.deepEqual(await dueIds(store), ['run_01']);
  });

  check('a run that has ended is never due again', async ({ store, clock }) => {
    await create(store, ALICE);
    const claim = await claimOne(store);
    await store.writeIntent(claim, [ended]);
    assert.equal(await store.nextDueAt(), null);
    await store.release(claim, clock.at);
    await store.append(ALICE, 'user', [stop]);
    clock.at = asEpochMs(T0 + 1000 * MINUTE_MS);
    assert.equal(await store.nextDueAt(), null);
    assert.deepEqual(await dueIds(store), []);
  });
}

/** Who may still write, and what. */
export function checkLeases(check: Check): void {
  check('after a lease runs out another takes over, and the first is shut out', async (bench) => {
    const { store, clock } = bench;
    await create(store, ALICE);
    const first = await claimOne(store);
    assert.equal(await store.nextDueAt(), first.expiresAt);
    clock.at = asEpochMs(first.expiresAt - 1);
    assert.deepEqual(await dueIds(store), []);
    clock.at = first.expiresAt;
    const second = await claimOne(store);
    assert.ok(second.token > first.token);
    await isRefused(store.writeIntent(first, [placed]), 'state.stale-lease');
    await isRefused(store.writeOutcome(first, [placed]), 'state.stale-lease');
    await isRefused(store.renew(first, LEASE_MS), 'state.stale-lease');
    await isRefused(store.release(first, null), 'state.stale-lease');
    assert.deepEqual((await store.readRun(ALICE)).run.attempts, []);
    await store.writeIntent(second, [placed]);
  });

  check('without a live lease nothing may be begun, but what happened is told', async (bench) => {
    const { store, clock } = bench;
    await create(store, ALICE);
    const claim = await claimOne(store);
    clock.at = claim.expiresAt;
    await isRefused(store.writeIntent(claim, [placed]), 'state.stale-lease');
    await isRefused(store.renew(claim, LEASE_MS), 'state.stale-lease');
    const run = await store.writeOutcome(claim, [placed]);
    assert.equal(run.attempts.length, 1);
  });

  check('a renewed lease keeps others out for longer', async ({ store, clock }) => {
    await create(store, ALICE);
    const claim = await claimOne(store);
    clock.at = asEpochMs(claim.expiresAt - 1);
    const renewed = await store.renew(claim, LEASE_MS);
    assert.deepEqual(renewed, { ...claim, expiresAt: clock.at + LEASE_MS });
    clock.at = claim.expiresAt;
    assert.deepEqual(await dueIds(store), []);
    await store.writeIntent(renewed, [placed]);
    clock.at = renewed.expiresAt;
    assert.deepEqual(await dueIds(store), ['run_01']);
  });

  check('a claim that was given back begins nothing more', async ({ store, clock }) => {
    await create(store, ALICE);
    const claim = await claimOne(store);
    await store.release(claim, asEpochMs(clock.at + MINUTE_MS));
    await isRefused(store.writeIntent(claim, [placed]), 'state.stale-lease');
  });

  check(
    'claims that were not given back in order are counted, and no longer once one was',
    async (bench) => {
      const { store, clock } = bench;
      await create(store, ALICE);
      const strikes: number[] = [];
      const next = async (): Promise<Claim> => {
        const claim = await claimOne(store);
        strikes.push(claim.strikes);
        return claim;
      };
      // Its holder dies, twice; then one is failed by a bug; then all is well.
      for (let death = 0; death < 2; death++) clock.at = (await next()).expiresAt;
      const failed = await next();
      await store.release(failed, clock.at, failed.strikes);
      await store.release(await next(), clock.at);
      await store.release(await next(), clock.at, 10);
      await next();
      assert.deepEqual(strikes, [1, 2, 3, 4, 1, 11]);
    },
  );

  check('tokens of a run only grow', async ({ store }) => {
    await create(store, ALICE);
    let last = 0;
    for (let round = 0; round < 5; round++) {
      const claim = await claimOne(store);
      assert.ok(claim.token > last);
      last = claim.token;
      await store.release(claim, T0);
    }
  });
}

/** What is said during a claim is not lost by what the claim writes. */
export function checkWakeUps(check: Check): void {
  check('a request to stop survives what its claim writes after it', async ({ store }) => {
    await create(store, ALICE);
    const claim = await claimOne(store);
    await store.append(ALICE, 'user', [stop]);
    const run = await store.writeIntent(claim, [placed]);
    assert.equal(run.stopRequested, true);
    assert.equal((await store.writeOutcome(claim, [])).stopRequested, true);
    assert.equal((await store.readRun(ALICE)).run.state, 'stopping');
  });

  check('what was said during a claim makes the run due when it is given back', async (bench) => {
    const { store, clock } = bench;
    await create(store, ALICE);
    const claim = await claimOne(store);
    await store.append(ALICE, 'user', [stop]);
    assert.deepEqual(await dueIds(store), [], 'it is still held');
    await store.release(claim, asEpochMs(clock.at + MINUTE_MS));
    assert.equal(await store.nextDueAt(), clock.at);
    assert.deepEqual(await dueIds(store), ['run_01']);
  });
}
