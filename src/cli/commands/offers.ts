import { Command, Option } from 'commander';
import { listOffers, type OfferFilter, offerToWire } from '../../app/offers.ts';
import { KedgeError } from '../../base/errors.ts';
import { showUsd, usdPerUnit } from '../../base/money.ts';
import { parseUsdPerHour } from '../../base/units.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Context } from '../context.ts';
import { type Format, formatOption, print, renderTable, tableColumns } from '../output.ts';
import { positiveInteger, positiveNumber } from '../parse-number.ts';

type Options = {
  readonly output: Format;
  readonly accelerator?: string;
  readonly provider?: string;
  readonly region?: string;
  readonly spot?: boolean;
  readonly maxPrice?: string;
  readonly minDeviceMemory?: number;
  readonly minMemory?: number;
  readonly minCpus?: number;
  readonly limit: number;
  readonly all: boolean;
};

const EXAMPLES = `
Examples:
  kedge offers --accelerator H100:8
  kedge offers --provider aws --region 'us-*' --spot
  kedge offers --min-device-memory 80 --no-spot
  kedge offers --min-memory 64 --max-price 0.5 -o json`;

/** `kedge offers`: what is for hire, cheapest first. */
export function command(context: Context): Command {
  return new Command()
    .option('-a, --accelerator <name[:count]>', 'as H100 or H100:8')
    .option('--provider <name>', 'as aws, gcp, local')
    .option('--region <pattern>', 'as us-east-1 or us-*')
    .addOption(new Option('--spot', 'only spot'))
    .addOption(new Option('--no-spot', 'only on demand').default(undefined))
    .option('--max-price <usd>', 'the most an hour may cost')
    .option('--min-device-memory <gib>', 'of one accelerator', positiveNumber)
    .option('--min-memory <gib>', 'of the machine', positiveNumber)
    .option('--min-cpus <n>', 'virtual CPUs of the machine', positiveNumber)
    .option('--limit <n>', 'how many', positiveInteger, 50)
    .option('--all', 'no limit', false)
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => offers(context, options));
}

async function offers(context: Context, options: Options): Promise<void> {
  const { wiring, io } = context;
  const filter = filterOf(options);
  const [feeds, drivers] = await Promise.all([wiring.feeds(), wiring.drivers()]);
  const limit = options.all ? null : options.limit;
  const found = await listOffers({ feeds, drivers, filter, limit });
  await print(context, options.output, {
    json: () => found.offers.map(offerToWire),
    names: () => found.offers.map((offer) => offer.id),
    // A pipe (`| grep p5.48xlarge`) and `-o wide` want whole lines.
    table: (wide) => tableOf(found.offers, { wide, columns: wide ? Infinity : tableColumns(io) }),
  });
  for (const note of notes(found, options.output)) io.err(`note: ${note}\n`);
}

function filterOf(options: Options): OfferFilter {
  return {
    ...devicesOf(options.accelerator),
    provider: options.provider ?? null,
    region: options.region ?? null,
    spot: options.spot ?? null,
    maxUsdPerHour: options.maxPrice === undefined ? null : priceOf(options.maxPrice),
    minAcceleratorMemoryGib: options.minDeviceMemory ?? null,
    minMemoryGib: options.minMemory ?? null,
    minVcpus: options.minCpus ?? null,
  };
}

function devicesOf(text: string | undefined) {
  if (text === undefined) return { accelerator: null, acceleratorCount: null };
  const [, accelerator, number] = /^([^:]+)(?::([^:]*))?$/.exec(text.trim()) ?? [];
  const acceleratorCount = number === undefined ? null : Number(number);
  if (accelerator !== undefined && (acceleratorCount === null || acceleratorCount > 0))
    return { accelerator, acceleratorCount };
  throw new KedgeError('cli.usage', `--accelerator needs NAME or NAME:COUNT, got ${text}`, {
    hint: 'as H100 or H100:8',
  });
}

function priceOf(text: string): number {
  const price = parseUsdPerHour(text);
  if (price !== undefined) return price;
  throw new KedgeError('cli.usage', `--max-price needs dollars an hour, got ${text}`, {
    hint: 'as 0.5 or $0.5',
  });
}

/** On stderr, so that they never get into data. */
function notes(
  { offers: shown, total }: { readonly offers: readonly Offer[]; readonly total: number },
  format: Format,
): string[] {
  const isTable = format === 'table' || format === 'wide';
  const said: string[] = [];
  if (total === 0)
    said.push('no offer is known to be so; what a price list does not tell never counts');
  if (isTable && shown.some(({ estimated }) => estimated)) said.push('~ is an estimate');
  if (total > shown.length)
    said.push(`${total - shown.length} more; --all prints them, --limit N some`);
  return said;
}

/** What decides comes first: the machine's name, the longest, is what a narrow terminal cuts. */
function tableOf(
  listed: readonly Offer[],
  { wide, columns }: { readonly wide: boolean; readonly columns: number },
): string {
  const headings = ['$/HOUR', 'DEVICE', 'VCPU', 'GIB', 'SPOT', 'PLACE', 'INSTANCE'];
  if (wide) headings.splice(2, 0, 'DEVICE GIB');
  if (wide) headings.push('SOURCE', 'AS OF');
  return renderTable(
    headings,
    listed.map((offer) => row(offer, wide)),
    columns,
  );
}

function row(offer: Offer, wide: boolean): string[] {
  const { accelerator, acceleratorCount, estimated } = offer;
  const price = showUsd(usdPerUnit(offer.nanosPerHour));
  return [
    estimated ? `~${price}` : price,
    accelerator === null ? '-' : `${accelerator}:${acceleratorCount}`,
    ...(wide ? [accelerator === null ? '-' : numberOr(offer.acceleratorMemoryGib)] : []),
    numberOr(offer.vcpus),
    numberOr(offer.memoryGib),
    offer.spot ? 'spot' : '-',
    offer.place,
    offer.instance ?? '?',
    ...(wide ? [offer.source, offer.asOf] : []),
  ];
}

/** Not known is `?`, never a guess. */
function numberOr(value: number | null): string {
  return value === null ? '?' : String(Math.round(value * 100) / 100);
}
