import { showMicros, showUsd } from '../base/money.ts';
import { formatDuration, HOUR_MS, SECOND_MS } from '../base/time.ts';
import type { Comparison, Solution, SolutionLine } from '../spec/solution.ts';
import { renderTable } from './output.ts';
import { wrapWords } from './wrap-words.ts';

const LINES_SHOWN = 30;

type Shown = { readonly wide: boolean; readonly columns: number };

/** A solution for people: what is hired for each task, then what it is worth and how that is known. */
export function describeSolution(solution: Solution, { wide, columns }: Shown): string {
  const { lines, transfersMicros } = solution;
  const shown = wide ? lines : lines.slice(0, LINES_SHOWN);
  const table = renderTable(
    ['TASK', 'OFFER', 'MACHINES', 'HOURS', 'COST'],
    shown.map(row),
    columns,
  );
  const more = lines.length - shown.length;
  return [
    table,
    ...(more > 0 ? [`and ${more} more lines: -o wide\n`] : []),
    '\n',
    ...(transfersMicros === 0 ? [] : [`transfers ${showMicros(transfersMicros)}\n`]),
    ...summary(solution).map(([word, text]) => `${word.padEnd(8)} ${text}\n`),
    ...wrapWords(`why: ${solution.why}`, { columns: Math.min(columns, 100), indent: 0 }).map(
      (line) => `${line}\n`,
    ),
  ].join('');
}

function row(line: SolutionLine): readonly string[] {
  const { task, taskName, offerId, machines, hours, costMicros, startS } = line;
  const start = startS === 0 ? '' : ` from ${formatDuration(startS * SECOND_MS)}`;
  return [
    taskName ?? String(task),
    offerId,
    String(machines),
    `${decimals(hours)}${start}`,
    showMicros(costMicros),
  ];
}

function summary(solution: Solution): readonly (readonly [string, string])[] {
  const { minimize, costMicros, hours, value, seconds, solver } = solution;
  const isOther = minimize !== 'cost' && minimize !== 'time';
  return [
    ['cost', showMicros(costMicros)],
    ['time', formatDuration(Math.round(hours * HOUR_MS))],
    ...(isOther ? [[minimize, inUnit(value, solution.unit)] as const] : []),
    ['bound', boundWords(solution)],
    ['seconds', `${seconds}, by ${solver}`],
  ];
}

function boundWords({ bound, claimed, proof, gap, unit }: Solution): string {
  if (bound !== null) {
    const near = gap === 0 ? 'this is the best' : `gap ${percent(gap!)}`;
    return `${inUnit(bound, unit)}, ${near} (proof: ${proof})`;
  }
  if (claimed === null) return 'none is proven';
  return `none is proven; the solver claims ${inUnit(claimed, unit)}`;
}

/** What every searcher made of a problem, side by side. */
export function describeComparison({ solvers, unit }: Comparison, columns: number): string {
  const rows = solvers.map(({ solver, why, value, bound, gap, proof, claimed, seconds }) => [
    solver,
    value === null ? '-' : inUnit(value, unit),
    bound === null ? (claimed === null ? '-' : `(${inUnit(claimed, unit)})`) : inUnit(bound, unit),
    gap === null ? '-' : percent(gap),
    proof ?? '-',
    seconds === null ? '-' : String(seconds),
    why ?? '',
  ]);
  const headings = ['SOLVER', HEADINGS[unit], 'BOUND', 'GAP', 'PROOF', 'SECONDS', ''];
  return renderTable(headings, rows, columns);
}

const HEADINGS = { usd: 'COST', s: 'TIME', g: 'CARBON' } as const;

function inUnit(value: number, unit: Solution['unit']): string {
  if (unit === 'usd') return showUsd(value);
  return unit === 's' ? `${decimals(value)} s` : `${decimals(value)} g`;
}

function percent(gap: number): string {
  return `${Number((gap * 100).toPrecision(2))} %`;
}

function decimals(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
