import type { Figure } from './figure.ts';

const HEADING = '## Last figures';
const HEAD = ['figure', 'value', 'spread', 'runs', 'measured'];

/**
 * The README with these figures in its last section, those of before kept where none is new.
 * `when` says on which day and beside what else.
 */
export function keepFigures(readme: string, figures: readonly Figure[], when: string): string {
  const start = readme.indexOf(HEADING);
  const rows = new Map(rowsOf(readme.slice(start)).map((row) => [row[0]!, row]));
  for (const { name, value, unit, spread, runs } of figures) {
    const cell = `\`${name}\``;
    rows.set(cell, [cell, `${value} ${unit}`, spread.join('–'), String(runs), when]);
  }
  const machine = `Measured on ${figures[0]?.machine ?? 'no machine'}.`;
  const section = [HEADING, '', machine, '', ...aligned([...rows.values()])];
  return `${readme.slice(0, start)}${section.join('\n')}\n`;
}

function rowsOf(section: string): string[][] {
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

/** A table of Markdown as the formatter writes it. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [HEAD, widths.map((width) => '-'.repeat(width)), ...rows].map(line);
}
