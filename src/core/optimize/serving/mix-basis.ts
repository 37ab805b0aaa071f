import { invert } from '../continuous/small-matrix.ts';
import type { Mix } from './mix-model.ts';

/** Machines of each kind: at least, at most. */
export type Box = { readonly lower: readonly number[]; readonly upper: readonly number[] };

export type MixOptimum = {
  readonly machines: Float64Array;
  /** By bucket, then by kind; made when asked for, since few are. */
  readonly shares: () => Float64Array;
  /** Machines and pool units that are missing. */
  readonly overflow: number;
};

/** A basis alone, to go on from: see `MixBasis.restore`. */
export type BasisState = {
  readonly key: Int32Array;
  readonly working: Int32Array;
  /** Machines of each kind that is not in the basis. */
  readonly outside: Float64Array;
};

/** Exchanges after which the inverse is made anew, so that rounding does not add up. */
const EXCHANGES_MAX = 25;
/** An exchange by a smaller pivot would spoil the inverse: it is made anew at once. */
const PIVOT_MIN = 1e-6;
/** Of machines and shares: what a basis may be beyond its bounds to be gone on from. */
const FEASIBLE_TOLERANCE = 1e-9;

/**
 * A basis of the relaxation of a mix (see mix-simplex.ts). Columns are numbered: shares (bucket ×
 * kinds + kind), machines, slacks, overflows. A row says load − machines + slack − overflow = 0, or
 * amounts · machines + slack − overflow = limit. Of the shares of each bucket one is the key, which
 * follows from the others; `working` are the other columns of the basis, one for each row.
 */
export class MixBasis {
  readonly mix: Mix;
  box: Box;
  readonly kinds: number;
  /** Of the working basis. */
  readonly size: number;
  readonly firstMachine: number;
  readonly firstSlack: number;
  readonly firstOverflow: number;
  readonly key: Int32Array;
  readonly working: Int32Array;
  readonly isBasic: Uint8Array;
  /** Machines of each kind that is not in the basis: at one of their bounds. */
  readonly outside: Float64Array;
  readonly inverse: Float64Array;
  /** Of `working`, and of the keys. */
  readonly values: Float64Array;
  readonly keyValues: Float64Array;
  /** As `fillColumn` left it. */
  readonly column: Float64Array;
  /** As `expand` left it. */
  readonly expanded: Float64Array;
  readonly #matrix: Float64Array;

  /** Exchanges since the inverse was made; null where it is no longer that of the basis. */
  #exchanges: number | null = null;

  constructor(mix: Mix) {
    const [kinds, buckets] = [mix.kinds.length, mix.buckets.length];
    const size = kinds + mix.rows.length;
    this.mix = mix;
    this.box = { lower: [], upper: [] };
    this.kinds = kinds;
    this.size = size;
    this.firstMachine = buckets * kinds;
    this.firstSlack = this.firstMachine + kinds;
    this.firstOverflow = this.firstSlack + size;
    this.key = new Int32Array(buckets);
    this.working = new Int32Array(size);
    this.isBasic = new Uint8Array(this.firstOverflow + size);
    this.outside = new Float64Array(kinds);
    this.inverse = new Float64Array(size * size);
    this.values = new Float64Array(size);
    this.keyValues = new Float64Array(buckets);
    this.column = new Float64Array(size);
    this.expanded = new Float64Array(size);
    this.#matrix = new Float64Array(size * size);
  }

  /** Begins with each bucket where it costs least by the given prices, whatever room is there. */
  start(box: Box, near: Float64Array | null): void {
    const { kinds, rows, buckets } = this.mix;
    const { lower, upper } = box;
    this.box = box;
    this.#exchanges = null;
    this.isBasic.fill(0);
    const prices = near ?? Float64Array.from(kinds, ({ cost }) => cost);
    const usable = prices.map((price, kind) => (upper[kind]! > 0 ? price : Infinity));
    const used = new Float64Array(this.kinds);
    for (let bucket = 0; bucket < buckets.length; bucket++) {
      const key = this.#cheapest(bucket, usable) ?? this.#cheapest(bucket, prices)!;
      this.key[bucket] = key;
      used[key] = used[key]! + this.mix.loads[bucket * this.kinds + key]!;
    }
    for (let kind = 0; kind < this.kinds; kind++) {
      const isOver = used[kind]! > upper[kind]!;
      const isUnder = used[kind]! < lower[kind]!;
      used[kind] = Math.min(upper[kind]!, Math.max(lower[kind]!, used[kind]!));
      this.outside[kind] = used[kind]!;
      const logical = isOver ? this.firstOverflow : this.firstSlack;
      this.join(kind, isOver || isUnder ? logical + kind : this.firstMachine + kind);
    }
    rows.forEach(({ amounts, limit }, index) => {
      const amount = amounts.reduce((sum, each, kind) => sum + each * used[kind]!, 0);
      const row = this.kinds + index;
      this.join(row, (amount > limit ? this.firstOverflow : this.firstSlack) + row);
    });
  }

  #cheapest(bucket: number, prices: Float64Array): number | null {
    let best: number | null = null;
    let bestPrice = Infinity;
    for (let kind = 0; kind < this.kinds; kind++) {
      const price = prices[kind]! * this.mix.loads[bucket * this.kinds + kind]!;
      if (!(price < bestPrice)) continue;
      best = kind;
      bestPrice = price;
    }
    return best;
  }

  /**
   * Begins with a basis of another box, and machines outside of it as they were there. False where
   * it is singular.
   */
  restore(box: Box, { key, working, outside }: BasisState): boolean {
    this.box = box;
    this.#exchanges = null;
    this.key.set(key);
    this.outside.set(outside);
    this.isBasic.fill(0);
    working.forEach((column, position) => {
      this.join(position, column);
    });
    return this.factor();
  }

  /**
   * Sends machines to their bound that the box leaves no room for; what is missing or left over of
   * them takes their place. False where that is taken.
   */
  replaceBeyond(): boolean {
    for (let position = 0; position < this.size; position++) {
      const column = this.working[position]!;
      const value = this.values[position]!;
      const kind = this.kindOf(column);
      let other = column;
      if (kind !== null) {
        const [lower, upper] = [this.box.lower[kind]!, this.box.upper[kind]!];
        const isOver = value > upper;
        if (!isOver && value >= lower && lower < upper) continue;
        this.outside[kind] = isOver ? upper : lower;
        other = (isOver ? this.firstOverflow : this.firstSlack) + kind;
      } else if (column >= this.firstSlack && value < 0) {
        other = column + (column < this.firstOverflow ? this.size : -this.size);
      }
      if (other === column) continue;
      if (this.isBasic[other] === 1) return false;
      this.isBasic[column] = 0;
      this.join(position, other);
      this.#exchanges = null;
    }
    return this.factor();
  }

  /** Everything is within its bounds. */
  isFeasible(): boolean {
    const isBelow = (value: number): boolean => value < -FEASIBLE_TOLERANCE;
    for (let position = 0; position < this.size; position++) {
      const value = this.values[position]!;
      const kind = this.kindOf(this.working[position]!);
      if (isBelow(kind === null ? value : value - this.box.lower[kind]!)) return false;
      if (kind !== null && isBelow(this.box.upper[kind]! - value)) return false;
    }
    return !this.keyValues.some(isBelow);
  }

  /** Gives the columns of the basis their values; false where it is singular. */
  factor(): boolean {
    if (!this.#invert()) return false;
    const size = this.size;
    this.#fillRest();
    this.keyValues.fill(1);
    for (let position = 0; position < size; position++) {
      let value = 0;
      for (let row = 0; row < size; row++) {
        value += this.inverse[position * size + row]! * this.column[row]!;
      }
      this.values[position] = value;
      const bucket = this.bucketOf(this.working[position]!);
      if (bucket !== null) this.keyValues[bucket] = this.keyValues[bucket]! - value;
    }
    return true;
  }

  /** Inverts the basis, unless exchanges have kept the inverse up. */
  #invert(): boolean {
    if (this.#exchanges !== null && this.#exchanges <= EXCHANGES_MAX) return true;
    const size = this.size;
    for (let position = 0; position < size; position++) {
      this.fillColumn(this.working[position]!);
      for (let row = 0; row < size; row++) {
        this.#matrix[row * size + position] = this.column[row]!;
      }
    }
    this.#exchanges = 0;
    return invert(this.#matrix, this.inverse, size);
  }

  /** Has the inverse made anew; false where it is new. */
  renew(): boolean {
    if (this.#exchanges === 0) return false;
    this.#exchanges = null;
    return true;
  }

  /** What the keys, and machines outside of the basis, leave of each row. */
  #fillRest(): void {
    const rest = this.column;
    const { rows, loads } = this.mix;
    rest.fill(0);
    for (let index = 0; index < rows.length; index++) rest[this.kinds + index] = rows[index]!.limit;
    for (let bucket = 0; bucket < this.key.length; bucket++) {
      const key = this.key[bucket]!;
      rest[key] = rest[key]! - loads[bucket * this.kinds + key]!;
    }
    for (let kind = 0; kind < this.kinds; kind++) {
      if (this.isBasic[this.firstMachine + kind] === 1) continue;
      const machines = this.outside[kind]!;
      rest[kind] = rest[kind]! + machines;
      for (let index = 0; index < rows.length; index++) {
        const row = this.kinds + index;
        rest[row] = rest[row]! - rows[index]!.amounts[kind]! * machines;
      }
    }
  }

  /** A share counts as what changes when it replaces the key of its bucket. */
  fillColumn(column: number): void {
    const out = this.column;
    out.fill(0);
    if (column >= this.firstOverflow) {
      out[column - this.firstOverflow] = -1;
    } else if (column >= this.firstSlack) {
      out[column - this.firstSlack] = 1;
    } else if (column >= this.firstMachine) {
      const kind = column - this.firstMachine;
      out[kind] = -1;
      const { rows } = this.mix;
      for (let index = 0; index < rows.length; index++) {
        out[this.kinds + index] = rows[index]!.amounts[kind]!;
      }
    } else {
      const kind = column % this.kinds;
      const bucket = (column - kind) / this.kinds;
      const key = this.key[bucket]!;
      out[kind] = this.mix.loads[column]!;
      out[key] = out[key]! - this.mix.loads[bucket * this.kinds + key]!;
    }
  }

  /** The column that is to enter, in terms of the working basis: into `expanded`. */
  expand(column: number): void {
    const { size, inverse, expanded } = this;
    this.fillColumn(column);
    for (let position = 0; position < size; position++) {
      let sum = 0;
      for (let row = 0; row < size; row++)
        sum += inverse[position * size + row]! * this.column[row]!;
      expanded[position] = sum;
    }
  }

  /** Another share of the bucket becomes its key: the column just expanded, or one of the basis. */
  replaceKey(bucket: number, column: number): void {
    const isOwn = this.bucketOf(column) === bucket;
    const position = this.working.findIndex((other) => this.bucketOf(other) === bucket);
    this.key[bucket] = (isOwn ? column : this.working[position]!) % this.kinds;
    if (!isOwn) this.exchange(position, column);
    // Other shares of the bucket are now relative to another key.
    if (this.working.some((other) => this.bucketOf(other) === bucket)) this.#exchanges = null;
  }

  /** Puts the column just expanded into the working basis, and keeps the inverse up. */
  exchange(position: number, column: number): void {
    this.join(position, column);
    const { size, inverse, expanded } = this;
    const pivot = expanded[position]!;
    if (this.#exchanges === null) return;
    this.#exchanges = Math.abs(pivot) < PIVOT_MIN ? null : this.#exchanges + 1;
    const own = position * size;
    for (let row = 0; row < size; row++) inverse[own + row] = inverse[own + row]! / pivot;
    for (let other = 0; other < size; other++) {
      const factor = expanded[other]!;
      if (other === position || factor === 0) continue;
      const first = other * size;
      for (let row = 0; row < size; row++) {
        inverse[first + row] = inverse[first + row]! - factor * inverse[own + row]!;
      }
    }
  }

  join(position: number, column: number): void {
    this.working[position] = column;
    this.isBasic[column] = 1;
  }

  /** Machines and pool units that are missing. */
  overflow(): number {
    let overflow = 0;
    for (let position = 0; position < this.size; position++) {
      if (this.working[position]! >= this.firstOverflow) {
        overflow += Math.max(0, this.values[position]!);
      }
    }
    return overflow;
  }

  /** The values of the basis. */
  optimum(): MixOptimum {
    const machines = this.outside.slice();
    for (let position = 0; position < this.size; position++) {
      const kind = this.kindOf(this.working[position]!);
      if (kind !== null) machines[kind] = Math.max(0, this.values[position]!);
    }
    const [key, working] = [this.key.slice(), this.working.slice()];
    const [keyValues, values] = [this.keyValues.slice(), this.values.slice()];
    const shares = (): Float64Array => {
      const all = new Float64Array(this.firstMachine);
      for (let bucket = 0; bucket < key.length; bucket++) {
        all[bucket * this.kinds + key[bucket]!] = Math.max(0, keyValues[bucket]!);
      }
      for (let position = 0; position < working.length; position++) {
        const column = working[position]!;
        if (column < this.firstMachine) all[column] = Math.max(0, values[position]!);
      }
      return all;
    };
    return { machines, shares, overflow: this.overflow() };
  }

  state(): BasisState {
    return {
      key: this.key.slice(),
      working: this.working.slice(),
      outside: this.outside.slice(),
    };
  }

  /** Of a share; null for other columns. */
  bucketOf(column: number): number | null {
    return column < this.firstMachine ? Math.floor(column / this.kinds) : null;
  }

  /** Of machines; null for other columns. */
  kindOf(column: number): number | null {
    const isMachine = column >= this.firstMachine && column < this.firstSlack;
    return isMachine ? column - this.firstMachine : null;
  }
}
