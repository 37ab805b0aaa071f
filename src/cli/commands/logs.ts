import { Command } from 'commander';
import type { Context } from '../context.ts';
import { findRun } from '../find-run.ts';
import { printLogs } from '../follow.ts';
import { followToEnd } from '../follow-to-end.ts';
import { callServer, needServer } from '../local-server.ts';

/** `kedge logs`: the output of a run; with -f until it ends, with the task's exit code. */
export function command(context: Context): Command {
  return new Command()
    .argument('[run]', 'id, end of an id, or name; default: the newest')
    .option('-f, --follow', 'go on until the run ends, and exit with its code', false)
    .addHelpText('after', '\nExamples:\n  kedge logs\n  kedge logs -f digits')
    .action(async (word: string | undefined, { follow }: { readonly follow: boolean }) => {
      const { runId } = await callServer(context, (client) => findRun(client, word));
      if (follow) await followToEnd(context, runId);
      else await printLogs(context, await needServer(context), runId);
    });
}
