import type { CoupledModel } from './coupled-model.ts';
import { type CoverEffort, coverAtPrices } from './cover-at-prices.ts';
import type { Column, SharedPrices } from './master.ts';

/** Covers of some of the tasks, and what they leave free. */
export class CoverState {
  readonly #model: CoupledModel;
  readonly #columns: (Column | null)[];
  readonly #free: Float64Array;
  readonly #room: Float64Array;
  #cost = 0;

  constructor(model: CoupledModel) {
    this.#model = model;
    this.#columns = Array.from({ length: model.tasks }, () => null);
    this.#free = model.available.slice();
    this.#room = model.limits.slice();
  }

  get cost(): number {
    return this.#cost;
  }

  columnOf(task: number): Column | null {
    return this.#columns[task]!;
  }

  columns(): readonly Column[] {
    return this.#columns.filter((column) => column !== null);
  }

  /** Of each offer, the machines that no task has. */
  available(): Float64Array {
    return this.#free.slice();
  }

  /** Of each pool, what no task takes. */
  limits(): Float64Array {
    return this.#room.slice();
  }

  /** The same covers, apart from this state. */
  copy(): CoverState {
    const other = new CoverState(this.#model);
    for (const column of this.columns()) other.put(column);
    return other;
  }

  fits({ bought }: Column): boolean {
    if (bought.some(([offer, machines]) => machines > this.#free[offer]!)) return false;
    return this.#overfull(bought) === null;
  }

  put(column: Column): void {
    this.#columns[column.task] = column;
    this.#take(column, 1);
  }

  /** What was there is given back, so that it can be put again. */
  drop(task: number): Column {
    const column = this.#columns[task]!;
    this.#columns[task] = null;
    this.#take(column, -1);
    return column;
  }

  /** The best cover of a task with what is free, at prices beside its cost; null for none. */
  fill(task: number, prices: SharedPrices, effort: CoverEffort): Column | null {
    const { offers, pools, costs, units, needs, amounts } = this.#model;
    const total = costs.slice();
    const caps = this.#free.slice();
    for (let offer = 0; offer < offers; offer++) {
      total[offer]! += prices.offers[offer]!;
      for (let pool = 0; pool < pools; pool++) {
        const amount = amounts[pool * offers + offer]!;
        if (amount === 0) continue;
        total[offer]! += amount * prices.pools[pool]!;
        caps[offer] = Math.min(caps[offer]!, Math.floor(this.#room[pool]! / amount));
      }
    }
    const own = units.subarray(task * offers, (task + 1) * offers);
    for (let attempt = 0; attempt <= pools; attempt++) {
      const found = coverAtPrices({ costs: total, units: own, caps }, needs[task]!, effort);
      if (found === null) return null;
      const pool = this.#overfull(found.bought);
      if (pool === null) return columnOf(this.#model, task, found.bought);
      this.#narrow(pool, { bought: found.bought, caps, prices: total });
    }
    return null;
  }

  /** Of a pool that is asked for too much, no more than what the cover can keep, dearest first. */
  #narrow(
    pool: number,
    given: {
      readonly bought: Column['bought'];
      readonly caps: Float64Array;
      readonly prices: Float64Array;
    },
  ): void {
    const { offers, amounts } = this.#model;
    const kept = new Map<number, number>();
    let room = this.#room[pool]!;
    for (const [offer, machines] of given.bought) {
      const amount = amounts[pool * offers + offer]!;
      if (amount === 0) continue;
      const keep = Math.min(machines, Math.floor(room / amount));
      room -= keep * amount;
      kept.set(offer, keep);
    }
    for (let offer = 0; offer < offers; offer++) {
      if (amounts[pool * offers + offer]! > 0) given.caps[offer] = kept.get(offer) ?? 0;
    }
  }

  #overfull(bought: Column['bought']): number | null {
    const { offers, amounts, pools } = this.#model;
    for (let pool = 0; pool < pools; pool++) {
      let used = 0;
      for (const [offer, machines] of bought) used += machines * amounts[pool * offers + offer]!;
      if (used > this.#room[pool]!) return pool;
    }
    return null;
  }

  #take({ bought, cost }: Column, sign: number): void {
    const { offers, amounts, pools } = this.#model;
    this.#cost += sign * cost;
    for (const [offer, machines] of bought) {
      this.#free[offer]! -= sign * machines;
      for (let pool = 0; pool < pools; pool++) {
        this.#room[pool]! -= sign * machines * amounts[pool * offers + offer]!;
      }
    }
  }
}

export function columnOf(model: CoupledModel, task: number, bought: Column['bought']): Column {
  const cost = bought.reduce((sum, [offer, machines]) => sum + machines * model.costs[offer]!, 0);
  return { task, cost, bought };
}
