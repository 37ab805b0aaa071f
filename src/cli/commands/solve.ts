import { Command } from 'commander';
import { compareStored, solveStored } from '../../app/solve.ts';
import { PROBLEM_CHARS_MAX, readProblem } from '../../spec/read-problem.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { describeComparison, describeSolution } from '../describe-solution.ts';
import { type Format, formatOption, print, tableColumns } from '../output.ts';
import { readInput } from '../read-input.ts';
import { addSolveOptions, type SolveOptions, solveRequest } from '../solve-options.ts';
import { untilInterrupted } from '../until-interrupted.ts';

type Options = SolveOptions & { readonly output: Format; readonly compareSolvers: boolean };

const PROBLEM = {
  what: 'a problem',
  bytesMax: PROBLEM_CHARS_MAX,
  notFoundHint: '`kedge plan task.yaml --save problem.json` writes a problem',
};

const EXAMPLES = `
Examples:
  kedge plan task.yaml --save problem.json
  kedge solve problem.json
  kedge solve problem.json --time-limit 60s --gap 0.1% -o json
  kedge solve problem.json --compare-solvers

The form of a problem is in schema/problem.schema.json of the package.`;

/** `kedge solve`: the best answer to a stored problem, with the proof of how good it is. */
export function command(context: Context): Command {
  return addSolveOptions(new Command().argument('<problem>', 'problem (JSON, kedge.problem/v1)'))
    .option('--compare-solvers', 'what every solver makes of it', false)
    .addOption(formatOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: Options) => solve(context, file, options));
}

async function solve(context: Context, file: string, options: Options): Promise<void> {
  const problem = readProblem(await readInput(context, file, PROBLEM), { file });
  const request = solveRequest(context, problem, options);
  const columns = tableColumns(context.io);
  if (options.compareSolvers) {
    const comparison = await untilInterrupted(context, compareStored(request));
    await print(context, options.output, {
      json: () => toWire(comparison),
      table: () => describeComparison(comparison, columns),
      names: () => comparison.solvers.map(({ solver }) => solver),
    });
    return;
  }
  const solution = await untilInterrupted(context, solveStored(request));
  await print(context, options.output, {
    json: () => toWire(solution),
    table: (wide) => describeSolution(solution, { wide, columns: wide ? Infinity : columns }),
    names: () => solution.lines.map(({ offerId }) => offerId),
  });
}
