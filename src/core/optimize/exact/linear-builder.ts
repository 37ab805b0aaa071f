import type { LinearModel, LinearRow } from '../../../ports/solver.ts';

/** A column of the model times a number; a list of them is their sum. */
export type Term = { readonly column: number; readonly value: number };

type Column = {
  readonly cost?: number;
  readonly lower?: number;
  readonly upper: number;
  readonly whole: boolean;
};

/** A linear model in the making: columns and rows are added, and told apart by their numbers. */
export class LinearBuilder {
  readonly #cost: number[] = [];
  readonly #lower: number[] = [];
  readonly #upper: number[] = [];
  readonly #whole: boolean[] = [];
  readonly #rows: LinearRow[] = [];

  /** Adds a variable and tells its number. */
  column({ cost = 0, lower = 0, upper, whole }: Column): number {
    this.#cost.push(cost);
    this.#lower.push(lower);
    this.#upper.push(upper);
    this.#whole.push(whole);
    return this.#cost.length - 1;
  }

  /** Adds to what the model minimizes. */
  minimize(terms: readonly Term[], factor = 1): void {
    for (const { column, value } of terms) this.#cost[column]! += value * factor;
  }

  /** lower ≤ Σ terms ≤ upper; columns that occur twice are summed. Tells the row's number. */
  row(terms: readonly Term[], { lower = -Infinity, upper = Infinity }): number {
    const sums = new Map<number, number>();
    for (const { column, value } of terms) sums.set(column, (sums.get(column) ?? 0) + value);
    const entries = [...sums].filter(([, value]) => value !== 0);
    const columns = entries.map(([column]) => column);
    this.#rows.push({ columns, values: entries.map(([, value]) => value), lower, upper });
    return this.#rows.length - 1;
  }

  build(): LinearModel {
    return {
      cost: [...this.#cost],
      lower: [...this.#lower],
      upper: [...this.#upper],
      integer: [...this.#whole],
      rows: [...this.#rows],
    };
  }

  /** The most that the terms can sum to, by the bounds of their columns; none is negative. */
  most(terms: readonly Term[]): number {
    return terms.reduce((sum, { column, value }) => sum + value * this.#upper[column]!, 0);
  }
}

/** The terms, each times a number. */
export function times(terms: readonly Term[], factor: number): readonly Term[] {
  return terms.map(({ column, value }) => ({ column, value: value * factor }));
}
