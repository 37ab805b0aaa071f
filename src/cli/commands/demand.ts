import { Command, Option } from 'commander';
import { demandOf, describeDemand } from '../../app/demand.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { type Format, formatOption, print } from '../output.ts';
import { modelsOf, readTaskInput } from '../task-input.ts';

type Options = {
  readonly output: Format;
  readonly explain: boolean;
  readonly measured?: readonly string[];
  readonly on?: string;
};

/** `kedge demand`: what a task needs, without saying where. */
export function command(context: Context): Command {
  return new Command()
    .argument('<task>', 'task file (YAML)')
    .addOption(
      new Option('--explain', 'the arithmetic of one layout: formula, numbers, source')
        .default(false)
        .conflicts('measured'),
    )
    .option('--measured <what...>', 'what you measured of it, as step_time=1.83s; with --on')
    .option('--on <devices>', 'explain this one, or where it was measured, as H100:8')
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExamples:\n  kedge demand task.yaml\n  kedge demand task.yaml -o json\n  kedge demand task.yaml --explain\n  kedge demand task.yaml --on H100:8' +
        '\n  kedge demand task.yaml --measured step_time=1.83s tp=8 --on H100:8',
    )
    .action(async (file: string, { output, explain, measured, on }: Options) => {
      const input = await readTaskInput(context, file);
      const models = await modelsOf(context, input);
      const demand =
        measured === undefined
          ? demandOf(input.tasks, models)
          : (await import('../../app/measured-demand.ts')).measuredDemandOf(
              input.tasks,
              { measured, on: on ?? null },
              models,
            );
      const names = () => demand.tasks.map(({ name }) => name ?? 'task');
      if (!explain && (on === undefined || measured !== undefined)) {
        const table = () => `${describeDemand(demand).join('\n')}\n`;
        return print(context, output, { json: () => toWire(demand), names, table });
      }
      const { describeExplained, explainedDemand } = await import('../../app/explain-demand.ts');
      const explained = explainedDemand(demand, input.tasks, { on, models });
      const table = () => `${describeExplained(explained).join('\n')}\n`;
      return print(context, output, { json: () => toWire(explained), names, table });
    });
}
