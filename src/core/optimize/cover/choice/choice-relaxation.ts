/*
 * Problem: the linear relaxation of a choice, one column of each group, under rows with an upper side;
 * again and again while columns are shut and opened.
 * Method: the dual simplex with an explicit inverse of the basis, which a copy carries over. The
 * cheapest of each group and slacks are a basis that is dual feasible, and shutting columns leaves
 * it so. The row that leaves is the steepest edge.
 * Complexity: O(rows²) for each pivot, some thirty after a column was shut.
 * Reference: Forrest, Goldfarb, Steepest-edge simplex algorithms for linear programming (Math.
 * Programming 57, 1992).
 */

/** Entries of one column after another: those of column j are from starts[j] up to starts[j + 1]. */
export type SparseColumns = {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
};

export type Choice = {
  /** Of each column. */
  readonly costs: Float64Array;
  /** Of each group, its columns; one of them is chosen. */
  readonly groups: readonly Int32Array[];
  /** Entries ≥ 0, of an increasing row; the first of each is 1, in the row of its group. */
  readonly columns: SparseColumns;
  /** Of each row: 1 of each group's, then what the other rows have at most. */
  readonly rights: Float64Array;
};

const FEASIBLE = 1e-7;
const PIVOT_MIN = 1e-7;
const TIE = 1e-12;
/** What is smaller in an inverse is rounding, and 0. */
const ZERO = 1e-12;
/** Pivots after which the inverse is made anew. */
const UPDATES_MAX = 200;
const NONE = -1;

/** What a search for an optimum came to: more than it may cost, or more pivots than it may take. */
export type Relaxation = 'solved' | 'dear' | 'open';

/** A basis and its values. The slack of row r is column `columns + r`. */
export class ChoiceRelaxation {
  readonly choice: Choice;
  readonly columns: number;
  readonly rows: number;
  /** Of each column: that it is not to be chosen. */
  readonly isShut: Uint8Array;
  /** Of each column that is not basic. */
  readonly reduced: Float64Array;
  objective = 0;
  /** In each row of the basis: its column, and the value of that. */
  readonly #head: Int32Array;
  readonly #values: Float64Array;
  readonly #isBasic: Uint8Array;
  readonly #prices: Float64Array;
  /** Row after row. */
  readonly #inverse: Float64Array;
  #updates = 0;
  /** Of one pivot: a row of the inverse, what it is of each column, the column that enters. */
  readonly #rho: Float64Array;
  readonly #alpha: Float64Array;
  readonly #entering: Float64Array;
  readonly #nonzero: Int32Array;

  constructor(choice: Choice) {
    const [columns, rows] = [choice.costs.length, choice.rights.length];
    this.choice = choice;
    this.columns = columns;
    this.rows = rows;
    this.isShut = new Uint8Array(columns + rows);
    this.reduced = new Float64Array(columns + rows);
    this.#head = new Int32Array(rows);
    this.#values = new Float64Array(rows);
    this.#isBasic = new Uint8Array(columns + rows);
    this.#prices = new Float64Array(rows);
    this.#inverse = new Float64Array(rows * rows);
    this.#rho = new Float64Array(rows);
    this.#alpha = new Float64Array(columns + rows);
    this.#entering = new Float64Array(rows);
    this.#nonzero = new Int32Array(rows);
  }

  /** The cheapest column of each group, and slacks; all columns are open. */
  begin(): void {
    const { costs, groups } = this.choice;
    this.isShut.fill(0);
    this.#isBasic.fill(0);
    for (let row = 0; row < this.rows; row++) {
      const own = groups[row];
      if (own !== undefined) this.isShut[this.columns + row] = 1;
      const cheapest = own?.reduce((best, one) => (costs[one]! < costs[best]! ? one : best));
      this.#head[row] = cheapest ?? this.columns + row;
      this.#isBasic[this.#head[row]!] = 1;
    }
    this.#invert();
  }

  copyFrom(other: ChoiceRelaxation): void {
    this.isShut.set(other.isShut);
    this.reduced.set(other.reduced);
    this.objective = other.objective;
    this.#head.set(other.#head);
    this.#values.set(other.#values);
    this.#isBasic.set(other.#isBasic);
    this.#prices.set(other.#prices);
    this.#inverse.set(other.#inverse);
    this.#updates = other.#updates;
  }

  /** Of each column, how much of it is chosen. */
  shares(): Float64Array {
    const shares = new Float64Array(this.columns);
    this.#head.forEach((column, row) => {
      if (column < this.columns) shares[column] = this.#values[row]!;
    });
    return shares;
  }

  /** Shuts what cannot be in a choice of that cost. */
  shutDearer(costMax: number): void {
    const room = costMax - this.objective;
    for (let column = 0; column < this.columns; column++) {
      if (this.reduced[column]! > room && this.#isBasic[column] === 0) this.isShut[column] = 1;
    }
  }

  /** `dear` also where no choice keeps the rows at all. */
  solve(costMax: number, pivotsMax: number): Relaxation {
    for (let pivot = 0; ; pivot++) {
      if (this.objective > costMax) return 'dear';
      if (this.#updates >= UPDATES_MAX) this.#invert();
      const leaving = this.#leavingRow();
      if (leaving === NONE) return 'solved';
      if (pivot >= pivotsMax) return 'open';
      if (!this.#pivotAt(leaving)) return 'dear';
    }
  }

  #wrongBy(row: number): number {
    const value = this.#values[row]!;
    if (value < -FEASIBLE) return value;
    return value > FEASIBLE && this.isShut[this.#head[row]!] === 1 ? value : 0;
  }

  /** The squared length of a row of the inverse. */
  #normOf(row: number): number {
    const [inverse, end] = [this.#inverse, (row + 1) * this.rows];
    let sum = 0;
    for (let at = row * this.rows; at < end; at++) sum += inverse[at]! * inverse[at]!;
    return sum;
  }

  #leavingRow(): number {
    let [leaving, steepest] = [NONE, 0];
    for (let row = 0; row < this.rows; row++) {
      const wrong = this.#wrongBy(row);
      if (wrong === 0) continue;
      const steep = (wrong * wrong) / this.#normOf(row);
      if (steep > steepest) [leaving, steepest] = [row, steep];
    }
    return leaving;
  }

  /** False where no column can take the place of the one that leaves. */
  #pivotAt(row: number): boolean {
    const wrong = this.#wrongBy(row);
    this.#setRho(row);
    this.#setAlpha();
    const sign = Math.sign(wrong);
    const enters = this.#entersAt(sign);
    if (enters === NONE) return false;
    const [reduced, alpha, rho] = [this.reduced, this.#alpha, this.#rho];
    const ratio = Math.max(0, reduced[enters]! / (alpha[enters]! * sign));
    const step = ratio * sign;
    for (let at = 0; at < this.rows; at++) this.#prices[at]! += step * rho[at]!;
    for (let at = 0; at < reduced.length; at++) {
      if (alpha[at] !== 0) reduced[at]! -= step * alpha[at]!;
    }
    this.objective += ratio * Math.abs(wrong);
    const leaves = this.#head[row]!;
    this.#setEntering(enters);
    this.#moveValues(row);
    this.#moveInverse(row);
    [reduced[leaves], reduced[enters]] = [-step, 0];
    [this.#isBasic[leaves], this.#isBasic[enters]] = [0, 1];
    this.#head[row] = enters;
    this.#updates++;
    return true;
  }

  #setRho(row: number): void {
    const [inverse, from] = [this.#inverse, row * this.rows];
    for (let at = 0; at < this.rows; at++) this.#rho[at] = wholeZero(inverse[from + at]!);
  }

  /** The row of the inverse by each column that may enter. */
  #setAlpha(): void {
    const { starts, rows, values } = this.choice.columns;
    const [alpha, rho, isShut, isBasic] = [this.#alpha, this.#rho, this.isShut, this.#isBasic];
    for (let column = 0; column < this.columns; column++) {
      let sum = 0;
      if (isShut[column] === 0 && isBasic[column] === 0) {
        for (let at = starts[column]!; at < starts[column + 1]!; at++) {
          sum += rho[rows[at]!]! * values[at]!;
        }
      }
      alpha[column] = sum;
    }
    for (let row = 0; row < this.rows; row++) {
      const slack = this.columns + row;
      alpha[slack] = isShut[slack] === 0 && isBasic[slack] === 0 ? rho[row]! : 0;
    }
  }

  /** Of those whose reduced cost is the first to become 0, the one with the largest pivot. */
  #entersAt(sign: number): number {
    const [alpha, reduced] = [this.#alpha, this.reduced];
    let [enters, least, size] = [NONE, Infinity, 0];
    for (let column = 0; column < alpha.length; column++) {
      const pivot = alpha[column]! * sign;
      if (pivot <= PIVOT_MIN) continue;
      const ratio = Math.max(0, reduced[column]! / pivot);
      if (ratio < least - TIE || (ratio <= least && pivot > size)) {
        [enters, least, size] = [column, ratio, pivot];
      }
    }
    return enters;
  }

  #setEntering(column: number): void {
    const { starts, rows, values } = this.choice.columns;
    const [entering, inverse, size] = [this.#entering, this.#inverse, this.rows];
    const slack = column - this.columns;
    for (let row = 0; row < size; row++) {
      const from = row * size;
      let sum = 0;
      if (slack >= 0) sum = inverse[from + slack]!;
      else {
        for (let at = starts[column]!; at < starts[column + 1]!; at++) {
          sum += inverse[from + rows[at]!]! * values[at]!;
        }
      }
      entering[row] = wholeZero(sum);
    }
  }

  #moveValues(leaving: number): void {
    const [values, entering] = [this.#values, this.#entering];
    const step = values[leaving]! / entering[leaving]!;
    for (let row = 0; row < this.rows; row++) values[row]! -= step * entering[row]!;
    values[leaving] = step;
  }

  #moveInverse(leaving: number): void {
    const [entering, rho, inverse, size] = [this.#entering, this.#rho, this.#inverse, this.rows];
    const nonzero = this.#nonzero;
    const pivot = entering[leaving]!;
    let count = 0;
    for (let at = 0; at < size; at++) {
      if (rho[at] === 0) continue;
      nonzero[count++] = at;
      rho[at]! /= pivot;
    }
    for (let row = 0; row < size; row++) {
      const [from, factor] = [row * size, entering[row]!];
      if (factor === 0 || row === leaving) continue;
      for (let index = 0; index < count; index++) {
        const at = nonzero[index]!;
        inverse[from + at]! -= factor * rho[at]!;
      }
    }
    inverse.set(rho, leaving * size);
  }

  /** Columns enter an identity one by one, those of few entries first, each at its largest pivot. */
  #invert(): void {
    const { starts } = this.choice.columns;
    const size = this.rows;
    this.#inverse.fill(0);
    for (let row = 0; row < size; row++) this.#inverse[row * size + row] = 1;
    const isTaken = Uint8Array.from(this.#head, (_, row) => this.#isBasic[this.columns + row]!);
    const own = this.#head.filter((column) => column < this.columns);
    this.#head.forEach((_, row) => {
      this.#head[row] = this.columns + row;
    });
    this.#isBasic.fill(0);
    const entries = (column: number): number => starts[column + 1]! - starts[column]!;
    for (const column of own.sort((a, b) => entries(a) - entries(b))) {
      this.#setEntering(column);
      let [best, largest] = [NONE, PIVOT_MIN];
      for (let row = 0; row < size; row++) {
        const pivot = isTaken[row] === 1 ? 0 : Math.abs(this.#entering[row]!);
        if (pivot > largest) [best, largest] = [row, pivot];
      }
      // What rounding has made singular goes on from a slack.
      if (best === NONE) continue;
      isTaken[best] = 1;
      this.#head[best] = column;
      this.#setRho(best);
      this.#moveInverse(best);
    }
    for (const column of this.#head) this.#isBasic[column] = 1;
    this.#updates = 0;
    this.#setValues();
  }

  /** Values, prices and reduced costs from the inverse. */
  #setValues(): void {
    const { costs, rights } = this.choice;
    const [prices, size] = [this.#prices, this.rows];
    prices.fill(0);
    this.objective = 0;
    for (let row = 0; row < size; row++) {
      const [from, cost] = [row * size, costs[this.#head[row]!] ?? 0];
      let value = 0;
      for (let at = 0; at < size; at++) {
        const factor = this.#inverse[from + at]!;
        value += factor * rights[at]!;
        prices[at]! += factor * cost;
      }
      this.#values[row] = value;
      this.objective += cost * value;
    }
    this.#setReduced();
  }

  #setReduced(): void {
    const { costs, columns } = this.choice;
    const { starts, rows, values } = columns;
    const [reduced, isBasic, prices] = [this.reduced, this.#isBasic, this.#prices];
    for (let column = 0; column < this.columns; column++) {
      let cost = costs[column]!;
      for (let at = starts[column]!; at < starts[column + 1]!; at++) {
        cost -= prices[rows[at]!]! * values[at]!;
      }
      reduced[column] = isBasic[column] === 1 ? 0 : cost;
    }
    for (let row = 0; row < this.rows; row++) {
      const slack = this.columns + row;
      reduced[slack] = isBasic[slack] === 1 ? 0 : -prices[row]!;
    }
  }
}

function wholeZero(value: number): number {
  return Math.abs(value) < ZERO ? 0 : value;
}
