import { invert } from './small-matrix.ts';

/*
 * Problem: what a smooth function's Hessian does to a direction, as far as the last few steps tell.
 * Method: L-BFGS in its compact form, B = σI − N M⁻¹ Nᵀ with N = [σS Y], and
 * M = [σSᵀS L; Lᵀ −D] of the steps S and the changes Y of the gradient.
 * Complexity: O(memory × n) for a product.
 * Reference: Byrd, Nocedal, Schnabel, Representations of Quasi-Newton Matrices (1994), section 3.
 */

type Pair = { readonly step: Float64Array; readonly change: Float64Array };

/** A step along which the gradient grows less than this (relatively) tells of no curvature. */
const CURVATURE_MIN = 1e-10;

export class CompactHessian {
  readonly #memory: number;
  #pairs: readonly Pair[] = [];
  #sigma = 1;
  /** M⁻¹, row-major; of twice as many rows as there are pairs. */
  #middle: Float64Array = new Float64Array(0);

  constructor(memory: number) {
    this.#memory = memory;
  }

  get isEmpty(): boolean {
    return this.#pairs.length === 0;
  }

  forget(): void {
    this.#pairs = [];
  }

  /** Learns from one step, and what it changed of the gradient. */
  learn(step: Float64Array, change: Float64Array): void {
    const curvature = dot(step, change);
    if (!(curvature > CURVATURE_MIN * Math.sqrt(dot(step, step) * dot(change, change)))) return;
    this.#pairs = [...this.#pairs, { step, change }].slice(-this.#memory);
    this.#sigma = dot(change, change) / curvature;
    if (!this.#factor()) this.forget();
  }

  #factor(): boolean {
    const pairs = this.#pairs;
    const count = pairs.length;
    const size = 2 * count;
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        matrix[i * size + j] = this.#sigma * dot(pairs[i]!.step, pairs[j]!.step);
        if (i <= j) continue;
        const below = dot(pairs[i]!.step, pairs[j]!.change);
        matrix[i * size + count + j] = below;
        matrix[(count + j) * size + i] = below;
      }
      matrix[(count + i) * size + count + i] = -dot(pairs[i]!.step, pairs[i]!.change);
    }
    this.#middle = new Float64Array(size * size);
    return invert(matrix, this.#middle, size);
  }

  /** B · direction. */
  times(direction: Float64Array): Float64Array {
    const count = this.#pairs.length;
    const size = 2 * count;
    const seen = new Float64Array(size);
    for (let index = 0; index < count; index++) {
      const { step, change } = this.#pairs[index]!;
      seen[index] = this.#sigma * dot(step, direction);
      seen[count + index] = dot(change, direction);
    }
    const product = new Float64Array(direction.length);
    addTimes(product, direction, this.#sigma);
    for (let row = 0; row < size; row++) {
      let weight = 0;
      for (let column = 0; column < size; column++) {
        weight += this.#middle[row * size + column]! * seen[column]!;
      }
      const { step, change } = this.#pairs[row % count]!;
      if (row < count) addTimes(product, step, -this.#sigma * weight);
      else addTimes(product, change, -weight);
    }
    return product;
  }
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/** to += factor · what */
export function addTimes(to: Float64Array, what: Float64Array, factor: number): void {
  for (let index = 0; index < to.length; index++) to[index] = to[index]! + factor * what[index]!;
}
