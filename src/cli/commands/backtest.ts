import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type BacktestTable, backtest, backtestTable, WINDOWS } from '../../app/backtest.ts';
import { backtestZones, zonesTable } from '../../app/backtest-zones.ts';
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
  readonly spot: readonly Rate[];
  readonly zones?: boolean;
  readonly startEvery?: number;
  readonly output: Format;
};

const EXAMPLES = `
A trace is JSON, {"metadata": {"gap_seconds": 600}, "data": [1, 0, 1]} with the
machines that could be had at each tick, or CSV with a line for each run of
equal counts. What came before a window is known to Kedge, what comes is not.

Examples:
  kedge backtest us-west-2a.json --work 48h --deadline 52h --changeover 6m \\
    --on-demand 3.06 --spot 0.9731
  kedge backtest us-west-2a.json us-west-2b.json --zones --work 48h \\
    --deadline 52h --changeover 6m --on-demand 3.06 --spot 0.9731,0.8102`;

/** `kedge backtest`: what running on spot under a deadline would have cost on past availability. */
export function command(context: Context): Command {
  return new Command()
    .argument('<trace...>', 'files with the availability of spot')
    .requiredOption('--work <time>', 'time that the work takes, as 48h', time)
    .requiredOption('--deadline <time>', 'time from start to deadline, as 52h', time)
    .requiredOption('--changeover <time>', 'time that a start or a switch takes, as 6m', wait)
    .requiredOption('--on-demand <price>', 'dollars an hour on-demand, as 3.06', hourlyPrice)
    .requiredOption('--spot <price>', 'dollars an hour on spot, as 0.9731', spotPrices)
    .option('--zones', 'the traces of a region are zones of one job; a price for each: 0.97,0.81')
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
  const { work, deadline, changeover, onDemand, spot } = options;
  const [spotNanosPerHour] = spot as [Rate];
  if (options.zones !== true && spot.length > 1) {
    throw new KedgeError('cli.usage', '--spot has several prices, but the traces are not zones', {
      hint: 'add --zones, or give one price',
    });
  }
  const job = {
    workMs: work,
    deadlineMs: deadline,
    changeoverMs: changeover,
    onDemandNanosPerHour: onDemand,
  };
  const request = {
    files: await Promise.all(
      files.map(async (name) => ({ name, text: await readText(context, name) })),
    ),
    need: options.need ?? null,
    startEvery: options.startEvery ?? null,
  };
  if (options.zones === true) {
    const report = backtestZones({ ...request, job: { ...job, spotNanosPerHour: spot } });
    const names = report.groups.flatMap(({ zones }) => zones.map(({ name }) => name));
    return show(context, options.output, report, { names, table: () => zonesTable(report) });
  }
  const report = backtest({ ...request, job: { ...job, spotNanosPerHour } });
  const names = report.traces.map(({ name }) => name);
  return show(context, options.output, report, {
    names,
    table: (wide) => backtestTable(report, wide),
  });
}

async function show(
  context: Context,
  format: Format,
  report: object,
  {
    names,
    table,
  }: { readonly names: readonly string[]; readonly table: (wide: boolean) => BacktestTable },
): Promise<void> {
  await print(context, format, {
    json: () => toWire(report),
    table: (wide) => {
      const { headings, rows } = table(wide);
      return renderTable(headings, rows, wide ? Infinity : tableColumns(context.io));
    },
    names: () => names,
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

function spotPrices(text: string): readonly Rate[] {
  return text.split(',').map(hourlyPrice);
}
