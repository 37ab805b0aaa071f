/**
 * A cut as it is seen from a mix: what each cover of the mix counts, and how far the mix is beyond
 * it. How far in the Euclidean sense, and not by how much it is violated, tells what a cut is good
 * for; and of cuts that are nearly parallel one is enough (Andreello, Caprara, Fischetti, Embedding
 * {0, 1/2}-cuts in a branch-and-cut framework, INFORMS JoC 19, 2007).
 */
export type SeenCut<Cut> = {
  readonly cut: Cut;
  readonly counts: Float32Array;
  readonly norm: number;
  readonly distance: number;
};

/** The cosine of the angle between two cuts that are nearly the same. */
const PARALLEL_MIN = 0.9;

export function seenCut<Cut>(cut: Cut, counts: Float32Array, violation: number): SeenCut<Cut> {
  const norm = Math.sqrt(dot(counts, counts));
  return { cut, counts, norm, distance: violation / norm };
}

/** The farthest first, of those that are not nearly parallel to one before. */
export function diverseCuts<Cut>(seen: readonly SeenCut<Cut>[], most: number): readonly Cut[] {
  const kept: SeenCut<Cut>[] = [];
  for (const one of seen.toSorted((a, b) => b.distance - a.distance)) {
    if (kept.length >= most) break;
    const isNew = kept.every((other) => {
      return dot(one.counts, other.counts) <= PARALLEL_MIN * one.norm * other.norm;
    });
    if (isNew) kept.push(one);
  }
  return kept.map(({ cut }) => cut);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
