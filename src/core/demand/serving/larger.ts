/** A smooth maximum: within a fifth of the larger where both are equal, exact where they differ. */
export function larger(one: number, other: number): number {
  const sum = one ** 4 + other ** 4;
  return Math.sqrt(Math.sqrt(sum));
}
