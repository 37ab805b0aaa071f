/*
 * The nearest point (in the Euclidean sense) of simple convex sets, in place.
 * Reference: Michelot, A Finite Algorithm for Finding the Projection of a Point onto the Canonical
 * Simplex (1986).
 */

/** Brings each number between its bounds. */
export function projectOnBox(
  point: Float64Array,
  { lower, upper }: { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> },
): void {
  for (let index = 0; index < point.length; index++) {
    point[index] = Math.min(upper[index]!, Math.max(lower[index]!, point[index]!));
  }
}

/**
 * The nearest point of {x ≥ 0, Σ x = total}: all less the same amount, or 0. The amount grows while
 * those that it brings below 0 are left out. O(n²) at worst, a few rounds in practice.
 */
export function projectOnSimplex(point: Float64Array, total = 1): void {
  // Seen from the largest one, so that what is far above the simplex loses no digits.
  const size = point.length;
  let largest = -Infinity;
  for (let index = 0; index < size; index++) largest = Math.max(largest, point[index]!);
  let less = -Infinity;
  let left = size + 1;
  while (true) {
    let sum = 0;
    let above = 0;
    for (let index = 0; index < size; index++) {
      const value = point[index]! - largest;
      if (value <= less) continue;
      sum += value;
      above++;
    }
    if (above >= left) break;
    left = above;
    less = (sum - total) / above;
  }
  for (let index = 0; index < size; index++) {
    point[index] = Math.max(0, point[index]! - largest - less);
  }
}

/**
 * The projection of shares, by group and then by kind, onto the simplex of each group; where a kind
 * takes nothing of a group, its share is 0.
 */
export function sharesProjection(
  groups: number,
  kinds: number,
  isAble: (group: number, kind: number) => boolean,
): (point: Float64Array) => void {
  const able = Array.from({ length: groups }, (_, group) =>
    Int32Array.from([...Array(kinds).keys()].filter((kind) => isAble(group, kind))),
  );
  const room = able.map((own) => new Float64Array(own.length));
  return (point) => {
    for (let group = 0; group < groups; group++) {
      const [own, shares, first] = [able[group]!, room[group]!, group * kinds];
      for (let at = 0; at < own.length; at++) shares[at] = point[first + own[at]!]!;
      projectOnSimplex(shares);
      point.fill(0, first, first + kinds);
      for (let at = 0; at < own.length; at++) point[first + own[at]!] = shares[at]!;
    }
  };
}
