import { type Random, seededRandom } from '../src/base/rng.ts';

/** Draws of one seed. A stream has a name, so that one more draw here moves none elsewhere. */
export class Chance {
  readonly #random: Random;

  constructor(seed: number, stream: string) {
    this.#random = seededRandom(hash(`${seed}/${stream}`));
  }

  is(probability: number): boolean {
    return probability > 0 && this.#random() < probability;
  }

  between(min: number, max: number): number {
    return min + this.#random() * (max - min);
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1));
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.int(0, items.length - 1)]!;
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}
