import { Command } from 'commander';
import { showUsd, usd, usdPerUnit } from '../../base/money.ts';
import { formatDuration, SECOND_MS } from '../../base/time.ts';
import type { Bill } from '../../spec/bill.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Run } from '../../spec/run.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { findRun } from '../find-run.ts';
import { callServer } from '../local-server.ts';
import { type Format, formatOption, print, renderTable, tableColumns } from '../output.ts';

/** `kedge cost`: a run's bill so far, line by line. */
export function command(context: Context): Command {
  return new Command()
    .argument('[run]', 'id, end of an id, or name; default: the newest')
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  kedge cost\n  kedge cost digits -o json')
    .action(async (word: string | undefined, { output }: { readonly output: Format }) => {
      const { bill, run, plan } = await callServer(context, async (client) => {
        const { runId } = await findRun(client, word);
        return { bill: await client.bill(runId), ...(await client.run(runId)) };
      });
      await print(context, output, {
        json: () => toWire(bill),
        names: () => [bill.runId],
        table: () => billTable(bill, { run, plan, columns: tableColumns(context.io) }),
      });
    });
}

function billTable(
  bill: Bill,
  { run, plan, columns }: { readonly run: Run; readonly plan: Plan; readonly columns: number },
): string {
  const rows = bill.lines.map((line) => [
    plan.allocations[line.allocation]?.taskName ?? String(line.allocation),
    lineOf(run, plan, line).place,
    String(line.attempt),
    String(line.rank),
    `${showUsd(usdPerUnit(line.nanosPerHour))}/h`,
    formatDuration(line.seconds * SECOND_MS),
    showUsd(usd(line.costMicros)),
  ]);
  const table = renderTable(
    ['TASK', 'PLACE', 'ATTEMPT', 'RANK', 'PRICE', 'BILLED', 'COST'],
    rows,
    columns,
  );
  const planned =
    bill.plannedMicros === null ? '' : `, planned ${showUsd(usd(bill.plannedMicros))}`;
  const estimate = bill.estimated ? ' (estimate: the energy this machine draws)' : '';
  return `${table}total ${showUsd(usd(bill.costMicros))}${planned}${estimate}\n`;
}
