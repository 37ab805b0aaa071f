import { type CountOption, type Layout, machinesOf, type Take } from './layout.ts';

/** What is taken of each resource so far. */
export type Used = Float64Array;

/** What floating point may add to what is taken. */
const SLACK = 1e-9;

/** How many counts of an option still fit, where it has none. */
export function fitting({ limits }: Layout, used: Used, { takes, most, increments }: CountOption) {
  let room = most;
  for (const { resource, amount, perMachine } of takes) {
    const left = limits[resource]! - used[resource]! + SLACK;
    if (amount > 0) room = Math.min(room, Math.floor(left / amount));
    if (perMachine > 0 && increments !== null) {
      const machines = Math.max(0, Math.floor(left / perMachine));
      const isAll = machines * increments.each >= increments.wholesMost;
      if (!isAll) room = Math.min(room, machines * increments.each);
    }
  }
  return Math.max(0, room);
}

/** Takes what so many counts need; a negative sign gives it back. */
export function take(used: Used, option: CountOption, count: number, sign: 1 | -1 = 1): void {
  if (count === 0) return;
  const machines = machinesOf(option, count);
  for (const { resource, amount, perMachine } of option.takes) {
    used[resource]! += sign * (amount * count + perMachine * machines);
  }
}

/** Whether all of it still fits. */
export function fits({ limits }: Layout, used: Used, takes: readonly Take[]): boolean {
  return takes.every(
    ({ resource, amount }) => used[resource]! + amount <= limits[resource]! + SLACK,
  );
}

/** Micro-dollars of one count, with a price for what it takes of pools. */
export function pricedAt({ micros, takes, increments }: CountOption, prices: Float64Array): number {
  let cost = micros;
  for (const { resource, amount, perMachine } of takes) {
    if (resource >= prices.length) continue;
    cost += prices[resource]! * (amount + perMachine / (increments?.each ?? 1));
  }
  return cost;
}
