import { FAMILY_ROWS_MIN, type Score, scoreOf } from '../../src/core/calibrate/score.ts';

/** An error ln(predicted / measured) of one of a group that was left out together. */
export type GroupError = { readonly group: string; readonly error: number };

/** Scores in per cent of each group that has enough rows for its median to say something. */
export function groupScores(errors: readonly GroupError[]): readonly Score[] {
  return [...Map.groupBy(errors, ({ group }) => group).values()]
    .filter((own) => own.length >= FAMILY_ROWS_MIN)
    .map((own) => scoreOf(own.map(({ error }) => error)))
    .map(({ rows, median, p90, bias }) => ({
      rows,
      median: 100 * median,
      p90: 100 * p90,
      bias: 100 * bias,
    }));
}
