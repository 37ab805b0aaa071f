import { Command } from 'commander';
import type { Context } from '../context.ts';
import { findRun } from '../find-run.ts';
import { callServer } from '../local-server.ts';

/** `kedge stop`: asks a run to end; its task gets ten seconds to write a checkpoint. */
export function command(context: Context): Command {
  return new Command()
    .argument('<run>', 'id, end of an id, or name')
    .option('--dry-run', 'say which run would be stopped', false)
    .addHelpText('after', '\nExamples:\n  kedge stop digits')
    .action(async (word: string, { dryRun }: { readonly dryRun: boolean }) => {
      const run = await callServer(context, (client) => findRun(client, word));
      if (run.state === 'ended') context.io.err(`kedge: ${run.runId} has ended: ${run.outcome}\n`);
      else if (dryRun) context.io.err(`kedge: would stop ${run.runId} (${run.name})\n`);
      else {
        await callServer(context, (client) => client.stop(run.runId));
        context.io.err(`kedge: ${run.runId} is stopping\n`);
      }
    });
}
