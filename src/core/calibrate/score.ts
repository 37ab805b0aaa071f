/** How far predictions are from what was measured: ratios, of the measured value. */
export type Score = {
  readonly rows: number;
  /** Of |predicted / measured − 1|. */
  readonly median: number;
  readonly p90: number;
  /** The middle of predicted / measured, less 1. */
  readonly bias: number;
};

/** Of errors ln(predicted / measured). */
export function scoreOf(errors: readonly number[]): Score {
  const ratios = errors.map((error) => Math.expm1(error));
  const sizes = ratios.map(Math.abs);
  return {
    rows: errors.length,
    median: quantile(sizes, 0.5),
    p90: quantile(sizes, 0.9),
    bias: quantile(ratios, 0.5),
  };
}

/** Between the two nearest values; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((one, other) => one - other);
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at - Math.floor(at));
}

/** The value below which a share of all weights lies, between the two nearest; NaN of none. */
export function weightedQuantile(
  values: readonly { readonly value: number; readonly weight: number }[],
  share: number,
): number {
  const sorted = values.toSorted((one, other) => one.value - other.value);
  const wanted = share * sorted.reduce((sum, { weight }) => sum + weight, 0);
  let passed = 0;
  let before: { readonly value: number; readonly at: number } | null = null;
  for (const { value, weight } of sorted) {
    const at = passed + weight / 2;
    if (at >= wanted) {
      if (before === null) return value;
      return before.value + ((value - before.value) * (wanted - before.at)) / (at - before.at);
    }
    passed += weight;
    before = { value, at };
  }
  return before?.value ?? Number.NaN;
}

/** Families of fewer rows do not count: their median says little. */
export const FAMILY_ROWS_MIN = 8;

/** The median of the families' medians; NaN where no family has enough rows. */
export function macroMedian(families: readonly Score[]): number {
  const enough = families.filter(({ rows }) => rows >= FAMILY_ROWS_MIN);
  return quantile(
    enough.map(({ median }) => median),
    0.5,
  );
}
