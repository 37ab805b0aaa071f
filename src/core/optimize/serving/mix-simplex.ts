import { type Box, MixBasis, type MixOptimum } from './mix-basis.ts';
import type { Mix } from './mix-model.ts';
import { Choice, type Entering, RatioTest } from './simplex-choice.ts';

/*
 * Problem: the linear relaxation of a GPU mix inside a box of machine counts. Capacity may be
 * exceeded at a price (the penalty), so that there is always an answer, and what is impossible
 * shows as dear.
 * Method: primal simplex with generalized upper bounds: of the shares of each bucket one is the
 * key and follows from the others, so that the basis has one row for each kind of machine and each
 * pool, not one for each bucket. It is small enough to be inverted anew in each step: no drift.
 * The prices of every step give a Lagrangian bound, and a bound at the cutoff ends the search.
 * Complexity: O(kinds³ + kinds·buckets) a step, tens of steps.
 * Reference: Dantzig, Van Slyke, Generalized Upper Bounding Techniques (1967).
 */

export type RelaxedMix = {
  /** No answer in the box costs less, in micro-dollars. */
  readonly bound: number;
  /** That proves it: of one machine of each kind, and of one unit of each row's limit. */
  readonly prices: Float64Array;
  readonly rowPrices: Float64Array;
  /** Null where the cutoff ended it, or where no steps were left. */
  readonly optimum: MixOptimum | null;
};

export type RelaxOptions = {
  readonly cutoff: number;
  /** Prices of machines near which the optimum is expected. */
  readonly near: Float64Array | null;
  /** Of a machine of each kind, then of a unit of each row, that is not there; in micro-dollars. */
  readonly penalties: Float64Array;
  /** Looked at in each step; what is proven until then stays so. */
  readonly isOver?: () => boolean;
};

/**
 * A checker lets loads pass that are a millionth too much, and bounds what passes: at high prices of
 * machines, as where some are missing, that counts.
 */
const LOAD_SLACK = 2.1e-6;
/** The same of pools. */
const LIMIT_SLACK = 4.1e-9;
/** Relative to the prices compared. */
const PRICE_TOLERANCE = 1e-11;
/** A shorter step changes nothing. */
const STEP_TOLERANCE = 1e-12;
/** Steps that change nothing, after which the first column that helps is taken (Bland's rule). */
const STALLED_MAX = 60;
const STEPS_MAX = 5000;

/** Solves the relaxation of a mix in a box. */
export function relaxMix(mix: Mix, box: Box, options: RelaxOptions): RelaxedMix {
  const basis = new MixBasis(mix, box);
  const simplex = new MixSimplex(basis, options.penalties);
  basis.start(options.near);
  let best: Omit<RelaxedMix, 'optimum'> | null = null;
  for (let step = 0; step < STEPS_MAX; step++) {
    const { bound, entering } = simplex.price(simplex.stalled > STALLED_MAX);
    if (best === null || bound > best.bound) best = { bound, ...simplex.provenBy() };
    if (bound >= options.cutoff || options.isOver?.() === true) break;
    if (entering === null) return { ...best, optimum: basis.optimum() };
    if (!simplex.enter(entering)) break;
  }
  return { ...best!, optimum: null };
}

/** The steps of the method on one basis. */
class MixSimplex {
  readonly basis: MixBasis;
  readonly machinePrices: Float64Array;
  readonly rowPrices: Float64Array;
  /** Steps in a row that changed no value. */
  stalled = 0;
  readonly #penalties: Float64Array;
  readonly #change: Float64Array;
  readonly #keyChange: Float64Array;

  constructor(basis: MixBasis, penalties: Float64Array) {
    this.basis = basis;
    this.#penalties = penalties;
    this.#change = new Float64Array(basis.size);
    this.#keyChange = new Float64Array(basis.key.length);
    this.machinePrices = new Float64Array(basis.kinds);
    this.rowPrices = new Float64Array(basis.mix.rows.length);
  }

  /** Prices of the basis, what they prove, and the column that helps most; null at the optimum. */
  price(takesFirst: boolean): { readonly bound: number; readonly entering: Entering | null } {
    this.basis.factor();
    const { kinds, rows } = this.basis.mix;
    this.machinePrices.fill(0);
    this.rowPrices.fill(0);
    for (let position = 0; position < this.basis.size; position++) {
      const cost = this.#costOf(this.basis.working[position]!);
      if (cost === 0) continue;
      for (let row = 0; row < this.basis.size; row++) {
        const share = cost * this.basis.inverse[position * this.basis.size + row]!;
        if (row < this.basis.kinds) this.machinePrices[row] = this.machinePrices[row]! - share;
        else
          this.rowPrices[row - this.basis.kinds] = this.rowPrices[row - this.basis.kinds]! - share;
      }
    }
    const choice = new Choice(takesFirst);
    let bound = this.#priceShares(choice);
    kinds.forEach(({ cost }, kind) => {
      const real = rows.reduce(
        (sum, { amounts }, row) => sum + amounts[kind]! * this.rowPrices[row]!,
        cost,
      );
      bound += this.#priceMachine(choice, kind, real);
    });
    for (let row = 0; row < this.basis.size; row++) bound -= this.#priceRow(choice, row);
    return { bound, entering: choice.best };
  }

  /** What the buckets are worth by the prices, less what lighter loads let machines earn of it. */
  #priceShares(choice: Choice): number {
    const { loads, buckets } = this.basis.mix;
    let worth = 0;
    for (let bucket = 0; bucket < buckets.length; bucket++) {
      const first = bucket * this.basis.kinds;
      const key = this.basis.key[bucket]!;
      const keyPrice = this.machinePrices[key]! * loads[first + key]!;
      let least = Infinity;
      let leastAt = first;
      for (let kind = 0; kind < this.basis.kinds; kind++) {
        const load = loads[first + kind]!;
        if (load === Infinity) continue;
        const price = this.machinePrices[kind]! * load;
        if (price >= least) continue;
        least = price;
        leastAt = first + kind;
      }
      worth += Math.max(0, least) - this.#slackOf(first, least);
      const noise = PRICE_TOLERANCE * (Math.abs(least) + Math.abs(keyPrice));
      choice.offer(leastAt, keyPrice - least, noise);
    }
    return worth;
  }

  /** Each kind of machine that takes a bucket for about what it is worth can take it for less. */
  #slackOf(first: number, least: number): number {
    let slack = 0;
    for (let kind = 0; kind < this.basis.kinds; kind++) {
      const load = this.basis.mix.loads[first + kind]!;
      if (load === Infinity) continue;
      const gain = least - this.machinePrices[kind]! * load * (1 - LOAD_SLACK);
      if (gain > 0) slack += gain;
    }
    return slack;
  }

  /** The least that the machines of one kind in the box cost, beyond what they are worth. */
  #priceMachine(choice: Choice, kind: number, cost: number): number {
    const [lower, upper] = [this.basis.box.lower[kind]!, this.basis.box.upper[kind]!];
    const price = this.machinePrices[kind]!;
    const column = this.basis.firstMachine + kind;
    const noise = PRICE_TOLERANCE * (cost + Math.abs(price));
    if (this.basis.isBasic[column] === 0 && lower < upper) {
      if (this.basis.atUpper[kind] === 0) choice.offer(column, price - cost, noise);
      else choice.offer(column, cost - price, noise, -1);
    }
    const beyond = this.#realCost(kind) - Math.max(0, price);
    return Math.min(lower * beyond, upper * beyond);
  }

  /** By prices of which none is below nothing, as a certificate has them. */
  #realCost(kind: number): number {
    const { kinds, rows } = this.basis.mix;
    return rows.reduce(
      (sum, { amounts }, row) => sum + amounts[kind]! * Math.max(0, this.rowPrices[row]!),
      kinds[kind]!.cost,
    );
  }

  /** What a row's limit is worth. */
  #priceRow(choice: Choice, row: number): number {
    const isPool = row >= this.basis.kinds;
    const price = isPool ? this.rowPrices[row - this.basis.kinds]! : this.machinePrices[row]!;
    const penalty = this.#penalties[row]!;
    const noise = PRICE_TOLERANCE * penalty;
    const [slack, overflow] = [this.basis.firstSlack + row, this.basis.firstOverflow + row];
    if (this.basis.isBasic[slack] === 0) choice.offer(slack, -price, noise);
    if (this.basis.isBasic[overflow] === 0) choice.offer(overflow, price - penalty, noise);
    if (!isPool) return 0;
    return (
      Math.max(0, price) * this.basis.mix.rows[row - this.basis.kinds]!.limit * (1 + LIMIT_SLACK)
    );
  }

  /** Brings a column into the basis; false when numbers are too bad to go on. */
  enter({ column, direction }: Entering): boolean {
    this.#changeBy(column, direction);
    const { leaving, step } = this.#ratioTest(column);
    if (step === Infinity) return false;
    this.stalled = step > STEP_TOLERANCE ? 0 : this.stalled + 1;
    if (leaving === null) {
      const kind = column - this.basis.firstMachine;
      this.basis.atUpper[kind] = 1 - this.basis.atUpper[kind]!;
    } else if ('position' in leaving) {
      this.#leave(leaving.position);
      this.basis.join(leaving.position, column);
    } else {
      this.basis.replaceKey(leaving.bucket, column);
    }
    return true;
  }

  /** A machine that leaves stays at the bound that it has reached. */
  #leave(position: number): void {
    const column = this.basis.working[position]!;
    this.basis.isBasic[column] = 0;
    const kind = this.basis.kindOf(column);
    if (kind !== null) this.basis.atUpper[kind] = this.#change[position]! > 0 ? 1 : 0;
  }

  /** How values change while the column grows (or shrinks) by one. */
  #changeBy(column: number, direction: 1 | -1): void {
    const size = this.basis.size;
    this.basis.fillColumn(column);
    this.#keyChange.fill(0);
    const own = this.basis.bucketOf(column);
    if (own !== null) this.#keyChange[own] = -1;
    for (let position = 0; position < size; position++) {
      let change = 0;
      for (let row = 0; row < size; row++) {
        change -= this.basis.inverse[position * size + row]! * this.basis.column[row]!;
      }
      this.#change[position] = change * direction;
      const bucket = this.basis.bucketOf(this.basis.working[position]!);
      if (bucket !== null) this.#keyChange[bucket] = this.#keyChange[bucket]! - change * direction;
    }
  }

  #ratioTest(column: number): RatioTest {
    const test = new RatioTest();
    const own = this.basis.kindOf(column);
    if (own !== null) test.offer(null, this.basis.box.upper[own]! - this.basis.box.lower[own]!, 1);
    for (let position = 0; position < this.basis.size; position++) {
      const change = this.#change[position]!;
      const value = this.basis.values[position]!;
      const kind = this.basis.kindOf(this.basis.working[position]!);
      const least = kind === null ? 0 : this.basis.box.lower[kind]!;
      const most = kind === null ? Infinity : this.basis.box.upper[kind]!;
      test.offer({ position }, change < 0 ? value - least : most - value, change);
    }
    for (let bucket = 0; bucket < this.#keyChange.length; bucket++) {
      const change = this.#keyChange[bucket]!;
      if (change < 0) test.offer({ bucket }, this.basis.keyValues[bucket]!, change);
    }
    return test;
  }

  #costOf(column: number): number {
    const row = column - this.basis.firstOverflow;
    if (row >= 0) return this.#penalties[row]!;
    return this.basis.kindOf(column) === null
      ? 0
      : this.basis.mix.kinds[this.basis.kindOf(column)!]!.cost;
  }

  /** Prices below nothing are noise, and prove nothing. */
  provenBy(): Pick<RelaxedMix, 'prices' | 'rowPrices'> {
    const atLeastZero = (price: number): number => Math.max(0, price);
    return {
      prices: this.machinePrices.map(atLeastZero),
      rowPrices: this.rowPrices.map(atLeastZero),
    };
  }
}
