/** Where the largest is this much more than the smallest, ratios tell more than differences. */
const LOGARITHMIC_RATIO = 20;

/** From values to places between two ends, the first of which is that of the smallest value. */
export function axisOf(
  values: readonly number[],
  [from, to]: readonly [number, number],
): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLogarithmic = low > 0 && high / low >= LOGARITHMIC_RATIO;
  const at = isLogarithmic ? Math.log : (value: number) => value;
  const span = at(high) - at(low);
  return (value) => (span === 0 ? from : from + ((at(value) - at(low)) / span) * (to - from));
}
