import { Command } from 'commander';
import { formatDuration } from '../../base/time.ts';
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
      const runs = await callServer(context, (client) => allRuns(client, limit));
      const now = Date.now();
      await print(context, output, {
        json: () => toWire(runs),
        names: () => runs.map((run) => run.runId),
        table: () =>
          runs.length === 0
            ? 'no runs yet; start one with `kedge up TASK.yaml`\n'
            : renderTable(
                ['RUN', 'NAME', 'STATE', 'EXIT', 'AGE', 'TOOK'],
                runs.map((run) => rowOf(run, now)),
                tableColumns(context.io),
              ),
      });
    });
}

function rowOf(run: Run, now: number): string[] {
  const took = run.startedAt === null ? '-' : formatDuration((run.endedAt ?? now) - run.startedAt);
  const exit = run.exitCode === null ? '-' : String(run.exitCode);
  const age = formatDuration(Math.max(0, now - run.createdAt));
  return [run.runId, run.name, run.outcome ?? run.state, exit, age, took];
}
