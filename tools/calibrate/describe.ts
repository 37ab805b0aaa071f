import type { Calibrated } from '../../src/core/calibrate/calibrate.ts';
import {
  type Evaluation,
  type IntervalScore,
  type QuantityScore,
  scoresOf,
} from '../../src/core/calibrate/evaluate.ts';
import type { FitScore, judgeFits } from '../../src/core/calibrate/judge-fits.ts';

/** A row that nothing could be made of, and why. */
export type UnusableRow = { readonly id: string; readonly family: string; readonly reason: string };

const PERCENT = 100;
const DIGITS = 4;
/** Reasons shown in the table; all rows are in JSON. */
const REASONS_MAX = 20;

/** The report of `--evaluate`. */
export function describeEvaluation(
  { scores, fits, unusable }: Evaluation,
  unread: readonly UnusableRow[],
  { json }: { readonly json: boolean },
): string {
  const rows = [
    ...unread,
    ...unusable.map(({ measurement: { id, family }, reason }) => ({ id, family, reason })),
  ];
  if (json)
    return `${JSON.stringify({ schema: 'kedge.calibration/v1', scores, fits, unusable: rows }, inDigits, 2)}\n`;
  return [...scores.flatMap(scoreLines), '', ...fitLines(fits), '', ...reasonLines(rows), ''].join(
    '\n',
  );
}

/** The report of a calibration: what fits without a family say of it. */
export function describeCalibration(
  calibrated: readonly Calibrated[],
  judged: ReturnType<typeof judgeFits>,
  unread: readonly UnusableRow[],
  { json }: { readonly json: boolean },
): string {
  const scores = scoresOf(calibrated.flatMap(({ leftOut }) => leftOut));
  const unusable = [...calibrated.flatMap((one) => one.unusable), ...judged.unusable];
  const report = describeEvaluation({ scores, fits: judged.fits, unusable }, unread, { json });
  return json
    ? report
    : `Each source predicted by a fit, and with intervals, that did not see it; memory by the product's.\n${report}`;
}

function scoreLines(score: QuantityScore): readonly string[] {
  const { quantity, kind, all, macroMedian, intervals } = score;
  const median = Number.isNaN(macroMedian) ? '' : `: macro-median ${percent(macroMedian)} %`;
  return [
    '',
    `${quantity}, ${kind}${median}`,
    ...(intervals === null ? [] : [intervalLine(intervals)]),
    '    ROWS  MEDIAN     P90    BIAS',
    `    ${line(all)}  all`,
    ...score.families.map((family) => `    ${line(family)}  ${family.family.slice(0, 48)}`),
  ];
}

function intervalLine({ rows, coverage, score, constantScore }: IntervalScore): string {
  const scores = `score ${score.toFixed(2)} (one width for all: ${constantScore.toFixed(2)})`;
  return `    ${percent(coverage)} % of ${rows} inside their 80 % interval, ${scores}`;
}

function fitLines({ ranOut, falseFits, ran, falseRefusals }: FitScore): readonly string[] {
  const counted = (wrong: readonly string[], of: number, what: string): string =>
    `    ${wrong.length} of ${of} ${what}${wrong.length === 0 ? '' : `: ${wrong.join(', ')}`}`;
  return [
    'memory, by the upper end of the estimate:',
    counted(falseFits, ranOut, 'that ran out were said to fit'),
    counted(falseRefusals, ran, 'that ran were said not to fit'),
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
