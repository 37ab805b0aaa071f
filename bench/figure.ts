import type { Limit, Unit } from './limit.ts';
import { type FigureName, LIMITS } from './limits.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** One measured number, as `npm run bench -- --json` prints it. */
export type Figure = {
  readonly name: FigureName;
  readonly value: number;
  readonly unit: Unit;
  readonly limit: number | null;
  readonly better: 'lower' | 'higher';
  readonly runs: number;
  readonly spread: Spread;
  readonly machine: string;
};

const DIGITS = 4;

/** The figure of some measurements; `statistic` picks the number that counts. */
export function figureOf(
  name: FigureName,
  measured: readonly number[],
  statistic: (values: readonly number[]) => number,
  machine: string,
): Figure {
  const { unit, limit, better }: Limit = LIMITS[name];
  const [min, max] = spreadOf(measured);
  return {
    name,
    value: rounded(statistic(measured)),
    unit,
    limit,
    better,
    runs: measured.length,
    spread: [rounded(min), rounded(max)],
    machine,
  };
}

/** True when the figure is worse than its limit by more than its tolerance. */
export function isBeyond({ name, value, limit, better }: Figure): boolean {
  if (limit === null) return false;
  const { tolerance } = LIMITS[name];
  return better === 'lower' ? value > limit * (1 + tolerance) : value < limit * (1 - tolerance);
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
