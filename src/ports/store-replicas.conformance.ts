import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asEpochMs } from '../base/time.ts';
import type { FoldRun, RunKey, Store } from './store.ts';
import {
  ALICE,
  allEvents,
  claimOne,
  create,
  created,
  isRefused,
  LEASE_MS,
  placed,
  queued,
  request,
  type StoreSetup,
  stop,
  T0,
} from './store-bench.conformance.ts';

/** Two servers over the same data, empty at first, and a third that may be opened later. */
type Replicas = {
  readonly one: Store;
  readonly other: Store;
  readonly clock: { at: number };
  readonly open: () => Promise<Store>;
};

const RUNS = 60;
const WORKERS_EACH = 4;

/**
 * What a Store that several servers use at once must hold to besides the rest; `open` opens it
 * anew over the same data, which is empty before the first of each test.
 */
export function storeReplicasConformance(
  name: string,
  {
    fold,
    makeOpen,
  }: {
    readonly fold: FoldRun;
    readonly makeOpen: (setup: StoreSetup) => Promise<() => Promise<Store>>;
  },
): void {
  const check = (title: string, body: (replicas: Replicas) => Promise<void>): void => {
    test(`${name}: ${title}`, async (context) => {
      const clock = { at: T0 as number };
      const openOne = await makeOpen({ now: () => asEpochMs(clock.at), fold });
      const stores: Store[] = [];
      context.after(() => Promise.all(stores.map((store) => store.close())));
      const open = async (): Promise<Store> => {
        const store = await openOne();
        stores.push(store);
        return store;
      };
      // At once: the first start of several servers is theirs together.
      const [one, other] = await Promise.all([open(), open()]);
      await body({ one, other, clock, open });
    });
  };
  check('servers that start together make one installation', async ({ one, other, open }) => {
    const id = await one.installationId();
    assert.equal(await other.installationId(), id);
    assert.equal(await (await open()).installationId(), id);
  });
  check('no run is claimed twice by servers that claim at once', checkClaims);
  check('two servers that are asked for the same run make one', checkCreates);
  check('what several servers say of one run is all kept, in one order', checkAppends);
  check('a server that starts takes nothing from those that run', checkStarts);
}

async function checkClaims({ one, other }: Replicas): Promise<void> {
  const ids = Array.from({ length: RUNS }, (_, index) => `run_${index}`);
  for (const runId of ids) await create(one, { tenantId: 'alice', runId });
  const workers = Array.from({ length: WORKERS_EACH }, () => [one, other]).flat();
  const claimed = (await Promise.all(workers.map(claimAll))).flat();
  assert.deepEqual(claimed.toSorted(), ids.toSorted());
}

/** Claims in small bites, writing to each run meanwhile, until nothing is due. */
async function claimAll(store: Store): Promise<readonly string[]> {
  const taken: string[] = [];
  for (;;) {
    const claims = await store.claimDue({ leaseMs: LEASE_MS, limit: 2 });
    for (const claim of claims) {
      taken.push(claim.runId);
      await store.writeIntent(claim, [placed]);
    }
    const dueAt = await store.nextDueAt();
    if (claims.length === 0 && (dueAt === null || dueAt > T0)) return taken;
  }
}

async function checkCreates({ one, other }: Replicas): Promise<void> {
  const keys = Array.from({ length: 20 }, (_, index) => ({ ...ALICE, runId: `run_${index}` }));
  await Promise.all(keys.map((key) => checkCreate(key, [one, other])));
}

async function checkCreate(key: RunKey, stores: readonly Store[]): Promise<void> {
  const runs = await Promise.all(stores.map((store) => store.createRun(key, request, [created])));
  for (const run of runs) assert.deepEqual(run, runs[0]);
  for (const store of stores) assert.equal((await allEvents(store, key)).length, 1);
}

async function checkAppends({ one, other }: Replicas): Promise<void> {
  await create(one, ALICE);
  const writers = Array.from({ length: 15 }, () => [one, other]).flat();
  await Promise.all(writers.map((store) => store.append(ALICE, 'user', [queued, queued])));
  await one.append(ALICE, 'user', [stop]);
  const events = await allEvents(one, ALICE);
  assert.deepEqual(
    events.map((event) => event.seq),
    Array.from({ length: 2 * writers.length + 2 }, (_, index) => index + 1),
  );
  assert.equal((await other.readRun(ALICE)).run.stopRequested, true);
}

async function checkStarts({ one, clock, open }: Replicas): Promise<void> {
  await create(one, ALICE);
  const claim = await claimOne(one);
  const late = await open();
  assert.deepEqual(await late.claimDue({ leaseMs: LEASE_MS, limit: 10 }), []);
  await one.writeIntent(claim, [placed]);
  clock.at = claim.expiresAt;
  const next = await claimOne(late);
  assert.ok(next.token > claim.token);
  await isRefused(one.writeOutcome(claim, [queued]), 'state.stale-lease');
}
