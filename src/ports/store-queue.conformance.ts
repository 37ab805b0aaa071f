import assert from 'node:assert/strict';
import { asEpochMs, SECOND_MS } from '../base/time.ts';
import type { NewEvent } from '../spec/event.ts';
import type { Claim, Store } from './store.ts';
import {
  ALICE,
  type Bench,
  BOB,
  type Check,
  claimOne,
  create,
  created,
  dueIds,
  ended,
  isRefused,
  LEASE_MS,
  request,
  stop,
  T0,
} from './store-bench.conformance.ts';
import {
  type DecidePlace,
  LINE_READ_MAX,
  type PlaceRequest,
  type Placing,
  type PoolState,
} from './store-queue.ts';

const ROOM = 10;
const RACERS = 200;
/** More than engines have in hand; each waits for a connection no longer than it may. */
const WORKERS = 25;

/** One vCPU each of a pool of ten, first come first served: the store's part, without core's. */
const decide: DecidePlace = ({ held, waiting }, own) => {
  const left = ROOM - held.length;
  const first = waiting.slice(0, left).some(({ runId, attempt }) => {
    return runId === own.runId && attempt === own.attempt;
  });
  return first ? { placed: true } : { placed: false, reason: 'no vCPU is left' };
};

/** Asks for a place of the first line of a run's plan. */
export function placing(parts: Partial<PlaceRequest> = {}, room: DecidePlace = decide): Placing {
  const asked: PlaceRequest = {
    allocation: 0,
    attempt: 1,
    pool: 'machine:ada',
    amounts: { cpusMilli: 1000, memoryMib: 512, gpusByName: { 'A100-80GB': 1 } },
    span: { lowMs: 1000, midMs: 2000, highMs: 4000 },
    priority: 0,
    ...parts,
  };
  const { allocation, attempt } = asked;
  const data = { allocation, attempt, place: 'local', move: 0 };
  return { request: asked, intent: [{ type: 'attempt.created', data }], decide: room };
}

const never: DecidePlace = () => ({ placed: false, reason: 'no vCPU is left' });
const always: DecidePlace = () => ({ placed: true });
const attemptEnded: NewEvent = {
  type: 'attempt.ended',
  data: { allocation: 0, attempt: 1, outcome: 'infra-lost', reason: 'gone' },
};

/** What is handed out of a pool, never twice, and who waits for it. */
export function checkQueue(check: Check): void {
  check('fault 43: 200 that ask at once for room for ten, and exactly ten have it', checkRace);
  check('the intent is written with the reservation, or neither is', checkAtomicity);
  check('what waits says why, once for each reason', checkReasons);
  check('room is given back with the end of the attempt, and of the run', checkGivingBack);
  check('the line goes by priority, then by the age of the run', checkOrder);
  check('an attempt after a lost one keeps its place in the line', checkSeniority);
  check('who is chosen of a line is due at once, and nobody else', checkWaking);
  check('what waits is read with its place in the line and all that is held', checkReading);
  check('a place needs a live lease, and a run that is not to stop', checkClaimsOfPlaces);
  check('one far back in the line is told so, whatever is free', checkFar);
  check('pools do not share', checkPools);
}

async function launch(bench: Bench, runId: string, tenantId = 'alice'): Promise<void> {
  await bench.store.createRun({ tenantId, runId }, request, [created]);
}

async function claimAll(store: Store): Promise<readonly Claim[]> {
  return store.claimDue({ leaseMs: LEASE_MS, limit: 1000 });
}

async function holders(store: Store, pool = 'machine:ada'): Promise<PoolState['held']> {
  let found: PoolState['held'] = [];
  await store.wakeWaiting((state) => {
    if (state.pool === pool) found = state.held;
    return [];
  });
  return found;
}

async function checkRace(bench: Bench): Promise<void> {
  const { store } = bench;
  for (let index = 0; index < RACERS; index++) await launch(bench, `run_${1000 + index}`);
  const claims = await claimAll(store);
  const left = [...claims];
  let placed = 0;
  const worker = async (): Promise<void> => {
    for (let claim = left.pop(); claim !== undefined; claim = left.pop()) {
      if ((await store.place(claim, placing())).placed) placed++;
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  assert.equal(placed, ROOM);
  assert.equal((await holders(store)).length, ROOM);
  const runs = await store.pageRuns('alice', { after: null, limit: RACERS });
  assert.equal(runs.filter(({ attempts }) => attempts.length > 0).length, ROOM);
  assert.equal(runs.filter(({ reason }) => reason === 'no vCPU is left').length, RACERS - ROOM);
}

async function checkAtomicity({ store }: Bench): Promise<void> {
  await create(store, ALICE);
  const claim = await claimOne(store);
  const impossible = { ...placing({}, always), intent: [created] };
  await isRefused(store.place(claim, impossible), 'state.illegal-transition');
  assert.deepEqual(await store.readQueue(ALICE, 10), []);
  assert.equal(await store.wakeWaiting(() => []), false, 'nobody stands in line');
  const { run, placed } = await store.place(claim, placing({}, always));
  assert.deepEqual([placed, run.state, run.attempts.length], [true, 'starting', 1]);
}

async function checkReasons({ store }: Bench): Promise<void> {
  await create(store, ALICE);
  const claim = await claimOne(store);
  const first = await store.place(claim, placing({}, never));
  assert.deepEqual([first.placed, first.run.reason], [false, 'no vCPU is left']);
  await store.place(claim, placing({}, never));
  assert.equal((await store.pageEvents(ALICE, 0, 10)).length, 2);
  const other: DecidePlace = () => ({ placed: false, reason: 'no memory is left' });
  assert.equal((await store.place(claim, placing({}, other))).run.reason, 'no memory is left');
  const { run } = await store.place(claim, placing({}, always));
  assert.deepEqual([run.state, run.reason], ['starting', null]);
}

async function checkGivingBack(bench: Bench): Promise<void> {
  const { store } = bench;
  await launch(bench, 'run_waits', 'bob');
  await store.place(await claimOne(store), placing({}, never));
  await create(store, ALICE);
  const claim = await claimOne(store);
  await store.place(claim, placing({}, always));
  assert.equal((await holders(store)).length, 1);
  await store.writeOutcome(claim, [attemptEnded]);
  assert.equal((await holders(store)).length, 0);
  await store.place(claim, placing({ attempt: 2 }, never));
  assert.equal((await store.readQueue(ALICE, 10))[0]?.length, 2);
  await store.writeIntent(claim, [ended]);
  assert.deepEqual(await store.readQueue(ALICE, 10), []);
}

async function checkOrder(bench: Bench): Promise<void> {
  const { store, clock } = bench;
  const wanted = ['run_d', 'run_b', 'run_c', 'run_a'];
  for (const [index, runId] of ['run_b', 'run_c', 'run_a', 'run_d'].entries()) {
    clock.at = asEpochMs(T0 + index);
    await launch(bench, runId);
  }
  for (const claim of (await claimAll(store)).toReversed()) {
    const priority = claim.runId === 'run_d' ? 5 : 0;
    await store.place(claim, placing({ priority }, never));
  }
  let seen: readonly string[] = [];
  await store.wakeWaiting(({ waiting }) => {
    seen = waiting.map(({ runId }) => runId);
    return [];
  });
  assert.deepEqual(seen, wanted);
  const range = { tenantId: 'alice', from: 'run_a', to: 'run_c' };
  assert.deepEqual(await store.queuePositions(range), [
    { runId: 'run_a', position: 4 },
    { runId: 'run_b', position: 2 },
    { runId: 'run_c', position: 3 },
  ]);
}

async function checkSeniority(bench: Bench): Promise<void> {
  const { store, clock } = bench;
  await create(store, ALICE);
  const claim = await claimOne(store);
  await store.place(claim, placing({}, always));
  clock.at = asEpochMs(T0 + 1);
  await launch(bench, 'run_02');
  await store.place(await claimOne(store), placing({}, never));
  await store.writeOutcome(claim, [attemptEnded]);
  await store.place(claim, placing({ attempt: 2 }, never));
  const [entry] = await store.readQueue(ALICE, 10);
  assert.deepEqual([entry?.position, entry?.length, entry?.own.since], [1, 2, T0]);
}

async function checkWaking(bench: Bench): Promise<void> {
  const { store } = bench;
  for (const runId of ['run_a', 'run_b', 'run_c']) await launch(bench, runId);
  for (const claim of await claimAll(store)) {
    await store.place(claim, placing({}, never));
    await store.release(claim, null);
  }
  assert.equal(await store.wakeWaiting(({ waiting }) => waiting.slice(1, 2)), true);
  assert.deepEqual(await dueIds(store), ['run_b']);
  assert.deepEqual(await dueIds(store), []);
}

async function checkReading(bench: Bench): Promise<void> {
  const { store, clock } = bench;
  await create(store, ALICE);
  await store.place(await claimOne(store), placing({}, always));
  clock.at = asEpochMs(T0 + SECOND_MS);
  await create(store, BOB);
  const { request: asked } = placing();
  await store.place(await claimOne(store), placing({}, never));
  const [entry] = await store.readQueue(BOB, 10);
  const { span, amounts, priority } = asked;
  const own = { ...BOB, allocation: 0, attempt: 1, amounts, span, priority };
  const waiter = { ...own, since: clock.at };
  const holder = { ...own, ...ALICE, since: T0, heldAt: T0 };
  assert.deepEqual(entry, {
    own: waiter,
    position: 1,
    length: 1,
    state: { pool: 'machine:ada', now: clock.at, held: [holder], waiting: [waiter] },
  });
  assert.deepEqual(await store.readQueue(ALICE, 10), [], 'it has room');
}

async function checkClaimsOfPlaces({ store, clock }: Bench): Promise<void> {
  await create(store, ALICE);
  const claim = await claimOne(store);
  await store.append(ALICE, 'user', [stop]);
  const { placed, run } = await store.place(claim, placing({}, always));
  assert.deepEqual([placed, run.attempts], [false, []]);
  clock.at = claim.expiresAt;
  await isRefused(store.place(claim, placing({}, always)), 'state.stale-lease');
}

async function checkFar(bench: Bench): Promise<void> {
  const { store } = bench;
  const count = LINE_READ_MAX + 1;
  for (let index = 0; index < count; index++) await launch(bench, `run_${1000 + index}`);
  const claims = (await claimAll(store)).toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
  const seen: number[] = [];
  const looking: DecidePlace = ({ waiting }) => {
    seen.push(waiting.length);
    return { placed: false, reason: 'no vCPU is left' };
  };
  for (const claim of claims) await store.place(claim, placing({}, looking));
  assert.deepEqual(seen, [...Array.from({ length: LINE_READ_MAX }, (_, index) => index + 1), 0]);
}

async function checkPools(bench: Bench): Promise<void> {
  const { store } = bench;
  for (let index = 0; index < 2 * ROOM; index++) await launch(bench, `run_${10 + index}`);
  const claims = await claimAll(store);
  const pools = ['machine:ada', 'machine:bob'];
  const asked = claims.map((claim, index) =>
    store.place(claim, placing({ pool: pools[index % 2]! })),
  );
  assert.ok((await Promise.all(asked)).every(({ placed }) => placed));
}
