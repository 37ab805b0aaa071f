import type { Choice } from './choice.ts';
import { ChoiceBasis } from './choice-basis.ts';

/*
 * Problem: the linear relaxation of a choice, one column of each group, under rows with an upper side;
 * again and again while columns are shut and opened.
 * Method: the dual simplex with a basis that a copy carries over. The cheapest of each group and
 * slacks are a basis that is dual feasible, and shutting columns leaves it so. The row that leaves is
 * the steepest edge.
 * Complexity: of each pivot O(entries of open columns + tight rows²), some fifteen after columns were shut.
 * Reference: Forrest, Goldfarb, Steepest-edge simplex algorithms for linear programming (Math.
 * Programming 57, 1992).
 */

const FEASIBLE = 1e-7;
const PIVOT_MIN = 1e-7;
const TIE = 1e-12;
/** How far above what is too much a proof goes, as a share of it. */
const ABOVE = 1e-6;
/** Pivots after which the inverse is made anew; at once where a pivot differs by row and by column. */
const UPDATES_MAX = 500;
const DRIFT_MAX = 1e-6;
/** Squared lengths of rows of the inverse are no less, where rounding has it so. */
const NORM_MIN = 1e-4;
const NONE = -1;

/** What a search for an optimum came to: more than it may cost, or more pivots than it may take. */
export type Relaxation = 'solved' | 'dear' | 'open';

/** A basis and its values. The slack of row r is variable `columns + r`. */
export class ChoiceRelaxation {
  readonly choice: Choice;
  readonly columns: number;
  readonly rows: number;
  /** Of each column: that it is not to be chosen. */
  readonly isShut: Uint8Array;
  /** Of each column that is not basic. */
  readonly reduced: Float64Array;
  objective = 0;
  readonly #basis: ChoiceBasis;
  /** The basic variables. */
  readonly #head: Int32Array;
  /** Of each variable, what it is; where it is basic, the squared length of its row of the inverse. */
  readonly #values: Float64Array;
  readonly #norms: Float64Array;
  readonly #prices: Float64Array;
  /** How much of the leaving row is added to the prices, where nothing could enter. */
  #ray = 0;
  #updates = 0;
  /** The first so many of these columns are open. */
  #openCount = 0;
  readonly #open: Int32Array;
  /** Of one pivot: a row of the inverse, what it is of each open column, the column that enters. */
  readonly #rho: Float64Array;
  readonly #alpha: Float64Array;
  readonly #column: Float64Array;
  /** What the column that enters, and what rho as a column, would take of each basic variable. */
  readonly #entering: Float64Array;
  readonly #tau: Float64Array;

  constructor(choice: Choice) {
    const [columns, rows] = [choice.costs.length, choice.rights.length];
    this.choice = choice;
    this.columns = columns;
    this.rows = rows;
    this.isShut = new Uint8Array(columns + rows);
    this.reduced = new Float64Array(columns);
    this.#basis = new ChoiceBasis(choice);
    this.#head = new Int32Array(rows);
    this.#values = new Float64Array(columns + rows);
    this.#norms = new Float64Array(columns + rows);
    this.#prices = new Float64Array(rows);
    this.#open = new Int32Array(columns);
    this.#alpha = new Float64Array(columns);
    this.#rho = new Float64Array(rows);
    this.#column = new Float64Array(rows);
    this.#entering = new Float64Array(columns + rows);
    this.#tau = new Float64Array(columns + rows);
  }

  /** The cheapest column of each group, and slacks; all columns are open. */
  begin(): void {
    const { costs, groups, columns } = this.choice;
    this.isShut.fill(0);
    const cheapest = groups.map((own) => own.reduce((a, b) => (costs[b]! < costs[a]! ? b : a)));
    this.#basis.begin(cheapest);
    this.#norms.fill(1);
    for (const column of cheapest) {
      for (let at = columns.starts[column]! + 1; at < columns.starts[column + 1]!; at++) {
        this.#norms[this.columns + columns.rows[at]!]! += columns.values[at]! ** 2;
      }
    }
    this.#setValues();
  }

  copyFrom(other: ChoiceRelaxation): void {
    this.isShut.set(other.isShut);
    this.reduced.set(other.reduced);
    this.objective = other.objective;
    this.#basis.copyFrom(other.#basis);
    this.#head.set(other.#head);
    this.#values.set(other.#values);
    this.#norms.set(other.#norms);
    this.#prices.set(other.#prices);
    this.#updates = other.#updates;
    this.#ray = 0;
  }

  /** Of each column, how much of it is chosen. */
  shares(): Float64Array {
    return this.#values.slice(0, this.columns);
  }

  /**
   * Of each row, the groups' first: what a choice of open columns costs at least for a unit of it, at
   * the last basis. For every open column `cost - Σ price·entry ≥ 0` up to rounding, no price of a row
   * with an upper side is above 0, and so no choice costs less than `Σ price·right`. That is the
   * objective; after a `dear` because no column can enter it is above the `costMax` of that search (as
   * much of the ray is added as that takes; none for an infinite `costMax`, which no sum is above).
   */
  prices(): Float64Array {
    return this.#prices.map((price, row) => price + this.#ray * this.#rho[row]!);
  }

  /** Shuts what cannot be in a choice of that cost. */
  shutDearer(costMax: number): void {
    const room = costMax - this.objective;
    for (let column = 0; column < this.columns; column++) {
      if (this.reduced[column]! > room && !this.#basis.isBasic(column)) this.isShut[column] = 1;
    }
  }

  /** `dear` also where no choice keeps the rows at all. */
  solve(costMax: number, pivotsMax: number): Relaxation {
    this.#ray = 0;
    this.#setOpen();
    for (let pivot = 0; ; pivot++) {
      if (this.objective > costMax) return 'dear';
      if (this.#updates >= UPDATES_MAX) this.#rebuild();
      const leaving = this.#leaving();
      if (leaving === NONE) return 'solved';
      if (pivot >= pivotsMax) return 'open';
      if (!this.#pivotAt(leaving)) {
        this.#setRay(this.#head[leaving]!, costMax);
        return 'dear';
      }
    }
  }

  /** Prices that are moved along a row into which nothing can enter prove as much as one likes. */
  #setRay(leaves: number, costMax: number): void {
    if (costMax === Infinity) return;
    const room = costMax - this.objective + ABOVE * Math.max(1, Math.abs(costMax));
    this.#ray = room / this.#wrongBy(leaves);
  }

  #setOpen(): void {
    this.#openCount = 0;
    for (let column = 0; column < this.columns; column++) {
      if (this.isShut[column] === 0) this.#open[this.#openCount++] = column;
    }
  }

  #wrongBy(variable: number): number {
    const value = this.#values[variable]!;
    if (value < -FEASIBLE) return value;
    return value > FEASIBLE && this.isShut[variable] === 1 ? value : 0;
  }

  /** Where in the head the row of the inverse is the steepest edge. */
  #leaving(): number {
    let [leaving, steepest] = [NONE, 0];
    for (let at = 0; at < this.rows; at++) {
      const variable = this.#head[at]!;
      const wrong = this.#wrongBy(variable);
      if (wrong === 0) continue;
      const steep = (wrong * wrong) / this.#norms[variable]!;
      if (steep > steepest) [leaving, steepest] = [at, steep];
    }
    return leaving;
  }

  /** False where no column can take the place of the one that leaves. */
  #pivotAt(at: number): boolean {
    const [basis, row, entering] = [this.#basis, this.#rho, this.#entering];
    const leaves = this.#head[at]!;
    const wrong = this.#wrongBy(leaves);
    basis.setRow(leaves, row);
    this.#setAlpha();
    const enters = this.#enters(Math.sign(wrong));
    if (enters === NONE) return false;
    const pivot = basis.setColumn(enters, this.#column, row);
    basis.solve(this.#column, entering);
    if (this.#updates > 0 && Math.abs(entering[leaves]! / pivot - 1) > DRIFT_MAX) {
      this.#rebuild();
      return true;
    }
    const slack = enters - this.columns;
    const cost = slack >= 0 ? -this.#prices[slack]! : this.reduced[enters]!;
    const step = Math.sign(wrong) * Math.max(0, (cost / pivot) * Math.sign(wrong));
    this.#movePrices(leaves, enters, step);
    this.objective += Math.abs(step * wrong);
    basis.solve(row, this.#tau);
    this.#moveValues(leaves, enters);
    basis.exchange({ leaves, row, enters, entering });
    this.#head[at] = enters;
    this.#updates++;
    return true;
  }

  /** The row of the inverse by each column that may enter. */
  #setAlpha(): void {
    const { starts, rows, values } = this.choice.columns;
    const [alpha, rho, open, basis] = [this.#alpha, this.#rho, this.#open, this.#basis];
    for (let index = 0; index < this.#openCount; index++) {
      const column = open[index]!;
      let sum = 0;
      if (!basis.isBasic(column)) {
        const end = starts[column + 1]!;
        for (let at = starts[column]!; at < end; at++) sum += rho[rows[at]!]! * values[at]!;
      }
      alpha[index] = sum;
    }
  }

  /** Of those whose reduced cost is the first to become 0, the one with the largest pivot. */
  #enters(sign: number): number {
    const [alpha, reduced, rho, open] = [this.#alpha, this.reduced, this.#rho, this.#open];
    let [enters, least, size] = [NONE, Infinity, 0];
    for (let index = 0; index < this.#openCount; index++) {
      const pivot = alpha[index]! * sign;
      if (pivot <= PIVOT_MIN) continue;
      const ratio = Math.max(0, reduced[open[index]!]! / pivot);
      if (ratio < least - TIE || (ratio <= least && pivot > size)) {
        [enters, least, size] = [open[index]!, ratio, pivot];
      }
    }
    const { rowAt, size: tight } = this.#basis;
    for (let at = 0; at < tight; at++) {
      const row = rowAt[at]!;
      const pivot = rho[row]! * sign;
      if (pivot <= PIVOT_MIN) continue;
      const ratio = Math.max(0, -this.#prices[row]! / pivot);
      if (ratio < least - TIE || (ratio <= least && pivot > size)) {
        [enters, least, size] = [this.columns + row, ratio, pivot];
      }
    }
    return enters;
  }

  #movePrices(leaves: number, enters: number, step: number): void {
    const [alpha, reduced, rho, prices] = [this.#alpha, this.reduced, this.#rho, this.#prices];
    const open = this.#open;
    for (let row = 0; row < this.rows; row++) prices[row]! += step * rho[row]!;
    for (let index = 0; index < this.#openCount; index++) {
      if (alpha[index] !== 0) reduced[open[index]!]! -= step * alpha[index]!;
    }
    if (leaves < this.columns) reduced[leaves] = -step;
    if (enters < this.columns) reduced[enters] = 0;
    else prices[enters - this.columns] = 0;
  }

  #moveValues(leaves: number, enters: number): void {
    const [values, norms] = [this.#values, this.#norms];
    const [rho, entering, tau] = [this.#rho, this.#entering, this.#tau];
    const pivot = entering[leaves]!;
    let norm = 0;
    for (let row = 0; row < this.rows; row++) norm += rho[row]! * rho[row]!;
    const step = values[leaves]! / pivot;
    for (let at = 0; at < this.rows; at++) {
      const variable = this.#head[at]!;
      const by = entering[variable]!;
      if (by === 0) continue;
      values[variable]! -= step * by;
      const times = by / pivot;
      const moved = norms[variable]! + times * (times * norm - 2 * tau[variable]!);
      norms[variable] = Math.max(NORM_MIN, moved);
    }
    [values[leaves], values[enters]] = [0, step];
    norms[enters] = Math.max(NORM_MIN, norm / (pivot * pivot));
  }

  #rebuild(): void {
    this.#basis.rebuild();
    this.#updates = 0;
    this.#setValues();
  }

  /** Values, prices and reduced costs from the basis. */
  #setValues(): void {
    const { costs, rights } = this.choice;
    const [basis, values, whole] = [this.#basis, this.#values, this.#entering];
    this.#head.set(basis.basics());
    basis.solve(rights, whole);
    values.fill(0);
    this.objective = 0;
    for (const variable of this.#head) {
      values[variable] = whole[variable]!;
      if (variable < this.columns) this.objective += costs[variable]! * whole[variable]!;
    }
    basis.setPrices(this.#prices);
    this.#setReduced();
  }

  #setReduced(): void {
    const { costs, columns } = this.choice;
    const { starts, rows, values } = columns;
    for (let column = 0; column < this.columns; column++) {
      let cost = costs[column]!;
      for (let at = starts[column]!; at < starts[column + 1]!; at++) {
        cost -= this.#prices[rows[at]!]! * values[at]!;
      }
      this.reduced[column] = this.#basis.isBasic(column) ? 0 : cost;
    }
  }
}
