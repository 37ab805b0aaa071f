/** Of two whole numbers, neither below 0; that of 0 and a number is the number. */
export function greatestCommonDivisor(one: number, other: number): number {
  let [big, small] = [one, other];
  while (small > 0) [big, small] = [small, big % small];
  return big;
}
