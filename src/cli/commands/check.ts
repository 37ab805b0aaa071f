import { access, constants, mkdir } from 'node:fs/promises';
import { Command } from 'commander';
import { KedgeError } from '../../base/errors.ts';
import type { PlaceCheck } from '../../ports/driver.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { findServer } from '../local-server.ts';
import { type Format, formatOption, print } from '../output.ts';

/** `kedge check`: the doctor; which places can be used, and what stands in the way. */
export function command(context: Context): Command {
  return new Command()
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  kedge check\n  kedge check -o json')
    .action(async ({ output }: { readonly output: Format }) => {
      const checks = await allChecks(context);
      await print(context, output, {
        json: () => toWire(checks),
        names: () => checks.filter(({ usable }) => usable).map(({ place }) => place),
        table: () => checks.map(line).join(''),
      });
      if (checks.some(({ usable, optional }) => !usable && !optional)) context.exit.code = 1;
    });
}

async function allChecks(context: Context): Promise<readonly PlaceCheck[]> {
  const drivers = await context.wiring.drivers();
  const places = await Promise.all(drivers.map((driver) => driver.check()));
  const folders = await Promise.all([context.home.dataDir, context.home.stateDir].map(checkFolder));
  return [...places, await checkCatalog(context), ...folders, await checkServer(context)];
}

async function checkCatalog({ wiring }: Context): Promise<PlaceCheck> {
  const place = 'catalog';
  try {
    const feeds = await wiring.feeds();
    const loaded = await Promise.all(feeds.map((feed) => feed.load()));
    const rows = loaded.reduce((sum, columns) => sum + columns.rows, 0);
    const dates = loaded.flatMap(({ sources }) => sources.map(({ asOf }) => asOf)).toSorted();
    const reason = `${rows} prices bundled, the newest of ${dates.at(-1) ?? 'no date'}; clouds are what-if only`;
    return { place, usable: true, reason, hint: null };
  } catch (error) {
    return { place, usable: false, reason: (error as Error).message, hint: 'install Kedge again' };
  }
}

async function checkFolder(folder: string): Promise<PlaceCheck> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
    return { place: 'state', usable: true, reason: `${folder} can be written`, hint: null };
  } catch (error) {
    const reason = `${folder} cannot be written: ${(error as NodeJS.ErrnoException).code}`;
    const hint = 'set KEDGE_HOME to a folder that you may write to';
    return { place: 'state', usable: false, reason, hint };
  }
}

async function checkServer(context: Context): Promise<PlaceCheck> {
  const place = 'server';
  try {
    const found = await findServer(context);
    const reason = found === null ? 'not running; started on first use' : `running at ${found.url}`;
    return { place, usable: true, reason, hint: null };
  } catch (error) {
    if (!(error instanceof KedgeError)) throw error;
    return { place, usable: false, reason: error.message, hint: error.hint ?? null };
  }
}

function line({ place, usable, reason, hint, optional }: PlaceCheck): string {
  const bad = optional ? '-   ' : 'FAIL';
  const mark = usable ? 'ok  ' : bad;
  const help = usable || hint === null ? '' : `\n      hint: ${hint}`;
  return `${mark}  ${place}: ${reason}${help}\n`;
}
