import { Option } from 'commander';
import { KedgeError } from '../base/errors.ts';
import type { Json } from '../spec/wire.ts';
import type { Context, Io } from './context.ts';

export const FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof FORMATS)[number];

/** The `-o` option, the same for every command that prints data. */
export function formatOption(): Option {
  return new Option('-o, --output <format>', 'how to print').choices(FORMATS).default('table');
}

/** One answer in each of its forms; only the one asked for is made. */
export type Answer = {
  readonly json: () => Json;
  readonly table: (wide: boolean) => string;
  /** One name in each line, for scripts. */
  readonly names: () => readonly string[];
};

export async function print(context: Context, format: Format, answer: Answer): Promise<void> {
  context.io.out(await rendered(format, answer));
}

async function rendered(format: Format, answer: Answer): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(answer.json(), null, 2)}\n`;
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(answer.json());
    }
    case 'name':
      return answer
        .names()
        .map((name) => `${name}\n`)
        .join('');
    case 'wide':
      return answer.table(true);
    case 'table':
      return answer.table(false);
    default:
      throw new KedgeError('cli.usage', `unknown format ${format satisfies never}`);
  }
}

/** Tables are cut to a terminal's width; what reads a pipe gets whole lines. */
export function tableColumns({ outIsTerminal, columns }: Io): number {
  return outIsTerminal ? columns : Infinity;
}

/** Rows under headings, each column as wide as its widest cell; the last one is cut to fit. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]!.length)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, index) => cell.padEnd(widths[index]!));
    const text = padded.join('  ').trimEnd();
    return text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
  };
  return `${[headings, ...rows].map(line).join('\n')}\n`;
}
