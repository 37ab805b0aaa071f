import { KIB } from '../../base/units.ts';
import type { DecidePlace, PoolState, Waiter } from '../../ports/store-queue.ts';
import type { Amounts, PoolCapacity } from '../../spec/reservation.ts';
import { atMost, dimensionsOf, Room } from './amounts.ts';
import { startsNow } from './starts-now.ts';

/** The decision of a store's transaction: whether an attempt starts, by what the pool has. */
export function decidePlace(capacity: PoolCapacity): DecidePlace {
  return (state, own) => {
    const placed = startsNow(state, capacity.has).some((waiter) => isSame(waiter, own));
    return placed ? { placed } : { placed, reason: waitingReason(own, state, capacity) };
  };
}

/** Why it does not start: what it lacks, and who has that; or that it would hold up another. */
export function waitingReason(own: Waiter, state: PoolState, { name, has }: PoolCapacity): string {
  if (!state.waiting.some((waiter) => isSame(waiter, own))) {
    return `waits its turn on ${name}: many are ahead of it`;
  }
  const room = new Room(
    has,
    state.held.map(({ amounts }) => amounts),
  );
  const needs = dimensionsOf(atMost(own.amounts, has));
  const lacking = [...needs].find(([what, amount]) => amount > 0 && amount > room.left(what));
  if (lacking === undefined) return `waits its turn on ${name}: it may not hold up those ahead`;
  const [what, amount] = lacking;
  const total = dimensionsOf(has).get(what) ?? 0;
  const used = `${shown(what, total - room.left(what))} of ${shown(what, total)}`;
  const runs = new Set(state.held.map(({ tenantId, runId }) => `${tenantId}/${runId}`)).size;
  const by = `${runs} ${runs === 1 ? 'run' : 'runs'}`;
  return `waits for ${amountWords(what, amount)} on ${name}: ${used} in use by ${by}`;
}

export function isSame(a: Waiter, b: Waiter): boolean {
  return (
    a.runId === b.runId &&
    a.tenantId === b.tenantId &&
    a.allocation === b.allocation &&
    a.attempt === b.attempt
  );
}

/** All that is taken at once, as "2 vCPUs, 16 GiB, 1 × H100". */
export function amountsWords(amounts: Amounts): string {
  const parts = [...dimensionsOf(amounts)].filter(([, amount]) => amount > 0);
  return parts.map(([what, amount]) => amountWords(what, amount)).join(', ') || 'nothing';
}

function amountWords(what: string, amount: number): string {
  if (what === 'cpusMilli') return `${shown(what, amount)} ${amount === 1000 ? 'vCPU' : 'vCPUs'}`;
  if (what === 'memoryMib') return `${shown(what, amount)} GiB of memory`;
  return `${amount} × ${what}`;
}

/** In vCPUs, GiB or devices; at most one decimal, of vCPUs as many as were stated. */
function shown(what: string, amount: number): string {
  if (what === 'cpusMilli') return String(amount / 1000);
  if (what === 'memoryMib') return String(Math.round((amount / KIB) * 10) / 10);
  return String(amount);
}
