import { type BasisState, type Box, MixBasis, type MixOptimum } from './mix-basis.ts';
import type { Mix } from './mix-model.ts';
import { Choice, NONE, RatioTest } from './simplex-choice.ts';

/*
 * Problem: the linear relaxation of a GPU mix inside a box of machine counts. Capacity may be
 * exceeded at a price (the penalty), so that there is always an answer, and what is impossible
 * shows as dear.
 * Method: primal simplex with generalized upper bounds: of the shares of each bucket one is the
 * key and follows from the others, so that the basis has one row for each kind of machine and each
 * pool, not one for each bucket. Its inverse is kept up, and made anew often: no drift. A box near
 * to one that is solved goes on from there: a machine that is no longer in its bounds leaves the
 * basis for its overflow or slack. The prices of every step give a Lagrangian bound, and a bound
 * at the cutoff ends the search.
 * Complexity: O(kinds² + kinds·buckets) a step, tens of steps from nothing, some from near by.
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
  /** Where it ended: a start for boxes near by. */
  readonly basis: BasisState;
};

export type RelaxOptions = {
  readonly cutoff: number;
  /** Where a box near by ended. */
  readonly from?: BasisState | null;
  /** Where there is none that can be used: prices of machines near which the optimum is expected. */
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

/** Room to work in, one for each mix: most relaxations take only a few steps. */
const SIMPLEX_BY_MIX = new WeakMap<Mix, MixSimplex>();

/** Solves the relaxation of a mix in a box. */
export function relaxMix(mix: Mix, box: Box, options: RelaxOptions): RelaxedMix {
  const simplex = SIMPLEX_BY_MIX.get(mix) ?? new MixSimplex(mix);
  SIMPLEX_BY_MIX.set(mix, simplex);
  return simplex.solve(box, options);
}

/** The steps of the method. */
class MixSimplex {
  readonly #mix: Mix;
  readonly #basis: MixBasis;
  readonly #costs: Float64Array;
  readonly #machinePrices: Float64Array;
  readonly #rowPrices: Float64Array;
  #penalties: Float64Array = new Float64Array();
  /** Steps in a row that changed no value. */
  #stalled = 0;
  readonly #choice = new Choice();
  readonly #test = new RatioTest();
  readonly #change: Float64Array;
  readonly #keyChange: Float64Array;

  constructor(mix: Mix) {
    const basis = new MixBasis(mix);
    this.#mix = mix;
    this.#basis = basis;
    this.#costs = Float64Array.from(mix.kinds, ({ cost }) => cost);
    this.#change = new Float64Array(basis.size);
    this.#keyChange = new Float64Array(basis.key.length);
    this.#machinePrices = new Float64Array(basis.kinds);
    this.#rowPrices = new Float64Array(mix.rows.length);
  }

  solve(box: Box, { cutoff, from = null, near, penalties, isOver }: RelaxOptions): RelaxedMix {
    const basis = this.#basis;
    this.#penalties = penalties;
    this.#stalled = 0;
    if (from === null || !basis.resume(box, from)) basis.start(box, near);
    let best: Pick<RelaxedMix, 'bound' | 'prices' | 'rowPrices'> | null = null;
    let optimum: MixOptimum | null = null;
    let upTo = -Infinity;
    for (let step = 0; step < STEPS_MAX && basis.factor(); step++) {
      upTo = this.#price();
      const isOptimal = this.#choice.column === NONE && !basis.renew();
      const isLast = isOptimal || isOver?.() === true;
      if (upTo >= cutoff || isLast) {
        const bound = upTo - this.#slack();
        if (best === null || bound > best.bound) best = { bound, ...this.#provenBy() };
        if (isOptimal && bound < cutoff) optimum = basis.optimum();
        if (bound >= cutoff || isLast) break;
      }
      if (this.#choice.column !== NONE && !this.#enter()) break;
    }
    best ??= { bound: upTo - this.#slack(), ...this.#provenBy() };
    return { ...best, optimum, basis: basis.state() };
  }

  /**
   * Prices of the basis, and the column that helps most (none at the optimum). Returns what the
   * prices prove but for `#slack`.
   */
  #price(): number {
    this.#fillPrices();
    const choice = this.#choice;
    choice.reset(this.#stalled > STALLED_MAX);
    let bound = this.#priceShares(choice);
    for (let kind = 0; kind < this.#basis.kinds; kind++) bound += this.#priceMachine(choice, kind);
    for (let row = 0; row < this.#basis.size; row++) bound -= this.#priceRow(choice, row);
    return bound;
  }

  #fillPrices(): void {
    const { size, kinds, inverse, working } = this.#basis;
    const [prices, rowPrices] = [this.#machinePrices, this.#rowPrices];
    prices.fill(0);
    rowPrices.fill(0);
    for (let position = 0; position < size; position++) {
      const cost = this.#costOf(working[position]!);
      if (cost === 0) continue;
      const first = position * size;
      for (let row = 0; row < kinds; row++) {
        prices[row] = prices[row]! - cost * inverse[first + row]!;
      }
      for (let row = kinds; row < size; row++) {
        rowPrices[row - kinds] = rowPrices[row - kinds]! - cost * inverse[first + row]!;
      }
    }
  }

  /** What the buckets are worth by the prices. */
  #priceShares(choice: Choice): number {
    const { loads } = this.#mix;
    const { kinds, key } = this.#basis;
    const prices = this.#machinePrices;
    let worth = 0;
    for (let bucket = 0, first = 0; bucket < key.length; bucket++, first += kinds) {
      const own = first + key[bucket]!;
      const keyPrice = prices[key[bucket]!]! * loads[own]!;
      let least = keyPrice;
      let leastAt = own;
      for (let kind = 0; kind < kinds; kind++) {
        const price = prices[kind]! * loads[first + kind]!;
        if (price < least && loads[first + kind]! < Infinity) {
          least = price;
          leastAt = first + kind;
        }
      }
      if (least > 0) worth += least;
      if (leastAt === own) continue;
      const noise = PRICE_TOLERANCE * (Math.abs(least) + Math.abs(keyPrice));
      choice.offer(leastAt, keyPrice - least, noise);
    }
    return worth;
  }

  /**
   * What the lighter loads of a checker let machines earn beyond that: each kind that takes a bucket
   * for about what it is worth can take it for less.
   */
  #slack(): number {
    const { loads } = this.#mix;
    const { kinds, key } = this.#basis;
    const prices = this.#machinePrices;
    let slack = 0;
    for (let bucket = 0, first = 0; bucket < key.length; bucket++, first += kinds) {
      let least = Infinity;
      for (let kind = 0; kind < kinds; kind++) {
        const load = loads[first + kind]!;
        if (load < Infinity) least = Math.min(least, prices[kind]! * load);
      }
      for (let kind = 0; kind < kinds; kind++) {
        const load = loads[first + kind]!;
        if (load < Infinity) slack += Math.max(0, least - prices[kind]! * load * (1 - LOAD_SLACK));
      }
    }
    return slack;
  }

  /** The least that the machines of one kind in the box cost, beyond what they are worth. */
  #priceMachine(choice: Choice, kind: number): number {
    const { box, firstMachine, isBasic, atUpper } = this.#basis;
    const { rows } = this.#mix;
    const [lower, upper] = [box.lower[kind]!, box.upper[kind]!];
    const price = this.#machinePrices[kind]!;
    const column = firstMachine + kind;
    let cost = this.#costs[kind]!;
    // By prices of which none is below nothing, as a certificate has them.
    let proven = cost;
    for (let row = 0; row < rows.length; row++) {
      const amount = rows[row]!.amounts[kind]!;
      cost += amount * this.#rowPrices[row]!;
      proven += amount * Math.max(0, this.#rowPrices[row]!);
    }
    const noise = PRICE_TOLERANCE * (cost + Math.abs(price));
    if (isBasic[column] === 0 && lower < upper) {
      if (atUpper[kind] === 0) choice.offer(column, price - cost, noise);
      else choice.offer(column, cost - price, noise, -1);
    }
    const beyond = proven - Math.max(0, price);
    return (beyond > 0 ? lower : upper) * beyond;
  }

  /** What a row's limit is worth. */
  #priceRow(choice: Choice, row: number): number {
    const { kinds, firstSlack, firstOverflow, isBasic } = this.#basis;
    const isPool = row >= kinds;
    const price = isPool ? this.#rowPrices[row - kinds]! : this.#machinePrices[row]!;
    const penalty = this.#penalties[row]!;
    const noise = PRICE_TOLERANCE * penalty;
    const [slack, overflow] = [firstSlack + row, firstOverflow + row];
    if (isBasic[slack] === 0) choice.offer(slack, -price, noise);
    if (isBasic[overflow] === 0) choice.offer(overflow, price - penalty, noise);
    if (!isPool) return 0;
    return Math.max(0, price) * this.#mix.rows[row - kinds]!.limit * (1 + LIMIT_SLACK);
  }

  /** Brings the chosen column into the basis; false when numbers are too bad to go on. */
  #enter(): boolean {
    const { column, direction } = this.#choice;
    const basis = this.#basis;
    this.#changeBy(column, direction);
    this.#findLeaving(column);
    const { step, position, bucket } = this.#test;
    if (step === Infinity) return false;
    this.#stalled = step > STEP_TOLERANCE ? 0 : this.#stalled + 1;
    if (bucket !== NONE) {
      basis.replaceKey(bucket, column);
    } else if (position !== NONE) {
      this.#leave(position);
      basis.exchange(position, column);
    } else {
      const kind = column - basis.firstMachine;
      basis.atUpper[kind] = 1 - basis.atUpper[kind]!;
    }
    return true;
  }

  /** A machine that leaves stays at the bound that it has reached. */
  #leave(position: number): void {
    const basis = this.#basis;
    const column = basis.working[position]!;
    basis.isBasic[column] = 0;
    const kind = basis.kindOf(column);
    if (kind !== null) basis.atUpper[kind] = this.#change[position]! > 0 ? 1 : 0;
  }

  /** How values change while the column grows (or shrinks) by one. */
  #changeBy(column: number, direction: 1 | -1): void {
    const basis = this.#basis;
    basis.expand(column);
    this.#keyChange.fill(0);
    const own = basis.bucketOf(column);
    if (own !== null) this.#keyChange[own] = -1;
    for (let position = 0; position < basis.size; position++) {
      const change = -basis.expanded[position]! * direction;
      this.#change[position] = change;
      const bucket = basis.bucketOf(basis.working[position]!);
      if (bucket !== null) this.#keyChange[bucket] = this.#keyChange[bucket]! - change;
    }
  }

  /** How far the column can go, and whom it drives out. */
  #findLeaving(column: number): void {
    const { box, kinds, firstMachine, firstSlack, size, working, values, keyValues } = this.#basis;
    const test = this.#test;
    test.reset();
    if (column >= firstMachine && column < firstSlack) {
      const kind = column - firstMachine;
      test.offerOwn(box.upper[kind]! - box.lower[kind]!);
    }
    for (let position = 0; position < size; position++) {
      const change = this.#change[position]!;
      const value = values[position]!;
      const kind = working[position]! - firstMachine;
      const isMachine = kind >= 0 && kind < kinds;
      const least = isMachine ? box.lower[kind]! : 0;
      const most = isMachine ? box.upper[kind]! : Infinity;
      test.offerPosition(position, change < 0 ? value - least : most - value, change);
    }
    for (let bucket = 0; bucket < keyValues.length; bucket++) {
      const change = this.#keyChange[bucket]!;
      if (change < 0) test.offerKey(bucket, keyValues[bucket]!, change);
    }
  }

  #costOf(column: number): number {
    const { kinds, firstMachine, firstOverflow } = this.#basis;
    if (column >= firstOverflow) return this.#penalties[column - firstOverflow]!;
    const kind = column - firstMachine;
    return kind >= 0 && kind < kinds ? this.#costs[kind]! : 0;
  }

  /** Prices below nothing are noise, and prove nothing. */
  #provenBy(): Pick<RelaxedMix, 'prices' | 'rowPrices'> {
    const atLeastZero = (price: number): number => Math.max(0, price);
    return {
      prices: this.#machinePrices.map(atLeastZero),
      rowPrices: this.#rowPrices.map(atLeastZero),
    };
  }
}
