import { resolve } from 'node:path';
import { Command } from 'commander';
import { bundledNetwork, networkInGrid } from '../../app/network-grid.ts';
import { planDataRoute } from '../../app/route.ts';
import { KedgeError } from '../../base/errors.ts';
import { rateFromUsd } from '../../base/money.ts';
import { asEpochMs, SECOND_MS } from '../../base/time.ts';
import { parseBytes, parseDuration, parseUsdPerHour } from '../../base/units.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { describeRoute } from '../describe-route.ts';
import { type Format, formatOption, print, tableColumns } from '../output.ts';
import { positiveInteger } from '../parse-number.ts';

type Options = {
  readonly output: Format;
  readonly from: string;
  readonly to: readonly string[];
  readonly size: string;
  readonly within?: string;
  readonly partitions?: number;
  readonly vmsPerRegion?: number;
  readonly vmPrice?: string;
  readonly limits?: string;
  readonly grid?: string;
  readonly gridVms?: number;
  readonly pareto: boolean;
  readonly timeLimit: string;
};

const EXAMPLES = `
Examples:
  kedge route --from aws:us-east-1 --to gcp:us-west1,azure:eastus --size 1TB
  kedge route --from aws:us-east-1 --to aws:eu-west-1 --size 2TB --within 45m
  kedge route --from gcp:us-west1 --to aws:us-west-2 --size 2TB --pareto

Data for several regions goes in partitions, each over a tree of its own; for
one region in shares of any size. A grid is a CSV file with the columns
src,dst,throughput_gbps,egress_usd_per_gb.`;

/** `kedge route`: the cheapest way to move data from one region to others. */
export function command(context: Context): Command {
  return new Command()
    .requiredOption('--from <region>', 'where the data is, as aws:us-east-1')
    .requiredOption('--to <regions>', 'where it goes, with commas between', namesIn)
    .requiredOption('--size <size>', 'how much it is, as 300GB')
    .option('--within <time>', 'the longest it may take, as 10m')
    .option('--partitions <n>', 'into how many equal parts it is cut (10)', positiveInteger)
    .option('--vms-per-region <n>', 'machines in each region it passes (2)', positiveInteger)
    .option('--vm-price <usd>', 'of one machine for an hour (0.54)')
    .option('--limits <list>', 'of one machine, Gbit/s in/out, as aws=10/5,gcp=16/7')
    .option('--grid <file>', 'prices and throughput of your own, CSV')
    .option('--grid-vms <n>', 'machines whose throughput the grid has (2)', positiveInteger)
    .option('--pareto', 'the cheapest for each time, too', false)
    .option('--time-limit <time>', 'the longest to search', '15s')
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => route(context, options));
}

async function route(context: Context, options: Options): Promise<void> {
  const { output, grid } = options;
  if (options.to.length === 0) throw usage('--to', 'nothing', 'name a region, as gcp:us-west1');
  const known = grid === undefined ? await bundledNetwork() : null;
  const network = known?.network ?? (await networkInGrid(resolve(context.cwd, grid!), grid!));
  const plan = await planDataRoute({
    network,
    from: options.from,
    to: options.to,
    bytes: sizeOf(options.size),
    withinS: options.within === undefined ? null : msOf('--within', options.within) / SECOND_MS,
    partitions: options.partitions ?? null,
    vmsPerRegion: options.vmsPerRegion ?? null,
    vmNanosPerHour: options.vmPrice === undefined ? null : priceOf(options.vmPrice),
    gridVms: options.gridVms ?? null,
    limits: limitsOf(options.limits ?? ''),
    frontier: options.pareto || output === 'wide',
    timeLimitMs: msOf('--time-limit', options.timeLimit),
    clock: { now: () => asEpochMs(performance.now()) },
    solver: context.wiring.solver,
  });
  await print(context, output, {
    json: () => toWire(plan),
    names: () => plan.edges.map(({ from, to }) => `${from} ${to}`),
    table: (wide) => describeRoute(plan, { wide, columns: tableColumns(context.io) }),
  });
  if (known !== null && (output === 'table' || output === 'wide'))
    context.io.err(
      `note: prices and throughput of ${known.source.asOf}; --grid takes newer ones\n`,
    );
}

/** `--to` may come more than once. */
function namesIn(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((name) => name.trim() !== '')];
}

function sizeOf(text: string): number {
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw usage('--size', text, 'as 300GB or 2TB');
}

function msOf(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw usage(option, text, 'as 10m or 90s');
}

function priceOf(text: string) {
  const price = parseUsdPerHour(text);
  if (price !== undefined) return rateFromUsd(price);
  throw usage('--vm-price', text, 'as 0.54');
}

/** `aws=10/5,gcp=16/7`: what may enter and leave one machine, in Gbit/s. */
function limitsOf(text: string) {
  const entries = text.split(',').filter((part) => part.trim() !== '');
  return Object.fromEntries(
    entries.map((entry) => {
      const [, provider, ...numbers] =
        /^([a-z0-9-]+)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/i.exec(entry.trim()) ?? [];
      const [ingress, egress] = numbers.map((gbps) => Math.round(Number(gbps) * 1e6));
      if (provider === undefined || !(ingress! > 0) || !(egress! > 0))
        throw usage('--limits', entry, 'as aws=10/5: Gbit/s into and out of one machine');
      return [provider, { ingressKilobitsPerSecond: ingress!, egressKilobitsPerSecond: egress! }];
    }),
  );
}

function usage(option: string, text: string, hint: string): KedgeError {
  return new KedgeError('cli.usage', `${option} cannot be ${text.slice(0, 64)}`, { hint });
}
