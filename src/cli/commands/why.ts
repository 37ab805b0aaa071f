import { Command } from 'commander';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { findRun } from '../find-run.ts';
import { callServer } from '../local-server.ts';
import { type Format, formatOption, print } from '../output.ts';
import { wrapWords } from '../wrap-words.ts';

/** `kedge why`: in words why a run waits, failed, was moved, costs so much. */
export function command(context: Context): Command {
  return new Command()
    .argument('[run]', 'id, end of an id, or name; default: the newest')
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  kedge why\n  kedge why digits -o json')
    .action(async (word: string | undefined, { output }: { readonly output: Format }) => {
      const { run, why } = await callServer(context, async (client) => {
        const found = await findRun(client, word);
        return { run: found, why: await client.why(found.runId) };
      });
      const { columns } = context.io;
      await print(context, output, {
        json: () => toWire(why),
        names: () => [run.runId],
        table: () =>
          [
            `${run.name} (${run.runId}): ${run.outcome ?? run.state}`,
            ...why.sentences.flatMap(({ text }) => wrapWords(text, { columns, indent: 2 })),
            '',
          ].join('\n'),
      });
    });
}
