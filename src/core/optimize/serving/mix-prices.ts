import type { MixBasis } from './mix-basis.ts';
import type { Mix } from './mix-model.ts';
import { Choice } from './simplex-choice.ts';

/**
 * A checker lets loads pass that are a millionth too much, and bounds what passes: at high prices of
 * machines, as where some are missing, that counts.
 */
const LOAD_SLACK = 2.1e-6;
/** The same of pools. */
const LIMIT_SLACK = 4.1e-9;
/** Relative to the prices compared. */
const PRICE_TOLERANCE = 1e-11;
/** None below nothing: of one machine of each kind, and of one unit of each row's limit. */
export type ProvenPrices = { readonly prices: Float64Array; readonly rowPrices: Float64Array };

/** Prices of a basis of the relaxation of a mix (see mix-simplex.ts), and what they say. */
export class MixPrices {
  /** The column that helps most, by what was priced last. */
  readonly choice = new Choice();
  /** Of a machine of each kind, then of a unit of each row, that is missing. */
  penalties: Float64Array = new Float64Array();
  readonly #mix: Mix;
  readonly #basis: MixBasis;
  readonly #costs: Float64Array;
  readonly #machinePrices: Float64Array;
  readonly #rowPrices: Float64Array;
  /** Shares that helped when all were priced last, one a bucket. */
  readonly #listed: Int32Array;
  #listedCount = 0;

  constructor(mix: Mix, basis: MixBasis) {
    this.#mix = mix;
    this.#basis = basis;
    this.#costs = Float64Array.from(mix.kinds, ({ cost }) => cost);
    this.#machinePrices = new Float64Array(mix.kinds.length);
    this.#rowPrices = new Float64Array(mix.rows.length);
    this.#listed = new Int32Array(mix.buckets.length);
  }

  /**
   * Prices of the basis, and the column that helps most (none at the optimum). Returns what the
   * prices prove but for `slack`.
   */
  priceAll(takesFirst: boolean): number {
    this.#fillPrices();
    this.choice.reset(takesFirst);
    let bound = this.#priceShares();
    for (let kind = 0; kind < this.#basis.kinds; kind++) bound += this.#priceMachine(kind);
    for (let row = 0; row < this.#basis.size; row++) bound -= this.#priceRow(row);
    return bound;
  }

  /**
   * The same of the shares that helped when all were priced last, and of what is not shares (multiple
   * pricing): few are priced much faster.
   */
  priceListed(): void {
    const { loads } = this.#mix;
    const { kinds, key, size } = this.#basis;
    this.#fillPrices();
    const prices = this.#machinePrices;
    this.choice.reset(false);
    for (let at = 0; at < this.#listedCount; at++) {
      const column = this.#listed[at]!;
      const kind = column % kinds;
      const bucket = (column - kind) / kinds;
      const own = key[bucket]!;
      const price = prices[kind]! * loads[column]!;
      const keyPrice = prices[own]! * loads[column - kind + own]!;
      this.choice.offer(column, keyPrice - price, noiseOf(price, keyPrice));
    }
    for (let kind = 0; kind < kinds; kind++) this.#priceMachine(kind);
    for (let row = 0; row < size; row++) this.#priceRow(row);
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
  #priceShares(): number {
    const { loads } = this.#mix;
    const { kinds, key } = this.#basis;
    const prices = this.#machinePrices;
    this.#listedCount = 0;
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
      this.#listed[this.#listedCount++] = leastAt;
      this.choice.offer(leastAt, keyPrice - least, noiseOf(least, keyPrice));
    }
    return worth;
  }

  /**
   * What the lighter loads of a checker let machines earn beyond that: each kind that takes a bucket
   * for about what it is worth can take it for less.
   */
  slack(): number {
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
  #priceMachine(kind: number): number {
    const { box, firstMachine, isBasic, outside } = this.#basis;
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
      if (outside[kind]! <= lower) this.choice.offer(column, price - cost, noise);
      else this.choice.offer(column, cost - price, noise, -1);
    }
    const beyond = proven - Math.max(0, price);
    return (beyond > 0 ? lower : upper) * beyond;
  }

  /** What a row's limit is worth. */
  #priceRow(row: number): number {
    const { kinds, firstSlack, firstOverflow, isBasic } = this.#basis;
    const isPool = row >= kinds;
    const price = isPool ? this.#rowPrices[row - kinds]! : this.#machinePrices[row]!;
    const penalty = this.penalties[row]!;
    const noise = PRICE_TOLERANCE * penalty;
    const [slack, overflow] = [firstSlack + row, firstOverflow + row];
    if (isBasic[slack] === 0) this.choice.offer(slack, -price, noise);
    if (isBasic[overflow] === 0) this.choice.offer(overflow, price - penalty, noise);
    if (!isPool) return 0;
    return Math.max(0, price) * this.#mix.rows[row - kinds]!.limit * (1 + LIMIT_SLACK);
  }

  #costOf(column: number): number {
    const { kinds, firstMachine, firstOverflow } = this.#basis;
    if (column >= firstOverflow) return this.penalties[column - firstOverflow]!;
    const kind = column - firstMachine;
    return kind >= 0 && kind < kinds ? this.#costs[kind]! : 0;
  }

  /** Prices below nothing are noise, and prove nothing. */
  proven(): ProvenPrices {
    const atLeastZero = (price: number): number => Math.max(0, price);
    return {
      prices: this.#machinePrices.map(atLeastZero),
      rowPrices: this.#rowPrices.map(atLeastZero),
    };
  }

  /** Where numbers are too bad for any. */
  none(): ProvenPrices {
    return {
      prices: new Float64Array(this.#machinePrices.length),
      rowPrices: new Float64Array(this.#rowPrices.length),
    };
  }
}

/** What the difference of two prices may be by rounding alone. */
function noiseOf(one: number, other: number): number {
  return PRICE_TOLERANCE * (Math.abs(one) + Math.abs(other));
}
