import { HOUR_MS } from '../../base/time.ts';
import type { PlaceRequest } from '../../ports/store-queue.ts';
import type { Plan, PlanAllocation } from '../../spec/plan.ts';
import type { PoolCapacity, Span } from '../../spec/reservation.ts';
import { atMost, times } from './amounts.ts';

/** A hundred years: more tells nothing, and it must stay a safe integer. */
const SPAN_MS_MAX = 100 * 365 * 24 * HOUR_MS;

/** What an attempt asks of a pool: all machines of its line, for as long as the plan says. */
export function placeRequest(
  { allocation, attempt }: { readonly allocation: number; readonly attempt: number },
  asked: {
    readonly line: PlanAllocation;
    readonly plan: Plan;
    readonly priority: number;
    readonly capacity: PoolCapacity;
  },
): PlaceRequest | null {
  const { line, plan, priority, capacity } = asked;
  if (line.reserves === null) return null;
  const amounts = atMost(times(line.reserves, line.count), capacity.has);
  return {
    allocation,
    attempt,
    pool: capacity.pool,
    amounts,
    span: spanOf(line, plan),
    priority,
  };
}

/** The hours of a line, in the interval of the whole plan. */
export function spanOf({ hours }: PlanAllocation, plan: Plan): Span | null {
  if (hours === null) return null;
  const { interval } = plan;
  const [low, high] =
    interval === null || plan.hours === null || plan.hours === 0
      ? [1, 1]
      : [interval.hoursLow / plan.hours, interval.hoursHigh / plan.hours];
  const ms = (share: number) => Math.min(SPAN_MS_MAX, Math.round(hours * share * HOUR_MS));
  return { lowMs: ms(Math.min(1, low)), midMs: ms(1), highMs: ms(Math.max(1, high)) };
}

/**
 * The pool that a line takes from: by its name, or the only one of its driver, as where a machine
 * was renamed since the plan was made; null where its place hands nothing out.
 */
export function poolOf(line: PlanAllocation, pools: readonly PoolCapacity[]): PoolCapacity | null {
  const { reserves } = line;
  if (reserves === null) return null;
  return pools.find(({ pool }) => pool === reserves.pool) ?? pools[0] ?? null;
}
