import type { CoupledModel } from './coupled-model.ts';
import { columnOf } from './cover-state.ts';
import type { Column } from './master.ts';
import type { Relaxed } from './relax-coupled.ts';

/*
 * Problem: covers of hundreds of machines, of which the linear relaxation has nearly all whole.
 * Method: each task keeps the machines that the relaxation gives it, all but those that are worth
 * the least to it. The work that these did, and what had a fraction of a machine, is left: covers
 * of few machines each.
 * Complexity: O(tasks × offers log offers).
 * Reference: Balas and Zemel, An algorithm for large zero-one knapsack problems (Oper. Res. 28,
 * 1980), whose core it is, of many knapsacks at once.
 */

export type NearRelaxation = {
  /** Of each task, what it keeps. */
  readonly kept: readonly Column[];
  /** What is left to do, with what is left to do it. */
  readonly rest: CoupledModel;
};

/** Of what an interior point gives, as good as whole. */
const WHOLE = 1e-4;

/** Of each task, so many machines are to be chosen anew. Null where rounding has used up a pool. */
export function nearRelaxation(
  model: CoupledModel,
  relaxed: Relaxed,
  machinesOpen: number,
): NearRelaxation | null {
  const rest = {
    ...model,
    needs: model.needs.slice(),
    available: model.available.slice(),
    limits: model.limits.slice(),
  };
  const kept = Array.from({ length: model.tasks }, (_, task) => {
    const column = columnOf(model, task, keptBy(model, relaxed, { task, machinesOpen }));
    for (const [offer, machines] of column.bought) {
      rest.needs[task]! -= machines * model.units[task * model.offers + offer]!;
      rest.available[offer]! -= machines;
      for (let pool = 0; pool < model.pools; pool++) {
        rest.limits[pool]! -= machines * model.amounts[pool * model.offers + offer]!;
      }
    }
    rest.needs[task] = Math.max(0, rest.needs[task]!);
    return column;
  });
  return rest.limits.some((limit) => limit < 0) ? null : { kept, rest };
}

/** The covers of the rest, with what is kept. */
export function withKept(
  model: CoupledModel,
  kept: readonly Column[],
  columns: readonly Column[],
): readonly Column[] {
  return kept.map(({ task, bought }) => {
    const machines = new Map(bought);
    const more = columns.find((column) => column.task === task)?.bought ?? [];
    for (const [offer, count] of more) machines.set(offer, (machines.get(offer) ?? 0) + count);
    return columnOf(model, task, [...machines]);
  });
}

function keptBy(
  { costs, units, offers, pools, amounts }: CoupledModel,
  { machines, work, pools: poolPrices }: Relaxed,
  { task, machinesOpen }: { readonly task: number; readonly machinesOpen: number },
): Column['bought'] {
  const worthOf = (offer: number): number => {
    let worth = work[task]! * units[task * offers + offer]! - costs[offer]!;
    for (let pool = 0; pool < pools; pool++) {
      worth -= poolPrices[pool]! * amounts[pool * offers + offer]!;
    }
    return worth;
  };
  const whole = [...costs.keys()].flatMap((offer) => {
    const count = Math.floor(machines[task * offers + offer]! + WHOLE);
    return count > 0 ? [{ offer, count, worth: worthOf(offer) }] : [];
  });
  whole.sort((a, b) => a.worth - b.worth || a.offer - b.offer);
  let open = machinesOpen;
  return whole.flatMap(({ offer, count }): Column['bought'] => {
    const opened = Math.min(open, count);
    open -= opened;
    return opened < count ? [[offer, count - opened]] : [];
  });
}
