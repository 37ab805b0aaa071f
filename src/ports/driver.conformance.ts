import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Driver, LogSlice, NodeRef, NodeSpec, Observation } from './driver.ts';
import { testSamples } from './driver-samples.conformance.ts';

/** Commands in the words of what the driver runs: bash for real places. */
export type TaskWords = {
  readonly exits: (code: number) => string;
  /** Writes exactly this, and succeeds. */
  readonly prints: (text: string) => string;
  /** Writes `NAME=value` lines of these variables, and succeeds. */
  readonly printsVariables: (names: readonly string[]) => string;
  /** Writes this, then runs until it is asked to terminate. */
  readonly printsAndStays: (text: string) => string;
  /** Writes this, then runs until it is killed. */
  readonly printsAndResists: (text: string) => string;
};

/** A driver to be tested, and the means to make its time pass. */
export type DriverHarness = {
  readonly driver: Driver;
  readonly task: TaskWords;
  /** Looks at a node until it shows what is wanted; fails when that takes too long. */
  readonly waitFor: (
    ref: NodeRef,
    isWanted: (seen: Observation) => boolean,
  ) => Promise<Observation>;
  readonly cleanup: () => Promise<void>;
};

/** Of the nodes that `buildNodeSpec` makes, unless told otherwise. */
export const INSTALLATION = 'inst_conformance';

/** The promises of the Driver port, tested on one driver. */
export function driverConformance(name: string, make: () => Promise<DriverHarness>): void {
  const within = (body: (harness: DriverHarness) => Promise<void>) => async () => {
    const harness = await make();
    try {
      await body(harness);
    } finally {
      await harness.cleanup();
    }
  };
  describe(`${name}: what runs`, () => testRuns(within));
  describe(`${name}: stopping`, () => testStops(within));
  describe(`${name}: logs`, () => testLogs(within));
  describe(`${name}: a gang`, () => testGangs(within));
  describe(`${name}: what is there`, () => testLists(within));
  describe(`${name}: samples`, () => testSamples(within));
}

type Within = (body: (harness: DriverHarness) => Promise<void>) => () => Promise<void>;

function testRuns(within: Within): void {
  it(
    'a task is seen to run, and then to have ended with the code of its command',
    within(async (harness) => {
      const { driver, task } = harness;
      const { ref, ...spec } = buildNodeSpec({ run: task.printsAndStays('up') });
      assert.deepEqual(await driver.observe([ref]), [{ state: 'absent' }]);
      await driver.create({ ref, ...spec });
      const running = await harness.waitFor(ref, ({ state }) => state === 'running');
      assert.ok(running.state === 'running' && running.startedAt > 0);
      const other = buildNodeSpec({ run: task.exits(0), rank: 1 });
      await driver.create(other);
      const end = await ended(harness, other.ref);
      assert.deepEqual([end.how, end.exitCode], ['exited', 0]);
      assert.ok(end.startedAt !== null && end.startedAt <= end.endedAt);
    }),
  );

  it(
    'the code of a task that fails is told, and stays as told',
    within(async (harness) => {
      for (const code of [1, 3, 255]) {
        const spec = buildNodeSpec({ run: harness.task.exits(code), rank: code });
        await harness.driver.create(spec);
        const end = await ended(harness, spec.ref);
        assert.deepEqual([end.how, end.exitCode], ['exited', code]);
        assert.deepEqual(await harness.driver.observe([spec.ref]), [end]);
      }
    }),
  );

  it(
    'the same create twice, at once, and after the end starts it once',
    within(async (harness) => {
      const { driver } = harness;
      const spec = buildNodeSpec({ run: harness.task.prints('once\n') });
      await Promise.all(Array.from({ length: 5 }, () => driver.create(spec)));
      await driver.create(spec);
      const end = await ended(harness, spec.ref);
      await driver.create(spec);
      assert.deepEqual(await driver.observe([spec.ref]), [end]);
      assert.equal(text(await readAll(driver, spec.ref, 100)), 'once\n');
    }),
  );

  it(
    'an unknown node is absent, and observations come in the order of the question',
    within(async (harness) => {
      const known = buildNodeSpec({ run: harness.task.exits(4) });
      const [unknown, otherToken] = [buildRef({ rank: 7 }), { ...known.ref, token: 'another' }];
      await harness.driver.create(known);
      await ended(harness, known.ref);
      const seen = await harness.driver.observe([unknown, known.ref, otherToken]);
      assert.deepEqual(
        seen.map(({ state }) => state),
        ['absent', 'ended', 'absent'],
      );
      assert.deepEqual(await harness.driver.observe([]), []);
    }),
  );
}

function testStops(within: Within): void {
  it(
    'a running node ends when it is asked to, as often as it is asked',
    within(async (harness) => {
      const { driver } = harness;
      const { ref } = await started(harness, harness.task.printsAndStays('up'));
      await Promise.all([1, 2, 3].map(() => driver.stop(ref, { graceMs: 60_000 })));
      const end = await ended(harness, ref);
      assert.equal(end.how, 'stopped');
      await driver.stop(ref, { graceMs: 0 });
      assert.deepEqual(await driver.observe([ref]), [end]);
    }),
  );

  it(
    'a task that does not care is killed after the grace',
    within(async (harness) => {
      const { ref } = await started(harness, harness.task.printsAndResists('up'));
      await harness.driver.stop(ref, { graceMs: 100 });
      assert.equal((await ended(harness, ref)).how, 'stopped');
    }),
  );

  it(
    'a second, more impatient stop shortens the grace of the first',
    within(async (harness) => {
      const { ref } = await started(harness, harness.task.printsAndResists('up'));
      await harness.driver.stop(ref, { graceMs: 3_600_000 });
      await harness.driver.stop(ref, { graceMs: 0 });
      assert.equal((await ended(harness, ref)).how, 'stopped');
    }),
  );

  it(
    'a node that is stopped before it is created never starts',
    within(async (harness) => {
      const { driver } = harness;
      const spec = buildNodeSpec({ run: harness.task.prints('too late') });
      await driver.stop(spec.ref, { graceMs: 1000 });
      await driver.create(spec);
      const [seen] = await driver.observe([spec.ref]);
      assert.ok(seen?.state === 'absent' || (seen?.state === 'ended' && seen.how === 'stopped'));
      assert.equal(text(await readAll(driver, spec.ref, 100)), '');
    }),
  );

  it(
    'a stop after the end changes nothing',
    within(async (harness) => {
      const spec = buildNodeSpec({ run: harness.task.exits(5) });
      await harness.driver.create(spec);
      const end = await ended(harness, spec.ref);
      await harness.driver.stop(spec.ref, { graceMs: 0 });
      assert.deepEqual(await harness.driver.observe([spec.ref]), [end]);
    }),
  );
}

function testLogs(within: Within): void {
  // Characters of one to four bytes, which small slices cut apart.
  const long = 'kedge é 漢 🚢\n'.repeat(200);

  for (const maxBytes of [7, 1000, 1_000_000]) {
    it(
      `output comes whole and byte by byte the same in slices of ${maxBytes}`,
      within(async (harness) => {
        const spec = buildNodeSpec({ run: harness.task.prints(long) });
        await harness.driver.create(spec);
        await ended(harness, spec.ref);
        assert.equal(text(await readAll(harness.driver, spec.ref, maxBytes)), long);
      }),
    );
  }

  it(
    'the output of a running task can be read, and has not ended',
    within(async (harness) => {
      const { driver } = harness;
      const { ref } = await started(harness, harness.task.printsAndStays('hello'));
      const early = await sliceOf(harness, ref);
      assert.deepEqual([text(early.bytes), early.nextOffset, early.ended], ['hello', 5, false]);
      await driver.stop(ref, { graceMs: 1000 });
      await ended(harness, ref);
      const rest = await driver.readLog(ref, { offset: early.nextOffset, maxBytes: 100 });
      assert.deepEqual([rest.bytes.length, rest.nextOffset, rest.ended], [0, 5, true]);
    }),
  );

  it(
    'a node that nobody knows has an empty log that may still grow',
    within(async ({ driver }) => {
      const slice = await driver.readLog(buildRef({}), { offset: 0, maxBytes: 100 });
      assert.deepEqual([slice.bytes.length, slice.nextOffset, slice.ended], [0, 0, false]);
    }),
  );
}

const GANG = ['KEDGE_NODE_RANK', 'KEDGE_NUM_NODES', 'MASTER_ADDR', 'MASTER_PORT'];

function gangLines(rank: number): string {
  return `KEDGE_NODE_RANK=${rank}\nKEDGE_NUM_NODES=3\nMASTER_ADDR=127.0.0.1\nMASTER_PORT=29500\n`;
}

function testGangs(within: Within): void {
  it(
    'three nodes know their ranks 0 to 2 and where the first of them is',
    within(async (harness) => {
      const gang = buildGang(harness.task.printsVariables(GANG));
      await Promise.all(gang.map((spec) => harness.driver.create(spec)));
      const outputs = gang.map(async ({ ref }) => {
        const end = await ended(harness, ref);
        assert.deepEqual([end.how, end.exitCode], ['exited', 0]);
        return text(await readAll(harness.driver, ref, 1000));
      });
      assert.deepEqual(await Promise.all(outputs), [0, 1, 2].map(gangLines));
    }),
  );

  it(
    'runs at the same time, and ends whole',
    within(async (harness) => {
      const { driver } = harness;
      const gang = buildGang(harness.task.printsAndStays('up'));
      for (const spec of gang) await driver.create(spec);
      for (const { ref } of gang) await harness.waitFor(ref, ({ state }) => state === 'running');
      const all = await driver.observe(gang.map(({ ref }) => ref));
      assert.deepEqual(
        all.map(({ state }) => state),
        ['running', 'running', 'running'],
      );
      for (const { ref } of gang) await driver.stop(ref, { graceMs: 1000 });
      for (const { ref } of gang) assert.equal((await ended(harness, ref)).how, 'stopped');
    }),
  );
}

function testLists(within: Within): void {
  it(
    'lists every node of an installation, live or ended, and none of another',
    within(async (harness) => {
      const { driver, task } = harness;
      const live = buildNodeSpec({ run: task.printsAndStays('up') });
      const over = buildNodeSpec({ run: task.exits(0), rank: 1 });
      const foreign = {
        ...buildNodeSpec({ run: task.exits(0), rank: 2 }),
        installationId: 'other',
      };
      for (const spec of [live, over, foreign]) await driver.create(spec);
      await ended(harness, over.ref);
      await ended(harness, foreign.ref);
      const ours = await driver.list(INSTALLATION);
      assert.deepEqual(ranksOf(ours), [0, 1]);
      assert.deepEqual(
        ours.find(({ rank }) => rank === 0),
        live.ref,
      );
      assert.deepEqual(ranksOf(await driver.list('other')), [2]);
      assert.deepEqual(await driver.list('nobody'), []);
    }),
  );

  it(
    'says whether the place can be used, and offers what it can launch',
    within(async ({ driver }) => {
      const { usable, reason } = await driver.check();
      assert.ok(usable, reason);
      const offers = await driver.offers();
      assert.ok(offers.length > 0);
      for (const { launchable, nanosPerHour, provider } of offers) {
        assert.ok(launchable && nanosPerHour > 0, 'launchable, and never silently free');
        assert.equal(provider, driver.name);
      }
      assert.equal(new Set(offers.map(({ id }) => id)).size, offers.length);
    }),
  );
}

function ranksOf(refs: readonly NodeRef[]): readonly number[] {
  return refs.map(({ rank }) => rank).toSorted();
}

/** A node of the run `run_conformance`, which a test changes where it cares. */
export function buildNodeSpec({
  run,
  rank = 0,
  attempt = 1,
  ...parts
}: Partial<NodeSpec> & { readonly run: string; rank?: number; attempt?: number }): NodeSpec {
  return {
    ref: buildRef({ rank, attempt }),
    installationId: INSTALLATION,
    offerId: 'any',
    image: null,
    setup: null,
    run,
    envs: {},
    workdir: null,
    fileMounts: {},
    checkpoint: null,
    ...parts,
  };
}

export function buildRef({ rank = 0, attempt = 1 }: { rank?: number; attempt?: number }): NodeRef {
  const token = `run_conformance-0-${attempt}-${rank}`;
  return { tenantId: 'default', runId: 'run_conformance', allocation: 0, attempt, rank, token };
}

/** Three nodes that meet at one address. */
export function buildGang(run: string, masterPort = 29_500): readonly NodeSpec[] {
  return [0, 1, 2].map((rank) => {
    const own = { KEDGE_NODE_RANK: String(rank), KEDGE_NUM_NODES: '3' };
    const shared = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(masterPort) };
    return buildNodeSpec({ run, rank, envs: { ...own, ...shared } });
  });
}

export type Ended = Extract<Observation, { state: 'ended' }>;

export async function ended(harness: DriverHarness, ref: NodeRef): Promise<Ended> {
  const seen = await harness.waitFor(ref, ({ state }) => state === 'ended');
  assert.ok(seen.state === 'ended');
  return seen;
}

/** A node whose task has written its first words. */
async function started(harness: DriverHarness, run: string): Promise<NodeSpec> {
  const spec = buildNodeSpec({ run });
  await harness.driver.create(spec);
  await harness.waitFor(spec.ref, ({ state }) => state === 'running');
  await sliceOf(harness, spec.ref);
  return spec;
}

/** The first words of a running task, once there are any. */
async function sliceOf(harness: DriverHarness, ref: NodeRef): Promise<LogSlice> {
  let slice: LogSlice | undefined;
  do {
    await harness.waitFor(ref, () => true);
    slice = await harness.driver.readLog(ref, { offset: 0, maxBytes: 100 });
  } while (slice.bytes.length === 0 && !slice.ended);
  return slice;
}

/** The output of a node that has ended, from its first byte to the end. */
export async function readAll(driver: Driver, ref: NodeRef, maxBytes: number): Promise<Uint8Array> {
  const slices: Uint8Array[] = [];
  let offset = 0;
  for (;;) {
    const slice = await driver.readLog(ref, { offset, maxBytes });
    assert.ok(slice.bytes.length <= maxBytes);
    assert.equal(slice.nextOffset, offset + slice.bytes.length);
    slices.push(slice.bytes);
    offset = slice.nextOffset;
    if (slice.ended || slice.bytes.length === 0) return Buffer.concat(slices);
  }
}

export function text(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
