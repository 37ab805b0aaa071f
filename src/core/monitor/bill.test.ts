import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { asMicros, asRate } from '../../base/money.ts';
import { asEpochMs, HOUR_MS, SECOND_MS } from '../../base/time.ts';
import { numbered, walkRun } from '../../ports/run-walk.conformance.ts';
import { billSchema } from '../../spec/bill.ts';
import type { NewEvent, RunEvent } from '../../spec/event.ts';
import { readBill } from './bill.ts';
import { foldRun } from './fold-run.ts';

const T0 = asEpochMs(Date.UTC(2026, 0, 1, 1));
const DOLLAR_AN_HOUR = asRate(1e9);

type Priced = {
  readonly rank?: number;
  readonly nanosPerHour?: number;
  readonly incrementS?: number;
  readonly minimumS?: number;
};

function running(price: Priced = {}): NewEvent {
  const { rank = 0, nanosPerHour = DOLLAR_AN_HOUR, incrementS = 1, minimumS = 0 } = price;
  return {
    type: 'node.running',
    data: {
      allocation: 0,
      attempt: 1,
      rank,
      token: `t-${rank}`,
      nanosPerHour: asRate(nanosPerHour),
      billingIncrementS: incrementS,
      billingMinimumS: minimumS,
      startedAt: T0,
    },
  };
}

function ended(afterMs: number, rank = 0): NewEvent {
  const how = { outcome: 'succeeded' as const, exitCode: 0, reason: 'done' };
  const endedAt = asEpochMs(T0 + afterMs);
  return { type: 'node.ended', data: { allocation: 0, attempt: 1, rank, ...how, endedAt } };
}

function bill(events: readonly NewEvent[], nowMs = 0) {
  const log: readonly RunEvent[] = events.map((event, index) => numbered(event, index + 1));
  const planned = { plannedMicros: asMicros(7), estimated: false };
  return readBill(log, { runId: 'run_1', now: asEpochMs(T0 + nowMs), ...planned });
}

test('ninety minutes at a dollar an hour cost one dollar and a half', () => {
  assert.deepEqual(bill([running(), ended(1.5 * HOUR_MS)]), {
    schema: 'kedge.bill/v1',
    runId: 'run_1',
    currency: 'USD',
    costMicros: 1_500_000,
    plannedMicros: 7,
    estimated: false,
    lines: [
      {
        allocation: 0,
        attempt: 1,
        rank: 0,
        nanosPerHour: 1e9,
        startedAt: T0,
        endedAt: T0 + 1.5 * HOUR_MS,
        seconds: 5400,
        costMicros: 1_500_000,
      },
    ],
  });
});

function seconds(events: readonly NewEvent[]): number {
  return bill(events).lines[0]!.seconds;
}

test('time is rounded up to the increment of the offer, and never below its minimum', () => {
  assert.equal(seconds([running({ incrementS: 60 }), ended(61 * SECOND_MS)]), 120);
  assert.equal(seconds([running({ incrementS: 60 }), ended(60 * SECOND_MS)]), 60);
  assert.equal(seconds([running({ minimumS: 60 }), ended(5 * SECOND_MS)]), 60);
  assert.equal(seconds([running(), ended(1)]), 1);
  assert.equal(seconds([running({ incrementS: 0.1 }), ended(101)]), 0.2);
});

test('what still runs counts until now, and its line stays open', () => {
  const open = bill([running()], 30 * 60 * SECOND_MS);
  assert.equal(open.costMicros, 500_000);
  assert.equal(open.lines[0]!.endedAt, null);
});

test('a node out of sight is still hired', () => {
  const unknown: NewEvent = {
    type: 'node.unknown',
    data: { allocation: 0, attempt: 1, rank: 0, reason: 'no answer' },
  };
  assert.equal(bill([running(), unknown], HOUR_MS).costMicros, 1_000_000);
});

test('a node that never started costs nothing', () => {
  assert.deepEqual(bill([ended(HOUR_MS)], HOUR_MS).lines, []);
});

test('a node whose end is told twice is billed to the first', () => {
  assert.equal(bill([running(), ended(HOUR_MS), ended(2 * HOUR_MS)]).costMicros, 1_000_000);
});

const prices = fc.record({
  nanosPerHour: fc.integer({ min: 0, max: 100_000_000_000 }),
  incrementS: fc.constantFrom(0, 1, 60, 3600),
  minimumS: fc.constantFrom(0, 60, 3600),
});

test('law: the bill is the sum of its lines, one for each node that started', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 40 }), (choices) => {
      const events = walkRun(foldRun, choices).flat();
      const { lines, costMicros, ...rest } = bill(events, HOUR_MS);
      const sum = lines.reduce((total, line) => total + line.costMicros, 0);
      assert.equal(costMicros, sum);
      const run = events.map((event, i) => numbered(event, i + 1)).reduce(foldRun, null as never);
      assert.equal(lines.length, run.nodes.filter((node) => node.startedAt !== null).length);
      assert.doesNotThrow(() => billSchema.parse({ lines, costMicros, ...rest }));
    }),
  );
});

test('law: more time never costs less', () => {
  const ms = fc.integer({ min: 0, max: 1000 * HOUR_MS });
  fc.assert(
    fc.property(prices, ms, ms, (price, a, b) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)];
      const costOf = (used: number) => bill([running(price), ended(used)]).costMicros;
      assert.ok(costOf(less) <= costOf(more));
      assert.ok(bill([running(price)], less).costMicros <= bill([running(price)], more).costMicros);
    }),
  );
});

test('law: in which order nodes tell of themselves never matters', () => {
  const nodes = fc.array(fc.tuple(prices, fc.nat({ max: 10 * HOUR_MS })), { maxLength: 6 });
  const cases = nodes.chain((list) => {
    const pairs = list.map(([price, used], rank) => [
      running({ ...price, rank }),
      ended(used, rank),
    ]);
    const order = fc.shuffledSubarray(pairs, { minLength: pairs.length });
    return fc.record({ pairs: fc.constant(pairs), order });
  });
  fc.assert(
    fc.property(cases, ({ pairs, order }) => {
      const interleaved = [...order.map((pair) => pair[0]!), ...order.map((pair) => pair[1]!)];
      assert.deepEqual(bill(interleaved, HOUR_MS), bill(pairs.flat(), HOUR_MS));
    }),
  );
});
