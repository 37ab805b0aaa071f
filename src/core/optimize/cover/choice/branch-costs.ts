import type { BranchSet } from './branch-sets.ts';

/** What a branch was found to cost for each part of it that is not so yet, in the mean. */
export class BranchCosts {
  readonly #sums: readonly [Float64Array, Float64Array];
  readonly #times: readonly [Int32Array, Int32Array];

  constructor(sets: number) {
    this.#sums = [new Float64Array(sets), new Float64Array(sets)];
    this.#times = [new Int32Array(sets), new Int32Array(sets)];
  }

  learn({ index }: BranchSet, isIn: boolean, cost: number, share: number): void {
    const side = isIn ? 1 : 0;
    this.#sums[side][index]! += cost / (isIn ? 1 - share : share);
    this.#times[side][index]!++;
  }

  isKnown({ index }: BranchSet): boolean {
    return this.#times[0][index]! > 0 && this.#times[1][index]! > 0;
  }

  /** Null where it was never tried. */
  expected({ index }: BranchSet, isIn: boolean, share: number): number | null {
    const side = isIn ? 1 : 0;
    const times = this.#times[side][index]!;
    return times === 0 ? null : (this.#sums[side][index]! / times) * (isIn ? 1 - share : share);
  }
}
