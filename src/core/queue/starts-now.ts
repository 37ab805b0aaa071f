import type { EpochMs } from '../../base/time.ts';
import type { PoolState, Waiter } from '../../ports/store-queue.ts';
import type { Amounts } from '../../spec/reservation.ts';
import { atMost, dimensionsOf, Room } from './amounts.ts';

/**
 * Who of a line may start now, in its order. The first whom there is no room for is the head:
 * whoever stands behind passes it only if that cannot make it start later (EASY backfilling, by
 * the least that those before it will take and the most that the one behind will).
 * Source: Lifka, "The ANL/IBM SP Scheduling System", JSSPP 1995.
 */
export function startsNow(state: PoolState, capacity: Amounts): readonly Waiter[] {
  const { now, held, waiting } = state;
  const room = new Room(
    capacity,
    held.map(({ amounts }) => amounts),
  );
  const holding: Ending[] = held.map(({ amounts, span, heldAt }) => {
    return { amounts, endsAt: Math.max(now, heldAt + (span?.lowMs ?? 0)) };
  });
  const starting: Waiter[] = [];
  let head: Head | null = null;
  for (const waiter of waiting) {
    const needs = atMost(waiter.amounts, capacity);
    const fits = room.fits(needs);
    if (fits && (head === null || mayPass({ waiter, needs, head, room, now }))) {
      starting.push(waiter);
      room.take(needs);
      holding.push({ amounts: needs, endsAt: now + (waiter.span?.lowMs ?? 0) });
    } else if (!fits && head === null) {
      head = { needs, startsAt: earliestStart(needs, { capacity, holding }) };
    }
  }
  return starting;
}

/** What is held, and when that may end at the earliest; at once where nothing tells. */
type Ending = { readonly amounts: Amounts; readonly endsAt: number };

/** The first that has to wait, and when it may start at the earliest. */
type Head = { readonly needs: Amounts; readonly startsAt: number };

function earliestStart(
  needs: Amounts,
  { capacity, holding }: { readonly capacity: Amounts; readonly holding: readonly Ending[] },
): number {
  const room = new Room(
    capacity,
    holding.map(({ amounts }) => amounts),
  );
  for (const { amounts, endsAt } of holding.toSorted((a, b) => a.endsAt - b.endsAt)) {
    room.give(amounts);
    if (room.fits(needs)) return endsAt;
  }
  return Number.POSITIVE_INFINITY;
}

/** It is gone before the head could start, or there is room for both in all that both take. */
function mayPass(passing: {
  readonly waiter: Waiter;
  readonly needs: Amounts;
  readonly head: Head;
  readonly room: Room;
  readonly now: EpochMs;
}): boolean {
  const { waiter, needs, head, room, now } = passing;
  if (waiter.span !== null && now + waiter.span.highMs <= head.startsAt) return true;
  const ofHead = dimensionsOf(head.needs);
  return [...dimensionsOf(needs)].every(([dimension, amount]) => {
    const wanted = ofHead.get(dimension) ?? 0;
    return amount === 0 || wanted === 0 || amount + wanted <= room.left(dimension);
  });
}
