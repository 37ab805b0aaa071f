import type { Calibrated } from '../../src/core/calibrate/calibrate.ts';
import {
  type Evaluation,
  type QuantityScore,
  scoresOf,
} from '../../src/core/calibrate/evaluate.ts';

/** A row that nothing could be made of, and why. */
export type UnusableRow = { readonly id: string; readonly family: string; readonly reason: string };

const PERCENT = 100;
const DIGITS = 4;
/** Reasons shown in the table; all rows are in JSON. */
const REASONS_MAX = 20;

/** The report of `--evaluate`. */
export function describeEvaluation(
  { scores, unusable }: Evaluation,
  unread: readonly UnusableRow[],
  { json }: { readonly json: boolean },
): string {
  const rows = [
    ...unread,
    ...unusable.map(({ measurement: { id, family }, reason }) => ({ id, family, reason })),
  ];
  if (json)
    return `${JSON.stringify({ schema: 'kedge.calibration/v1', scores, unusable: rows }, inDigits, 2)}\n`;
  return [...scores.flatMap(scoreLines), '', ...reasonLines(rows), ''].join('\n');
}

/** The report of a calibration: what fits without a family say of it. */
export function describeCalibration(
  calibrated: readonly Calibrated[],
  unread: readonly UnusableRow[],
  { json }: { readonly json: boolean },
): string {
  const scores = calibrated.flatMap(({ leftOut, fitted }) => scoresOf(leftOut, fitted));
  const unusable = calibrated.flatMap((one) => one.unusable);
  const report = describeEvaluation({ scores, unusable }, unread, { json });
  return json ? report : `Each source predicted by a fit that did not see it.\n${report}`;
}

function scoreLines(score: QuantityScore): readonly string[] {
  const { quantity, kind, all, macroMedian, coverage, intervalScore, constantScore } = score;
  const inside =
    coverage === null
      ? ''
      : `, ${percent(coverage)} % inside, score ${intervalScore!.toFixed(2)} (constant width ${constantScore!.toFixed(2)})`;
  return [
    '',
    `${quantity}, ${kind}: macro-median ${percent(macroMedian)} %${inside}`,
    '    ROWS  MEDIAN     P90    BIAS',
    `    ${line(all)}  all`,
    ...score.families.map((family) => `    ${line(family)}  ${family.family.slice(0, 48)}`),
  ];
}

function line({ rows, median, p90, bias }: QuantityScore['all']): string {
  const cells = [median, p90, bias].map((share) => `${percent(share)} %`.padStart(8));
  return `${String(rows).padStart(4)}${cells.join('')}`;
}

function percent(share: number): string {
  return (PERCENT * share).toFixed(1);
}

function reasonLines(rows: readonly UnusableRow[]): readonly string[] {
  const byReason = [...Map.groupBy(rows, ({ reason }) => reason)].sort(
    ([, one], [, other]) => other.length - one.length,
  );
  const shown = byReason
    .slice(0, REASONS_MAX)
    .map(([reason, own]) => `    ${String(own.length).padStart(4)}  ${reason}`);
  const rest = byReason.length - shown.length;
  return [
    `${rows.length} rows could not be used:`,
    ...shown,
    ...(rest > 0 ? [`    … and ${rest} more reasons (--json)`] : []),
  ];
}

function inDigits(_: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null;
}
