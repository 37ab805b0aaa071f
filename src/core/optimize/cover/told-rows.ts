import type { CountedRow, CoverTree, JointRow } from '../model/cover-proof.ts';
import type { KeptRow } from './choose-covers.ts';
import { type CountCut, keyOf } from './count-cuts.ts';
import type { HalfCut, SharedRow } from './half-cuts.ts';
import type { FloorProof } from './prove-by-tree.ts';

/** Rows as a checker reads them, each once, after those that it is made of; numbered in this order. */
export class ToldRows {
  readonly #rows: CoverTree['rows'][number][] = [];
  readonly #places = new Map<KeptRow | string, number>();

  /** All rows that these are made of, at no price, and these. */
  priced(halves: readonly HalfCut[], prices: Float64Array): readonly JointRow[] {
    const byPlace = new Map(halves.map((half, index) => [this.#placeOf(half), prices[index]!]));
    return this.#rows.map((row, place) => {
      return { ...(row as CountedRow), price: byPlace.get(place) ?? 0 };
    });
  }

  /** Rows that are not told yet are told with it. */
  tree({ floor, rows, nodes }: FloorProof): CoverTree {
    const known = this.#rows.length;
    const places = rows.map((row) => this.#placeOf(row));
    return {
      floor,
      rows: this.#rows.slice(known),
      nodes: nodes.map(({ prices, split }) => ({
        prices: prices.map((pairs) => pairs.map((one, at) => (at % 2 === 0 ? places[one]! : one))),
        ...(split === undefined ? {} : { split: { ...split, row: places[split.row]! } }),
      })),
    };
  }

  #placeOf(row: KeptRow): number {
    const key = 'pool' in row || 'rows' in row ? row : keyOf(row);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const told = 'pool' in row ? row : this.#told(row);
    this.#places.set(key, this.#rows.length);
    return this.#rows.push(told) - 1;
  }

  #told(row: SharedRow): CountedRow {
    if ('rows' in row) {
      return { halfOf: row.rows.map((one) => this.#placeOf(one)), tasks: namedIn(row.tasks) };
    }
    return { offers: [row.offer], of: row.of, per: row.per, shares: sharesOf(row) };
  }
}

/** Without those at the end that are none. */
function sharesOf({ shares }: CountCut): readonly number[] {
  return [...shares.subarray(0, 1 + shares.findLastIndex((share) => share > 0))];
}

function namedIn(tasks: Uint8Array): readonly number[] {
  return [...tasks.keys()].filter((task) => tasks[task] === 1);
}
