import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM, type FakeScript } from '../../src/adapters/drivers/fake/script.ts';
import { VirtualClock } from '../../src/adapters/drivers/fake/virtual-clock.ts';
import { asMicros, asRate, divideHalfEven, type Micros } from '../../src/base/money.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { advanceRun } from '../../src/engine/advance-run.ts';
import type { NodeSpec } from '../../src/ports/driver.ts';
import type { Claim, RunKey, Store } from '../../src/ports/store.ts';
import { buildPlan, buildTask, buildTaskFile } from '../../src/spec/build-for-tests.ts';
import type { NewEvent } from '../../src/spec/event.ts';
import type { PlanAllocation } from '../../src/spec/plan.ts';
import type { Run } from '../../src/spec/run.ts';

/** `npm run test:full` raises it. */
const WORLDS = Number(process.env['KEDGE_BUDGETS'] ?? 300);
const KEY: RunKey = { tenantId: 'default', runId: 'run_1' };
const START = asEpochMs(1_800_000_000_000);
const SPAN_MS = 6 * HOUR_MS;

type Terms = Pick<
  PlanAllocation,
  'nanosPerHour' | 'billingIncrementS' | 'billingMinimumS' | 'count'
>;
type World = {
  readonly budgetMicros: Micros;
  readonly lines: readonly Terms[];
  readonly script: Partial<FakeScript>;
  /** Of each look, after it was due. */
  readonly lateMs: () => number;
};

/** The engine's part of a store, of one run, without a database: thousands of worlds go by. */
class OneRun {
  run: Run | null = null;
  readonly request;
  readonly #clock: VirtualClock;
  #seq = 0;

  constructor(clock: VirtualClock, lines: readonly Terms[]) {
    this.#clock = clock;
    const place = { provider: 'fake', place: 'fake', offerId: 'fake', estimated: false };
    const plan = buildPlan(lines.map((line) => ({ ...place, ...line })));
    this.request = { taskText: '', baseDir: '/', envs: {}, plan };
    this.write([{ type: 'run.created', data: { name: 'x' } }]);
  }

  write(events: readonly NewEvent[]): Run {
    for (const event of events) {
      const where = { ...KEY, seq: ++this.#seq, schemaVersion: 1 as const, actor: 'engine' };
      this.run = foldRun(this.run, { ...event, ...where, at: this.#clock.now() });
    }
    return this.run!;
  }

  store(): Store {
    const write = async (_: Claim, events: readonly NewEvent[]) => this.write(events);
    const store: Partial<Store> = {
      now: async () => this.#clock.now(),
      installationId: async () => 'inst_1',
      readRun: async () => ({ run: this.run!, request: this.request }),
      writeIntent: write,
      writeOutcome: write,
      renew: async (claim) => claim,
      pageEvents: async () => [],
    };
    return store as Store;
  }
}

async function play({ budgetMicros, lines, script, lateMs }: World) {
  const clock = new VirtualClock(START);
  const ledger = new Ledger();
  const random = seededRandom(1);
  const driver = fakeDriver({ clock, ledger, random, script: { ...CALM, ...script } });
  const one = new OneRun(clock, lines);
  const goal = { ...buildTask().goal, budgetMicros };
  const parts = {
    store: one.store(),
    drivers: new Map([['fake', driver]]),
    secrets: { put: async () => {}, get: async () => ({}), remove: async () => {} },
    readTasks: () => buildTaskFile([buildTask({ goal })]),
  };
  const claim: Claim = { ...KEY, token: 1, expiresAt: asEpochMs(START + SPAN_MS), strikes: 0 };
  while (clock.now() < START + SPAN_MS) {
    const nextAt = await advanceRun(parts, claim);
    if (nextAt === null) break;
    await clock.advance(Math.max(0, nextAt - clock.now()) + lateMs());
  }
  return { run: one.run!, billMicros: billOf(ledger, lines), ledger };
}

/** The provider's bill, in whole milliseconds and big integers: none of the product's own sums. */
function billOf(ledger: Ledger, lines: readonly Terms[]): number {
  let sum = 0n;
  for (const { ref, startedAt, end } of ledger.machines()) {
    if (startedAt === null) continue;
    assert.ok(end !== null, `${ref.token} still runs`);
    const { nanosPerHour, billingIncrementS, billingMinimumS } = lines[ref.allocation]!;
    const increment = BigInt(billingIncrementS * SECOND_MS);
    const used = BigInt(Math.ceil(end.endedAt) - Math.floor(startedAt));
    const rounded = ((used + increment - 1n) / increment) * increment;
    const minimum = BigInt(billingMinimumS * SECOND_MS);
    const billed = rounded > minimum ? rounded : minimum;
    sum += divideHalfEven(BigInt(nanosPerHour) * billed, BigInt(HOUR_MS) * 1000n);
  }
  return Number(sum);
}

const terms: fc.Arbitrary<Terms> = fc.record({
  // From a hundredth of a dollar an hour to a hundred dollars.
  nanosPerHour: fc
    .integer({ min: 10_000, max: 100_000_000 })
    .map((micros) => asRate(micros * 1000)),
  billingIncrementS: fc.constantFrom(1, 1, 60, 300, 3600),
  billingMinimumS: fc.constantFrom(0, 0, 60, 600),
  count: fc.integer({ min: 1, max: 3 }),
});

const worlds = fc
  .record({
    lines: fc.array(terms, { minLength: 1, maxLength: 2 }),
    /** What the budget would pay of all lines together. */
    minutes: fc.double({ min: 0.05, max: 40, noNaN: true }),
    seed: fc.nat(),
    bootMs: fc.integer({ min: 0, max: 90_000 }),
    durationMs: fc.option(fc.integer({ min: 1, max: HOUR_MS })),
    ignoresTerminate: fc.boolean(),
    preemptedAfterMs: fc.option(fc.integer({ min: 1, max: 20 * MINUTE_MS })),
  })
  .map(({ lines, minutes, seed, bootMs, preemptedAfterMs, ...task }): World => {
    const perHour = lines.reduce((sum, line) => sum + line.count * line.nanosPerHour, 0);
    const random = seededRandom(seed);
    return {
      lines,
      budgetMicros: asMicros(Math.max(1, Math.round((perHour / 1000) * (minutes / 60)))),
      script: {
        task: () => ({ ...task, exitCode: 0, output: '' }),
        bootMs: { min: 0, max: bootMs },
        preemptedAfterMs: () => preemptedAfterMs,
      },
      lateMs: () => Math.round(random() ** 4 * 2000),
    };
  });

const FOREVER = { durationMs: null, exitCode: 0, output: '', ignoresTerminate: true };

/** One machine at $3.60 an hour, a tenth of a cent a second. */
function machine(parts: Partial<Terms> & { readonly budgetUsd: number }): World {
  const { budgetUsd, ...rest } = parts;
  const price = { nanosPerHour: asRate(3.6e9), billingIncrementS: 1, billingMinimumS: 0, count: 1 };
  return {
    lines: [{ ...price, ...rest }],
    budgetMicros: asMicros(budgetUsd * 1e6),
    script: { task: () => FOREVER, bootMs: { min: 0, max: 0 } },
    lateMs: () => 0,
  };
}

describe('a budget', () => {
  it(`is never passed by the provider's bill, whatever it charges and for what (${WORLDS} worlds)`, async () => {
    let stopped = 0;
    const law = fc.asyncProperty(worlds, async (world) => {
      const { run, billMicros } = await play(world);
      assert.ok(billMicros <= world.budgetMicros, `${billMicros} of ${world.budgetMicros}`);
      if (run.stopReason !== null) stopped++;
    });
    await fc.assert(law, { numRuns: WORLDS, endOnFailure: true });
    assert.ok(stopped > WORLDS / 4, `only ${stopped} budgets mattered`);
  });

  it('stops a task gracefully, not long before it is used up, and says so', async () => {
    const { run, billMicros } = await play(machine({ budgetUsd: 0.3 }));
    // 300 seconds; the grace, and the time kept for what comes late, are 15 of them.
    assert.ok(billMicros > 0.28e6 && billMicros <= 0.3e6, `${billMicros}`);
    assert.deepEqual([run.state, run.outcome], ['ended', 'cancelled']);
    assert.match(run.reason!, /^stopped before it passes its budget: \$0\.28\d* of \$0\.30 spent/);
    const [node] = run.nodes;
    assert.equal(node!.outcome, 'cancelled');
  });

  it('is not passed by an hour that is billed whole once it has begun', async () => {
    const world = machine({ budgetUsd: 8, billingIncrementS: 3600 });
    const { billMicros, run } = await play(world);
    assert.equal(billMicros, 7.2e6);
    assert.match(run.reason!, /its budget/);
  });

  it('that does not pay for the least that a place bills starts nothing', async () => {
    const world = machine({ budgetUsd: 3, billingIncrementS: 3600 });
    const { run, ledger } = await play(world);
    assert.deepEqual(ledger.entries, []);
    assert.deepEqual([run.outcome, run.exitCode], ['cancelled', null]);
    assert.equal(
      run.reason,
      'its budget of $3.00 does not allow a start: 1 × fake at $3.60/h, billed for 1h at least, costs $3.60 at least',
    );
  });

  it('is that of all attempts: what a lost one has cost is not there for the next', async () => {
    const world = machine({ budgetUsd: 0.3 });
    const script = { ...world.script, preemptedAfterMs: () => 2 * MINUTE_MS };
    const { run, billMicros } = await play({ ...world, script });
    assert.ok(run.attempts.length > 2);
    assert.ok(billMicros > 0.26e6 && billMicros <= 0.3e6, `${billMicros}`);
  });

  it('hides no failure that comes just before it', async () => {
    const world = machine({ budgetUsd: 0.3, count: 3 });
    // The other machines of the gang resist their end until the grace is over.
    const task = ({ ref }: NodeSpec) =>
      ref.rank === 0 ? { ...FOREVER, durationMs: 84_500, exitCode: 3 } : FOREVER;
    const { run } = await play({ ...world, script: { ...world.script, task } });
    assert.deepEqual([run.outcome, run.exitCode, run.stopReason], ['task-failed', 3, null]);
  });

  it('of a task that ends in time changes nothing', async () => {
    const world = machine({ budgetUsd: 1 });
    const task = () => ({ ...FOREVER, durationMs: 5 * MINUTE_MS });
    const { run } = await play({ ...world, script: { ...world.script, task } });
    assert.deepEqual([run.outcome, run.stopReason], ['succeeded', null]);
  });
});
