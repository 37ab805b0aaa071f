import { Command } from 'commander';
import { formatDuration } from '../../base/time.ts';
import type { Client } from '../../sdk/client.ts';
import type { Run } from '../../spec/run.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { allRuns } from '../find-run.ts';
import { callServer } from '../local-server.ts';
import { type Format, formatOption, print, renderTable, tableColumns } from '../output.ts';
import { positiveInteger } from '../parse-number.ts';

type Options = { readonly output: Format; readonly limit: number };

/** `kedge runs`: newest first. */
export function command(context: Context): Command {
  return new Command()
    .option('--limit <n>', 'how many', positiveInteger, 20)
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  kedge runs\n  kedge runs -o name | head -1')
    .action(async ({ output, limit }: Options) => {
      const { runs, positions } = await callServer(context, async (client) => {
        const found = await allRuns(client, limit);
        return { runs: found, positions: await positionsOf(client, found) };
      });
      const now = Date.now();
      await print(context, output, {
        json: () => toWire(runs),
        names: () => runs.map((run) => run.runId),
        table: () =>
          runs.length === 0
            ? 'no runs yet; start one with `kedge up TASK.yaml`\n'
            : renderTable(
                ['RUN', 'NAME', 'STATE', 'EXIT', 'AGE', 'TOOK'],
                runs.map((run) => rowOf(run, { position: positions.get(run.runId), now })),
                tableColumns(context.io),
              ),
      });
    });
}

/** The places in line of those that wait; asked for only where one does. */
async function positionsOf(
  client: Client,
  runs: readonly Run[],
): Promise<ReadonlyMap<string, number>> {
  const ids = runs.filter(({ state }) => state !== 'ended').map(({ runId }) => runId);
  const [from, to] = [ids.at(-1), ids[0]];
  if (from === undefined || to === undefined) return new Map();
  const { positions } = await client.positions({ from, to });
  return new Map(positions.map(({ runId, position }) => [runId, position]));
}

function rowOf(
  run: Run,
  { position, now }: { readonly position: number | undefined; readonly now: number },
): string[] {
  const took = run.startedAt === null ? '-' : formatDuration((run.endedAt ?? now) - run.startedAt);
  const exit = run.exitCode === null ? '-' : String(run.exitCode);
  const age = formatDuration(Math.max(0, now - run.createdAt));
  const line = position === undefined ? '' : ` #${position}`;
  const alarms = [...new Set(run.alarms.map(({ kind }) => kind))];
  const wrong = alarms.length === 0 ? '' : ` (${alarms.join(', ')})`;
  return [run.runId, run.name, `${run.outcome ?? run.state}${line}${wrong}`, exit, age, took];
}
