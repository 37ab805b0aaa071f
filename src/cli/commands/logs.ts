import { Command } from 'commander';
import type { Context } from '../context.ts';
import { findRun } from '../find-run.ts';
import { printLogs } from '../follow.ts';
import { followToEnd } from '../follow-to-end.ts';
import { callServer, needServer } from '../local-server.ts';
import { wholeNumber } from '../parse-number.ts';

type Options = { readonly follow: boolean; readonly rank?: number; readonly task?: string };

const EXAMPLES = `
Examples:
  kedge logs
  kedge logs -f digits
  kedge logs digits --rank 1      one node of a gang, without its label`;

/** `kedge logs`: the output of a run; with -f until it ends, with the task's exit code. */
export function command(context: Context): Command {
  return new Command()
    .argument('[run]', 'id, end of an id, or name; default: the newest')
    .option('-f, --follow', 'go on until the run ends, and exit with its code', false)
    .option('--rank <n>', 'one node of a gang; default: all, with their ranks', wholeNumber)
    .option('--task <name>', 'one task of a pipeline; default: all, with their names')
    .addHelpText('after', EXAMPLES)
    .action(async (word: string | undefined, options: Options) => {
      const filter = { rank: options.rank ?? null, task: options.task ?? null };
      const { runId } = await callServer(context, (client) => findRun(client, word));
      if (options.follow) await followToEnd(context, runId, filter);
      else await printLogs(context, { client: await needServer(context), runId, filter });
    });
}
