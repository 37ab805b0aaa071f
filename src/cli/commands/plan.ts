import { Command } from 'commander';
import { explainPlan, planTasks } from '../../app/plan.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { type Format, formatOption, print } from '../output.ts';
import { planningOffers } from '../planning.ts';
import { noteNotHonored, readTaskInput } from '../task-input.ts';

type Options = { readonly output: Format; readonly launchable: boolean };

const EXAMPLES = `
Examples:
  kedge plan task.yaml
  kedge plan task.yaml -o wide        with every refusal and alternative
  kedge plan task.yaml -o json | jq .cost_usd`;

/** `kedge plan`: where a task runs cheapest, over every place and the bundled catalog. */
export function command(context: Context): Command {
  return new Command()
    .argument('<task>', 'task file (YAML)')
    .option('--launchable', 'consider only places that this installation can launch on', false)
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: Options) => plan(context, file, options));
}

async function plan(context: Context, file: string, options: Options): Promise<void> {
  const input = await readTaskInput(context, file);
  noteNotHonored(context, input);
  const { wiring } = context;
  const answer = await planTasks({
    file: input.tasks,
    offers: await planningOffers(context, input.tasks),
    solver: wiring.solver,
    launchableOnly: options.launchable,
  });
  await print(context, options.output, {
    json: () => toWire(answer),
    table: (verbose) =>
      `${explainPlan(answer, { verbose, columns: context.io.columns }).join('\n')}\n`,
    names: () => answer.allocations.map((allocation) => allocation.offerId),
  });
}
