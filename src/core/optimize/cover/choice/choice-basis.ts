import type { Choice, SparseColumns } from './choice.ts';
import { type EntriesByRow, entriesByRow } from './entries-by-row.ts';

/*
 * Problem: the inverse of a basis of a choice, small enough to be changed and copied often.
 * Method: generalized upper bounding. One basic column of each group is its key, which the row of the
 * group gives once the others are known; a row whose slack is basic gives only that slack. What is left
 * to invert is square: the other basic columns, each less the key of its group, in the tight rows.
 * Complexity: O(size²) to change the basis, O(size² + entries of basic columns) to solve with it.
 * Reference: Dantzig, Van Slyke, Generalized upper bounding techniques (J. Computer and System Sciences
 * 1, 1967).
 */

/** What is smaller in an inverse is rounding, and 0. */
const ZERO = 1e-12;
const PIVOT_MIN = 1e-7;
/** A right side of more nonzero numbers than this share is multiplied as a whole. */
const DENSE = 0.4;
/** Places of variables that are not in the inverse. */
const NONE = -1;
const KEY = -2;

/** What a pivot needs: a row of the inverse of all rows, and what `solve` makes of a column. */
export type Exchange = {
  readonly leaves: number;
  readonly row: Float64Array;
  readonly enters: number;
  readonly entering: Float64Array;
};

/** The slack of row r is variable `columns + r`; that of a group's row is never basic. */
export class ChoiceBasis {
  readonly choice: Choice;
  readonly columns: number;
  readonly rows: number;
  /** Of each group. */
  readonly keys: Int32Array;
  /** Basic columns that are no keys, and as many tight rows; the first `size` of each. */
  readonly columnAt: Int32Array;
  readonly rowAt: Int32Array;
  size = 0;
  /** Of each column where it is in `columnAt`, then of each row where it is in `rowAt`. */
  readonly #place: Int32Array;
  /** A row for each of `columnAt`, `#stride` numbers apart, with a number for each of `rowAt`. */
  readonly #inverse: Float64Array;
  readonly #stride: number;
  readonly #groupOf: Int32Array;
  /** The rows are slacks. */
  readonly #entries: SparseColumns;
  readonly #byRow: EntriesByRow;
  /** Of one operation. */
  readonly #factors: Float64Array;
  readonly #nonzero: Int32Array;
  readonly #ofGroup: Float64Array;

  constructor(choice: Choice) {
    const { costs, groups, rights } = choice;
    const { starts, rows, values } = choice.columns;
    this.choice = choice;
    this.columns = costs.length;
    this.rows = rights.length;
    this.#stride = rights.length - groups.length + 1;
    this.keys = new Int32Array(groups.length);
    this.columnAt = new Int32Array(this.#stride);
    this.rowAt = new Int32Array(this.#stride);
    this.#place = new Int32Array(costs.length + rights.length);
    this.#inverse = new Float64Array(this.#stride * this.#stride);
    this.#groupOf = Int32Array.from(costs, (_, column) => rows[starts[column]!]!);
    this.#entries = { starts, rows: rows.map((row) => costs.length + row), values };
    this.#byRow = entriesByRow(choice);
    this.#factors = new Float64Array(this.#stride + 1);
    this.#nonzero = new Int32Array(this.#stride);
    this.#ofGroup = new Float64Array(groups.length);
  }

  /** A key of each group, and the slacks of all other rows. */
  begin(keys: readonly number[]): void {
    this.#place.fill(NONE);
    this.keys.set(keys);
    for (const key of keys) this.#place[key] = KEY;
    this.size = 0;
  }

  copyFrom(other: ChoiceBasis): void {
    this.keys.set(other.keys);
    this.columnAt.set(other.columnAt);
    this.rowAt.set(other.rowAt);
    this.size = other.size;
    this.#place.set(other.#place);
    this.#inverse.set(other.#inverse.subarray(0, this.size * this.#stride));
  }

  isBasic(column: number): boolean {
    return this.#place[column] !== NONE;
  }

  /** Of a row that is not a group's: that its slack is not basic. */
  isTight(row: number): boolean {
    return this.#place[this.columns + row] !== NONE;
  }

  /** Columns first. */
  basics(): readonly number[] {
    const basics = [...this.keys, ...this.columnAt.subarray(0, this.size)];
    for (let row = this.keys.length; row < this.rows; row++) {
      if (!this.isTight(row)) basics.push(this.columns + row);
    }
    return basics;
  }

  /** Of a column or a slack, its entries; what they come to at a number for each row. */
  setColumn(variable: number, into: Float64Array, ofRows: Float64Array): number {
    const { starts, rows, values } = this.choice.columns;
    into.fill(0);
    if (variable >= this.columns) {
      into[variable - this.columns] = 1;
      return ofRows[variable - this.columns]!;
    }
    const first = starts[variable]!;
    for (let at = first; at < starts[variable + 1]!; at++) into[rows[at]!] = values[at]!;
    return ofRows[rows[first]!]! + this.#sharedSum(variable, ofRows);
  }

  /** Of a basic variable, its row of the inverse of the whole basis: a number for each row. */
  setRow(variable: number, into: Float64Array): void {
    const [inverse, factors, { rowAt, size }] = [this.#inverse, this.#factors, this];
    this.#setFactors(variable);
    into.fill(0);
    for (let at = 0; at < size; at++) {
      const factor = factors[at]!;
      if (factor === 0) continue;
      const from = at * this.#stride;
      for (let to = 0; to < size; to++) into[rowAt[to]!]! += factor * inverse[from + to]!;
    }
    for (let to = 0; to < size; to++) into[rowAt[to]!] = wholeZero(into[rowAt[to]!]!);
    if (variable >= this.columns) into[variable - this.columns] = 1;
    for (let group = 0; group < this.keys.length; group++) {
      const key = this.keys[group]!;
      into[group] = wholeZero((key === variable ? 1 : 0) - this.#sharedSum(key, into));
    }
  }

  /** At these prices of rows every basic column pays for itself, and every basic slack is free. */
  setPrices(into: Float64Array): void {
    const { costs } = this.choice;
    into.fill(0);
    for (let at = 0; at < this.size; at++) {
      const column = this.columnAt[at]!;
      const more = costs[column]! - costs[this.keys[this.#groupOf[column]!]!]!;
      const from = at * this.#stride;
      for (let to = 0; to < this.size; to++) {
        into[this.rowAt[to]!]! += more * this.#inverse[from + to]!;
      }
    }
    for (let group = 0; group < this.keys.length; group++) {
      const key = this.keys[group]!;
      into[group] = costs[key]! - this.#sharedSum(key, into);
    }
  }

  /** What a column counts in the rows that are not its group's, at a number for each row. */
  #sharedSum(column: number, ofRows: Float64Array): number {
    const { starts, rows, values } = this.choice.columns;
    const end = starts[column + 1]!;
    let sum = 0;
    for (let at = starts[column]! + 1; at < end; at++) sum += ofRows[rows[at]!]! * values[at]!;
    return sum;
  }

  /** By which rows of `#inverse` make that of a basic variable. */
  #setFactors(variable: number): void {
    const [factors, { columnAt, size }] = [this.#factors, this];
    factors.fill(0, 0, size);
    if (variable >= this.columns) {
      this.#setFactorsOfSlack(variable - this.columns);
      return;
    }
    const place = this.#place[variable]!;
    if (place >= 0) {
      factors[place] = 1;
      return;
    }
    const group = this.#groupOf[variable]!;
    for (let at = 0; at < size; at++) {
      if (this.#groupOf[columnAt[at]!] === group) factors[at] = -1;
    }
  }

  /** A slack is what basic columns leave of its row. */
  #setFactorsOfSlack(row: number): void {
    const { starts, columns, values } = this.#byRow;
    const [factors, ofKey] = [this.#factors, this.#ofGroup.fill(0)];
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const column = columns[at]!;
      const place = this.#place[column]!;
      if (place >= 0) factors[place]! -= values[at]!;
      else if (place === KEY) ofKey[this.#groupOf[column]!] = values[at]!;
    }
    for (let at = 0; at < this.size; at++) {
      factors[at]! += ofKey[this.#groupOf[this.columnAt[at]!]!]!;
    }
  }

  /** What basic variables have to be for a right side: a number for each row, one for each variable. */
  solve(right: Float64Array, into: Float64Array): void {
    const { columns, columnAt, keys, size } = this;
    const [groupOf, ofGroup] = [this.#groupOf, this.#ofGroup.fill(0)];
    into.set(right, columns);
    for (let group = 0; group < keys.length; group++) {
      if (right[group] !== 0) this.#take(right[group]!, keys[group]!, into);
    }
    this.#multiply(into);
    for (let at = 0; at < size; at++) {
      const column = columnAt[at]!;
      const value = into[column]!;
      if (value === 0) continue;
      ofGroup[groupOf[column]!]! += value;
      this.#take(value, column, into);
    }
    for (let group = 0; group < keys.length; group++) {
      const others = ofGroup[group]!;
      into[keys[group]!] = wholeZero(right[group]! - others);
      if (others !== 0) this.#take(-others, keys[group]!, into);
    }
  }

  /** Of what is left in the tight rows, the share of each of `columnAt`. */
  #multiply(into: Float64Array): void {
    const { columns, columnAt, rowAt, size } = this;
    const [inverse, stride, factors, nonzero] = [
      this.#inverse,
      this.#stride,
      this.#factors,
      this.#nonzero,
    ];
    let count = 0;
    for (let at = 0; at < size; at++) {
      factors[at] = into[columns + rowAt[at]!]!;
      if (factors[at] !== 0) nonzero[count++] = at;
    }
    factors[size] = 0;
    const isDense = count > DENSE * size;
    for (let at = 0; at < size; at++) {
      const from = at * stride;
      let [even, odd] = [0, 0];
      if (isDense) {
        // Two sums, as each addition waits for the one before.
        for (let to = 0; to < size; to += 2) {
          even += inverse[from + to]! * factors[to]!;
          odd += inverse[from + to + 1]! * factors[to + 1]!;
        }
      } else {
        for (let index = 0; index < count; index++) {
          const to = nonzero[index]!;
          even += inverse[from + to]! * factors[to]!;
        }
      }
      into[columnAt[at]!] = wholeZero(even + odd);
    }
  }

  /** So much of a column from what is left in each row. */
  #take(times: number, column: number, into: Float64Array): void {
    const { starts, rows, values } = this.#entries;
    const end = starts[column + 1]!;
    for (let at = starts[column]! + 1; at < end; at++) into[rows[at]!]! -= times * values[at]!;
  }

  /** One variable becomes basic in place of another. */
  exchange({ leaves, row, enters, entering }: Exchange): void {
    const [{ columns }, place] = [this, this.#place];
    if (place[leaves] === KEY && !this.#changeKey(this.#groupOf[leaves]!)) {
      this.keys[this.#groupOf[leaves]!] = enters;
      [place[leaves], place[enters]] = [NONE, KEY];
      return;
    }
    if (leaves >= columns) this.#addRow(leaves - columns);
    const width = this.size + (leaves >= columns ? 1 : 0);
    this.#subtract(width, { leaves, row, enters, entering });
    if (enters < columns) {
      const at = leaves >= columns ? this.size++ : place[leaves]!;
      this.#inverse.set(this.#factors.subarray(0, width), at * this.#stride);
      this.columnAt[at] = enters;
      place[enters] = at;
    } else {
      this.#dropRow(place[enters]!, width - 1);
      if (leaves < columns) this.#dropColumn(place[leaves]!);
      place[enters] = NONE;
    }
    if (leaves < columns) place[leaves] = NONE;
  }

  /** The row of the pivot, which is left in `#factors`, from all others as often as these need it. */
  #subtract(width: number, { leaves, row, entering }: Exchange): void {
    const [factors, inverse, { rowAt, columnAt }] = [this.#factors, this.#inverse, this];
    const pivot = entering[leaves]!;
    for (let to = 0; to < width; to++) factors[to] = row[rowAt[to]!]! / pivot;
    for (let at = 0; at < this.size; at++) {
      const times = entering[columnAt[at]!]!;
      if (times === 0) continue;
      const from = at * this.#stride;
      for (let to = 0; to < width; to++) inverse[from + to]! -= times * factors[to]!;
    }
  }

  /**
   * Another basic column of a group becomes its key; false where there is none. The row that the old
   * one would have in its place is not made, as the old one leaves.
   */
  #changeKey(group: number): boolean {
    const { columnAt, size } = this;
    const isOwn = (column: number): boolean => this.#groupOf[column] === group;
    const at = columnAt.subarray(0, size).findIndex(isOwn);
    if (at === NONE) return false;
    const [key, column] = [this.keys[group]!, columnAt[at]!];
    [this.keys[group], columnAt[at]] = [column, key];
    [this.#place[column], this.#place[key]] = [KEY, at];
    return true;
  }

  #addRow(row: number): void {
    const { size } = this;
    for (let at = 0; at < size; at++) this.#inverse[at * this.#stride + size] = 0;
    this.rowAt[size] = row;
    this.#place[this.columns + row] = size;
  }

  /** The last one takes its place. */
  #dropRow(to: number, last: number): void {
    const [inverse, stride] = [this.#inverse, this.#stride];
    for (let at = 0; at < this.size; at++) inverse[at * stride + to] = inverse[at * stride + last]!;
    this.rowAt[to] = this.rowAt[last]!;
    this.#place[this.columns + this.rowAt[to]!] = to;
  }

  /** The last one takes its place. */
  #dropColumn(at: number): void {
    const [stride, last] = [this.#stride, --this.size];
    this.#inverse.copyWithin(at * stride, last * stride, last * stride + this.size);
    this.columnAt[at] = this.columnAt[last]!;
    this.#place[this.columnAt[at]!] = at;
  }

  /** Columns enter slacks one by one, those of few entries first, each at its largest pivot. */
  rebuild(): void {
    const { starts } = this.choice.columns;
    const own = this.columnAt.slice(0, this.size);
    const tight = this.rowAt.slice(0, this.size);
    this.begin([...this.keys]);
    const [column, row] = [new Float64Array(this.rows), new Float64Array(this.rows)];
    const entering = new Float64Array(this.columns + this.rows);
    const entries = (one: number): number => starts[one + 1]! - starts[one]!;
    for (const enters of own.sort((a, b) => entries(a) - entries(b))) {
      this.setColumn(enters, column, row);
      this.solve(column, entering);
      let [leaves, largest] = [NONE, PIVOT_MIN];
      for (const one of tight) {
        const pivot = this.isTight(one) ? 0 : Math.abs(entering[this.columns + one]!);
        if (pivot > largest) [leaves, largest] = [this.columns + one, pivot];
      }
      // What rounding has made singular stays out.
      if (leaves === NONE) continue;
      this.setRow(leaves, row);
      this.exchange({ leaves, row, enters, entering });
    }
  }
}

function wholeZero(value: number): number {
  return Math.abs(value) < ZERO ? 0 : value;
}
