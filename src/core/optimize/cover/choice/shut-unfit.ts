import type { Choice } from './choice.ts';

/*
 * Problem: columns that no choice of those left open can have, as other groups have at least so much
 * of a row whichever of theirs is chosen.
 * Method: of each row the least that each group counts in it; a column that counts more than the
 * rest is shut, which makes other groups count more, until nothing changes.
 * Complexity: O(entries) for each pass.
 * Reference: Savelsbergh, Preprocessing and probing techniques for mixed integer programming
 * problems (ORSA J. Computing 6, 1994).
 */

const PASSES_MAX = 5;
/** Rounding of what counts as a fraction. */
const ROUNDING = 1e-9;
const NONE = -1;

/** False where there is no choice any more. */
export function shutUnfit(choice: Choice, isShut: Uint8Array): boolean {
  const { groups, rights, columns } = choice;
  const { starts, rows, values } = columns;
  const least = new LeastCounts(choice, isShut);
  const room = new Float64Array(rights.length);
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    for (let row = 0; row < room.length; row++) room[row] = rights[row]! * (1 + ROUNDING);
    for (let group = 0; group < groups.length; group++) {
      if (!least.find(group)) return false;
      least.take(group, room);
    }
    for (let row = groups.length; row < room.length; row++) if (room[row]! < 0) return false;
    let isSame = true;
    for (let group = 0; group < groups.length; group++) {
      const own = least.ofRows(group);
      for (const column of groups[group]!) {
        if (isShut[column] === 1) continue;
        for (let at = starts[column]! + 1; at < starts[column + 1]!; at++) {
          if (values[at]! - own[rows[at]!]! <= room[rows[at]!]!) continue;
          [isShut[column], isSame] = [1, false];
          break;
        }
      }
    }
    if (isSame) return true;
  }
  return true;
}

/** What any open column of a group counts at least in each row. */
class LeastCounts {
  readonly #choice: Choice;
  readonly #isShut: Uint8Array;
  /** Of each group: an open column, or none. What is not 0 in a row has an entry of that one too. */
  readonly #firsts: Int32Array;
  /** Beside each entry of these columns. */
  readonly #counts: Float64Array;
  /** Of the group at hand: of each row how many open columns in turn count in it, and the least. */
  readonly #times: Int32Array;
  readonly #least: Float64Array;

  constructor(choice: Choice, isShut: Uint8Array) {
    this.#choice = choice;
    this.#isShut = isShut;
    this.#firsts = new Int32Array(choice.groups.length);
    this.#counts = new Float64Array(choice.columns.rows.length);
    this.#times = new Int32Array(choice.rights.length);
    this.#least = new Float64Array(choice.rights.length);
  }

  /** False where no column of the group is open. */
  find(group: number): boolean {
    const { starts, rows, values } = this.#choice.columns;
    const [times, least] = [this.#times, this.#least];
    let [first, open] = [NONE, 0];
    for (const column of this.#choice.groups[group]!) {
      if (this.#isShut[column] === 1) continue;
      if (first === NONE) first = column;
      for (let at = starts[column]! + 1; at < starts[column + 1]!; at++) {
        const row = rows[at]!;
        if (times[row] !== open) continue;
        least[row] = open === 0 ? values[at]! : Math.min(least[row]!, values[at]!);
        times[row]!++;
      }
      open++;
    }
    this.#firsts[group] = first;
    if (first === NONE) return false;
    for (let at = starts[first]! + 1; at < starts[first + 1]!; at++) {
      const row = rows[at]!;
      this.#counts[at] = times[row] === open ? least[row]! : 0;
    }
    for (let at = starts[first]! + 1; at < starts[first + 1]!; at++) times[rows[at]!] = 0;
    return true;
  }

  take(group: number, room: Float64Array): void {
    const { starts, rows } = this.#choice.columns;
    const first = this.#firsts[group]!;
    for (let at = starts[first]! + 1; at < starts[first + 1]!; at++) {
      room[rows[at]!]! -= this.#counts[at]!;
    }
  }

  /** Of each row; until it is called again. */
  ofRows(group: number): Float64Array {
    const { starts, rows } = this.#choice.columns;
    const first = this.#firsts[group]!;
    this.#least.fill(0);
    for (let at = starts[first]! + 1; at < starts[first + 1]!; at++) {
      this.#least[rows[at]!] = this.#counts[at]!;
    }
    return this.#least;
  }
}
