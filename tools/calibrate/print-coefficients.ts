import type { Calibrated } from '../../src/core/calibrate/calibrate.ts';
import { scoreOf } from '../../src/core/calibrate/score.ts';

const DIGITS = 6;
const PERCENT = 100;

/** The file of coefficients, with the errors of each source in its head. */
export function printCoefficients(all: readonly Calibrated[]): string {
  const errors = all.flatMap(({ model, cases, leftOut, fitted }) => [
    ` * ${model.name}: ${cases.length} rows`,
    ...[...Map.groupBy(leftOut, ({ of }) => of.measurement.family)].map(([family, own]) => {
      const left = scoreOf(own.map(({ error }) => error));
      const fit = scoreOf(own.map(({ of }) => of.error(fitted.coefficients)));
      return ` *   ${percent(left.median)} ${percent(fit.median)} ${String(own.length).padStart(4)}  ${family === '' ? '(not named)' : family.replaceAll('*/', '* /')}`;
    }),
  ]);
  const values = all.flatMap(({ model, fitted: { coefficients, spreads, widths, shares } }) => [
    `model ${model.name}`,
    ...Object.entries(coefficients).map(([name, value]) => line(name, value, spreads[name]!)),
    ...Object.entries(widths).map(([key, { floor, doubling, below, above }]) =>
      line(`width ${key}:`, floor, doubling, below, above),
    ),
    line('shares:', shares.task, shares.generation, shares.device),
  ]);
  return `/*
 * Written by \`npm run calibrate\`: what measurements make of the models of time and memory. Median
 * errors by source, in per cent: of a fit that did not see the source, of this fit; rows; the source.
 *
${errors.join('\n')}
 */

/**
 * Of each model: its coefficients with the standard deviations of their logarithms, by quantity
 * the widths of 80 % intervals (floor, doubling, below, above: see \`IntervalWidth\`), and the shares of
 * errors that a task, a generation and a device have in common (see \`ErrorShares\`).
 */
export const FITTED_TABLE = \`
${values.join('\n')}
\`;
`;
}

function line(name: string, ...values: readonly number[]): string {
  return `${name} ${values.map((value) => Number(value.toPrecision(DIGITS))).join(' ')}`;
}

function percent(share: number): string {
  return (PERCENT * share).toFixed(1).padStart(6);
}
