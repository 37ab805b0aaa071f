import { addMicros, charge, type Micros } from '../../base/money.ts';
import { type EpochMs, HOUR_MS, SECOND_MS } from '../../base/time.ts';
import type { Bill, BillLine } from '../../spec/bill.ts';
import type { RunEvent } from '../../spec/event.ts';

export type BillOptions = {
  readonly runId: string;
  /** The moment until which what still runs is counted. */
  readonly now: EpochMs;
  readonly plannedMicros: Micros | null;
  readonly estimated: boolean;
};

/**
 * What a run has cost, from its log alone: one line for each node that started, at the price it
 * started at, rounded once each; the bill is the sum of its lines. A node out of sight is still
 * hired, and counts until it is known to have ended.
 */
export function readBill(events: readonly RunEvent[], options: BillOptions): Bill {
  const { runId, now, plannedMicros, estimated } = options;
  const startsByNode = new Map<string, Start>();
  const endsByNode = new Map<string, EpochMs>();
  for (const { type, data } of events) {
    if (type === 'node.running') putFirst(startsByNode, nodeKey(data), data);
    if (type === 'node.ended') putFirst(endsByNode, nodeKey(data), data.endedAt);
  }
  const lines = [...startsByNode]
    .map(([key, start]) => billLine(start, { endedAt: endsByNode.get(key) ?? null, now }))
    .sort(byNode);
  const costMicros = addMicros(...lines.map((line) => line.costMicros));
  const schema = 'kedge.bill/v1';
  return { schema, runId, currency: 'USD', costMicros, plannedMicros, estimated, lines };
}

type Start = Extract<RunEvent, { readonly type: 'node.running' }>['data'];
type NodeId = Pick<Start, 'allocation' | 'attempt' | 'rank'>;

export type Price = Pick<Start, 'nanosPerHour' | 'billingIncrementS' | 'billingMinimumS'>;

/** What so long a use of one machine costs. */
export function costOf(price: Price, usedMs: number): Micros {
  return charge(price.nanosPerHour, { of: billedMsOf(price, usedMs), per: HOUR_MS });
}

/** In whole milliseconds, so that an increment below a second is exact too. */
function billedMsOf({ billingIncrementS, billingMinimumS }: Price, usedMs: number): number {
  const incrementMs = Math.max(1, Math.round(billingIncrementS * SECOND_MS));
  const minimumMs = Math.round(billingMinimumS * SECOND_MS);
  return Math.max(minimumMs, Math.ceil(usedMs / incrementMs) * incrementMs);
}

function billLine(
  start: Start,
  until: { readonly endedAt: EpochMs | null; readonly now: EpochMs },
): BillLine {
  const { allocation, attempt, rank, nanosPerHour, startedAt } = start;
  const { endedAt } = until;
  const usedMs = Math.max(0, (endedAt ?? until.now) - startedAt);
  const costMicros = costOf(start, usedMs);
  const seconds = billedMsOf(start, usedMs) / SECOND_MS;
  return { allocation, attempt, rank, nanosPerHour, startedAt, endedAt, seconds, costMicros };
}

/** What a node told first holds: it starts once and ends once. */
function putFirst<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}

function nodeKey({ allocation, attempt, rank }: NodeId): string {
  return `${allocation}/${attempt}/${rank}`;
}

function byNode(a: NodeId, b: NodeId): number {
  return a.allocation - b.allocation || a.attempt - b.attempt || a.rank - b.rank;
}
