import type { Group } from './route-problem.ts';

/** One way to move the data, of one gigabyte: seconds and nano-dollars. */
export type FrontierPoint = {
  readonly seconds: number;
  readonly total: number;
  readonly groups: readonly Group[];
};

/** What rounding explains. */
const CLOSE = 1e-9;

/** The cheapest ways that were seen for each time: none is both slower and costlier than another. */
export class Frontier {
  /** From the fastest to the cheapest. */
  #points: FrontierPoint[] = [];

  get points(): readonly FrontierPoint[] {
    return this.#points;
  }

  offer(point: FrontierPoint): void {
    const { seconds, total } = point;
    const slower = this.#points.findIndex((one) => one.seconds > seconds * (1 + CLOSE));
    const end = slower < 0 ? this.#points.length : slower;
    const before = this.#points[end - 1];
    if (before !== undefined && before.total <= total * (1 + CLOSE)) return;
    this.#points = [
      ...this.#points.filter((one) => one.seconds < seconds * (1 - CLOSE)),
      point,
      ...this.#points.filter((one) => one.seconds >= seconds && one.total < total * (1 - CLOSE)),
    ];
  }

  /** The cheapest one that takes no longer; null where all do. */
  within(seconds: number): FrontierPoint | null {
    return this.#points.findLast((one) => one.seconds <= seconds * (1 + CLOSE)) ?? null;
  }
}
