import type { Choice } from './choice-relaxation.ts';

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

/** False where there is no choice any more. */
export function shutUnfit(choice: Choice, isShut: Uint8Array): boolean {
  const { groups, rights, columns } = choice;
  const { starts, rows, values } = columns;
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const least = groups.map((own) => leastOf(choice, own, isShut));
    if (least.includes(null)) return false;
    const room = Float64Array.from(rights, (right) => right * (1 + ROUNDING));
    for (const counts of least) counts?.forEach((count, row) => (room[row]! -= count));
    if (room.some((left, row) => left < 0 && row >= groups.length)) return false;
    let isSame = true;
    groups.forEach((own, group) => {
      for (const column of own) {
        if (isShut[column] === 1) continue;
        for (let at = starts[column]! + 1; at < starts[column + 1]!; at++) {
          const row = rows[at]!;
          if (values[at]! - (least[group]!.get(row) ?? 0) <= room[row]!) continue;
          [isShut[column], isSame] = [1, false];
          break;
        }
      }
    });
    if (isSame) return true;
  }
  return true;
}

/** What any open column of a group counts at least, where it is not 0; null where none is open. */
function leastOf(
  { columns: { starts, rows, values } }: Choice,
  own: Int32Array,
  isShut: Uint8Array,
): ReadonlyMap<number, number> | null {
  let open = 0;
  const seen = new Map<number, { times: number; least: number }>();
  for (const column of own) {
    if (isShut[column] === 1) continue;
    open++;
    for (let at = starts[column]! + 1; at < starts[column + 1]!; at++) {
      const [row, value] = [rows[at]!, values[at]!];
      const one = seen.get(row);
      if (one === undefined) seen.set(row, { times: 1, least: value });
      else [one.times, one.least] = [one.times + 1, Math.min(one.least, value)];
    }
  }
  if (open === 0) return null;
  const least = new Map<number, number>();
  for (const [row, one] of seen) if (one.times === open) least.set(row, one.least);
  return least;
}
