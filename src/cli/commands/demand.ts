import { Command } from 'commander';
import { demandOf, describeDemand } from '../../app/demand.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { type Format, formatOption, print } from '../output.ts';
import { modelsOf, readTaskInput } from '../task-input.ts';

/** `kedge demand`: what a task needs, without saying where. */
export function command(context: Context): Command {
  return new Command()
    .argument('<task>', 'task file (YAML)')
    .addOption(formatOption())
    .addHelpText('after', '\nExamples:\n  kedge demand task.yaml\n  kedge demand task.yaml -o json')
    .action(async (file: string, { output }: { readonly output: Format }) => {
      const input = await readTaskInput(context, file);
      const demand = demandOf(input.tasks, await modelsOf(context, input));
      await print(context, output, {
        json: () => toWire(demand),
        names: () => demand.tasks.map(({ name }) => name ?? 'task'),
        table: () => `${describeDemand(demand).join('\n')}\n`,
      });
    });
}
