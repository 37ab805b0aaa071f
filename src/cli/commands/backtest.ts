import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { backtest, backtestTable, WINDOWS } from '../../app/backtest.ts';
import { KedgeError } from '../../base/errors.ts';
import { type Rate, rateFromUsd } from '../../base/money.ts';
import { parseDuration, parseUsdPerHour } from '../../base/units.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { type Format, formatOption, print, renderTable, tableColumns } from '../output.ts';
import { positiveInteger, positiveNumber } from '../parse-number.ts';

type Options = {
  readonly need?: number;
  readonly work: number;
  readonly deadline: number;
  readonly changeover: number;
  readonly onDemand: Rate;
  readonly spot: Rate;
  readonly startEvery?: number;
  readonly output: Format;
};

const EXAMPLES = `
A trace is JSON, {"metadata": {"gap_seconds": 600}, "data": [1, 0, 1]} with the
machines that could be had at each tick, or CSV with a line for each run of
equal counts. What came before a window is known to Kedge, what comes is not.

Example:
  kedge backtest us-west-2a.json --work 48h --deadline 52h --changeover 6m \\
    --on-demand 3.06 --spot 0.9731`;

/** `kedge backtest`: what running on spot under a deadline would have cost on past availability. */
export function command(context: Context): Command {
  return new Command()
    .argument('<trace...>', 'files with the availability of spot')
    .requiredOption('--work <time>', 'time that the work takes, as 48h', time)
    .requiredOption('--deadline <time>', 'time from start to deadline, as 52h', time)
    .requiredOption('--changeover <time>', 'time that a start or a switch takes, as 6m', wait)
    .requiredOption('--on-demand <price>', 'dollars an hour on-demand, as 3.06', hourlyPrice)
    .requiredOption('--spot <price>', 'dollars an hour on spot, as 0.9731', hourlyPrice)
    .option('--need <nodes>', 'machines needed at once; default: as in the trace', positiveNumber)
    .option(
      '--start-every <ticks>',
      `a window every so many ticks; default: ${WINDOWS}, evenly`,
      positiveInteger,
    )
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (files: readonly string[], options: Options) => run(context, files, options));
}

async function run(context: Context, files: readonly string[], options: Options): Promise<void> {
  const report = backtest({
    files: await Promise.all(
      files.map(async (name) => ({ name, text: await readText(context, name) })),
    ),
    job: {
      workMs: options.work,
      deadlineMs: options.deadline,
      changeoverMs: options.changeover,
      onDemandNanosPerHour: options.onDemand,
      spotNanosPerHour: options.spot,
    },
    need: options.need ?? null,
    startEvery: options.startEvery ?? null,
  });
  await print(context, options.output, {
    json: () => toWire(report),
    table: (wide) => {
      const { headings, rows } = backtestTable(report, wide);
      return renderTable(headings, rows, wide ? Infinity : tableColumns(context.io));
    },
    names: () => report.traces.map(({ name }) => name),
  });
}

async function readText({ cwd }: Context, file: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === 'ENOENT') {
      throw new KedgeError('input.not-found', `there is no file ${file}`, { cause });
    }
    const why = cause.code === 'EISDIR' ? 'it is a folder' : (cause.code ?? cause.message);
    throw new KedgeError('input.unreadable', `cannot read ${file}: ${why}`, { cause });
  }
}

function time(text: string): number {
  const ms = wait(text);
  if (ms > 0) return ms;
  throw new InvalidArgumentError('It must be longer than nothing.');
}

function wait(text: string): number {
  const ms = parseDuration(text === '0' ? '0s' : text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('It must be a time, as 48h, 90m or 1h30m.');
}

function hourlyPrice(text: string): Rate {
  const dollars = parseUsdPerHour(text);
  if (dollars !== undefined && dollars > 0) return rateFromUsd(dollars);
  throw new InvalidArgumentError('It must be dollars an hour, as 3.06.');
}
