import { type Figure, isBeyond } from './figure.ts';

export function jsonLines(figures: readonly Figure[]): string {
  return figures.map((figure) => `${JSON.stringify(figure)}\n`).join('');
}

/** One line for each figure under a head line, then the machine. */
export function table(figures: readonly Figure[]): string {
  const head = ['FIGURE', 'VALUE', 'LIMIT', 'RUNS', 'SPREAD', ''];
  const rows = [head, ...figures.map(cells)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const machines = new Set(figures.map(({ machine }) => machine));
  return `${[...lines, '', ...machines].join('\n')}\n`;
}

function cells(figure: Figure): string[] {
  const { name, value, unit, limit, better, runs, spread } = figure;
  const sign = better === 'lower' ? '≤' : '≥';
  return [
    name,
    `${value} ${unit}`,
    limit === null ? '-' : `${sign} ${limit} ${unit}`,
    String(runs),
    spread.join('–'),
    isBeyond(figure) ? 'beyond its limit' : '',
  ];
}
