import type { EpochMs } from '../../base/time.ts';
import type { Holder, QueueEntry } from '../../ports/store-queue.ts';
import type { Amounts, Span } from '../../spec/reservation.ts';
import { atMost, Room } from './amounts.ts';
import { isSame } from './decide-place.ts';

/** From now on; `rough` where the line was too long to be played through to its end. */
export type ExpectedStart = { readonly waitsMs: Span; readonly rough: boolean };

/**
 * When one that waits will start, with an interval: the line is played through by list scheduling,
 * each start at the moment at which there is room, once with the least that all before it are
 * expected to take, once with the middle, once with the most. Null when too much of that is not
 * known. Nobody more urgent is foreseen. O(n log n) for n that wait or hold.
 */
export function expectedStart(entry: QueueEntry, capacity: Amounts): ExpectedStart | null {
  const bounds = (['lowMs', 'midMs', 'highMs'] as const).map((end) => waitMs(entry, capacity, end));
  if (!bounds.every(Number.isFinite)) return null;
  // More time for one may bring another forward (Graham's anomalies): the order is made here.
  const [lowMs, midMs, highMs] = bounds.toSorted((a, b) => a - b).map(Math.round);
  const rough = !entry.state.waiting.some((waiter) => isSame(waiter, entry.own));
  return { waitsMs: { lowMs: lowMs!, midMs: midMs!, highMs: highMs! }, rough };
}

function waitMs({ own, state, position }: QueueEntry, capacity: Amounts, end: keyof Span): number {
  const { now, held, waiting } = state;
  const room = new Room(
    capacity,
    held.map(({ amounts }) => amounts),
  );
  const ends = new Heap();
  for (const holder of held) ends.push(remainingMs(holder, now, end), holder.amounts);
  let at = 0;
  let before = 0;
  for (const waiter of waiting) {
    const needs = atMost(waiter.amounts, capacity);
    while (!room.fits(needs)) {
      const next = ends.pop();
      if (next === undefined) return Number.POSITIVE_INFINITY;
      at = Math.max(at, next.at);
      room.give(next.amounts);
    }
    if (isSame(waiter, own) || at === Number.POSITIVE_INFINITY) return at;
    room.take(needs);
    ends.push(at + lastsMs(waiter.span, end), needs);
    before++;
  }
  // It stands behind all that was read: the rest of the line moves as what was played through.
  return before === 0 ? Number.POSITIVE_INFINITY : (at / before) * (position - 1);
}

/** Of unknown length, it may end at once, and it may never end. */
function lastsMs(span: Span | null, end: keyof Span): number {
  return span?.[end] ?? (end === 'lowMs' ? 0 : Number.POSITIVE_INFINITY);
}

/**
 * What has outlasted all that was expected of it may end at any moment, or take as long again as
 * it has taken (the median of what is left, where nothing but the age is known: J. Gott, "Implications
 * of the Copernican principle", Nature 363, 1993).
 */
function remainingMs({ span, heldAt }: Holder, now: EpochMs, end: keyof Span): number {
  const age = Math.max(0, now - heldAt);
  if (span !== null && age > span.highMs) return end === 'lowMs' ? 0 : age;
  return Math.max(0, lastsMs(span, end) - age);
}

/** Ends in their order: a binary heap. */
class Heap {
  readonly #entries: { readonly at: number; readonly amounts: Amounts }[] = [];

  push(at: number, amounts: Amounts): void {
    const entries = this.#entries;
    let index = entries.push({ at, amounts }) - 1;
    const added = entries[index]!;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (entries[parent]!.at <= at) break;
      entries[index] = entries[parent]!;
      index = parent;
    }
    entries[index] = added;
  }

  pop(): { readonly at: number; readonly amounts: Amounts } | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && entries[child + 1]!.at < entries[child]!.at) child++;
      if (entries[child]!.at >= last.at) break;
      entries[index] = entries[child]!;
      index = child;
    }
    entries[index] = last;
    return first;
  }
}
