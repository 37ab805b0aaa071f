/*
 * Problem: of the covers that tasks are left with, which ones no answer below a limit has, at prices
 * of rows that all tasks together keep.
 * Method: weak duality. What each task's cheapest open cover costs at the prices, less what the right
 * sides are worth, is below any answer of open covers; a cover that costs more than its task's
 * cheapest one by what is left up to the limit is in none of these. So are covers beside which no others
 * fit: of each row, the least that each task counts is known. All in whole numbers, sums in BigInt.
 * Complexity: O(entries) for each set of prices, and for each pass over what fits.
 * Reference: Geoffrion, Lagrangean relaxation for integer programming (1974); Savelsbergh,
 * Preprocessing and probing techniques for mixed integer programming problems (ORSA J. Computing 6, 1994).
 */

/** Costs are counted in so many parts of a micro-dollar, rounded down. */
export const COST_PARTS = 1024;
/** Of a cover's cost in parts, and of micro-dollars that right sides are worth: sums stay exact. */
export const COST_MAX = 2 ** 50;
const WORTH_MAX = 2 ** 40;
const PASSES_MAX = 20;

export type TableCover = {
  /** In parts, ≥ 0. */
  readonly cost: number;
  /** What it counts, in rows where that is above 0, and no more than what is on the right. */
  readonly counts: readonly (readonly [row: number, count: number])[];
};

/** All covers, one task after another. Which are open is a mask of bytes: 1 for those that are shut. */
export class OpenCovers {
  readonly covers: number;
  /** Numbers that were read so far, as a measure of time. */
  work = 0;
  readonly #rights: readonly (number | null)[];
  /** The covers of task t are from firsts[t] up to firsts[t + 1], the entries of cover c likewise. */
  readonly #firsts: Int32Array;
  readonly #starts: Int32Array;
  readonly #rows: Int32Array;
  readonly #counts: Float64Array;
  readonly #costs: Float64Array;
  /** Of each cover, at the last prices; of each task the least of them; of each row the price. */
  readonly #values: Float64Array;
  readonly #cheapest: Float64Array;
  readonly #prices: Float64Array;
  /** Of each task and row, the least that open covers count. */
  readonly #least: Float64Array;

  /** A row without a right side is none. */
  constructor(tasks: readonly (readonly TableCover[])[], rights: readonly (number | null)[]) {
    const all = tasks.flat();
    this.covers = all.length;
    this.#rights = rights;
    this.#firsts = endsOf(tasks.map(({ length }) => length));
    this.#starts = endsOf(all.map(({ counts }) => counts.length));
    this.#rows = Int32Array.from(all.flatMap(({ counts }) => counts.map(([row]) => row)));
    this.#counts = Float64Array.from(all.flatMap(({ counts }) => counts.map(([, count]) => count)));
    this.#costs = Float64Array.from(all, ({ cost }) => cost);
    this.#values = new Float64Array(all.length);
    this.#cheapest = new Float64Array(tasks.length);
    this.#prices = new Float64Array(rights.length);
    this.#least = new Float64Array(tasks.length * rights.length);
  }

  get #tasks(): number {
    return this.#firsts.length - 1;
  }

  /**
   * Shuts what costs more than a limit, in parts, whatever the others take; false where everything
   * does. Prices are whole micro-dollars: row, price, row, price, and so on; what is none counts as none.
   */
  shutDearer(isShut: Uint8Array, prices: readonly number[], limit: bigint): boolean {
    let total = -this.#setPrices(prices);
    this.work += this.#rows.length;
    for (let task = 0; task < this.#tasks; task++) {
      let cheapest = Infinity;
      for (let cover = this.#firsts[task]!; cover < this.#firsts[task + 1]!; cover++) {
        if (isShut[cover] === 1) continue;
        this.#values[cover] = this.#valueOf(cover);
        cheapest = Math.min(cheapest, this.#values[cover]!);
      }
      if (cheapest === Infinity) return false;
      this.#cheapest[task] = cheapest;
      total += BigInt(cheapest);
    }
    if (total > limit) return false;
    const room = Number(limit - total);
    for (let task = 0; task < this.#tasks; task++) {
      for (let cover = this.#firsts[task]!; cover < this.#firsts[task + 1]!; cover++) {
        if (this.#values[cover]! - this.#cheapest[task]! > room) isShut[cover] = 1;
      }
    }
    return true;
  }

  /** Shuts what fits beside no others; false where nothing fits. */
  shutUnfit(isShut: Uint8Array): boolean {
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      const room = this.#roomBeside(isShut);
      if (room === null) return false;
      let isSame = true;
      for (let task = 0; task < this.#tasks; task++) {
        for (let cover = this.#firsts[task]!; cover < this.#firsts[task + 1]!; cover++) {
          if (isShut[cover] === 1 || this.#fits(cover, task, room)) continue;
          [isShut[cover], isSame] = [1, false];
        }
      }
      if (isSame) return true;
    }
    return true;
  }

  /** Shuts the covers of a task that count less in a row, or all others. */
  shutSide(
    isShut: Uint8Array,
    { task, row, least }: { readonly task: number; readonly row: number; readonly least: number },
    side: 'less' | 'others',
  ): void {
    for (let cover = this.#firsts[task]!; cover < this.#firsts[task + 1]!; cover++) {
      let count = 0;
      for (let at = this.#starts[cover]!; at < this.#starts[cover + 1]!; at++) {
        if (this.#rows[at] === row) count = this.#counts[at]!;
      }
      if (count < least === (side === 'less')) isShut[cover] = 1;
    }
  }

  /** In parts of a micro-dollar; what the right sides are worth, too. */
  #setPrices(prices: readonly number[]): bigint {
    this.#prices.fill(0);
    let worth = 0;
    for (let at = 0; at + 1 < prices.length; at += 2) {
      const [row, price] = [prices[at]!, prices[at + 1]!];
      const right = this.#rights[row];
      const isPrice = Number.isSafeInteger(price) && price >= 0 && price <= WORTH_MAX;
      if (right === undefined || right === null || !isPrice || this.#prices[row]! > 0) continue;
      if (worth + price * right > WORTH_MAX) continue;
      worth += price * right;
      this.#prices[row] = price * COST_PARTS;
    }
    return BigInt(worth) * BigInt(COST_PARTS);
  }

  #valueOf(cover: number): number {
    let value = this.#costs[cover]!;
    for (let at = this.#starts[cover]!; at < this.#starts[cover + 1]!; at++) {
      value += this.#prices[this.#rows[at]!]! * this.#counts[at]!;
    }
    return value;
  }

  /** Of each row, what is left of its right side when each task counts the least; null for less than nothing. */
  #roomBeside(isShut: Uint8Array): Float64Array | null {
    this.work += 2 * this.#rows.length;
    const size = this.#rights.length;
    const room = Float64Array.from(this.#rights, (right) => right ?? Infinity);
    const times = new Int32Array(size);
    this.#least.fill(0);
    for (let task = 0; task < this.#tasks; task++) {
      const least = this.#least.subarray(task * size, (task + 1) * size);
      let open = 0;
      times.fill(0);
      for (let cover = this.#firsts[task]!; cover < this.#firsts[task + 1]!; cover++) {
        if (isShut[cover] === 1) continue;
        open++;
        for (let at = this.#starts[cover]!; at < this.#starts[cover + 1]!; at++) {
          const [row, count] = [this.#rows[at]!, this.#counts[at]!];
          least[row] = times[row]!++ === 0 ? count : Math.min(least[row]!, count);
        }
      }
      if (open === 0) return null;
      for (let row = 0; row < size; row++) {
        if (times[row]! < open) least[row] = 0;
        room[row]! -= least[row]!;
      }
    }
    return room.some((left) => left < 0) ? null : room;
  }

  #fits(cover: number, task: number, room: Float64Array): boolean {
    const from = task * this.#rights.length;
    for (let at = this.#starts[cover]!; at < this.#starts[cover + 1]!; at++) {
      const row = this.#rows[at]!;
      if (this.#counts[at]! - this.#least[from + row]! > room[row]!) return false;
    }
    return true;
  }
}

/** Where each begins, and where the last one ends. */
function endsOf(lengths: readonly number[]): Int32Array {
  const ends = new Int32Array(lengths.length + 1);
  lengths.forEach((length, index) => {
    ends[index + 1] = ends[index]! + length;
  });
  return ends;
}
