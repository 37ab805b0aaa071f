import { MINUTE_MS } from '../../base/time.ts';
import type { Holder, PoolState } from '../../ports/store-queue.ts';
import type { Amounts } from '../../spec/reservation.ts';
import { atMost, Room } from './amounts.ts';
import { expectedStart } from './expected-start.ts';

/** Nobody is stopped for one that starts so soon anyway: it would take as long to make room. */
export const PARK_WAIT_MS_MIN = 2 * MINUTE_MS;
/** What has held its room for less is left alone, so that two runs never take turns. */
export const PARK_AGE_MS_MIN = 15 * MINUTE_MS;

/**
 * `may`: its user allows it, and it goes on later from a checkpoint; `leaves`: its room comes free
 * already, as of one that is being parked.
 */
export type Parking = 'may' | 'leaves' | 'stays';

/**
 * Who makes room for the first of a line: the least urgent of those that may be parked, and of
 * these the youngest, which lose least; no more of them than are needed. None where that would not
 * be enough, where the first starts soon by itself, or where nobody is less urgent. O(n log n).
 */
export function chooseParked(
  state: PoolState,
  capacity: Amounts,
  parkingOf: (holder: Holder) => Parking,
): readonly Holder[] {
  const [head] = state.waiting;
  if (head === undefined || startsSoon(state, capacity)) return [];
  const needs = atMost(head.amounts, capacity);
  const held = state.held.filter((holder) => parkingOf(holder) !== 'leaves');
  const room = new Room(
    capacity,
    held.map(({ amounts }) => amounts),
  );
  const chosen: Holder[] = [];
  for (const holder of inOrder(held.filter((one) => parkingOf(one) === 'may'))) {
    if (room.fits(needs)) break;
    if (!mayYield(holder, state)) continue;
    room.give(holder.amounts);
    chosen.push(holder);
  }
  return room.fits(needs) ? withoutSpare(chosen, { room, needs }) : [];
}

/** It is less urgent than the first of the line, and has had its room for a while. */
export function mayYield({ priority, heldAt }: Holder, { waiting, now }: PoolState): boolean {
  const [head] = waiting;
  return head !== undefined && priority < head.priority && now - heldAt >= PARK_AGE_MS_MIN;
}

function startsSoon(state: PoolState, capacity: Amounts): boolean {
  const entry = { own: state.waiting[0]!, state, position: 1, length: state.waiting.length };
  const start = expectedStart(entry, capacity);
  return start !== null && start.waitsMs.midMs < PARK_WAIT_MS_MIN;
}

function inOrder(holders: readonly Holder[]): readonly Holder[] {
  return holders.toSorted((a, b) => a.priority - b.priority || b.heldAt - a.heldAt);
}

/** The last ones chosen are the dearest: an early one may have turned out to be needless. */
function withoutSpare(
  chosen: readonly Holder[],
  { room, needs }: { readonly room: Room; readonly needs: Amounts },
): readonly Holder[] {
  const kept: Holder[] = [];
  for (const holder of chosen.toReversed()) {
    room.take(holder.amounts);
    if (room.fits(needs)) continue;
    room.give(holder.amounts);
    kept.push(holder);
  }
  return kept.toReversed();
}
