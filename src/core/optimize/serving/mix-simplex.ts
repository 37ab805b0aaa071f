import { type BasisState, type Box, MixBasis, type MixOptimum } from './mix-basis.ts';
import type { Mix } from './mix-model.ts';
import { MixPrices, type ProvenPrices } from './mix-prices.ts';
import { NONE, RatioTest } from './simplex-choice.ts';

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

export type RelaxedMix = ProvenPrices & {
  /** No answer in the box costs less, in micro-dollars, as its prices prove. */
  readonly bound: number;
  /** Null where the cutoff ended it, or where no steps were left. */
  readonly optimum: MixOptimum | null;
  /** Where it ended: a start for boxes near by. */
  readonly basis: BasisState;
};

type Proven = ProvenPrices & { readonly bound: number };

export type RelaxOptions = {
  readonly cutoff: number;
  /** Ends where no more than this is missing, whatever it costs: for boxes with room for nothing else. */
  readonly overflowMax?: number;
  /** Where a box near by ended. */
  readonly from?: BasisState | null;
  /** Where there is none that can be used: prices of machines near which the optimum is expected. */
  readonly near: Float64Array | null;
  /** Of a machine of each kind, then of a unit of each row, that is not there; in micro-dollars. */
  readonly penalties: Float64Array;
  /** Looked at in each step; what is proven until then stays so. */
  readonly isOver?: () => boolean;
};

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
  readonly #basis: MixBasis;
  readonly #prices: MixPrices;
  /** Steps in a row that changed no value. */
  #stalled = 0;
  readonly #test = new RatioTest();
  readonly #change: Float64Array;
  readonly #keyChange: Float64Array;

  constructor(mix: Mix) {
    const basis = new MixBasis(mix);
    this.#basis = basis;
    this.#prices = new MixPrices(mix, basis);
    this.#change = new Float64Array(basis.size);
    this.#keyChange = new Float64Array(basis.key.length);
  }

  solve(box: Box, options: RelaxOptions): RelaxedMix {
    const { cutoff, overflowMax = -1, from = null, near, penalties } = options;
    const [basis, prices] = [this.#basis, this.#prices];
    prices.penalties = penalties;
    this.#stalled = 0;
    if (from === null || !this.#resume(box, from)) basis.start(box, near);
    let best: Proven | null = null;
    let optimum: MixOptimum | null = null;
    for (let step = 0; step < STEPS_MAX && basis.factor(); step++) {
      if (basis.overflow() <= overflowMax) {
        if (basis.renew()) continue;
        optimum = basis.optimum();
        break;
      }
      if (step > 0 && this.#enterListed()) continue;
      const upTo = prices.priceAll(this.#stalled > STALLED_MAX);
      const isFinal = prices.choice.column === NONE && !basis.renew();
      const isOver = isFinal || options.isOver?.() === true;
      const isLast = isOver || (prices.choice.column !== NONE && !this.#enter());
      if (upTo < cutoff && !isLast) continue;
      const bound = upTo - prices.slack();
      if (best === null || bound > best.bound) best = { bound, ...prices.proven() };
      if (isFinal && bound < cutoff) optimum = basis.optimum();
      if (bound >= cutoff || isLast) break;
    }
    best ??= { bound: 0, ...prices.none() };
    return { ...best, optimum, basis: basis.state() };
  }

  /** Goes on from the basis of a box near by; false where that is not to be had. */
  #resume(box: Box, from: BasisState): boolean {
    const basis = this.#basis;
    if (!basis.restore(box, from) || !basis.replaceBeyond()) return false;
    for (let kind = 0; kind < basis.kinds; kind++) {
      if (basis.isBasic[basis.firstMachine + kind] === 0 && !this.#toBound(kind)) return false;
    }
    return basis.replaceBeyond() && basis.isFeasible();
  }

  /**
   * Brings machines outside of the basis to the bound that is nearer. Where some value comes to its end before
   * they are there, what is missing or left over of them takes its place, and grows instead.
   */
  #toBound(kind: number): boolean {
    const basis = this.#basis;
    const now = basis.outside[kind]!;
    const [lower, upper] = [basis.box.lower[kind]!, basis.box.upper[kind]!];
    const bound = now - lower <= upper - now ? lower : upper;
    if (bound === now) return true;
    const direction = bound > now ? 1 : -1;
    const logical = (direction > 0 ? basis.firstSlack : basis.firstOverflow) + kind;
    if (basis.isBasic[logical] === 0) {
      this.#changeBy(basis.firstMachine + kind, direction);
      this.#findLeaving(Infinity);
      if (this.#test.step < Math.abs(bound - now)) {
        basis.expand(logical);
        this.#exchange(logical);
      }
    }
    basis.outside[kind] = bound;
    return basis.factor();
  }

  /** Brings in another of the shares that helped when all were priced last, if one still does. */
  #enterListed(): boolean {
    if (this.#stalled > STALLED_MAX) return false;
    this.#prices.priceListed();
    return this.#prices.choice.column !== NONE && this.#enter();
  }

  /** Brings the chosen column into the basis; false when numbers are too bad to go on. */
  #enter(): boolean {
    const { column, direction } = this.#prices.choice;
    const { box, outside } = this.#basis;
    const kind = this.#basis.kindOf(column);
    this.#changeBy(column, direction);
    this.#findLeaving(kind === null ? Infinity : box.upper[kind]! - box.lower[kind]!);
    const { step, position, bucket } = this.#test;
    if (step === Infinity) return false;
    this.#stalled = step > STEP_TOLERANCE ? 0 : this.#stalled + 1;
    if (bucket !== NONE || position !== NONE) this.#exchange(column);
    else outside[kind!] = direction > 0 ? box.upper[kind!]! : box.lower[kind!]!;
    return true;
  }

  /** Puts the column just expanded in the place of what it drives out. */
  #exchange(column: number): void {
    const { position, bucket } = this.#test;
    if (bucket !== NONE) {
      this.#basis.replaceKey(bucket, column);
      return;
    }
    this.#leave(position);
    this.#basis.exchange(position, column);
  }

  /** A machine that leaves stays at the bound that it has reached. */
  #leave(position: number): void {
    const { box, working, isBasic, outside } = this.#basis;
    const column = working[position]!;
    isBasic[column] = 0;
    const kind = this.#basis.kindOf(column);
    if (kind === null) return;
    outside[kind] = (this.#change[position]! > 0 ? box.upper : box.lower)[kind]!;
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

  /** How far the column can go, by itself and by `#change`, and whom it drives out. */
  #findLeaving(room: number): void {
    const { box, kinds, firstMachine, size, working, values, keyValues } = this.#basis;
    const test = this.#test;
    test.reset();
    test.offerOwn(room);
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
}
