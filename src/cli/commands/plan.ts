import { Command, Option } from 'commander';
import { adviseMove, describeMove } from '../../app/advise-move.ts';
import { explainPlan, matchFile, planMatched } from '../../app/plan.ts';
import { KedgeError } from '../../base/errors.ts';
import type { Plan } from '../../spec/plan.ts';
import { readTasks } from '../../spec/read-tasks.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { FORMATS, type Format, print } from '../output.ts';
import { planningOffers } from '../planning.ts';
import { modelsOf, noteNotHonored, readTaskInput, type TaskInput } from '../task-input.ts';

type Options = {
  readonly output: Format | 'svg';
  readonly launchable: boolean;
  readonly from?: string;
  readonly save?: string;
  readonly solver?: string;
  readonly compareSolvers: boolean;
  readonly pareto: boolean;
  readonly whatIf?: readonly string[];
};

const EXAMPLES = `
Examples:
  kedge plan task.yaml
  kedge plan task.yaml -o wide        with every refusal and alternative
  kedge plan task.yaml -o json | jq .cost_usd
  kedge plan task.yaml --from aws/us-east-1
  kedge plan task.yaml --save problem.json    to solve it again: kedge solve
  kedge plan task.yaml --pareto               cost against time; -o svg draws it
  kedge plan task.yaml --what-if deadline=12h`;

/** `kedge plan`: where a task runs cheapest, over every place and the bundled catalog. */
export function command(context: Context): Command {
  return new Command()
    .argument('<task>', 'task file (YAML)')
    .option('--launchable', 'consider only places that this installation can launch on', false)
    .option('--from <place>', 'where it runs now: says whether to keep it there or to move it')
    .option('--save <file>', 'keep the problem that is solved, as JSON')
    .option('--solver <name>', 'solve all tasks as one problem, by this solver; or auto')
    .addOption(
      new Option('--compare-solvers', 'what every solver makes of it')
        .default(false)
        .conflicts(['from', 'solver']),
    )
    .addOption(
      new Option('--pareto', 'every plan that nothing beats in both cost and time')
        .default(false)
        .conflicts(['from', 'solver', 'compareSolvers', 'whatIf']),
    )
    .addOption(
      new Option('--what-if <goal...>', 'another deadline, budget, spot or minimize').conflicts([
        'from',
        'compareSolvers',
      ]),
    )
    .addOption(
      new Option('-o, --output <format>', 'how to print; svg with --pareto alone')
        .choices([...FORMATS, 'svg'])
        .default('table'),
    )
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
    models: await modelsOf(context, input),
  };
  const matched = await matchFile(request);
  const { save, solver: solverName, compareSolvers } = options;
  if (save !== undefined) {
    const { saveProblem } = await import('../plan-problem.ts');
    await saveProblem(context, matched, save);
  }
  if (options.pareto) {
    const { printFrontier } = await import('../plan-frontier.ts');
    return printFrontier(context, matched, options.output);
  }
  const output = withoutSvg(options.output);
  if (compareSolvers) {
    const { comparePlan } = await import('../plan-problem.ts');
    return comparePlan(context, matched, output);
  }
  const { solver } = context.wiring;
  const by = { solver, ...(await togetherBy(solverName)) };
  const answer = await planMatched(matched, by);
  if (options.whatIf !== undefined) {
    const changed = { ...request, file: await changedFile(input, options.whatIf) };
    const after = await planMatched(await matchFile(changed), by);
    return printChange(context, output, { changes: options.whatIf, before: answer, after });
  }
  const move = options.from === undefined ? null : await adviseMove(request, options.from);
  const { columns } = context.io;
  await print(context, output, {
    json: () => toWire(move === null ? answer : { ...answer, move }),
    table: (verbose) => {
      const lines = explainPlan(answer, { verbose, columns });
      return `${[...lines, ...(move === null ? [] : ['', ...describeMove(move, columns)])].join('\n')}\n`;
    },
    names: () => answer.allocations.map((allocation) => allocation.offerId),
  });
}

function withoutSvg(output: Options['output']): Format {
  if (output !== 'svg') return output;
  throw new KedgeError('cli.usage', '-o svg draws what --pareto finds', { hint: 'add --pareto' });
}

async function changedFile({ text, file }: TaskInput, changes: readonly string[]) {
  const { changedText } = await import('../what-if.ts');
  return readTasks(changedText(text, changes), { file: `${file} with ${changes.join(' ')}` });
}

async function printChange(
  context: Context,
  output: Format,
  change: { readonly changes: readonly string[]; readonly before: Plan; readonly after: Plan },
): Promise<void> {
  const { describeChange } = await import('../what-if.ts');
  const { changes, before, after } = change;
  await print(context, output, {
    json: () => toWire({ whatIf: changes, before, after }),
    table: (verbose) => {
      const { columns } = context.io;
      const explained = explainPlan(after, { verbose, columns });
      return `${[...describeChange(changes, change), '', ...explained].join('\n')}\n`;
    },
    names: () => after.allocations.map((allocation) => allocation.offerId),
  });
}

async function togetherBy(solverName: string | undefined) {
  if (solverName === undefined) return {};
  const { DEFAULTS } = await import('../solve-options.ts');
  const { steadyClock } = await import('../../app/steady-clock.ts');
  return { together: { ...DEFAULTS, solverName, clock: steadyClock() } };
}
