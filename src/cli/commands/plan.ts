import { Command } from 'commander';
import { adviseMove, describeMove } from '../../app/advise-move.ts';
import { explainPlan, planTasks } from '../../app/plan.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { type Format, formatOption, print } from '../output.ts';
import { planningOffers } from '../planning.ts';
import { noteNotHonored, readTaskInput } from '../task-input.ts';

type Options = {
  readonly output: Format;
  readonly launchable: boolean;
  readonly from?: string;
};

const EXAMPLES = `
Examples:
  kedge plan task.yaml
  kedge plan task.yaml -o wide        with every refusal and alternative
  kedge plan task.yaml -o json | jq .cost_usd
  kedge plan task.yaml --from aws/us-east-1`;

/** `kedge plan`: where a task runs cheapest, over every place and the bundled catalog. */
export function command(context: Context): Command {
  return new Command()
    .argument('<task>', 'task file (YAML)')
    .option('--launchable', 'consider only places that this installation can launch on', false)
    .option('--from <place>', 'where it runs now: says whether to keep it there or to move it')
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: Options) => plan(context, file, options));
}

async function plan(context: Context, file: string, options: Options): Promise<void> {
  const input = await readTaskInput(context, file);
  noteNotHonored(context, input);
  const request = {
    file: input.tasks,
    offers: await planningOffers(context, input.tasks),
    launchableOnly: options.launchable,
  };
  const answer = await planTasks({ ...request, solver: context.wiring.solver });
  const move = options.from === undefined ? null : adviseMove(request, options.from);
  const { columns } = context.io;
  await print(context, options.output, {
    json: () => toWire(move === null ? answer : { ...answer, move }),
    table: (verbose) => {
      const lines = explainPlan(answer, { verbose, columns });
      return `${[...lines, ...(move === null ? [] : ['', ...describeMove(move, columns)])].join('\n')}\n`;
    },
    names: () => answer.allocations.map((allocation) => allocation.offerId),
  });
}
