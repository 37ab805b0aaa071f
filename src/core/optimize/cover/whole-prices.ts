import type { Choice } from './choice/choice.ts';

/** What prices prove of the columns of a choice that are open. */
export class WholePrices {
  readonly #choice: Choice;
  readonly #prices: Float64Array;
  readonly #values: Float64Array;
  readonly #cheapest: Float64Array;

  constructor(choice: Choice) {
    this.#choice = choice;
    this.#prices = new Float64Array(choice.rights.length);
    this.#values = new Float64Array(choice.costs.length);
    this.#cheapest = new Float64Array(choice.groups.length);
  }

  /**
   * Whole numbers instead of prices of a relaxation, which are ≤ 0: row, price, row, price, and so on,
   * without those of the groups and those that are none.
   */
  round(prices: Float64Array): readonly number[] {
    this.#prices.fill(0);
    const pairs: number[] = [];
    for (let row = this.#choice.groups.length; row < prices.length; row++) {
      const price = Math.max(0, Math.round(-prices[row]!));
      if (price === 0) continue;
      this.#prices[row] = price;
      pairs.push(row, price);
    }
    return pairs;
  }

  /** Shuts what costs more than a limit at the last prices; false where everything does. */
  shutDearer(isShut: Uint8Array, limit: number): boolean {
    const { costs, groups, rights, columns } = this.#choice;
    const [prices, values] = [this.#prices, this.#values];
    let total = 0;
    for (let row = groups.length; row < rights.length; row++) total -= prices[row]! * rights[row]!;
    for (const [group, own] of groups.entries()) {
      let cheapest = Infinity;
      for (const column of own) {
        if (isShut[column] === 1) continue;
        let value = costs[column]!;
        for (let at = columns.starts[column]! + 1; at < columns.starts[column + 1]!; at++) {
          value += prices[columns.rows[at]!]! * columns.values[at]!;
        }
        values[column] = value;
        cheapest = Math.min(cheapest, value);
      }
      this.#cheapest[group] = cheapest;
      total += cheapest;
    }
    if (total > limit) return false;
    const room = limit - total;
    for (const [group, own] of groups.entries()) {
      for (const column of own) {
        if (values[column]! - this.#cheapest[group]! > room) isShut[column] = 1;
      }
    }
    return true;
  }
}
