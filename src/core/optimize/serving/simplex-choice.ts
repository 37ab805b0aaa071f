/** A column that enters the basis: it grows from its lower bound, or shrinks from its upper one. */
export type Entering = { readonly column: number; readonly direction: 1 | -1 };

/** The column that helps most a unit, or the first one that helps (Bland's rule, against cycles). */
export class Choice {
  best: Entering | null = null;
  readonly #takesFirst: boolean;
  #gain = 0;

  constructor(takesFirst: boolean) {
    this.#takesFirst = takesFirst;
  }

  offer(column: number, gain: number, noise: number, direction: 1 | -1 = 1): void {
    if (!(gain > noise)) return;
    const isBetter =
      this.best === null || (this.#takesFirst ? column < this.best.column : gain > this.#gain);
    if (!isBetter) return;
    this.best = { column, direction };
    this.#gain = gain;
  }
}

/** Who leaves the basis: a position of the working basis, the key of a bucket; null for nobody. */
export type Leaving = { readonly position: number } | { readonly bucket: number } | null;

/** Smaller changes are noise. */
const PIVOT_TOLERANCE = 1e-10;
/** Of steps this near to each other the one with the larger pivot is taken. */
const TIE = 1e-12;

/** How far the entering column can go, and whom it drives out. */
export class RatioTest {
  step = Infinity;
  leaving: Leaving = null;
  #pivot = 0;

  /** Something that has `room` left, and uses up `change` of it a unit. */
  offer(leaving: Leaving, room: number, change: number): void {
    const pivot = Math.abs(change);
    if (pivot <= PIVOT_TOLERANCE || room === Infinity) return;
    const step = Math.max(0, room) / pivot;
    const isTie = step <= this.step + TIE && pivot > this.#pivot;
    if (step >= this.step - TIE && !isTie) return;
    this.step = Math.min(step, this.step);
    this.leaving = leaving;
    this.#pivot = pivot;
  }
}
