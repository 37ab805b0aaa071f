/** Nobody, nothing. */
export const NONE = -1;

/** The column that helps most a unit, or the first one that helps (Bland's rule, against cycles). */
export class Choice {
  /** Of the best column; NONE where none helps. */
  column = NONE;
  /** It grows from its lower bound, or shrinks from its upper one. */
  direction: 1 | -1 = 1;
  #takesFirst = false;
  #gain = 0;

  reset(takesFirst: boolean): void {
    this.column = NONE;
    this.#takesFirst = takesFirst;
    this.#gain = 0;
  }

  offer(column: number, gain: number, noise: number, direction: 1 | -1 = 1): void {
    if (!(gain > noise)) return;
    const isBetter =
      this.column === NONE || (this.#takesFirst ? column < this.column : gain > this.#gain);
    if (!isBetter) return;
    this.column = column;
    this.direction = direction;
    this.#gain = gain;
  }
}

/** Smaller changes are noise. */
const PIVOT_TOLERANCE = 1e-10;
/** Of steps this near to each other the one with the larger pivot is taken. */
const TIE = 1e-12;

/** How far the entering column can go, and whom it drives out: nobody, where it ends at a bound of its own. */
export class RatioTest {
  step = Infinity;
  /** A position of the working basis, or a bucket whose key leaves; NONE for neither. */
  position = NONE;
  bucket = NONE;
  #pivot = 0;

  reset(): void {
    this.step = Infinity;
    this.position = NONE;
    this.bucket = NONE;
    this.#pivot = 0;
  }

  /** The entering column has so much room itself. */
  offerOwn(room: number): void {
    if (this.#isFirst(room, 1)) this.#take(NONE, NONE);
  }

  /** A position of the basis has `room` left, and uses up `change` of it a unit. */
  offerPosition(position: number, room: number, change: number): void {
    if (this.#isFirst(room, change)) this.#take(position, NONE);
  }

  /** So does the key of a bucket. */
  offerKey(bucket: number, room: number, change: number): void {
    if (this.#isFirst(room, change)) this.#take(NONE, bucket);
  }

  #take(position: number, bucket: number): void {
    this.position = position;
    this.bucket = bucket;
  }

  #isFirst(room: number, change: number): boolean {
    const pivot = Math.abs(change);
    if (pivot <= PIVOT_TOLERANCE || room === Infinity) return false;
    const step = Math.max(0, room) / pivot;
    const isTie = step <= this.step + TIE && pivot > this.#pivot;
    if (step >= this.step - TIE && !isTie) return false;
    this.step = Math.min(step, this.step);
    this.#pivot = pivot;
    return true;
  }
}
